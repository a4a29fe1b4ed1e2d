using System.Globalization;

namespace Hls4Net.Rtl.Verilog;

/// <summary>Bits of values as Verilog expressions of exactly the width asked for.</summary>
internal static class BitText
{
    /// <summary>
    /// Bits <paramref name="from"/> and up of a wire in two's complement or unsigned; bits below its lowest are zero.
    /// </summary>
    public static string Slice(string name, int width, bool signed, int from, int count)
    {
        List<string> parts = [];
        int at = from + count, top = Math.Min(at, width);
        // Above the highest bit stands the sign, or zero.
        int above = at - Math.Max(top, from);
        if (above > 0)
            parts.Add(!signed ? Zeros(above) : above == 1 ? $"{name}[{width - 1}]"
                : $"{{{above}{{{name}[{width - 1}]}}}}");
        int low = Math.Max(from, 0);
        if (top > low)
            parts.Add(low == 0 && top == width ? name : top - low == 1 ? $"{name}[{low}]" : $"{name}[{top - 1}:{low}]");
        if (from < 0 && top > from)
            parts.Add(Zeros(Math.Min(-from, count)));
        return Concatenation(parts);
    }

    /// <summary>Expressions side by side, the highest first.</summary>
    public static string Concatenation(IReadOnlyList<string> parts) => parts.Count == 1 ? parts[0]
        : $"{{{string.Join(", ", parts)}}}";

    /// <summary>Some bits of a wire, for either side of an assignment.</summary>
    public static string Part(string name, int width, int from, int count) =>
        from == 0 && count == width ? name
            : string.Create(CultureInfo.InvariantCulture, $"{name}[{from + count - 1}:{from}]");

    /// <summary>
    /// The low bits of a number in two's complement; without a sign, because Verilog would extend it before it negates.
    /// </summary>
    public static string Number(Int128 value, int width)
    {
        UInt128 bits = (UInt128)value & (UInt128.MaxValue >> (128 - width));
        return bits < 1 << 16 ? string.Create(CultureInfo.InvariantCulture, $"{width}'d{bits}")
            : $"{width}'h{bits.ToString("x", CultureInfo.InvariantCulture)}";
    }

    public static string Zeros(int count) => $"{count}'d0";
}
