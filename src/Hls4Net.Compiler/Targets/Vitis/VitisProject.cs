using System.Globalization;
using Hls4Net.Configuration;

namespace Hls4Net.Targets.Vitis;

/// <summary>
/// A model's project for AMD's HLS tools, as a Tcl script (Vivado HLS, Vitis HLS, <c>vitis-run --tcl</c>) or as the
/// configuration file of
/// <c>v++ -c --mode hls</c>. Paths are relative to the folder that the tool runs in.
/// </summary>
/// <param name="Options">The model's options.</param>
/// <param name="Sources">What is synthesized.</param>
/// <param name="TestBench">What simulates it: C++ files, and folders of data.</param>
/// <param name="Standard">The C++ standard, as -std spells it.</param>
internal sealed record VitisProject(ModelOptions Options, IReadOnlyList<string> Sources,
    IReadOnlyList<string> TestBench, string Standard = "c++14")
{
    private string Period => Options.ClockPeriod.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Opens the project, then takes these steps.</summary>
    public string Tcl(IEnumerable<string> comments, IEnumerable<string> steps)
    {
        List<string> lines =
        [
            .. comments.Select(c => $"# {c}"),
            $"open_project -reset {Options.ModelName}_prj",
            $"set_top {Options.ModelName}",
            .. Sources.Select(s => $"add_files {s} -cflags \"-std={Standard}\""),
            .. TestBench.Select(s => $"add_files -tb {s}{(IsSource(s) ? $" -cflags \"-std={Standard}\"" : "")}"),
            "open_solution -reset \"solution1\"",
            $"set_part {{{Options.Part}}}",
            $"create_clock -period {Period} -name default",
        ];
        if (Options.ClockUncertainty is string uncertainty)
            lines.Add($"set_clock_uncertainty {uncertainty} default");
        return string.Join('\n', [.. lines, .. steps, "exit"]) + "\n";
    }

    /// <summary>The configuration file.</summary>
    /// <param name="comments">Lines at its head.</param>
    /// <param name="implement">Whether Vivado shall place and route, or only synthesize, where it is run.</param>
    public string Config(IEnumerable<string> comments, bool implement)
    {
        List<string> lines =
        [
            .. comments.Select(c => $"# {c}"),
            $"part={Options.Part}",
            "",
            "[hls]",
            "flow_target=vivado",
            $"clock={Period}ns",
        ];
        if (Options.ClockUncertainty is string uncertainty)
            lines.Add($"clock_uncertainty={uncertainty}{(uncertainty.EndsWith('%') ? "" : "ns")}");
        lines.AddRange(
        [
            $"syn.top={Options.ModelName}",
            .. Sources.Select(s => $"syn.file={s}"),
            $"syn.cflags=-std={Standard}",
            .. TestBench.Select(s => $"tb.file={s}"),
            $"tb.cflags=-std={Standard}",
            "package.output.format=ip_catalog",
            "package.output.syn=false",
            $"vivado.flow={(implement ? "impl" : "syn")}",
        ]);
        return string.Join('\n', lines) + "\n";
    }

    private static bool IsSource(string path) => path.EndsWith(".cpp", StringComparison.Ordinal);
}
