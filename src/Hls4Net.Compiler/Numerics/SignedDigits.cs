namespace Hls4Net.Numerics;

/// <summary>
/// Canonical signed digits: no two neighbours are both non-zero, which needs the fewest digits (Reitwiesner, 1960).
/// </summary>
internal static class SignedDigits
{
    /// <summary>The digits that are not zero, lowest first: value = Σ ±2^Position.</summary>
    public static IEnumerable<(int Position, bool Negative)> Of(long value)
    {
        for (int position = 0; value != 0; position++, value >>= 1)
        {
            if ((value & 1) == 0)
                continue;
            bool negative = (value & 3) == 3;
            yield return (position, negative);
            value += negative ? 1 : -1;
        }
    }

    /// <summary>How many digits are not zero.</summary>
    public static int Count(long value) => System.Numerics.BitOperations.PopCount((ulong)(value ^ (3 * value)));
}
