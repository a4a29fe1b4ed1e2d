using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Vectors;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// Precision=auto by effect: every input, result and weight that the settings leave open gets the resolution with which the
/// outputs of the test vectors keep their budget, at the least hardware.
/// </summary>
/// <remarks>
/// Rounding to a step q adds noise in proportion to q² (Widrow and Kollár, Quantization Noise, 2008), so one measurement a
/// place tells its noise at every step, and with the cost of a bit at each place the cheapest steps within a noise budget
/// follow by Lagrange's rule: noise in proportion to cost. The typed network then runs on the same vectors; where it
/// misses the budget, the places get less of it.
/// </remarks>
internal static class WidthSearch
{
    // Of multiplications for all that is tried: a few seconds.
    private const long MostProducts = 1L << 29;

    // Values kept of all samples.
    private const long MostValues = 1L << 24;

    private const int MostSamples = 64, MostTries = 5;

    // Fewer samples tell of too few values what can be left out: then nothing is narrowed.
    private const int EnoughToNarrow = 16;

    // The share of the budget that the places get at first; tables and sums of roundings take the rest.
    private const double FirstShare = 0.7;

    // What the typed network's noise is aimed at, and what is near enough, in budgets.
    private const double Aim = 0.7, Enough = 0.4;

    // What counts as within the budget on a part of the vectors, so that all of them are.
    private const double Kept = 0.9;

    // The share at which places add next to nothing, and what they may add to noise that is there without them.
    private const double Finest = 1.0 / 4096, OverFloor = 1.25;

    /// <summary>
    /// The network typed with the resolutions that were chosen, or by default where nothing is open or nothing can be measured; null where it was not
    /// typed: a network of quantizers, or one that no choice brought near the budget.
    /// </summary>
    /// <param name="network">The network on real numbers.</param>
    /// <param name="options">The settings.</param>
    /// <param name="asked">What the project pins.</param>
    /// <param name="calibration">The ranges that the vectors show.</param>
    /// <param name="vectors">The samples to measure with, of which a bounded number is taken.</param>
    public static TypedNetwork? Choose(
        Network network, ModelOptions options, DesignPoint asked, IReadOnlyDictionary<Value, RealRange> calibration,
        TestVectors vectors)
    {
        if (network.Nodes.Any(n => n.Operation is Graph.Operations.Requantize or Graph.Operations.QuantizedFunction))
            return null;
        TypedNetwork first = Typed(null)!;
        ImmutableArray<NoisePlace> places = NoisePlace.All(network, options, first);
        if (places.IsEmpty)
            return first;
        int count = Samples(network, places.Length);
        if (count == 0)
            return first;
        ReadOnlyMemory<double>[] samples = ProbeSamples.Of(network, vectors, count);
        NoiseProbe probe = new(network, samples);
        OutputNoise budget = OutputNoise.Of(network, first, probe, Math.Min(count, vectors.Count), options);
        bool mayNarrow = vectors.Count >= EnoughToNarrow;
        (ImmutableArray<NoisePlace> measured, double[] effects) = Measured(places, probe, budget, mayNarrow);
        double share = FirstShare;
        TypedNetwork? best = null;
        double cheapest = 0, least = double.PositiveInfinity, goal = 1;
        for (int i = 0; i < MostTries; i++)
        {
            WidthPlan plan = NoisePlace.Plan(measured, effects, share, mayNarrow);
            if (Typed(plan) is not TypedNetwork typed)
            {
                share *= 16;
                continue;
            }
            double noise = budget.Ratio(typed.Network, probe, samples) / goal;
            if (i == 0 && noise > 1 && Floor() is double floor && floor * OverFloor > 1)
            {
                // What the places may add to the noise that stays.
                goal = floor * OverFloor;
                share = Math.Max(share, floor * (OverFloor - 1));
                continue;
            }
            bool keeps = noise <= Kept;
            if (keeps ? share > cheapest : cheapest == 0 && noise < least)
                (best, least, cheapest) = (typed, noise, keeps ? share : 0);
            // Most of the budget is used, or nothing but the places' rounding is left to mend.
            if (keeps && noise >= Enough)
                break;
            share *= Math.Clamp(Aim / Math.Max(noise, double.Epsilon), 1.0 / 64, 4);
        }
        return best;

        // The noise of what settings have fixed, and of tables and kernels: no resolution that is open takes it away.
        double Floor() =>
            Typed(NoisePlace.Plan(measured, effects, FirstShare * Finest, mayNarrow: false)) is TypedNetwork finest
                ? budget.Ratio(finest.Network, probe, samples)
                : 0;

        TypedNetwork? Typed(WidthPlan? plan)
        {
            try
            {
                DesignPoint point = plan is null ? asked : plan.In(asked);
                return AssignTypes.Apply(network, point, calibration, new DiagnosticBag(options.Source));
            }
            catch (ModelException) when (plan is not null)
            {
                // Wider than a type may be.
                return null;
            }
        }
    }

    private static (ImmutableArray<NoisePlace> Places, double[] Effects) Measured(
        ImmutableArray<NoisePlace> places, NoiseProbe probe, OutputNoise budget, bool mayNarrow)
    {
        (NoisePlace Place, double Effect)[] measured = [.. places.Select(p =>
        {
            (NoisePlace place, double effect) = p.Measured(probe, budget);
            return mayNarrow || p.Value is null || place == p ? (place, effect) : (p, 0);
        })];
        return ([.. measured.Select(m => m.Place)], [.. measured.Select(m => m.Effect)]);
    }

    private static int Samples(Network network, int places)
    {
        long products = Math.Max(1, network.Nodes.Sum(n => NoisePlace.Products(n.Operation, n.Output.Shape.Size)));
        long values = network.Inputs.Sum(i => (long)i.Shape.Size) + network.Nodes.Sum(n => (long)n.Output.Shape.Size);
        // A place's effect needs the nodes behind it, half of them on average; every try all of them, on mantissas.
        long runs = (places / 2) + (4 * MostTries) + 2;
        return (int)Math.Min(MostSamples, Math.Min(MostProducts / runs / products, MostValues / values));
    }
}
