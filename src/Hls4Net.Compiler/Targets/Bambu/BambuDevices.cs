using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Hls4Net.Targets.Bambu;

/// <summary>
/// The devices that Bambu has a characterization of, by its names, as its published sources have them in etc/devices.
/// AMD's are a die, a speed grade and a package, in an order of its own; VVD stands for Vivado.
/// </summary>
internal static partial class BambuDevices
{
    public static ImmutableArray<string> Names { get; } =
    [
        "xc7a100t-1csg324-VVD", "xc7vx330t-1ffg1157", "xc7vx485t-2ffg1761-VVD", "xc7vx690t-3ffg1930-VVD",
            "xc7z020-1clg484-VVD", "xc7z045-2ffg900-VVD",
        "xcku060-3ffva1156-VVD", "xcu280-2Lfsvh2892-VVD", "xcu55c-2Lfsvh2892-VVD",
        "5CSEMA5F31C6", "5SGXEA7N2F45C1", "EP2C70F896C6", "EP4SGX530KH40C2", "LFE335EA8FN484C", "LFE5U85F8BG756C",
            "LFE5UM85F8BG756C",
        "nx1h35S", "nx1h140tsp", "nx2h540tsc", "nangate45", "asap7-BC", "asap7-TC", "asap7-WC",
    ];

    /// <summary>
    /// Bambu's name of a part: one of its own names, or AMD's of one of its devices; null where it has none.
    /// </summary>
    public static string? Find(string part)
    {
        string? ours = AmdPart().Match(part) is { Success: true } m
            ? $"{m.Groups["die"].Value}-{m.Groups["speed"].Value}{m.Groups["package"].Value}" : null;
        return Names.FirstOrDefault(n => n.Equals(part, StringComparison.OrdinalIgnoreCase))
            ?? Names.FirstOrDefault(n => ours is not null && (n.Equals(ours, StringComparison.OrdinalIgnoreCase)
                || n.Equals($"{ours}-VVD", StringComparison.OrdinalIgnoreCase)));
    }

    // xcu55c-fsvh2892-2L-e, xcku060-ffva1156-3-e, and of series 7 xc7z020clg484-1.
    [GeneratedRegex(
        @"^(?<die>xc(7[a-z]+[0-9]+t?|[a-z]+[0-9]+[a-z]?))-?(?<package>[a-z]{3,4}[0-9]{3,4})-(?<speed>[0-9][A-Z]*)(-[a-z])?\z",
        RegexOptions.IgnoreCase)]
    private static partial Regex AmdPart();
}
