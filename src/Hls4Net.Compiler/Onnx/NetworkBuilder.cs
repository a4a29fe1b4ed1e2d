using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Collects nodes under unique names.</summary>
internal sealed class NetworkBuilder
{
    /// <summary>The most elements that all values of a network may have together.</summary>
    public const int MaxValues = 1 << 27;

    /// <summary>The most elements that all folded constants of a network may have together.</summary>
    public const int MaxConstants = 1 << 24;

    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly NodeNames _names = new();
    private int _values, _constants;

    public ImmutableArray<Node> Nodes => _nodes.ToImmutable();

    /// <summary>Makes room for a result; a small file can ask for more than any machine has.</summary>
    /// <exception cref="ShapeException">The network grows too large.</exception>
    public void Reserve(Shape shape, bool constant)
    {
        if (shape.Size > (constant ? MaxConstants - _constants : MaxValues - _values))
            throw new ShapeException(
                $"with its result {shape} the network's "
                + $"{(constant ? $"folded constants exceed {MaxConstants}" : $"values exceed {MaxValues}")} elements");
        (_values, _constants) = constant ? (_values, _constants + shape.Size) : (_values + shape.Size, _constants);
    }

    /// <summary>
    /// Adds an operation that an ONNX node becomes, or a part of one, which <paramref name="part"/> then names.
    /// </summary>
    public Value Add(NodeProto proto, Operation operation, ImmutableArray<Value> inputs, Shape shape, string? part,
        bool inner = false)
    {
        if (shape.Size == 0)
            throw new ShapeException($"its result {shape} has no elements");
        string name = _names.For(proto, part);
        Value output = new(proto.Output.First(o => o.Length > 0), shape);
        _nodes.Add(new Node(name, new NodeSource(proto.Name, proto.OpType), operation, inputs,
            output)
        { IsInner = inner });
        return output;
    }
}
