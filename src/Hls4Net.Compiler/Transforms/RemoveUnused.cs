using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Transforms;

/// <summary>Drops nodes that no output depends on.</summary>
internal static class RemoveUnused
{
    public static Network Apply(Network network)
    {
        HashSet<Value> needed = [.. network.Outputs.Select(o => o.Value)];
        List<Node> kept = [];
        foreach (Node node in network.Nodes.Reverse())
        {
            if (!needed.Contains(node.Output))
                continue;
            needed.UnionWith(node.Inputs);
            kept.Add(node);
        }
        kept.Reverse();
        return network with { Nodes = ImmutableArray.CreateRange(kept) };
    }
}
