namespace Hls4Net.Circuits.Streaming;

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

    /// <summary>The register of the number of units that wait.</summary>
    public Net Counter(string name) => new(name, Expression.BitsOf(Waiting));

    /// <summary>
    /// Counts the units that wait; the condition that with those of a step there are enough, where that is not always
    /// so.
    /// </summary>
    /// <param name="c">The circuit.</param>
    /// <param name="count">The number's register.</param>
    /// <param name="step">The condition of a step; where there are enough, it takes them.</param>
    /// <param name="adds">Units that a step adds, in as many bits as <see cref="Amount"/> has.</param>
    public Expression Count(CircuitBuilder c, Net count, Expression step, Expression adds)
    {
        int sum = Expression.BitsOf(Sum);
        Net then = c.Wire($"{count.Name}_then", sum, new Expression.Add(count.Slice(0, sum), adds)),
            rest = c.Wire($"{count.Name}_rest", sum, then.Minus(Taken));
        Expression full = Added > Taken ? Expression.True : then.From(Taken);
        c.Register(count, full.Then(rest.Slice(0, count.Width), then.Slice(0, count.Width)), step, Circuit.Reset);
        return full;
    }

    /// <summary>A number of units that are added.</summary>
    public Expression Amount(int units) => Expression.Of(units, Expression.BitsOf(Sum));

    /// <summary>True where a number of units that wait is fewer than are taken.</summary>
    public Expression Lacks(Net count) => count.Below(Taken);

    /// <summary>The units that wait; those that are taken.</summary>
    /// <param name="c">The circuit.</param>
    /// <param name="count">The number of them.</param>
    /// <param name="step">The condition of a step.</param>
    /// <param name="x">What a step adds, zero where that is fewer than <see cref="Added"/>.</param>
    /// <param name="full">What <see cref="Count"/> gave.</param>
    public Expression Units(CircuitBuilder c, Net count, Expression step, Expression x, Expression full)
    {
        int total = (Taken - 1 + Added) * Bits, waiting = Waiting * Bits;
        Net shifted = c.Wire("shifted0", total, Expression.Side(x, Expression.Zeros(total - x.Width)));
        for (int bit = 0; Taken > 1 && bit < Expression.BitsOf(Taken - 1); bit++)
            shifted = c.Wire($"shifted{bit + 1}", total,
                count.Slice(bit, 1).Then(shifted.Slice(-(1 << bit) * Bits, total), shifted));
        Net wait = new("waiting_pixels", waiting), pixels = c.Wire("pixels", total, shifted | wait.Slice(0, total));
        c.Register(wait, full.Then(pixels.Slice(Taken * Bits, waiting), pixels.Slice(0, waiting)), step, Circuit.Reset);
        return pixels.Slice(0, Taken * Bits);
    }
}
