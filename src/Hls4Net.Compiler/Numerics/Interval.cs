namespace Hls4Net.Numerics;

/// <summary>An interval of mantissas, both ends reached or not exceeded.</summary>
public readonly record struct Interval(Int128 Min, Int128 Max)
{
    /// <summary>The smallest interval that holds both.</summary>
    public static Interval Hull(Interval a, Interval b) => new(Int128.Min(a.Min, b.Min), Int128.Max(a.Max, b.Max));

    public static Interval operator +(Interval a, Interval b) => checked(new(a.Min + b.Min, a.Max + b.Max));

    /// <summary>The interval of x · factor.</summary>
    public static Interval operator *(Interval a, Int128 factor) =>
        checked(factor >= 0 ? new(a.Min * factor, a.Max * factor) : new(a.Max * factor, a.Min * factor));

    /// <summary>The interval of x · y, whatever x and y of theirs.</summary>
    public static Interval operator *(Interval a, Interval b)
    {
        Interval low = a * b.Min, high = a * b.Max;
        return Hull(low, high);
    }

    /// <summary>The interval of x².</summary>
    public static Interval Square(Interval a)
    {
        Int128 low = checked(a.Min * a.Min), high = checked(a.Max * a.Max);
        return new(a.Min <= 0 && a.Max >= 0 ? 0 : Int128.Min(low, high), Int128.Max(low, high));
    }

    public static Interval operator <<(Interval a, int bits) => new(Shift(a.Min, bits), Shift(a.Max, bits));

    /// <summary>x · 2^bits.</summary>
    /// <exception cref="OverflowException">It needs more than 127 bits.</exception>
    public static Int128 Shift(Int128 x, int bits) =>
        x == 0 || bits + (int)Int128.Log2(Int128.Abs(x)) < 126 ? x << bits
            : throw new OverflowException($"{x} · 2^{bits} needs more than 127 bits");

    public bool Contains(Interval other) => Min <= other.Min && other.Max <= Max;
}
