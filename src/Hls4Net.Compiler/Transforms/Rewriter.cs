using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;

namespace Hls4Net.Transforms;

/// <summary>
/// Rebuilds a network in one sweep from inputs to outputs. A transform sees each node with its inputs already
/// rewritten, and what makes them, so changes cascade.
/// </summary>
internal sealed class Rewriter
{
    private readonly Dictionary<Value, Value> _replaced = [];
    private readonly Dictionary<Value, Node> _makers = [];
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();

    private Rewriter()
    {
    }

    /// <summary>
    /// Applies <paramref name="visit"/> to every node; it adds what replaces the node and returns the value that
    /// replaces its output.
    /// </summary>
    public static Network Run(Network network, Func<Rewriter, Node, Value> visit)
    {
        Rewriter rewriter = new();
        foreach (Node node in network.Nodes)
            rewriter._replaced[node.Output] = rewriter.Visited(visit,
                node with { Inputs = [.. node.Inputs.Select(rewriter.Now)] });
        return network with
        {
            Outputs = [.. network.Outputs.Select(o => o with { Value = rewriter.Now(o.Value) })],
            Nodes = rewriter._nodes.ToImmutable(),
        };
    }

    private Value Visited(Func<Rewriter, Node, Value> visit, Node node)
    {
        try
        {
            return visit(this, node);
        }
        catch (Exception e) when (Fault.PassesNode(e, node.Name))
        {
            throw;
        }
    }

    /// <summary>What a value of the old network has become.</summary>
    public Value Now(Value old) => _replaced.GetValueOrDefault(old, old);

    /// <summary>
    /// What makes the only operand of a node; null for an input, and for a node of none or several operands.
    /// </summary>
    public Node? OnlyMaker(Node node) => node.Inputs is [Value only] ? Maker(only) : null;

    /// <summary>The new network's node that makes a value; null for an input.</summary>
    public Node? Maker(Value value) => _makers.GetValueOrDefault(value);

    /// <summary>Keeps a node as it is.</summary>
    public Value Keep(Node node)
    {
        _nodes.Add(node);
        _makers[node.Output] = node;
        return node.Output;
    }

    /// <summary>Adds a real-valued operation under a node's name.</summary>
    public Value Add(Node like, Operation operation, params ImmutableArray<Value> inputs) => Keep(like with
    {
        Operation = operation,
        Inputs = inputs,
        Output = new Value(like.Output.Name, operation.OutputShape([.. inputs.Select(i => i.Shape)])),
    });
}
