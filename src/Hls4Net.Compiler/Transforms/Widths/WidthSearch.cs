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
/// Precision=auto by effect: every input, result and weight that the settings leave open gets the resolution with which
/// the outputs of the test vectors keep their budget, at the least hardware.
/// </summary>
/// <remarks>
/// Rounding to a step q adds noise in proportion to q² (Widrow and Kollár, Quantization Noise, 2008), so one
/// measurement a place tells its noise at every step, and with the cost of a bit at each place the cheapest steps
/// within a noise budget follow by Lagrange's rule: noise in proportion to cost. The typed network then runs on all
/// vectors that are affordable; where it misses the budget, places are measured again where they are now, or get less
/// of it, and where it uses little of it they get more.
/// </remarks>
internal static class WidthSearch
{
    // Of multiplications for all that is tried: a few seconds.
    private const long MostProducts = 1L << 29;

    // What a node takes however small its result is, in multiplications: some microseconds.
    private const long LeastProducts = 256;

    // Values kept of all samples.
    private const long MostValues = 1L << 24;

    private const int MostSamples = 256, FewestSamples = 64, MostTries = 12, TriesCounted = 5, MostShares = 40;

    // Fewer samples tell of too few values what can be left out: then nothing is narrowed.
    public const int EnoughToNarrow = 16;

    // The share of the budget that the places get at first; tables and sums of roundings take the rest.
    private const double FirstShare = 0.7;

    // What the typed network's noise is aimed at, and what is near enough, in budgets.
    private const double Aim = 0.7, Enough = 0.4;

    // What counts as within the budget: where a part of the vectors was run, so that all of them are.
    private const double Kept = 0.98, KeptOnPart = 0.9;

    // Noise this many times what the places' adds up to is none that their measures foretell.
    private const double Unforeseen = 3;

    // Shares as near as this make the same types but for a bit or two.
    private const double Near = 1.2;

    // How often places are measured anew at the resolutions that missed.
    private const int MostMeasures = 3;

    // The share at which places add next to nothing, and what they may add to noise that is there without them.
    private const double Finest = 1.0 / 4096, OverFloor = 1.25;

    /// <summary>
    /// The network typed with the resolutions that were chosen, or by default where nothing is open, nothing can be
    /// measured or no choice comes nearer the budget; null for a network of quantizers, which is not typed.
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
        if (network.Nodes.Any(n => n.Operation is Graph.Operations.Requantize or Graph.Operations.QuantizedFunction
            or Graph.Operations.FixedQuantize))
            return null;
        TypedNetwork first = Typed(null)!;
        ImmutableArray<NoisePlace> places = NoisePlace.All(network, options, first);
        if (places.IsEmpty)
            return first;
        int count = Samples(network, places.Length, Math.Clamp(vectors.Count, FewestSamples, MostSamples));
        if (count == 0)
            return first;
        ReadOnlyMemory<double>[] samples = ProbeSamples.Of(network, vectors, count);
        NoiseProbe probe = new(network, samples);
        NoiseTrial trial = new(network, vectors, samples, MostProducts / (2 * MostTries) / Products(network));
        OutputNoise budget = OutputNoise.Of(network, first, trial, options);
        bool mayNarrow = vectors.Count >= EnoughToNarrow;
        ImmutableArray<PlaceNoise> measured = [.. places.Select(p => p.Measured(probe, budget, mayNarrow))];
        double kept = trial.HasAll ? Kept : KeptOnPart;
        // What was tried, by the bits of all places in a row: the noise, null where types would be too wide.
        Dictionary<string, TrialNoise?> tried = [];
        // The cheapest that keeps the goal, and what makes the least noise; no others are kept.
        (TypedNetwork? Typed, string Bits) best = (null, "");
        (TypedNetwork Typed, TrialNoise Noise) finest = (first, trial.Noise(first.Network, budget));
        // The largest share that keeps the goal, the least that does not, and the largest with which types would be too
        // wide.
        double cheapest = 0, missed = double.PositiveInfinity, tooFine = 0;
        double share = FirstShare;
        TrialNoise goal = TrialNoise.Budget;
        TrialNoise? floor = null;
        for (int i = 0, measures = 0; i < MostShares && tried.Count < MostTries && missed > cheapest * Near; i++)
        {
            (ImmutableArray<int> bits, double expected) = PlaceNoise.Cheapest(measured, share, mayNarrow);
            if (Tried(bits, out TypedNetwork? typed) is not TrialNoise power)
            {
                tooFine = Math.Max(tooFine, share);
                share = Next(share * 16);
                continue;
            }
            double noise = power.Of(goal);
            bool keeps = noise <= kept;
            if (keeps && share > cheapest && best.Bits != Key(bits))
                best = (typed ?? Typed(PlaceNoise.Plan(measured, bits)), Key(bits));
            // Most of the budget is used, or nothing but the places' rounding is left to mend.
            if (keeps && noise >= Enough)
                break;
            if (!keeps && measures < MostMeasures && noise > Unforeseen * expected)
            {
                // Beyond a threshold, or where values are few, noise does not follow the law from where it was
                // measured.
                measures++;
                foreach ((PlaceNoise place, int at) in measured.Zip(bits))
                    place.Measure(probe, budget, at);
                if (PlaceNoise.NoiseAt(measured, bits) > Unforeseen * expected)
                    continue;
            }
            if (!keeps && floor is null)
            {
                floor = Floor();
                if (floor.Value.Most * OverFloor > kept)
                {
                    goal = TrialNoise.GoalOver(floor.Value, OverFloor);
                    // What the places may add to the noise that stays on all samples.
                    share = Math.Max(share, Math.Min(floor.Value.Given, floor.Value.All) * (OverFloor - 1));
                    continue;
                }
            }
            if (keeps)
                cheapest = Math.Max(cheapest, share);
            else
                missed = Math.Min(missed, share);
            // Less than what is expected, or the places stay as they are.
            share = Next((keeps ? share : Math.Min(share, expected)) * Math.Clamp(Aim / Math.Max(noise, double.Epsilon),
                1.0 / 64, 4));
        }
        // What comes nearest where none keeps the goal; types of 16 bits are among them.
        return best.Typed ?? finest.Typed;

