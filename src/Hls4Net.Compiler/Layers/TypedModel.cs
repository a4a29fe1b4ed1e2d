using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Layers;

/// <summary>A typed network and its layers in order.</summary>
public sealed record TypedModel(Network Network, ImmutableArray<Layer> Layers)
{
    /// <summary>The value whose elements a reshape only renames; itself for any other.</summary>
    public Value Storage(Value value)
    {
        while (_reshaped.TryGetValue(value, out Value? source))
            value = source;
        return value;
    }

    private readonly Dictionary<Value, Value> _reshaped =
        Network.Nodes.Where(n => n.Operation is Reshape).ToDictionary(n => n.Output, n => n.Inputs[0]);
}
