using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>Products of a constant matrix with a vector, <c>y[j] = bias[j] + Σ_i x[i] · weights[i, j]</c>, as networks of shifts and additions.</summary>
internal static class MatrixOptimizer
{
    // What a shared part is worth depends on the matrix: a few searches cost less than choosing well.
    private static readonly SearchSettings[] s_two = [new(2, ExtraDepth, 1, 4, 4), new(2, ExtraDepth, 1.2, 0, 4)];
    private static readonly SearchSettings[] s_three = [new(3, ExtraDepth, 0.5, 2, 4), new(3, ExtraDepth, 0.5, 6, 4), new(3, ExtraDepth, 0.4, 4, 8)];

    /// <summary>Levels of adders allowed beyond the fewest possible, which leaves room for sharing.</summary>
    public const int ExtraDepth = 2;

    /// <summary>The cheapest network that a few searches find.</summary>
    /// <param name="weights">[inputs, outputs].</param>
    /// <param name="bias">[outputs], or empty.</param>
    /// <param name="inputs">What each input can be.</param>
    /// <param name="operands">Most operands of an adder, 2 or 3.</param>
    public static AdderNetwork Optimize(long[,] weights, ReadOnlySpan<long> bias, ImmutableArray<Interval> inputs, int operands)
    {
        AdderNetwork? best = null;
        foreach (SearchSettings settings in operands == 3 ? s_three : s_two)
        {
            AdderNetwork network = Run(weights, bias, inputs, settings);
            if (best is null || network.Cost < best.Cost)
                best = network;
        }
        return best!;
    }

    /// <summary>One network for one setting of the search.</summary>
    public static AdderNetwork Run(long[,] weights, ReadOnlySpan<long> bias, ImmutableArray<Interval> inputs, SearchSettings settings)
    {
        AdderGraph graph = new(inputs);
        int outputs = weights.GetLength(1);
        List<Term>[] sums = new List<Term>[outputs];
        for (int o = 0; o < outputs; o++)
        {
            sums[o] = [];
            for (int i = 0; i < inputs.Length; i++)
            {
                foreach ((int position, bool negative) in SignedDigits.Of(weights[i, o]))
                    sums[o].Add(new Term(i, position, negative));
            }
        }
        for (int o = 0; o < outputs && !bias.IsEmpty; o++)
        {
            // A constant takes a place of its own in the tree.
            if (bias[o] != 0)
                sums[o].Add(graph.Constant(bias[o]));
        }
        DelayBudget delay = new(graph, sums, settings.Operands, settings.ExtraDepth);
        new SharingSearch(graph, sums, settings, delay).Run();
        SumTree tree = new(graph, settings.Operands, delay);
        Term?[] results = new Term?[outputs];
        foreach (int o in Enumerable.Range(0, outputs).OrderBy(o => sums[o].Count))
            results[o] = sums[o].Count == 0 ? null : graph.Find(graph.Combine([.. sums[o]])) ?? tree.Build(sums[o]);
        return Finish(graph, results, settings);
    }

    private static AdderNetwork Finish(AdderGraph graph, Term?[] outputs, SearchSettings settings)
    {
        Reduction reduction = new(graph, outputs);
        if (settings.Operands == 3)
            reduction.Inline();
        return reduction.Finish();
    }
}
