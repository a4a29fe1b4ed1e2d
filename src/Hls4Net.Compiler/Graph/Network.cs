using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>
/// A tensor that flows between nodes, compared by identity. Real-valued until the typing transform gives it a
/// fixed-point type and the range that its mantissas provably keep, element by element.
/// </summary>
public sealed class Value(string name, Shape shape, Typing? typing = null)
{
    /// <summary>The name in the ONNX model, or one made from the node's.</summary>
    public string Name { get; } = name;

    public Shape Shape { get; } = shape;

    /// <summary>Type and range; null in a real-valued network.</summary>
    public Typing? Typing { get; } = typing;

    /// <summary>The fixed-point type of a typed value.</summary>
    public FixedPointType Type => Typing?.Type ?? throw new InvalidOperationException($"'{Name}' has no type yet");

    /// <summary>The shape of a port: without the sample axis.</summary>
    internal ImmutableArray<int> PortShape => Shape.Rank > 1
        && Shape[0] == 1 ? Shape.Dimensions[1..] : Shape.Dimensions;

    public override string ToString() => Typing is null ? $"{Name}{Shape}" : $"{Name}{Shape}: {Typing.Type}";
}

/// <summary>One operation of the network.</summary>
/// <param name="Name">A C identifier, unique in the network, made from the ONNX node's name.</param>
/// <param name="Source">The ONNX node's own name and operator, for messages and for matching HlsLayer items.</param>
/// <param name="Operation">What it computes.</param>
/// <param name="Inputs">The values it reads.</param>
/// <param name="Output">The value it defines.</param>
public sealed record Node(string Name, NodeSource Source, Operation Operation, ImmutableArray<Value> Inputs,
    Value Output)
{
    /// <summary>
    /// True for a step on the way to an ONNX node's result, such as the variance of a normalization: its precision is
    /// no matter of the model's settings, but always automatic and wider than a result's, unless a setting names the
    /// step itself.
    /// </summary>
    public bool IsInner { get; init; }

    /// <summary>
    /// By which powers of two the channels of the result are larger than the model's, as exponents; empty where they
    /// are the model's own. The channel of an element is its place modulo their number.
    /// </summary>
    public ImmutableArray<int> ChannelExponents { get; init; } = [];
}

/// <summary>Where a node comes from in the ONNX model.</summary>
public sealed record NodeSource(string OnnxName, string OnnxOperator);

/// <summary>What the network gives: a value under the name that the ONNX model gives its output.</summary>
public sealed record NetworkOutput(string Name, Value Value)
{
    /// <summary>What its numbers, counted from 0, stand for in the model; empty for numbers that are meant.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];
}

/// <summary>A network: nodes in an order in which every value is defined before it is read.</summary>
public sealed record Network(ImmutableArray<Value> Inputs, ImmutableArray<NetworkOutput> Outputs,
    ImmutableArray<Node> Nodes)
{
    /// <summary>How often each value is read, outputs counted as one reading each.</summary>
    public Dictionary<Value, int> CountReaders()
    {
        Dictionary<Value, int> readers = [];
        foreach (Value v in Nodes.SelectMany(n => n.Inputs).Concat(Outputs.Select(o => o.Value)))
            readers[v] = readers.GetValueOrDefault(v) + 1;
        return readers;
    }
}
