using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>Products of a constant matrix with a vector, <c>y[j] = bias[j] + Σ_i x[i] · weights[i, j]</c>, as networks of shifts and additions.</summary>
internal static class MatrixOptimizer
{
    /// <summary>Levels of adders allowed beyond the fewest possible, which leaves room for sharing.</summary>
    public const int ExtraDepth = 2;

    // What a shared part is worth depends on the matrix: two searches cost less than choosing well.
    private static readonly SearchSettings[] s_two = [new(2, 1.2, 0, 1)], s_three = [new(3, 0.4, 4, 8), new(3, 0.5, 2, 4)];

    // How long the best of them is improved, in times that it took to find it; small ones for longer.
    private const int TimesTwo = 5, TimesThree = 1, TimesSmall = 20;
    private const long Small = 500_000;

    /// <summary>The cheapest network that a few searches find.</summary>
    /// <param name="weights">[inputs, outputs].</param>
    /// <param name="bias">[outputs], or empty.</param>
    /// <param name="inputs">What each input can be.</param>
    /// <param name="operands">Most operands of an adder, 2 or 3.</param>
    public static AdderNetwork Optimize(long[,] weights, ReadOnlySpan<long> bias, ImmutableArray<Interval> inputs, int operands)
    {
        (Columns Columns, AdderNetwork Network)? best = null;
        foreach (SearchSettings settings in operands == 3 ? s_three : s_two)
        {
            Columns columns = new(weights, bias, inputs, settings);
            AdderNetwork network = columns.Finish();
            if (best is null || network.Cost < best.Value.Network.Cost)
                best = (columns, network);
        }
        (Columns shared, AdderNetwork found) = best!.Value;
        shared.Improve(((operands == 3 ? TimesThree : TimesTwo) * shared.Work) + Math.Min(TimesSmall * shared.Work, Small));
        AdderNetwork improved = shared.Finish();
        return improved.Cost < found.Cost ? improved : found;
    }
}
