using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>Widths of integers in hardware.</summary>
public static class IntegerWidth
{
    /// <summary>
    /// The narrowest integer type that holds every value of [<paramref name="min"/>, <paramref name="max"/>]: unsigned
    /// where nothing is negative, at least one bit.
    /// </summary>
    public static FixedPointType Covering(long min, long max)
    {
        bool signed = min < 0;
        int width = Math.Max(BitLength(min < 0 ? ~min : min), BitLength(max < 0 ? ~max : max)) + (signed ? 1 : 0);
        width = Math.Max(width, 1);
        return new(width, width, signed);
    }

    /// <summary>Bits of a non-negative number without leading zeros; 0 for 0.</summary>
    public static int BitLength(long value) => 64 - BitOperations.LeadingZeroCount((ulong)value);

    /// <summary>The smallest k with 2^k ≥ <paramref name="value"/>.</summary>
    public static int CeilLog2(long value) => BitLength(value - 1);
}
