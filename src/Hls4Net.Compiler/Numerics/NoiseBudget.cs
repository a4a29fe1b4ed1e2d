namespace Hls4Net.Numerics;

/// <summary>
/// The noise that an output may have. By default that of a quantizer of 16 bits on the output's own scale, times <see cref="Factor"/>; a project states
/// another as a signal-to-noise ratio.
/// </summary>
public static class NoiseBudget
{
    /// <summary>
    /// How many times the power of one rounding all roundings of a network may have together: an error of √64/√12, or 2.3 units in the last place, root mean square.
    /// </summary>
    public const double Factor = 64;

    /// <summary>The width whose rounding is the measure.</summary>
    public const int Width = 16;

    /// <summary>The power of noise that an output may have by default.</summary>
    /// <param name="least">Its least value.</param>
    /// <param name="largest">Its largest value.</param>
    public static double Default(double least, double largest)
    {
        double magnitude = Math.Max(Math.Abs(least), Math.Abs(largest));
        if (magnitude == 0 || !double.IsFinite(magnitude))
            return 0;
        // As auto's types: a quarter wider than what was seen, the sign a bit of its own.
        int integer = (int)Math.Ceiling(Math.Log2(magnitude * 1.25)) + (least < 0 ? 1 : 0);
        return Factor * Rounding(Math.ScaleB(1, integer - Width));
    }

    /// <summary>The power of noise that an output may have.</summary>
    /// <param name="decibels">The ratio that the project states (<c>AutoError</c>); null for the default.</param>
    /// <param name="output">The output over the samples.</param>
    public static double Of(double? decibels, SignalToNoise output) =>
        decibels is double ratio ? output.Signal / Math.Pow(10, ratio / 10) : Default(output.Least, output.Largest);

    /// <summary>The power of the error of rounding to multiples of <paramref name="ulp"/>.</summary>
    public static double Rounding(double ulp) => ulp * ulp / 12;
}