        // The noise, and the network where it was typed for it: what was tried before is not typed again.
        TrialNoise? Tried(ImmutableArray<int> bits, out TypedNetwork? typed)
        {
            typed = null;
            if (tried.TryGetValue(Key(bits), out TrialNoise? known))
                return known;
            typed = Typed(PlaceNoise.Plan(measured, bits));
            TrialNoise? noise = typed is null ? null : trial.Noise(typed.Network, budget);
            if (noise is TrialNoise now && now.Most < finest.Noise.Most)
                finest = (typed!, now);
            return tried[Key(bits)] = noise;
        }

        // Between what was too coarse and what was too fine.
        double Next(double wanted)
        {
            double low = Math.Max(cheapest, tooFine);
            return wanted > low && wanted < missed ? wanted : low > 0
                && missed < double.PositiveInfinity ? Math.Sqrt(low * missed) : wanted;
        }

        // The noise of what settings have fixed, and of tables and kernels: no resolution that is open takes it away.
        TrialNoise Floor()
        {
            TrialNoise? last = null;
            for (double finer = FirstShare * Finest; ; finer *= Finest)
            {
                (ImmutableArray<int> bits, _) = PlaceNoise.Cheapest(measured, finer, mayNarrow: false);
                if (Tried(bits, out _) is not TrialNoise noise)
                    return last ?? default;
                TrialNoise least = last?.Least(noise) ?? noise;
                if (noise.Most * OverFloor <= kept || noise.Most > last?.Most / 2)
                    return least;
                last = least;
            }
        }

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

    private static string Key(ImmutableArray<int> bits) => string.Join(' ', bits);

    private static long Products(Network network) =>
        Math.Max(1, network.Nodes.Sum(n =>
            Math.Max(LeastProducts, NoisePlace.Products(n.Operation, n.Output.Shape.Size))));

    private static int Samples(Network network, int places, int most)
    {
        long values = network.Inputs.Sum(i => (long)i.Shape.Size) + network.Nodes.Sum(n => (long)n.Output.Shape.Size);
        // A place's effect needs the nodes behind it, half of them on average; every try all of them, on mantissas.
        long runs = (places / 2) + (4 * TriesCounted) + 2;
        return (int)Math.Min(most, Math.Min(MostProducts / runs / Products(network), MostValues / values));
    }
}
