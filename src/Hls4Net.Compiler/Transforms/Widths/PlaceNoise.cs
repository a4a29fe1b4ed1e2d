using System.Collections.Immutable;
using Hls4Net.Simulation;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// The noise of a place at every resolution: measured at some, and elsewhere a quarter with each bit from the nearest
/// of these.
/// </summary>
/// <param name="place">The place.</param>
/// <param name="least">The fewest bits that it may have.</param>
/// <param name="bits">Where it was measured first.</param>
/// <param name="effect">Its noise there, in budgets; 0 for a place that no sample reads.</param>
internal sealed class PlaceNoise(NoisePlace place, int least, int bits, double effect)
{
    private readonly SortedDictionary<int, double> _measured = new() { [bits] = effect };

    public NoisePlace Place => place;

    /// <summary>The fewest bits that the place may have.</summary>
    public int Least => least;

    /// <summary>True if it makes any noise.</summary>
    public bool IsRead => effect > 0;

    /// <summary>The noise at a resolution, in budgets.</summary>
    public double At(int bits)
    {
        if (!IsRead)
            return 0;
        // Of two as near the coarser: what is finer than measured follows the law, what is coarser may cross a
        // threshold.
        (int at, double noise) = _measured.MinBy(m => Math.Abs(m.Key - bits));
        return noise * Math.Pow(4, at - bits);
    }

    /// <summary>Measures the noise at a resolution too, where it is not known.</summary>
    public void Measure(NoiseProbe probe, OutputNoise budget, int bits)
    {
        if (IsRead && !_measured.ContainsKey(bits) && place.Effect(probe, budget, bits) is double noise and > 0)
            _measured[bits] = noise;
    }

    /// <summary>The noise of all places at some resolutions.</summary>
    public static double NoiseAt(ImmutableArray<PlaceNoise> places, ImmutableArray<int> bits) =>
        places.Select((p, i) => p.At(bits[i])).Sum();

    /// <summary>The cheapest resolutions whose noise adds up to a share of the budget.</summary>
    /// <param name="places">The places.</param>
    /// <param name="share">The share of the budget that all may take.</param>
    /// <param name="mayNarrow">False to keep at least the default resolutions of values.</param>
    /// <returns>Bits of each place, and the noise of all.</returns>
    public static (ImmutableArray<int> Bits, double Noise) Cheapest(ImmutableArray<PlaceNoise> places, double share,
        bool mayNarrow)
    {
        int[] bits = [.. places.Select(p => mayNarrow
            || p.Place.Value is null ? p.Least : Math.Max(p.Least, p.Place.Bits))];
        double[] noise = [.. places.Select((p, i) => p.At(bits[i]))];
        // A bit goes where it takes the most noise for its cost, but not where all noise left is none to speak of.
        double little = share / (8 * places.Length);
        while (noise.Sum() > share)
        {
            int best = -1;
            double gain = 0;
            for (int i = 0; i < bits.Length; i++)
            {
                if (bits[i] < places[i].Place.Most && noise[i] > little && noise[i] / places[i].Place.Cost > gain)
                    (best, gain) = (i, noise[i] / places[i].Place.Cost);
            }
            if (best < 0)
                break;
            noise[best] = places[best].At(++bits[best]);
        }
        return ([.. bits], noise.Sum());
    }

    /// <summary>The plan of such resolutions.</summary>
    public static WidthPlan Plan(ImmutableArray<PlaceNoise> places, ImmutableArray<int> bits)
    {
        var chosen = places.Select((p, i) => (p.Place, Bits: bits[i]));
        return new WidthPlan(
            chosen.Where(c => c.Place.IsInput).ToImmutableDictionary(c => c.Place.Name, c => c.Bits),
            chosen.Where(c => c.Place.Value is not null && !c.Place.IsInput)
                .ToImmutableDictionary(c => c.Place.Name, c => c.Bits),
            chosen.Where(c => c.Place.Node is not null)
                .ToImmutableDictionary(c => c.Place.Name, c => Math.Max(2, c.Bits)));
    }
}
