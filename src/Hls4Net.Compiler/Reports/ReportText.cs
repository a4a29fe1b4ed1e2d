using System.Globalization;

namespace Hls4Net.Reports;

/// <summary>Figures as people read them; an unknown one is a dash.</summary>
internal static class ReportText
{
    public const string Unknown = "–";

    /// <summary>A count with separators: 3,210.</summary>
    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>A real number with three significant digits.</summary>
    public static string Real(double? value) => value switch
    {
        null => Unknown,
        0 => "0",
        double v when Math.Abs(v) is >= 1e-4 and < 1e6 => Math.Abs(v) >= 100
            ? v.ToString("#,0.#", CultureInfo.InvariantCulture)
            : decimal.Parse(v.ToString("G3", CultureInfo.InvariantCulture), NumberStyles.Float,
                CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        double v => v.ToString("0.##e-0", CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// A share of 0 to 1 in percent. Only an exact 1 is 100 %: a rounded one would hide the exceptions.
    /// </summary>
    public static string Percent(double? share) => share switch
    {
        null => Unknown,
        < 1 and > 0.9999 => "> 99.99 %",
        double s => (100 * s).ToString("0.##", CultureInfo.InvariantCulture) + " %",
    };

    /// <summary>A signal-to-noise ratio.</summary>
    public static string Decibels(double? ratio) => ratio switch
    {
        null => Unknown,
        double.PositiveInfinity => "exact",
        double r => r.ToString("0.0", CultureInfo.InvariantCulture) + " dB",
    };

    /// <summary>
    /// How much of what there is is used, in percent of two digits; "&lt; 1 %" for less, which is not nothing.
    /// </summary>
    public static string Share(long? used, long? available) => (100.0 * used / available) switch
    {
        null => Unknown,
        > 0 and < 1 => "< 1 %",
        double percent => percent.ToString(percent < 10 ? "0.#" : "#,0", CultureInfo.InvariantCulture) + " %",
    };

    /// <summary>Cycles as a time.</summary>
    public static string Nanoseconds(long? cycles, double clockPeriodNs) => cycles is long c
        ? Real(c * clockPeriodNs) + " ns" : Unknown;

    /// <summary>Dimensions: 3 × 32 × 32.</summary>
    public static string Shape(IEnumerable<int> shape)
    {
        string text = string.Join(" × ", shape);
        return text.Length > 0 ? text : "scalar";
    }

    /// <summary>A number and its unit in the right number: 1 cycle, 2 cycles.</summary>
    public static string Plural(long? value, string unit) => $"{Count(value)} {unit}{(value == 1 ? "" : "s")}";
}
