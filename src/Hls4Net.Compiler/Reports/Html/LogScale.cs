namespace Hls4Net.Reports.Html;

/// <summary>
/// Places powers of two along a horizontal axis; more significant bits are to the left, as in a written number.
/// </summary>
/// <param name="Low">Exponent at the right end.</param>
/// <param name="High">Exponent at the left end.</param>
/// <param name="Left">Coordinate of the left end.</param>
/// <param name="Width">Length of the axis.</param>
internal sealed record LogScale(double Low, double High, double Left, double Width)
{
    /// <summary>The coordinate of 2^exponent; beyond the ends, the end.</summary>
    public double At(double exponent) => Left + (Width * (High - Math.Clamp(exponent, Low, High)) / (High - Low));

    /// <summary>Whole exponents for about ten grid lines.</summary>
    public IEnumerable<int> Ticks()
    {
        int step = new[] { 1, 2, 4, 8, 16, 32, 64 }.First(s => s == 64 || (High - Low) / s <= 12);
        for (int e = (int)Math.Ceiling(Low / step) * step; e <= High; e += step)
            yield return e;
    }
}
