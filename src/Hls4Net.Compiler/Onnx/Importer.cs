using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Operators;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Reads an ONNX model as a real-valued network. One sample flows: the sample axis, where there is one, has size 1.</summary>
internal static class Importer
{
    public static Network Import(ModelOptions options, DiagnosticBag diagnostics)
    {
        ModelProto model = ModelReader.Read(options.ModelPath);
        GraphProto graph = model.Graph;
        string baseDirectory = Path.GetDirectoryName(options.ModelPath) ?? "";

        RefuseUnsupported(graph, diagnostics);
        int opset = DefaultOpset(model);
        if (graph.SparseInitializer.Count > 0)
            throw new ModelException(Descriptors.UnsupportedForm, "sparse initializers are not supported; export the weights as dense tensors");
        Dictionary<string, Operand> operands = new(StringComparer.Ordinal);
        foreach (TensorProto initializer in graph.Initializer)
        {
            Operand operand = new(initializer.Name, ConstantImporter.Read(initializer, baseDirectory)) { ElementType = (TensorProto.Types.DataType)initializer.DataType };
            if (!operands.TryAdd(initializer.Name, operand))
                throw new ModelException(Descriptors.InvalidGraph, $"there are two initializers '{initializer.Name}'");
        }

        NetworkBuilder builder = new();
        ImmutableArray<Value> inputs = ReadInputs(graph, options, operands, builder);
        foreach (NodeProto proto in TopologicalOrder.Sort(graph, operands.Keys))
        {
            ImportNode node = new(proto, opset, [.. proto.Input.Select(name => Resolve(proto, name, operands))], builder, baseDirectory);
            foreach ((string name, Operand result) in node.Import(OperatorRegistry.Find(proto.Domain, proto.OpType)!))
                operands[name] = result;
        }
        ImmutableArray<NetworkOutput> outputs = ReadOutputs(graph, operands, builder);
        return new Network(inputs, outputs, builder.Nodes);
    }

    private static int DefaultOpset(ModelProto model)
    {
        OperatorSetIdProto opset = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")
            ?? throw new ModelException(Descriptors.UnsupportedOpset, "the model names no version of ONNX's own operators in opset_import; export the model again");
        if (opset.Version is < OperatorRegistry.MinOpset or > OperatorRegistry.MaxOpset)
        {
            throw new ModelException(
                Descriptors.UnsupportedOpset,
                $"operator set {opset.Version} is not supported ({OperatorRegistry.MinOpset} to {OperatorRegistry.MaxOpset} are); export the model again with one of these");
        }
        return (int)opset.Version;
    }

    // Every unsupported node is named at once, so that a user sees the whole distance.
    private static void RefuseUnsupported(GraphProto graph, DiagnosticBag diagnostics)
    {
        foreach (NodeProto node in graph.Node)
        {
            if (OperatorRegistry.Find(node.Domain, node.OpType) is null)
            {
                string name = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
                diagnostics.Add(Descriptors.UnsupportedOperator, $"{ImportNode.Describe(node)}: the operator {name} is not supported");
            }
        }
        if (diagnostics.HasErrors)
            throw new CompilationFailedException();
    }

    private static ImmutableArray<Value> ReadInputs(GraphProto graph, ModelOptions options, Dictionary<string, Operand> operands, NetworkBuilder builder)
    {
        ImmutableArray<Value>.Builder inputs = ImmutableArray.CreateBuilder<Value>();
        if (graph.Input.GroupBy(i => i.Name).FirstOrDefault(g => g.Count() > 1 || g.Key.Length == 0) is IGrouping<string, ValueInfoProto> wrong)
            throw new ModelException(Descriptors.InvalidGraph, wrong.Key.Length == 0 ? "an input of the graph has no name" : $"there are two inputs '{wrong.Key}'");
        foreach (ValueInfoProto info in graph.Input)
        {
            // Up to IR version 3 initializers are listed among the inputs too.
            if (operands.ContainsKey(info.Name))
                continue;
            Shape shape = ReadShape(info, options, builder);
            Value value = new(info.Name, shape, InputShapeReader.IntegerType(info) is FixedPointType type ? Typing.Full(type, shape.Size) : null);
            inputs.Add(value);
            operands[info.Name] = new Operand(value) { ElementType = (TensorProto.Types.DataType)info.Type.TensorType.ElemType };
        }
        if (inputs.Count == 0)
            throw new ModelException(Descriptors.InvalidGraph, "the model has no input that is not a constant");
        return inputs.ToImmutable();
    }

    private static Shape ReadShape(ValueInfoProto info, ModelOptions options, NetworkBuilder builder)
    {
        try
        {
            Shape shape = InputShapeReader.Read(info, options);
            builder.Reserve(shape, constant: false);
            return shape;
        }
        catch (ShapeException e)
        {
            throw new ModelException(Descriptors.InvalidShape, $"the input '{info.Name}' cannot have its shape: {e.Message}");
        }
    }

    private static ImmutableArray<NetworkOutput> ReadOutputs(GraphProto graph, Dictionary<string, Operand> operands, NetworkBuilder builder)
    {
        ImmutableArray<NetworkOutput>.Builder outputs = ImmutableArray.CreateBuilder<NetworkOutput>();
        foreach (ValueInfoProto info in graph.Output)
        {
            if (!operands.TryGetValue(info.Name, out Operand? operand))
                throw new ModelException(Descriptors.UndefinedValue, $"the graph's output '{info.Name}' is made by no node");
            outputs.Add(new NetworkOutput(info.Name, operand.Value ?? Constant(graph, info.Name, operand.Constant!, builder)));
        }
        if (outputs.Count == 0)
            throw new ModelException(Descriptors.InvalidGraph, "the model has no output");
        return outputs.ToImmutable();
    }

    // A port of its own for what no input changes, a dropout's mask for one.
    private static Value Constant(GraphProto graph, string name, Constant constant, NetworkBuilder builder)
    {
        try
        {
            if (!constant.Values.All(double.IsFinite))
                throw new ModelException(Descriptors.NonFiniteWeight, $"the graph's output '{name}' is a constant that is NaN or infinite");
            NodeProto maker = graph.Node.FirstOrDefault(n => n.Output.Contains(name)) ?? new NodeProto { OpType = "Constant" };
            return builder.Add(new NodeProto { Name = maker.Name, OpType = maker.OpType, Output = { name } }, new Literal(constant), [], constant.Shape, "constant");
        }
        catch (ShapeException e)
        {
            throw new ModelException(Descriptors.InvalidShape, $"the graph's output '{name}' cannot be: {e.Message}");
        }
    }

    private static Operand? Resolve(NodeProto node, string name, Dictionary<string, Operand> operands) =>
        name.Length == 0 ? null
        : operands.TryGetValue(name, out Operand? operand) ? operand
        : throw new ModelException(
            Descriptors.UndefinedValue,
            $"{ImportNode.Describe(node)} reads '{name}', which is no input, no initializer and no node's output that is supported; was the model saved without its weights?");
}
