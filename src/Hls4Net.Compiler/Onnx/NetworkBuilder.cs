using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Collects nodes under unique names.</summary>
internal sealed class NetworkBuilder
{
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    /// <summary>The most elements that all values and folded constants of a network may have together.</summary>
    public const int MaxElements = 1 << 24;

    private readonly NodeNames _names = new();
    private int _elements;

    public ImmutableArray<Node> Nodes => _nodes.ToImmutable();

    /// <summary>Makes room for a result; a small file can ask for more than any machine has.</summary>
    /// <exception cref="ShapeException">The network grows too large.</exception>
    public void Reserve(Shape shape)
    {
        if (shape.Size > MaxElements - _elements)
            throw new ShapeException($"with its result {shape} the network's values exceed {MaxElements} elements");
        _elements += shape.Size;
    }

    /// <summary>Adds an operation that an ONNX node becomes, or a part of one, which <paramref name="part"/> then names.</summary>
    public Value Add(NodeProto proto, Operation operation, ImmutableArray<Value> inputs, Shape shape, string? part)
    {
        if (shape.Size == 0)
            throw new ShapeException($"its result {shape} has no elements");
        string name = _names.For(proto, part);
        Value output = new(proto.Output.First(o => o.Length > 0), shape);
        _nodes.Add(new Node(name, new NodeSource(proto.Name, proto.OpType), operation, inputs, output));
        return output;
    }
}
