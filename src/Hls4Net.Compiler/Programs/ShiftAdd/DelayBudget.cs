namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// Whether sums can still be formed in time: terms that arrive after d adders fit under a tree of k-operand adders of
/// depth D exactly where Σ k^d ≤ k^D (Kraft's inequality).
/// </summary>
internal sealed class DelayBudget
{
    private readonly double[] _weights;

    /// <param name="operands">Operands of an adder, k.</param>
    /// <param name="digits">Digits of the largest sum.</param>
    /// <param name="extraDepth">Adders on a path beyond the fewest possible.</param>
    public DelayBudget(int operands, int digits, int extraDepth)
    {
        _weights = [.. Enumerable.Range(0, 64).Select(d => Math.Pow(operands, d))];
        Limit = _weights[Array.FindIndex(_weights, w => w >= digits) + extraDepth];
    }

    /// <summary>What the load of a sum may not exceed.</summary>
    public double Limit { get; }

    /// <summary>What a term adds to the load of a sum.</summary>
    public double Weight(int depth) => _weights[depth];
}
