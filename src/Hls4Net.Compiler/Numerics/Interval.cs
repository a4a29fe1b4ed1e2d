namespace Hls4Net.Numerics;

/// <summary>An interval of mantissas, both ends reached or not exceeded.</summary>
public readonly record struct Interval(Int128 Min, Int128 Max)
{
    /// <summary>The smallest interval that holds both.</summary>
    public static Interval Hull(Interval a, Interval b) => new(Int128.Min(a.Min, b.Min), Int128.Max(a.Max, b.Max));

    public static Interval operator +(Interval a, Interval b) => new(a.Min + b.Min, a.Max + b.Max);

    /// <summary>The interval of x · factor.</summary>
    public static Interval operator *(Interval a, Int128 factor) =>
        factor >= 0 ? new(a.Min * factor, a.Max * factor) : new(a.Max * factor, a.Min * factor);

    public static Interval operator <<(Interval a, int bits) => new(a.Min << bits, a.Max << bits);

    public bool Contains(Interval other) => Min <= other.Min && other.Max <= Max;
}
