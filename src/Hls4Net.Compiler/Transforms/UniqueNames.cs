using Hls4Net.Graph;

namespace Hls4Net.Transforms;

/// <summary>Renames nodes that a transform has duplicated, so that a name means one layer.</summary>
internal static class UniqueNames
{
    public static Network Apply(Network network)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        return network with { Nodes = [.. network.Nodes.Select(Renamed)] };

        Node Renamed(Node node)
        {
            string name = node.Name;
            for (int n = 2; !taken.Add(name); n++)
                name = $"{node.Name}_{n}";
            return node with { Name = name };
        }
    }
}
