using System.Globalization;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// Reads figures as reports spell them. What is no figure ("undef", "-", "?", "NA", "TBD", "~0") is null.
/// </summary>
internal static partial class Figure
{
    /// <summary>A count: <c>1,044</c>, <c>2696 (2%)</c>.</summary>
    public static long? Count(string? text) =>
        text is not null && CountSyntax().Match(text) is { Success: true } m
        && long.TryParse(m.Groups["n"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long n)
            ? n
            : null;

    /// <summary>A real number, not negative.</summary>
    public static double? Real(string? text) =>
        text is not null && double.TryParse(text.Trim(), NumberStyles.Float | NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture, out double x)
        && double.IsFinite(x) && x >= 0
            ? x
            : null;

    /// <summary>A number that may be negative: a slack.</summary>
    public static double? Signed(string? text) =>
        text is not null && double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
            && double.IsFinite(x) ? x : null;

    /// <summary>A time in nanoseconds: <c>5.00 ns</c>, <c>0.160 us</c>, or a bare number of the given unit.</summary>
    public static double? Nanoseconds(string? text, string unit = "ns")
    {
        if (text is null || TimeSyntax().Match(text) is not { Success: true } m
            || Real(m.Groups["n"].Value) is not double x)
            return null;
        return (m.Groups["unit"].Length > 0 ? m.Groups["unit"].Value : unit).ToLowerInvariant() switch
        {
            "ps" => x / 1e3,
            "ns" => x,
            "us" => x * 1e3,
            "ms" => x * 1e6,
            "s" or "sec" => x * 1e9,
            _ => null,
        };
    }

    /// <summary>An interval: one figure, or <c>41032 ~ 922001</c>.</summary>
    public static Cycles Range(string? text)
    {
        if (text?.Split('~') is [string least, string most] && Count(least) is long a && Count(most) is long b)
            return new Cycles(a, null, b);
        return Cycles.Of(Count(text));
    }

    /// <summary>Tiles of 36 Kbit, halves included, as blocks of 18 Kbit.</summary>
    public static long? Tiles(string? text) => Real(text) is double tiles and < 1e9 ? (long)Math.Round(2 * tiles)
        : null;

    /// <summary>A text, or null for an empty one.</summary>
    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex(@"^\s*(?<n>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.0*)?\s*(\([^)]*\))?\s*\z")]
    private static partial Regex CountSyntax();

    [GeneratedRegex(@"^\s*(?<n>[0-9.,]+(e[+-]?[0-9]+)?)\s*(?<unit>[a-z]*)\s*\z", RegexOptions.IgnoreCase)]
    private static partial Regex TimeSyntax();
}
