using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// One ONNX node as its importer sees it: inputs, attributes, and the network being built. Attributes that the importer did not
/// ask for are an error, so none is ignored in silence.
/// </summary>
internal sealed class ImportNode(NodeProto proto, int opset, ImmutableArray<Operand?> inputs, NetworkBuilder builder, string baseDirectory)
{
    private readonly HashSet<string> _read = [];

    public NodeProto Proto { get; } = proto;

    public int Opset { get; } = opset;

    public string BaseDirectory { get; } = baseDirectory;

    public int InputCount => inputs.Length;

    /// <summary>The node as messages name it.</summary>
    public string Description => Describe(Proto);

    public static string Describe(NodeProto node) =>
        node.Name.Length > 0 ? $"node '{node.Name}' ({node.OpType})"
        : $"the unnamed {node.OpType} node that makes '{node.Output.FirstOrDefault()}'";

    /// <summary>A required input.</summary>
    public Operand Input(int index) => TryInput(index) ?? throw Fail(Descriptors.InvalidGraph, $"has no input {index}");

    /// <summary>An optional input; null where absent.</summary>
    public Operand? TryInput(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An input that must be known at compile time; null where optional and absent.</summary>
    public Constant? TryConstant(int index, string meaning)
    {
        Operand? operand = TryInput(index);
        return operand is null ? null : operand.Constant ?? throw Fail(Descriptors.UnsupportedForm, $"computes its {meaning} ('{operand.Name}'); only a constant is supported");
    }

    public Constant RequireConstant(int index, string meaning) =>
        TryConstant(index, meaning) ?? throw Fail(Descriptors.InvalidGraph, $"has no {meaning}");

    /// <summary>A constant input of integers, as axes and shapes are.</summary>
    public ImmutableArray<int>? TryIntegers(int index, string meaning) =>
        TryConstant(index, meaning) is Constant c ? [.. c.Values.Select(v => checked((int)v))] : null;

    public bool HasAttribute(string name) => Attribute(name) is not null;

    public long Int(string name, long otherwise) => Attribute(name)?.I ?? otherwise;

    public float Float(string name, float otherwise) => Attribute(name)?.F ?? otherwise;

    public ImmutableArray<int>? Ints(string name) => Attribute(name) is AttributeProto a ? [.. a.Ints.Select(i => checked((int)i))] : null;

    public AttributeProto? Attribute(string name)
    {
        _read.Add(name);
        return Proto.Attribute.FirstOrDefault(a => a.Name == name);
    }

    /// <summary>Marks attributes that need no honouring in inference.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            _read.Add(name);
    }

    /// <summary>An axis attribute or input made non-negative.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Fail(Descriptors.InvalidShape, $"has axis {axis} for {rank} dimensions");

    /// <summary>Adds an operation on one operand; a constant operand is folded at once.</summary>
    public Operand Emit(Operation operation, Operand x)
    {
        foreach ((_, Constant c) in operation.Constants)
        {
            if (!c.Values.All(double.IsFinite))
                throw Fail(Descriptors.NonFiniteWeight, $"has a constant with {c.Values.Count(v => !double.IsFinite(v))} values that are NaN or infinite; retrain or clean the model");
        }
        try
        {
            Shape shape = operation.OutputShape([x.Shape]);
            if (x.Constant is null)
                return new Operand(builder.Add(Proto, operation, x.Value!, shape));
            double[] result = new double[shape.Size];
            operation.Evaluate([x.Shape], [[.. x.Constant.Values]], result);
            return Folded(new Constant(shape, ImmutableArray.Create(result)));
        }
        catch (ShapeException e)
        {
            throw Fail(Descriptors.InvalidShape, $"cannot take its inputs: {e.Message}");
        }
    }

    /// <summary>A result known at compile time.</summary>
    public Operand Folded(Constant constant) => new(Proto.Output[0], constant);

    public ModelException Fail(DiagnosticDescriptor descriptor, string text) => new(descriptor, $"{Description} {text}");

    /// <summary>Refuses attributes that the importer did not read.</summary>
    public void CheckAttributes()
    {
        if (Proto.Attribute.FirstOrDefault(a => !_read.Contains(a.Name)) is AttributeProto unknown)
            throw Fail(Descriptors.UnsupportedForm, $"has the attribute '{unknown.Name}', which is not supported for operator set {Opset}");
    }
}
