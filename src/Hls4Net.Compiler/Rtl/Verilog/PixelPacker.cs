namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// Pixels that come in other numbers than they go: those that wait are in registers, the first in the lowest bits, and
/// those that come are shifted behind them. All numbers of pixels are multiples of a unit, which places are counted in.
/// </summary>
/// <param name="Bits">Bits of a unit.</param>
/// <param name="Added">Units that are added at a time, at most.</param>
/// <param name="Taken">Units that are taken at a time.</param>
internal sealed record PixelPacker(int Bits, int Added, int Taken)
{
    // Units that wait at most, and those that do together with what is added.
    private int Waiting => Math.Max(Added, Taken) - 1;

    private int Sum => Waiting + Added;

    /// <summary>For streams of so many pixels an item.</summary>
    public static PixelPacker Of(int pixelBits, int added, int taken, params ReadOnlySpan<int> alsoAdded)
    {
        int unit = Divisor(added, taken);
        foreach (int other in alsoAdded)
            unit = Divisor(unit, other);
        return new PixelPacker(unit * pixelBits, added / unit, taken / unit);

        static int Divisor(int a, int b) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, b);
    }

    /// <summary>
    /// Declares the number of units that wait; the condition that with those of a step there are enough, where that is
    /// not always so.
    /// </summary>
    /// <param name="w">The module.</param>
    /// <param name="name">The number's name.</param>
    /// <param name="step">The condition of a step; where there are enough, it takes them.</param>
    /// <param name="adds">Units that a step adds, in as many bits as <see cref="Amount"/> has.</param>
    public string Count(VerilogWriter w, string name, string step, string adds)
    {
        int width = VerilogWriter.Bits(Waiting), sum = VerilogWriter.Bits(Sum);
        w.Declare(name, width);
        w.Wire($"{name}_then", sum, $"{BitText.Slice(name, width, false, 0, sum)} + {adds}");
        w.Wire($"{name}_rest", sum, $"{name}_then - {BitText.Number(Taken, sum)}");
        string full = Added > Taken ? "1'b1" : $"({name}_then >= {BitText.Number(Taken, sum)})",
            rest = BitText.Slice($"{name}_rest", sum, false, 0, width);
        w.Clocked(
            $"if (rst) {name} <= {BitText.Zeros(width)};\nelse if ({step}) {name} <= "
            + $"{(Added > Taken ? rest : $"{full} ? {rest} : {BitText.Slice($"{name}_then", sum, false, 0, width)}")};");
        return full;
    }

    /// <summary>A number of units that are added.</summary>
    public string Amount(int units) => BitText.Number(units, VerilogWriter.Bits(Sum));

    /// <summary>True where a number of units that wait is fewer than are taken.</summary>
    public string Lacks(string name) => $"({name} < {BitText.Number(Taken, VerilogWriter.Bits(Waiting))})";

    /// <summary>
    /// Declares the units that wait; those that are taken, in the lowest bits of the wire that is returned.
    /// </summary>
    /// <param name="w">The module.</param>
    /// <param name="count">The number of them, from <see cref="Count"/>.</param>
    /// <param name="step">The condition of a step.</param>
    /// <param name="x">What a step adds, zero where that is fewer than <see cref="Added"/>.</param>
    /// <param name="full">What <see cref="Count"/> gave.</param>
    public string Units(VerilogWriter w, string count, string step, string x, string full)
    {
        int total = (Taken - 1 + Added) * Bits, waiting = Waiting * Bits;
        w.Wire("shifted0", total, BitText.Slice(x, Added * Bits, false, 0, total));
        string shifted = "shifted0";
        for (int bit = 0; Taken > 1 && bit < VerilogWriter.Bits(Taken - 1); bit++)
        {
            int places = (1 << bit) * Bits, width = VerilogWriter.Bits(Waiting);
            string next = $"shifted{bit + 1}";
            w.Wire(next, total,
                $"{BitText.Slice(count, width, false, bit, 1)} ? "
                + $"{BitText.Slice(shifted, total, false, -places, total)} : {shifted}");
            shifted = next;
        }
        w.Declare("waiting_pixels", waiting);
        w.Wire("pixels", total, $"{shifted} | {BitText.Slice("waiting_pixels", waiting, false, 0, total)}");
        string rest = BitText.Slice("pixels", total, false, Taken * Bits, waiting),
            all = BitText.Slice("pixels", total, false, 0, waiting);
        w.Clocked(
            $"if (rst) waiting_pixels <= {BitText.Zeros(waiting)};\nelse if ({step}) waiting_pixels <= "
            + $"{(full == "1'b1" ? rest : $"{full} ? {rest} : {all}")};");
        return BitText.Slice("pixels", total, false, 0, Taken * Bits);
    }
}
