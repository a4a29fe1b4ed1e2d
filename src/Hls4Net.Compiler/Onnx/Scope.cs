namespace Hls4Net.Onnx;

/// <summary>
/// The values that nodes read by name: a graph's own, and those of the graphs around it. An input that a function is
/// called without has a name and no operand.
/// </summary>
internal sealed class Scope(Scope? outer = null)
{
    private readonly Dictionary<string, Operand?> _own = new(StringComparer.Ordinal);

    /// <summary>The names that are defined here, and not around.</summary>
    public IReadOnlyCollection<string> Own => _own.Keys;

    public bool Contains(string name) => _own.ContainsKey(name);

    public bool TryFind(string name, out Operand? operand)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._own.TryGetValue(name, out operand))
                return true;
        }
        operand = null;
        return false;
    }

    public void Define(string name, Operand? operand) => _own[name] = operand;

    private Scope? Outer { get; } = outer;
}
