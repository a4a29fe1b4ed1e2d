using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Simulation;

namespace Hls4Net.Transforms;

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
    private const long MostProducts = 1L << 30;

    // Values kept of all samples.
    private const long MostValues = 1L << 24;

    private const int MostSamples = 64, MostTries = 5;

    // Fewer samples tell of too few values what can be left out: then nothing is narrowed.
    private const int EnoughToNarrow = 16;

    // The share of the budget that the places get at first; tables and sums of roundings take the rest.
    private const double FirstShare = 0.7;

    /// <summary>The plan; null where nothing is open, or nothing can be measured.</summary>
    /// <param name="network">The network on real numbers.</param>
    /// <param name="options">The settings.</param>
    /// <param name="calibration">The ranges that the vectors show.</param>
    /// <param name="vectors">The samples to measure with, of which a bounded number is taken.</param>
    public static WidthPlan? Choose(
        Network network, ModelOptions options, IReadOnlyDictionary<Value, RealRange> calibration, TestVectors vectors)
    {
        if (network.Nodes.Any(n => n.Operation is Graph.Operations.Requantize))
            return null;
        TypedNetwork first = Typed(null)!;
        ImmutableArray<NoisePlace> places = NoisePlace.All(network, options, first);
        if (places.IsEmpty)
            return null;
        int count = Samples(network, places.Length, vectors.Count);
        if (count == 0)
            return null;
        ReadOnlyMemory<double>[] samples = [.. Enumerable.Range(0, count).Select(i => vectors.Sample((int)((long)i * vectors.Count / count)))];
        NoiseProbe probe = new(network, samples);
        OutputNoise budget = OutputNoise.Of(network, first, calibration, probe, options);
        double[] effects = [.. places.Select(p => p.Effect(probe, budget))];
        double share = FirstShare;
        WidthPlan? best = null;
        double least = double.PositiveInfinity;
        for (int i = 0; i < MostTries; i++)
        {
            WidthPlan plan = NoisePlace.Plan(places, effects, share, mayNarrow: vectors.Count >= EnoughToNarrow);
            if (Typed(plan) is not TypedNetwork typed)
                break;
            double noise = budget.Ratio(typed.Network, probe, samples);
            if (noise < least)
                (best, least) = (plan, noise);
            if (noise <= 1)
                break;
            share /= Math.Clamp(noise * 1.2, 1.5, 256);
        }
        return best;

        TypedNetwork? Typed(WidthPlan? plan)
        {
            try
            {
                return AssignTypes.Apply(network, options, calibration, new DiagnosticBag(options.Source), plan);
            }
            catch (ModelException) when (plan is not null)
            {
                // Wider than a type may be: the plan before stands.
                return null;
            }
        }
    }

    private static int Samples(Network network, int places, int vectors)
    {
        long products = Math.Max(1, network.Nodes.Sum(n => NoisePlace.Products(n.Operation, n.Output.Shape.Size)));
        long values = network.Inputs.Sum(i => (long)i.Shape.Size) + network.Nodes.Sum(n => (long)n.Output.Shape.Size);
        // A place's effect needs the nodes behind it, half of them on average; every try all of them, on mantissas.
        long runs = (places / 2) + (4 * MostTries) + 2;
        return (int)Math.Min(Math.Min(MostSamples, vectors), Math.Min(MostProducts / runs / products, MostValues / values));
    }
}
