namespace Hls4Net.Numerics;

/// <summary>An interval of real numbers.</summary>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
public readonly record struct RealRange(double Min, double Max)
{
    /// <summary>What the calibration data may miss: a quarter more on either side of zero.</summary>
    public RealRange Widened() => new(Min < 0 ? Min * 1.25 : Min, Max > 0 ? Max * 1.25 : Max);

    public RealRange Intersect(RealRange other) => new(Math.Max(Min, other.Min), Math.Min(Max, other.Max));
}
