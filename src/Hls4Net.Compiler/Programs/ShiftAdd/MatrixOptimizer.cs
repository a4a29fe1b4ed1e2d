using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// Products of a constant matrix with a vector, <c>y[j] = bias[j] + Σ_i x[i] · weights[i, j]</c>, as networks of
/// tables, shifts and additions.
/// </summary>
internal static class MatrixOptimizer
{
    // What a shared part is worth depends on the matrix: two searches cost less than choosing well.
    private static readonly SearchSettings[] s_two = [new(2, 1.2, 0, 1)],
        s_three = [new(3, 0.4, 4, 8), new(3, 0.5, 2, 4)];

    // How long the best of them is improved, in times that it took to find it; small ones for longer.
    private const int TimesTwo = 5, TimesThree = 1, TimesSmall = 20;
    private const long Small = 500_000;

    // One search of more than this is enough (32 outputs of 64 inputs with 16-bit weights take 18 million): another one
    // and its improvement take its time again each, and found 0.2 % at most.
    private const long Large = 8_000_000;

    // Which of two candidates is cheaper in the end shows only then, if one was not so much dearer before.
    private const double Improvement = 1.1;

    /// <summary>The cheapest network that a few searches find.</summary>
    /// <param name="weights">[inputs, outputs].</param>
    /// <param name="bias">[outputs], or empty.</param>
    /// <param name="inputs">What each input can be.</param>
    /// <param name="fabric">What it is made of.</param>
    public static SumNetwork Optimize(long[,] weights, ReadOnlySpan<long> bias, ImmutableArray<Interval> inputs,
        Fabric fabric)
    {
        bool three = fabric.AdderOperands == 3;
        List<(Columns Columns, SumNetwork Network)> found = [];
        foreach (TabledMatrix matrix in TabledMatrix.Candidates(weights, bias, inputs, fabric))
        {
            (Columns Columns, SumNetwork Network)? cheapest = null;
            foreach (SearchSettings settings in three ? s_three : s_two)
            {
                if (cheapest is not null && (fabric.OneSearch || cheapest.Value.Columns.Work > Large))
                    break;
                Columns columns = new(matrix.Outputs, matrix.Inputs, settings, fabric.ExtraDepth);
                SumNetwork network = new(matrix.Tables, columns.Finish());
                if (cheapest is null || network.Cost < cheapest.Value.Network.Cost)
                    cheapest = (columns, network);
            }
            found.Add(cheapest!.Value);
        }
        SumNetwork best = found.MinBy(f => f.Network.Cost).Network;
        double worthIt = best.Cost * Improvement;
        foreach ((Columns columns, SumNetwork network) in found.Where(f => f.Network.Cost <= worthIt
            && f.Columns.Work <= Large && !fabric.OneSearch))
        {
            columns.Improve(((three ? TimesThree : TimesTwo) * columns.Work)
                + Math.Min(TimesSmall * columns.Work, Small));
            SumNetwork improved = network with { Adders = columns.Finish() };
            best = improved.Cost < best.Cost ? improved : best;
        }
        return best;
    }
}
