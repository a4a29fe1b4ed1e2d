using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Vectors;

/// <summary>
/// The inputs where arithmetic that is too narrow shows: every element at its smallest, at its largest, at both in
/// turn, and one element at an end with the others at zero.
/// </summary>
internal static class ExtremeVectors
{
    private const int MaxAlone = 16;

    // Mantissas of all values of all samples: a large image's layers take seconds.
    private const long MaxWork = 1 << 22;

    /// <summary>Mantissas of all inputs, one after another; a range includes what no conversion gives.</summary>
    public static IEnumerable<long[]> Of(Network typed)
    {
        Interval[] ranges = [.. typed.Inputs.SelectMany(i => i.Typing!.Range)];
        long[] least = [.. ranges.Select(r => (long)r.Min)], most = [.. ranges.Select(r => (long)r.Max)];
        yield return least;
        yield return most;
        yield return [.. least.Select((v, i) => i % 2 == 0 ? v : most[i])];
        yield return [.. least.Select((v, i) => i % 2 == 0 ? most[i] : v)];
        long work = typed.Inputs.Concat(typed.Nodes.Select(n => n.Output)).Sum(v => (long)v.Shape.Size);
        int alone = (int)Math.Min(Math.Min(ranges.Length, MaxAlone), MaxWork / Math.Max(1, 2 * work));
        for (int k = 0; k < alone; k++)
        {
            // Spread over all elements.
            int at = (int)((long)k * ranges.Length / alone);
            yield return One(at, least[at]);
            yield return One(at, most[at]);
        }

        long[] One(int at, long value)
        {
            long[] sample = [.. ranges.Select(r => (long)Int128.Clamp(0, r.Min, r.Max))];
            sample[at] = value;
            return sample;
        }
    }
}
