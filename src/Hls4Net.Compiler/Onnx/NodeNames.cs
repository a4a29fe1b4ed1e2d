using Hls4Net.Onnx.Proto;
using Hls4Net.Text;

namespace Hls4Net.Onnx;

/// <summary>
/// Gives every node a C identifier that a user would recognise. Exporters write scopes: "/fc1/Gemm" (PyTorch) and
/// "model/fc1/MatMul" (tf2onnx) are the layer fc1; a node without a name is called after its first weight's scope, or
/// its operator.
/// </summary>
internal sealed class NodeNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>A name for a node, or for a part of it.</summary>
    public string For(NodeProto node, string? part = null)
    {
        string suffix = part is null ? "" : $"_{part}";
        foreach (string candidate in Candidates(node).Select(c => c + suffix))
        {
            if (_taken.Add(candidate))
                return candidate;
        }
        string stem = Candidates(node).First() + suffix;
        // Counts on from the last number: thousands of nodes may have one name.
        int n = _numbers.GetValueOrDefault(stem, 2);
        while (!_taken.Add($"{stem}_{n}"))
            n++;
        _numbers[stem] = n + 1;
        return $"{stem}_{n}";
    }

    private static IEnumerable<string> Candidates(NodeProto node)
    {
        string[] scopes = node.Name.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (scopes.Length > 1 && IsOperator(scopes[^1], node.OpType))
        {
            yield return Identifiers.Of(scopes[^2]);
            yield return Identifiers.Of($"{scopes[^2]}_{scopes[^1]}");
            yield return Identifiers.Of(string.Join('_', scopes));
        }
        else if (scopes.Length > 0)
        {
            // PyTorch before 1.13 names nodes Gemm_0 and keeps the layer's name in its weight, fc1.weight.
            if (scopes.Length == 1 && IsOperator(scopes[0], node.OpType) && WeightScope(node) is string scope)
                yield return Identifiers.Of(scope);
            yield return Identifiers.Of(scopes[^1]);
            yield return Identifiers.Of(string.Join('_', scopes));
        }
        else
        {
            if (WeightScope(node) is string scope)
                yield return Identifiers.Of(scope);
            yield return Identifiers.Of(node.OpType);
        }
    }

    private static bool IsOperator(string text, string operatorType) =>
        text.StartsWith(operatorType, StringComparison.Ordinal)
            && text.AsSpan(operatorType.Length).Trim("_0123456789").IsEmpty;

    /// <summary>The layer that the node's first weight is called after; null where there is none.</summary>
    public static string? WeightScope(NodeProto node)
    {
        string? weight = node.Input.Skip(1).FirstOrDefault(i => i.EndsWith(".weight", StringComparison.Ordinal));
        return weight is { Length: > 7 } ? weight[..^7] : null;
    }
}
