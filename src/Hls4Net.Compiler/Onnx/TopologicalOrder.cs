using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Orders nodes so that every value is made before it is read. ONNX asks for that order; not every exporter keeps it.</summary>
internal static class TopologicalOrder
{
    public static IReadOnlyList<NodeProto> Sort(GraphProto graph, IEnumerable<string> defined)
    {
        HashSet<string> known = new(defined, StringComparer.Ordinal) { "" };
        known.UnionWith(graph.Input.Select(i => i.Name));
        Dictionary<string, NodeProto> makers = new(StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            foreach (string output in node.Output.Where(o => o.Length > 0))
            {
                if (known.Contains(output) || !makers.TryAdd(output, node))
                    throw new ModelException(Descriptors.InvalidGraph, $"{ImportNode.Describe(node)} makes '{output}', which is already defined");
            }
        }

        List<NodeProto> sorted = [];
        HashSet<NodeProto> done = new(ReferenceEqualityComparer.Instance), open = new(ReferenceEqualityComparer.Instance);
        Stack<(NodeProto Node, int Next)> stack = new();
        foreach (NodeProto root in graph.Node)
        {
            // An explicit stack: a thousand-layer chain must not overflow the thread's.
            if (done.Contains(root))
                continue;
            stack.Push((root, 0));
            open.Add(root);
            while (stack.TryPop(out (NodeProto Node, int Next) top))
            {
                if (top.Next == top.Node.Input.Count)
                {
                    open.Remove(top.Node);
                    if (done.Add(top.Node))
                        sorted.Add(top.Node);
                    continue;
                }
                stack.Push((top.Node, top.Next + 1));
                if (!makers.TryGetValue(top.Node.Input[top.Next], out NodeProto? maker) || done.Contains(maker))
                    continue;
                if (!open.Add(maker))
                    throw new ModelException(Descriptors.Cycle, $"the graph has a cycle through {ImportNode.Describe(maker)} and its value '{top.Node.Input[top.Next]}'");
                stack.Push((maker, 0));
            }
        }
        return sorted;
    }
}
