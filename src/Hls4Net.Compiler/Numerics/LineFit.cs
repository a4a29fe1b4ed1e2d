using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>
/// Finds the addend with which <c>(m · factor + addend) &gt;&gt; shift</c> is a step function at every mantissa it is
/// asked about. Each level's beginning bounds the addend from both sides, so an addend within all bounds is the proof.
/// </summary>
internal static class LineFit
{
    /// <summary>Products have at most this many bits; with the addend and signs that is what 128 bits hold.</summary>
    public const int MaxBits = 120;

    // What a long holds with its sign, and a bit to spare.
    private const int MaxFactorBits = 62;

    /// <summary>
    /// The integer nearest to a slope in levels a mantissa; null where it is zero or has too many bits.
    /// </summary>
    public static long? Factor(StepFunction f, int shift, int bits)
    {
        BigInteger near = ((f.A / f.Scale * Rational.PowerOfTwo(shift)) + new Rational(1, 2)).Floor();
        return near.IsZero || near.GetBitLength() > Math.Min(bits, MaxFactorBits) ? null : (long)near;
    }

    /// <param name="levels">The levels that the line must meet, and the mantissas for which it must.</param>
    /// <param name="offset">What makes a result of a level.</param>
    /// <param name="min">Smallest result; lower ones are held to it.</param>
    /// <param name="max">Largest result.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="shift">The shift.</param>
    /// <returns>The addend of fewest bits; null where there is none.</returns>
    public static Int128? Addend(StepLevels levels, long offset, long min, long max, long factor, int shift)
    {
        Int128 first = levels.First + offset, last = levels.Last + offset;
        Int128 low = -(Int128.One << (MaxFactorBits + shift - 1)), high = -low;
        // m reaches result r exactly where m · factor + addend ≥ r · 2^shift. Outside the reached levels the line may
        // leave the range for good, but not come into it.
        if (first > min)
            AtLeast(first, levels.Start);
        if (last < max)
            Below(last + 1, levels.End);
        ReadOnlySpan<long> thresholds = levels.Thresholds.Span;
        for (int k = thresholds.Length - 1; k >= 0 && low <= high; k--)
        {
            AtLeast(first + k + 1, thresholds[k]);
            Below(first + k + 1, (Int128)thresholds[k] + levels.Back);
        }
        // Addends that a long holds, if there are any.
        (Int128 least, Int128 most) = (Int128.Max(low, -(Int128.One << MaxFactorBits)),
            Int128.Min(high, Int128.One << MaxFactorBits));
        return low > high ? null : least <= most ? Roundest(least, most) : Roundest(low, high);

        void AtLeast(Int128 result, Int128 mantissa) => low = Int128.Max(low, (result << shift) - (mantissa * factor));

        void Below(Int128 result, Int128 mantissa) =>
            high = Int128.Min(high, (result << shift) - (mantissa * factor) - 1);
    }

    // The number with the most trailing zeros in between is the cheapest.
    private static Int128 Roundest(Int128 low, Int128 high)
    {
        if (low <= 0 && high >= 0)
            return 0;
        for (int zeros = MaxBits; zeros > 0; zeros--)
        {
            Int128 candidate = -(-low >> zeros) << zeros;
            if (candidate >= low && candidate <= high)
                return candidate;
        }
        return low;
    }
}
