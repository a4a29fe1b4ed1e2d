namespace Hls4Net.Numerics;

/// <summary>The levels of a step function that an interval of mantissas reaches, and where each begins.</summary>
/// <param name="First">The lowest level reached.</param>
/// <param name="Thresholds">For each level above it the mantissa nearest to the first one's at which it is
/// reached.</param>
/// <param name="Rising">True if larger mantissas reach higher levels.</param>
/// <param name="Start">The end of the interval where <paramref name="First"/> is.</param>
/// <param name="End">The other end.</param>
internal sealed record StepLevels(long First, ReadOnlyMemory<long> Thresholds, bool Rising, long Start, long End)
{
    // More than any quantizer of up to 16 bits has; listing them takes time and memory.
    private const long MostLevels = 1L << 20;

    public long Last => First + Thresholds.Length;

    /// <summary>One mantissa back towards <see cref="Start"/>.</summary>
    public int Back => Rising ? -1 : 1;

    /// <summary>Null where there are too many to list.</summary>
    public static StepLevels? Of(StepFunction f, Interval reach)
    {
        bool rising = f.A.Sign >= 0;
        (long start, long end) = rising ? ((long)reach.Min, (long)reach.Max) : ((long)reach.Max, (long)reach.Min);
        long first = f.Level(start), last = f.Level(end);
        return last - first < MostLevels ? new StepLevels(first, f.Thresholds(first + 1, last), rising, start, end)
            : null;
    }

    /// <summary>
    /// The levels on either side of a knee, each side with its part of the interval; null where a side has none. The
    /// knee is the first mantissa of the upper side.
    /// </summary>
    public (StepLevels? Lower, StepLevels? Upper) At(Int128 knee)
    {
        if (Rising ? knee <= Start : knee >= Start)
            return (null, this);
        if (Rising ? knee > End : knee < End)
            return (this, null);
        long first = (long)knee, before = first + Back;
        int below = Reached(before), above = Reached(first);
        return (this with { Thresholds = Thresholds[..below], End = before },
            this with { First = First + above, Thresholds = Thresholds[above..], Start = first });
    }

    // How many of the thresholds a mantissa reaches.
    private int Reached(long mantissa)
    {
        ReadOnlySpan<long> thresholds = Thresholds.Span;
        int count = 0;
        while (count < thresholds.Length && (Rising ? thresholds[count] <= mantissa : thresholds[count] >= mantissa))
            count++;
        return count;
    }
}
