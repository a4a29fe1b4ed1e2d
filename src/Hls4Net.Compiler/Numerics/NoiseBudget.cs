namespace Hls4Net.Numerics;

/// <summary>
/// The noise that an output may have. By default that of a quantizer of 16 bits on the output's own scale, times
/// <see cref="Factor"/>, and at most <see cref="LeastDecibels"/> below the signal; a project states another as a
/// signal-to-noise ratio.
/// </summary>
public static class NoiseBudget
{
    /// <summary>
    /// How many times the power of one rounding all roundings of a network may have together: an error of √16/√12, or
    /// 1.2 units in the last place, root mean square.
    /// </summary>
    public const double Factor = 16;

    /// <summary>
    /// The least ratio in dB that an output keeps by default, however little it varies on its scale: a probability
    /// between 0.5000 and 0.5001 says as much as one between 0 and 1.
    /// </summary>
    public const double LeastDecibels = 45;

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
        decibels is double ratio
            ? Noise(output, ratio)
            : Math.Min(Default(output.Least, output.Largest), Noise(output, LeastDecibels));

    private static double Noise(SignalToNoise output, double decibels) => output.Signal / Math.Pow(10, decibels / 10);

    /// <summary>The power of the error of rounding to multiples of <paramref name="ulp"/>.</summary>
    public static double Rounding(double ulp) => ulp * ulp / 12;
}
