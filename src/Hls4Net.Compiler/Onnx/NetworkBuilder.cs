using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Collects nodes under unique names.</summary>
internal sealed class NetworkBuilder
{
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly NodeNames _names = new();

    public ImmutableArray<Node> Nodes => _nodes.ToImmutable();

    /// <summary>Adds an operation that an ONNX node becomes (or a part of).</summary>
    public Value Add(NodeProto proto, Operation operation, Value input, Shape shape)
    {
        string name = _names.For(proto);
        Value output = new(proto.Output[0], shape);
        _nodes.Add(new Node(name, new NodeSource(proto.Name, proto.OpType), operation, [input], output));
        return output;
    }
}
