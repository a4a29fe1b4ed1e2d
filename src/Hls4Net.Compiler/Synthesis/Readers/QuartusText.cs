using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>acl_quartus_report.txt of Intel's compilers: <c>name: used / available (share)</c>, a line each.</summary>
internal static partial class QuartusText
{
    public static DesignReport? Read(ReportText report)
    {
        Dictionary<string, (string Used, string Available)> amounts = new(StringComparer.OrdinalIgnoreCase);
        foreach (Match m in Amount().Matches(report.Text))
            amounts[m.Groups["name"].Value.Trim()] = (m.Groups["used"].Value, m.Groups["available"].Value);
        if (!amounts.Keys.Any(k => k is "ALUTs" or "ALMs" or "Logic utilization"))
            return null;
        double? megahertz = Figure.Real(Used("Kernel fmax") ?? Used("Actual clock freq"));
        return new DesignReport(SynthesisStage.Implementation, "Quartus")
        {
            Clock = new ClockFigures(null, megahertz is > 0 ? 1000 / megahertz : null, null),
            Used = new ResourceFigures(
                Figure.Count(Used("ALUTs")), Figure.Count(Used("Registers")), Figure.Count(Used("DSP blocks")),
                    M20k: Figure.Count(Used("RAM blocks")),
                Alm: Figure.Count(Used("ALMs") ?? Used("Logic utilization"))),
            Available = new ResourceFigures(
                Dsp: Figure.Count(Available("DSP blocks")), M20k: Figure.Count(Available("RAM blocks")),
                    Alm: Figure.Count(Available("ALMs") ?? Available("Logic utilization"))),
        };

        string? Used(string name) => amounts.TryGetValue(name, out (string Used, string) a) ? a.Used : null;

        string? Available(string name) => amounts.TryGetValue(name, out (string, string Available) a) ? a.Available
            : null;
    }

    [GeneratedRegex(
        @"^[ \t]*(?<name>[A-Za-z][A-Za-z0-9 ]*):[ \t]*(?<used>[0-9][0-9,.]*)[ \t]*(?:/[ \t]*(?<available>[0-9][0-9,]*))?",
        RegexOptions.Multiline)]
    private static partial Regex Amount();
}
