using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// Orders nodes so that every value is made before it is read. ONNX asks for that order; not every exporter keeps it.
/// </summary>
internal static class TopologicalOrder
{
    public static IReadOnlyList<NodeProto> Sort(GraphProto graph, IEnumerable<string> defined) =>
        Sort(graph.Node, defined.Concat(graph.Input.Select(i => i.Name)));

    /// <summary>The nodes of a graph, a body or a function in which some names are defined.</summary>
    public static IReadOnlyList<NodeProto> Sort(IReadOnlyCollection<NodeProto> nodes, IEnumerable<string> defined)
    {
        HashSet<string> known = new(defined, StringComparer.Ordinal) { "" };
        Dictionary<string, NodeProto> makers = new(StringComparer.Ordinal);
        foreach (NodeProto node in nodes)
        {
            foreach (string output in node.Output.Where(o => o.Length > 0))
            {
                if (known.Contains(output) || !makers.TryAdd(output, node))
                    throw new ModelException(Descriptors.InvalidGraph,
                        $"{ImportNode.Describe(node)} makes '{output}', which is already defined");
            }
        }

        List<NodeProto> sorted = [];
        HashSet<NodeProto> done = new(ReferenceEqualityComparer.Instance),
            open = new(ReferenceEqualityComparer.Instance);
        Stack<(NodeProto Node, IList<string> Reads, int Next)> stack = new();
        foreach (NodeProto root in nodes)
        {
            // An explicit stack: a thousand-layer chain must not overflow the thread's.
            if (done.Contains(root))
                continue;
            stack.Push((root, Reads(root), 0));
            open.Add(root);
            while (stack.TryPop(out (NodeProto Node, IList<string> Reads, int Next) top))
            {
                if (top.Next == top.Reads.Count)
                {
                    open.Remove(top.Node);
                    if (done.Add(top.Node))
                        sorted.Add(top.Node);
                    continue;
                }
                stack.Push(top with { Next = top.Next + 1 });
                if (!makers.TryGetValue(top.Reads[top.Next], out NodeProto? maker) || done.Contains(maker))
                    continue;
                if (!open.Add(maker))
                    throw new ModelException(Descriptors.Cycle,
                        $"the graph has a cycle through {ImportNode.Describe(maker)} and its value "
                        + $"'{top.Reads[top.Next]}'");
                stack.Push((maker, Reads(maker), 0));
            }
        }
        return sorted;
    }

    // The graphs of branches and loops read the values around them by name.
    private static IList<string> Reads(NodeProto node) => node.Attribute.All(a => a.G is null) ? node.Input
        : [.. node.Input, .. node.Attribute.SelectMany(Captured)];

    private static IEnumerable<string> Captured(AttributeProto attribute) =>
        attribute.G is not GraphProto graph ? []
        : graph.Node.SelectMany(n => n.Input.Concat(n.Attribute.SelectMany(Captured)))
            .Concat(graph.Output.Select(o => o.Name)).Except(
            graph.Node.SelectMany(n => n.Output).Concat(graph.Input.Select(i => i.Name))
                .Concat(graph.Initializer.Select(i => i.Name)));
}
