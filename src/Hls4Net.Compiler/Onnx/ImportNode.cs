using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx;

/// <summary>
/// Reads a graph that is an attribute of a node: what its outputs become, given its inputs and which iteration of a
/// loop it is.
/// </summary>
internal delegate ImmutableArray<Operand> BodyImporter(GraphProto graph, ImmutableArray<Operand> arguments,
    int? iteration);

/// <summary>
/// One ONNX node as its importer sees it: inputs, attributes, and the network being built. Inputs and attributes that
/// the importer did not ask for are an error, so none is ignored in silence.
/// </summary>
/// <param name="proto">The node.</param>
/// <param name="opset">The version of ONNX's own operators that it follows.</param>
/// <param name="inputs">Its inputs; null for those that are left out.</param>
/// <param name="builder">The network being built.</param>
/// <param name="baseDirectory">The model's folder.</param>
/// <param name="body">Reads one of the node's graphs.</param>
internal sealed class ImportNode(
    NodeProto proto, int opset, ImmutableArray<Operand?> inputs, NetworkBuilder builder, string baseDirectory,
        BodyImporter body)
{
    private readonly HashSet<string> _read = [];
    private readonly HashSet<int> _readInputs = [];
    private readonly Dictionary<string, Operand> _results = new(StringComparer.Ordinal);

    public NodeProto Proto { get; } = proto;

    public int Opset { get; } = opset;

    public string BaseDirectory { get; } = baseDirectory;

    /// <summary>True in functions and loops, whose nodes may be read many times.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>The node, to emit operations into another network, such as the cell of a loop.</summary>
    public ImportNode In(NetworkBuilder other) =>
        new(Proto, Opset, inputs, other, BaseDirectory, body) { IsRepeated = IsRepeated };

    /// <summary>The node as messages name it.</summary>
    public string Description => Describe(Proto);

    public static string Describe(NodeProto node) =>
        node.Name.Length > 0 ? $"node '{node.Name}' ({node.OpType})"
        : $"the unnamed {node.OpType} node that makes '{node.Output.FirstOrDefault()}'";

    /// <summary>What the node's outputs become, by name.</summary>
    public IReadOnlyDictionary<string, Operand> Import(OperatorImporter importer)
    {
        CheckForm();
        try
        {
            Define(0, importer(this));
            CheckAllRead();
            return _results;
        }
        catch (ShapeException e)
        {
            throw Fail(Descriptors.InvalidShape, $"cannot take its inputs: {e.Message}");
        }
        catch (Exception e) when (Fault.PassesStep(e, nameof(Importer)) || Fault.PassesNode(e, Description))
        {
            throw;
        }
    }

    /// <summary>Says what an output beside the first becomes; an output that nobody names is dropped.</summary>
    public void Define(int output, Operand result)
    {
        if (output < Proto.Output.Count && Proto.Output[output].Length > 0)
            _results[Proto.Output[output]] = result;
    }

    /// <summary>What an output has become; null where nobody names it or it is not defined yet.</summary>
    public Operand? Result(int output) => HasOutput(output) ? _results.GetValueOrDefault(Proto.Output[output]) : null;

    /// <summary>True if the graph names an output, and so may read it.</summary>
    public bool HasOutput(int output) => output < Proto.Output.Count && Proto.Output[output].Length > 0;

    /// <summary>All inputs, each of them required.</summary>
    public ImmutableArray<Operand> AllInputs() => [.. Enumerable.Range(0, Proto.Input.Count).Select(Input)];

    /// <summary>A shape that the node asks for; whatever is made for it stays within what a network may have.</summary>
    public Shape Reserved(params ReadOnlySpan<double> dimensions)
    {
        int[] result = new int[dimensions.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = dimensions[i] <= NetworkBuilder.MaxConstants && double.IsInteger(dimensions[i])
                ? (int)Math.Max(dimensions[i], -1)
                : throw Fail(Descriptors.InvalidShape,
                    $"asks for an axis of {dimensions[i]}; {NetworkBuilder.MaxConstants} elements are the most");
        }
        Shape shape = new(result);
        return shape.Size <= NetworkBuilder.MaxConstants ? shape : throw Fail(Descriptors.InvalidShape,
            $"asks for {shape}; {NetworkBuilder.MaxConstants} elements are the most");
    }

    /// <summary>A required input.</summary>
    public Operand Input(int index) => TryInput(index) ?? throw Fail(Descriptors.InvalidGraph, $"has no input {index}");

    /// <summary>An optional input; null where absent.</summary>
    public Operand? TryInput(int index) => TryAny(index) is not Operand input ? null
        : input.IsTensor ? input
        : throw Fail(Descriptors.InvalidGraph,
            $"reads '{input.Name}', which is {(input.IsEmpty ? "an optional that holds nothing" : "a sequence")}, "
            + "where a tensor is needed");

    /// <summary>An optional input that may be a sequence or an optional; null where absent.</summary>
    public Operand? TryAny(int index)
    {
        _readInputs.Add(index);
        return index < inputs.Length ? inputs[index] : null;
    }

    /// <summary>A required input that may be a sequence or an optional.</summary>
    public Operand Any(int index) => TryAny(index) ?? throw Fail(Descriptors.InvalidGraph, $"has no input {index}");

    /// <summary>The elements of a required input that is a sequence.</summary>
    public ImmutableArray<Operand> Sequence(int index) =>
        Any(index).Elements ?? throw Fail(Descriptors.InvalidGraph, $"reads '{Any(index).Name}', which is no sequence");

    /// <summary>A required attribute that is a graph.</summary>
    public GraphProto Graph(string name) =>
        Attribute(name, AttributeType.Graph)?.G ?? throw Fail(Descriptors.InvalidGraph, $"has no {name}");

    /// <summary>What one of the node's graphs gives, in which it reads the values around the node too.</summary>
    public ImmutableArray<Operand> Body(GraphProto graph, ImmutableArray<Operand> arguments, int? iteration = null) =>
        body(graph, arguments, iteration);

    /// <summary>Makes room for a constant that a small file can ask for many times.</summary>
    public void ReserveConstant(Shape shape) => builder.Reserve(shape, constant: true);

    /// <summary>A sparse tensor.</summary>
    public Operand Sparse(SparseTensorProto tensor) => SparseReader.Read(tensor, BaseDirectory, builder);

    /// <summary>The element type of an input; null where absent or not known.</summary>
    public TensorProto.Types.DataType? ElementType(int index) => TryInput(index)?.ElementType;

    /// <summary>An input that must be known at compile time; null where optional and absent.</summary>
    public Constant? TryConstant(int index, string meaning)
    {
        Operand? operand = TryInput(index);
        return operand is null ? null : operand.Constant ?? throw Fail(Descriptors.UnsupportedForm,
            $"computes its {meaning} ('{operand.Name}'); only a constant is supported");
    }

    public Constant RequireConstant(int index, string meaning) =>
        TryConstant(index, meaning) ?? throw Fail(Descriptors.InvalidGraph, $"has no {meaning}");

    /// <summary>A constant input of integers, as axes and shapes are.</summary>
    public ImmutableArray<int>? TryIntegers(int index, string meaning) =>
        TryConstant(index, meaning) is Constant c ? [.. c.Values.Select(v => Integer(v, meaning))] : null;

    /// <summary>An optional constant of one element, whatever its rank.</summary>
    public double? TryScalar(int index, string meaning)
    {
        if (TryConstant(index, meaning) is not Constant c)
            return null;
        return c.Values.Length == 1 ? c.Values[0]
            : throw Fail(Descriptors.InvalidShape, $"has a {meaning} of shape {c.Shape} where one number is needed");
    }

    public long Int(string name, long otherwise) => Attribute(name, AttributeType.Int)?.I ?? otherwise;

    public string Text(string name, string otherwise) => Attribute(name, AttributeType.String)?.S.ToStringUtf8()
        ?? otherwise;

    /// <summary>A number that is not NaN and not infinite.</summary>
    public float Float(string name, float otherwise)
    {
        float value = Attribute(name, AttributeType.Float)?.F ?? otherwise;
        return float.IsFinite(value) ? value
            : throw Fail(Descriptors.NonFiniteWeight, $"has the attribute {name} = {value}");
    }

    public ImmutableArray<int>? Ints(string name) =>
        Attribute(name, AttributeType.Ints) is AttributeProto a ? [.. a.Ints.Select(i => Integer(i, name))] : null;

    public AttributeProto? Attribute(string name, AttributeType type)
    {
        _read.Add(name);
        AttributeProto? attribute = Proto.Attribute.FirstOrDefault(a => a.Name == name);
        // Writers of the first format versions left the type out.
        return attribute is null || attribute.Type == type || attribute.Type == AttributeType.Undefined
            ? attribute
            : throw Fail(Descriptors.InvalidGraph,
                $"has the attribute '{name}' as {attribute.Type} where {type} is needed");
    }

    /// <summary>Marks attributes that need no honouring in inference.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            _read.Add(name);
    }

    /// <summary>An axis attribute or input made non-negative.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
            : throw Fail(Descriptors.InvalidShape, $"has axis {axis} for {rank} dimensions");

    /// <summary>
    /// Adds an operation on one operand, named after the node and, where it is one of several, its part; a constant
    /// operand is folded at once.
    /// </summary>
    public Operand Emit(Operation operation, Operand x, string? part = null, bool inner = false) =>
        Emit(operation, [x], part, inner);

    /// <summary>
    /// Adds an operation on several operands; folded where all of them are constants. A constant among operands that
    /// flow becomes a node of its own. An inner one (<see cref="Node.IsInner"/>) is a step on the way to the node's
    /// result.
    /// </summary>
    public Operand Emit(Operation operation, ImmutableArray<Operand> operands, string? part = null, bool inner = false)
    {
        operation = operation.WithConstants(
            [.. operation.Constants.Select(c => IsMaskable(operation) ? Finite(c.Constant) : c.Constant)]);
        foreach ((_, Constant c) in operation.Constants)
            RequireFinite(c);
        Shape shape = operation.OutputShape([.. operands.Select(o => o.Shape)]);
        builder.Reserve(shape, operands.All(o => o.Constant is not null));
        // What only moves elements leaves them their type.
        TensorProto.Types.DataType? common = operands.Select(o => o.ElementType).Distinct().ToArray() is [var one] ? one
            : null;
        if (shape.Size > 0 && operands.Any(o => o.Constant is null))
            return new Operand(builder.Add(Proto, operation,
                [.. operands.Select((o, i) => o.Value ?? Literal(o, i, part, inner, IsMaskable(operation)))], shape,
                part, inner))
            {
                ElementType = operation is { KeepsType: true, Scaling: ScaleRule.Common } ? common
                    : null
            };
        // What has no elements is known, whatever flows into it.
        if (shape.Size == 0)
            return new Operand(Proto.Output[0], new Constant(shape, [])) { ElementType = common };
        // And a quantized constant's integers and scale apart. Of integers come integers, which divide towards zero.
        return operation is { KeepsType: true, Scaling: ScaleRule.Common }
            && operands is [{ Factors: (Constant integers, Constant scale) }]
            ? new Operand(Proto.Output[0], Fold(operation, [integers], shape), Fold(operation, [scale], shape))
            : new Operand(Proto.Output[0],
                Fold(operation, [.. operands.Select(o => o.Constant!)], shape))
            { ElementType = common };
    }

    // What is added, chosen or put beside may be a mask, which the lowest number stands for until it is recognised.
    private static bool IsMaskable(Operation operation) =>
        operation is Affine { Scale: null } or Select
            or Elementwise { Function: ElementwiseKind.Add or ElementwiseKind.Min } or Rearrange;

    private static Constant Finite(Constant constant) =>
        constant.Values.Any(double.IsNegativeInfinity)
            ? constant.Map(v => double.IsNegativeInfinity(v) ? double.MinValue : v) : constant;

    private Value Literal(Operand operand, int index, string? part, bool inner, bool maskable)
    {
        Constant constant = maskable ? Finite(operand.Constant!) : operand.Constant!;
        RequireFinite(constant);
        return builder.Add(Proto, new Literal(constant), [], operand.Shape,
            $"{(part is null ? "" : $"{part}_")}constant{index}", inner);
    }

    private static Constant Fold(Operation operation, ImmutableArray<Constant> operands, Shape shape)
    {
        double[] result = new double[shape.Size];
        if (result.Length > 0)
            operation.Evaluate([.. operands.Select(o => o.Shape)], [.. operands.Select(o => o.Values.ToArray())],
                result);
        return new Constant(shape, ImmutableArray.Create(result));
    }

    /// <summary>Refuses NaN and infinities, which no hardware has.</summary>
    public void RequireFinite(Constant constant)
    {
        if (!constant.Values.All(double.IsFinite))
            throw Fail(Descriptors.NonFiniteWeight,
                $"has a constant with {constant.Values.Count(v => !double.IsFinite(v))} values that are NaN or "
                + "infinite; retrain or clean the model");
    }

    /// <summary>A result known at compile time.</summary>
    public Operand Folded(Constant constant) => new(Proto.Output[0], constant);

    public ModelException Fail(DiagnosticDescriptor descriptor, string text) =>
        new(descriptor, $"{Description} {text}");

    private void CheckForm()
    {
        if (Proto.Output.All(o => o.Length == 0))
            throw Fail(Descriptors.InvalidGraph, "has no output");
        if (Proto.Attribute.GroupBy(a => a.Name)
            .FirstOrDefault(g => g.Count() > 1) is IGrouping<string, AttributeProto> twice)
            throw Fail(Descriptors.InvalidGraph, $"has the attribute '{twice.Key}' twice");
        if (Proto.Attribute.FirstOrDefault(a => a.RefAttrName.Length > 0) is AttributeProto reference)
            throw Fail(Descriptors.InvalidGraph,
                $"refers to a function's attribute '{reference.RefAttrName}' outside a function");
    }

    private void CheckAllRead()
    {
        if (Proto.Attribute.FirstOrDefault(a => !_read.Contains(a.Name)) is AttributeProto unknown)
            throw Fail(Descriptors.UnsupportedForm,
                $"has the attribute '{unknown.Name}', which is not supported for operator set {Opset}");
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is Operand input && !_readInputs.Contains(i))
                throw Fail(Descriptors.UnsupportedForm,
                    $"has an input {i} ('{input.Name}'), which is not supported for operator set {Opset}");
        }
    }

    private int Integer(double value, string meaning) =>
        value == Math.Truncate(value) && Math.Abs(value) <= int.MaxValue
            ? (int)value
            : throw Fail(Descriptors.InvalidShape,
                $"has {value} in its {meaning}, which is no number of axes or elements");
}
