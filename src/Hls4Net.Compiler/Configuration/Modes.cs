using Hls4Net.Numerics;

namespace Hls4Net.Configuration;

/// <summary>Reads mode names as users write them: AMD's with or without AP_, Siemens' with AC_.</summary>
internal static class Modes
{
    private static readonly Dictionary<string, Rounding> s_roundings =
        Enum.GetValues<Rounding>().ToDictionary(m => m.Spelling(), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, Overflow> s_overflows =
        Enum.GetValues<Overflow>().ToDictionary(m => m.Spelling(), StringComparer.OrdinalIgnoreCase);

    public static string Roundings => string.Join(", ", s_roundings.Keys);

    public static string Overflows => string.Join(", ", s_overflows.Keys);

    public static bool TryRounding(string text, out Rounding mode) => s_roundings.TryGetValue(Bare(text), out mode);

    public static bool TryOverflow(string text, out Overflow mode) => s_overflows.TryGetValue(Bare(text), out mode);

    private static string Bare(string text) =>
        text.StartsWith("AP_", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("AC_", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
}
