using System.Collections.Immutable;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// Where nodes stand: in the graph itself, in a function that a node calls, in one iteration of a loop.
/// </summary>
/// <param name="Opset">The version of ONNX's own operators that the nodes follow.</param>
/// <param name="Caller">The name under which a function's nodes stand; null outside functions.</param>
/// <param name="Iteration">What tells the nodes of one iteration of a loop from those of others; empty outside
/// loops.</param>
/// <param name="Attributes">The attributes that a function is called with; null outside functions.</param>
internal sealed record Frame(int Opset, string? Caller = null, string Iteration = "",
    ImmutableDictionary<string, AttributeProto>? Attributes = null)
{
    private static readonly char[] s_digits = [.. "_0123456789"];

    /// <summary>
    /// The node under its name in this frame, and with a function's attributes in the place of references to them.
    /// </summary>
    public NodeProto Placed(NodeProto node)
    {
        if (Caller is null && Iteration.Length == 0 && Attributes is null)
            return node;
        NodeProto placed =
            new() { Name = Name(node), OpType = node.OpType, Domain = node.Domain, Overload = node.Overload };
        placed.Input.AddRange(node.Input);
        placed.Output.AddRange(node.Output);
        placed.Attribute.AddRange(Attributes is null ? node.Attribute : node.Attribute.Select(Given)
            .OfType<AttributeProto>());
        return placed;
    }

    // Exporters number the nodes of functions; what a user knows is the call.
    private string Name(NodeProto node)
    {
        bool numbered = node.Name.Trim(s_digits) is "" or "n" or "node";
        string name = Caller is null ? node.Name : $"{Caller}/{(numbered ? node.OpType : node.Name)}";
        return Iteration.Length == 0 ? name : Iterated(name.Length > 0 ? name : node.OpType, node.OpType);
    }

    // The iteration belongs to the layer, which is the scope of a node named after its operator.
    private string Iterated(string name, string operatorType)
    {
        int scope = name.LastIndexOf('/');
        return scope > 0 && name.AsSpan(scope + 1).StartsWith(operatorType) ? name.Insert(scope, Iteration)
            : name + Iteration;
    }

    // An attribute that the function is called without is none of the node either.
    private AttributeProto? Given(AttributeProto attribute)
    {
        if (attribute.RefAttrName.Length == 0)
            return attribute;
        if (!Attributes!.TryGetValue(attribute.RefAttrName, out AttributeProto? given))
            return null;
        AttributeProto result = given.Clone();
        result.Name = attribute.Name;
        return result;
    }
}
