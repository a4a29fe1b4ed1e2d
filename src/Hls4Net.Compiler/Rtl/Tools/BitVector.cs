namespace Hls4Net.Rtl.Tools;

/// <summary>
/// Numbers side by side as hexadecimal digits, the first in the lowest bits, as Verilog reads and prints them.
/// </summary>
internal static class BitVector
{
    /// <summary>Elements of one width, without a prefix.</summary>
    public static string Hex(ReadOnlySpan<long> elements, int width)
    {
        bool[] bits = new bool[elements.Length * width];
        for (int i = 0; i < elements.Length; i++)
            Set(bits, i * width, elements[i], width);
        return Hex(bits);
    }

    /// <summary>Elements of their own widths below a valid bit, which is clear where there are none.</summary>
    public static string Hex(long[]? elements, int[] widths)
    {
        bool[] bits = new bool[widths.Sum() + 1];
        for (int i = 0, at = 0; elements is not null && i < widths.Length; at += widths[i++])
            Set(bits, at, elements[i], widths[i]);
        bits[^1] = elements is not null;
        return Hex(bits);
    }

    private static void Set(bool[] bits, int at, long value, int width)
    {
        for (int b = 0; b < width; b++)
            bits[at + b] = (value >> b & 1) != 0;
    }

    private static string Hex(bool[] bits)
    {
        char[] digits = new char[(bits.Length + 3) / 4];
        for (int d = 0; d < digits.Length; d++)
        {
            int value = 0;
            for (int b = 0; b < 4 && (4 * d) + b < bits.Length; b++)
                value |= bits[(4 * d) + b] ? 1 << b : 0;
            digits[^(d + 1)] = "0123456789abcdef"[value];
        }
        return new string(digits);
    }
}
