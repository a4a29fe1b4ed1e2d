namespace Hls4Net.Numerics;

/// <summary>The error function and its complement to a few units in the last place of double.</summary>
internal static class ErrorFunction
{
    // Below them the series, from them on the continued fraction (Abramowitz and Stegun, 7.1.6 and 7.1.14).
    private const double Border = 2.5, ComplementBorder = 0.75;

    // Enough terms for double at the border.
    private const int SeriesTerms = 120;

    public static double Erf(double x) => Math.Abs(x) < Border ? Series(x)
        : Math.CopySign(1 - Fraction(Math.Abs(x)), x);

    /// <summary>1 - erf(x), with all its digits where that is small.</summary>
    public static double Erfc(double x) => x >= ComplementBorder ? Fraction(x) : 1 - Erf(x);

    // erf(x) = 2/√π · exp(-x²) · Σ 2^n x^(2n+1) / (1 · 3 ⋯ (2n+1)); every term is positive.
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < SeriesTerms && term != 0; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // erfc(x) = exp(-x²) / √π / (x + (1/2) / (x + 1 / (x + (3/2) / (x + …)))).
    private static double Fraction(double x)
    {
        if (x > 40)
            return 0;
        double tail = x;
        // What is cut off is exp(-2 x √(2 k)) of the whole.
        for (int k = (int)(200 / (x * x)) + 10; k > 0; k--)
            tail = x + (k / 2.0 / tail);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / tail;
    }
}
