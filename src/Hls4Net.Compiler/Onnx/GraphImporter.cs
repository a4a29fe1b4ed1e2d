using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx.Operators;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// Reads nodes into a network: those of the model's graph, of the functions that it defines itself, which are read in
/// the place of their calls, and of the branches and bodies that control flow on constants enters.
/// </summary>
internal sealed class GraphImporter(ModelProto model, string baseDirectory, NetworkBuilder builder,
    DiagnosticBag diagnostics)
{
    // A function can call another twice, which calls another twice: a small file of more nodes than any machine reads.
    private const int MaxNodes = 1 << 18, MaxDepth = 64;

    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions =
        Functions(model);
    private readonly Dictionary<GraphProto, (
        IReadOnlyList<NodeProto> Sorted, ImmutableArray<Operand> Constants)> _bodies =
        new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FunctionProto, IReadOnlyList<NodeProto>> _calls =
        new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<FunctionProto> _open = new(ReferenceEqualityComparer.Instance);
    private int _nodes, _depth;

    /// <summary>
    /// Names every node of the graph, and of the functions that it calls, that is not read; what control flow enters is
    /// judged there.
    /// </summary>
    /// <exception cref="CompilationFailedException">There is one.</exception>
    public void RefuseUnread() => RefuseUnread(model.Graph.Node,
        Opset(model.OpsetImport, "the model") ?? OperatorRegistry.MaxOpset, "");

    /// <summary>Reads the model's graph, whose inputs and initializers are defined.</summary>
    public void Import(Scope scope)
    {
        int opset = Opset(model.OpsetImport, "the model") ?? NoneNeeded()
            ?? throw new ModelException(Descriptors.UnsupportedOpset,
                "the model names no version of ONNX's own operators in opset_import; export the model again");
        Import(TopologicalOrder.Sort(model.Graph, scope.Own), scope, new Frame(opset));
    }

    // Models of trees often name the set of these alone, and have no other operators.
    private int? NoneNeeded() => model.Graph.Node.All(n => n.Domain == "ai.onnx.ml") ? OperatorRegistry.MaxOpset : null;

    /// <summary>The constants that a graph stores, dense and sparse.</summary>
    public ImmutableArray<Operand> Constants(GraphProto graph) =>
    [
        .. graph.Initializer.Select(t => new Operand(t.Name,
            ConstantImporter.Read(t, baseDirectory)) { ElementType = (TensorProto.Types.DataType)t.DataType }),
        .. graph.SparseInitializer.Select(s => Sparse(s)),
    ];

    private Operand Sparse(SparseTensorProto tensor)
    {
        try
        {
            return SparseReader.Read(tensor, baseDirectory, builder);
        }
        catch (ShapeException e)
        {
            throw new ModelException(Descriptors.InvalidShape, $"a sparse initializer cannot be read: {e.Message}");
        }
    }

    private static Dictionary<(string, string, string), FunctionProto> Functions(ModelProto model)
    {
        Dictionary<(string, string, string), FunctionProto> functions = [];
        foreach (FunctionProto f in model.Functions)
        {
            if (!functions.TryAdd((Domain(f.Domain), f.Name, f.Overload), f))
                throw new ModelException(Descriptors.InvalidGraph, $"there are two functions {Name(f)}");
        }
        return functions;
    }

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    private static string Name(FunctionProto f) => f.Domain.Length == 0 ? f.Name : $"{f.Domain}.{f.Name}";

    private static int? Opset(IEnumerable<OperatorSetIdProto> imports, string of)
    {
        if (imports.FirstOrDefault(o => o.Domain is "" or "ai.onnx") is not OperatorSetIdProto opset)
            return null;
        return opset.Version is >= OperatorRegistry.MinOpset and <= OperatorRegistry.MaxOpset
            ? (int)opset.Version
            : throw new ModelException(
                Descriptors.UnsupportedOpset,
                $"operator set {opset.Version} of {of} is not supported ({OperatorRegistry.MinOpset} to "
                + $"{OperatorRegistry.MaxOpset} are); export the model again with one of these");
    }

    // Our own reading knows more of an operator than the function that an exporter writes beside it; a set without the
    // operator has the function only.
    private (OperatorImporter? Own, FunctionProto? Function) Find(NodeProto node, int opset)
    {
        OnnxOperator? own = OperatorRegistry.Operator(node.Domain, node.OpType);
        FunctionProto? function = _functions.GetValueOrDefault((Domain(node.Domain), node.OpType, node.Overload));
        return function is not null && (own is null || (Domain(node.Domain).Length == 0 && opset < own.Since))
            ? (null, function) : (own?.Import, null);
    }

    // Every unsupported node is named at once, so that a user sees the whole distance.
    private void RefuseUnread(IEnumerable<NodeProto> nodes, int opset, string place)
    {
        HashSet<FunctionProto> seen = new(ReferenceEqualityComparer.Instance);
        Queue<(IEnumerable<NodeProto> Nodes, int Opset, string Place)> open = new([(nodes, opset, place)]);
        while (open.TryDequeue(out (IEnumerable<NodeProto> Nodes, int Opset, string Place) body))
        {
            foreach (NodeProto node in body.Nodes)
            {
                (OperatorImporter? own, FunctionProto? function) = Find(node, body.Opset);
                if (function is not null && seen.Add(function))
                    open.Enqueue((function.Node, Opset(function.OpsetImport, $"the function {Name(function)}")
                        ?? body.Opset, $" of the function {Name(function)}"));
                else if (function is null && own is null)
                    diagnostics.Add(Descriptors.UnsupportedOperator,
                        $"{ImportNode.Describe(node)}{body.Place}: {OperatorLimits.Unsupported(node)}");
            }
        }
        if (diagnostics.HasErrors)
            throw new CompilationFailedException();
    }

    private void Import(IReadOnlyList<NodeProto> sorted, Scope scope, Frame frame)
    {
        foreach (NodeProto proto in sorted)
        {
            Count();
            NodeProto placed = frame.Placed(proto);
            (OperatorImporter? own, FunctionProto? function) = Find(proto, frame.Opset);
            ImmutableArray<Operand?> inputs = [.. proto.Input.Select(name => Resolve(placed, name, scope))];
            ImportNode node = new(
                placed, frame.Opset, inputs, builder, baseDirectory,
                (body, arguments, iteration) => Body(placed, body, arguments, scope,
                    iteration is null ? frame : frame with { Iteration = $"{frame.Iteration}_{iteration}" }))
            {
                IsRepeated = _depth > 0,
            };
            foreach ((string name, Operand result) in node.Import(function is null ? own! : call =>
                Call(call, function, frame)))
                scope.Define(name,
                    function is null ? ResultTypes.Typed(placed, placed.Output.IndexOf(name), result, inputs) : result);
        }
    }

    // What a branch or a loop's body gives. It reads the values around it, and its own inputs.
    private ImmutableArray<Operand> Body(NodeProto node, GraphProto body, ImmutableArray<Operand> arguments,
        Scope outer, Frame frame)
    {
        // An iteration is work too, if it holds no node.
        Count();
        if (!_bodies.TryGetValue(body, out (IReadOnlyList<NodeProto> Sorted, ImmutableArray<Operand> Constants) parts))
        {
            RefuseUnread(body.Node, frame.Opset, $" inside {ImportNode.Describe(node)}");
            ImmutableArray<Operand> constants = Constants(body);
            _bodies[body] = parts = (TopologicalOrder.Sort(body.Node,
                [.. constants.Select(c => c.Name), .. body.Input.Select(i => i.Name)]), constants);
        }
        if (body.Input.Count != arguments.Length)
            throw new ModelException(Descriptors.InvalidGraph,
                $"{ImportNode.Describe(node)} gives {arguments.Length} values to its graph '{body.Name}', which takes "
                + $"{body.Input.Count}");
        Scope scope = new(outer);
        foreach (Operand constant in parts.Constants)
            scope.Define(constant.Name, constant);
        foreach ((ValueInfoProto input, Operand argument) in body.Input.Zip(arguments))
            scope.Define(input.Name, argument);
        Deeper(node, () => Import(parts.Sorted, scope, frame));
        return [.. body.Output.Select(o => Result(scope, o.Name) ?? throw new ModelException(Descriptors.UndefinedValue,
            $"{ImportNode.Describe(node)}: the output '{o.Name}' of its graph '{body.Name}' is made by no node"))];
    }

    // The function's nodes in the place of the node that calls it.
    private Operand Call(ImportNode call, FunctionProto function, Frame frame)
    {
        if (call.Proto.Input.Count > function.Input.Count || call.Proto.Output.Count > function.Output.Count)
            throw call.Fail(Descriptors.InvalidGraph,
                $"has {call.Proto.Input.Count} inputs and {call.Proto.Output.Count} outputs, but its function takes "
                + $"{function.Input.Count} and gives {function.Output.Count}");
        if (!_open.Add(function))
            throw call.Fail(Descriptors.Cycle, $"calls the function {Name(function)}, which calls itself");
        if (!_calls.TryGetValue(function, out IReadOnlyList<NodeProto>? sorted))
            _calls[function] = sorted = TopologicalOrder.Sort(function.Node, function.Input);
        Scope scope = new();
        for (int i = 0; i < function.Input.Count; i++)
            scope.Define(function.Input[i], call.TryAny(i));
        string caller = call.Proto.Name.Length > 0 ? call.Proto.Name : NodeNames.WeightScope(call.Proto)
            ?? call.Proto.OpType;
        Frame body = new(Opset(function.OpsetImport, $"the function {Name(function)}") ?? frame.Opset, caller, "",
            Attributes(call, function));
        Deeper(call.Proto, () => Import(sorted, scope, body));
        _open.Remove(function);
        for (int k = 0; k < call.Proto.Output.Count; k++)
        {
            if (call.HasOutput(k))
                call.Define(k, Result(scope, function.Output[k]) ?? throw call.Fail(Descriptors.UndefinedValue,
                    $"has the output '{function.Output[k]}' of its function, which nothing there makes"));
        }
        return call.Result(Enumerable.Range(0, call.Proto.Output.Count).First(call.HasOutput))!;
    }

    private static ImmutableDictionary<string, AttributeProto> Attributes(ImportNode call, FunctionProto function)
    {
        Dictionary<string, AttributeProto> result = function.AttributeProto.GroupBy(a => a.Name)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (string name in function.Attribute.Concat(function.AttributeProto.Select(a => a.Name)))
        {
            call.Ignore(name);
            if (call.Proto.Attribute.FirstOrDefault(a => a.Name == name) is AttributeProto given)
                result[name] = given;
        }
        return result.ToImmutableDictionary(StringComparer.Ordinal);
    }

    private static Operand? Result(Scope scope, string name) => scope.TryFind(name, out Operand? operand) ? operand
        : null;

    private void Deeper(NodeProto node, Action import)
    {
        if (++_depth > MaxDepth)
            throw new ModelException(Descriptors.UnsupportedForm,
                $"{ImportNode.Describe(node)} stands {MaxDepth} functions and bodies deep; {MaxDepth} are supported");
        import();
        _depth--;
    }

    private void Count()
    {
        if (++_nodes > MaxNodes)
            throw new ModelException(Descriptors.UnsupportedForm,
                $"the model has more than {MaxNodes} nodes once its functions and loops are read in the places where "
                + "they run");
    }

    private static Operand? Resolve(NodeProto node, string name, Scope scope) =>
        name.Length == 0 ? null
        : scope.TryFind(name, out Operand? operand) ? operand
        : throw new ModelException(
            Descriptors.UndefinedValue,
            $"{ImportNode.Describe(node)} reads '{name}', which is no input, no initializer and no node's output that "
            + "is supported; was the model saved without its weights?");
}
