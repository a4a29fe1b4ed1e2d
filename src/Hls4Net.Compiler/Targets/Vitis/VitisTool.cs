using System.Globalization;
using System.Text.RegularExpressions;

namespace Hls4Net.Targets.Vitis;

/// <summary>AMD's programs for high-level synthesis.</summary>
public enum VitisProgram
{
    /// <summary><c>vivado_hls</c>, to 2020.1.</summary>
    VivadoHls,

    /// <summary><c>vitis_hls</c>, 2020.2 to 2024.1.</summary>
    VitisHls,

    /// <summary><c>vitis-run --mode hls</c>, from 2023.1 on.</summary>
    VitisRun,

    /// <summary><c>v++ -c --mode hls</c>, from 2023.1 on.</summary>
    Vpp,
}

/// <summary>A release of AMD's tools: 2022.2, or 2023.2.2 for an update.</summary>
public sealed partial record VitisVersion(int Year, int Release, int Update)
{
    /// <summary>The first release that is supported, and the first of later programs.</summary>
    public static VitisVersion First { get; } = new(2018, 3, 0);

    public static VitisVersion FirstVitisHls { get; } = new(2020, 2, 0);

    public static VitisVersion FirstUnified { get; } = new(2023, 1, 0);

    /// <summary>The first version in a text; null where there is none.</summary>
    public static VitisVersion? Find(string text) => Syntax().Match(text) is { Success: true } m
        ? new VitisVersion(Part(m, "year"), Part(m, "release"), m.Groups["update"].Success ? Part(m, "update") : 0)
        : null;

    /// <summary>True if another version is later.</summary>
    public bool IsBefore(VitisVersion other) => (Year, Release, Update)
        .CompareTo((other.Year, other.Release, other.Update)) < 0;

    public override string ToString() => Update == 0 ? $"{Year}.{Release}" : $"{Year}.{Release}.{Update}";

    private static int Part(Match m, string group) =>
        int.Parse(m.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![0-9.])(?<year>20[0-9]{2})\.(?<release>[0-9])(?:\.(?<update>[0-9]))?(?![0-9])")]
    private static partial Regex Syntax();
}

/// <summary>A program that was found.</summary>
/// <param name="Program">What it is.</param>
/// <param name="Executable">Its full path.</param>
/// <param name="Version">Its version.</param>
public sealed record VitisTool(VitisProgram Program, string Executable, VitisVersion Version)
{
    /// <summary>What it is called in messages and reports.</summary>
    public string Name => Program == VitisProgram.VivadoHls ? "Vivado HLS" : "Vitis HLS";

    /// <summary>Another program of the same installation.</summary>
    public string Sibling(string name) => Path.Combine(Path.GetDirectoryName(Executable)!, name);
}
