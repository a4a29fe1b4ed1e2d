using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>catapult.log: the last schedule of every process.</summary>
internal static partial class CatapultLog
{
    public static DesignReport? Read(ReportText report)
    {
        if (!Title().IsMatch(report.Text))
            return null;
        Dictionary<string, ModuleFigures> processes = [];
        foreach (Match m in Schedule().Matches(report.Text))
        {
            string name = m.Groups["process"].Value;
            processes[name] = new ModuleFigures(
                name, Cycles.Of(Figure.Count(m.Groups["latency"].Value)), Cycles.Unknown,
                    new ResourceFigures(Area: Figure.Real(m.Groups["area"].Value)));
        }
        if (processes.Count == 0)
            throw report.Lacks("a final schedule with its latency and area");
        // The latency of several processes together is not in the log.
        ModuleFigures? only = processes.Count == 1 ? processes.Values.Single() : null;
        return new DesignReport(SynthesisStage.HighLevel, "Catapult")
        {
            ToolVersion = report.Find(Title()),
            Top = report.Find(Design()),
            Clock = new ClockFigures(Figure.Nanoseconds(report.Find(Period())), null,
                Figure.Nanoseconds(report.Find(Uncertainty()))),
            Latency = only?.Latency ?? Cycles.Unknown,
            Used = only?.Used ?? ResourceFigures.Unknown,
            Modules = [.. processes.Values],
        };
    }

    [GeneratedRegex(@"^(?://|#)\s+Catapult\b[^\r\n]*?Synthesis[ \t]+([^\s/]+)/", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(
        @"Final schedule of \w+ '(?<process>[^'\r\n]+)': Latency = (?<latency>[^,\s]+), Area \(Datapath, Register, Total\) = [^,\s]+, [^,\s]+, (?<area>[0-9.]+)")]
    private static partial Regex Schedule();

    [GeneratedRegex(@"Design '([^'\r\n]+)' contains")]
    private static partial Regex Design();

    [GeneratedRegex(@"-CLOCK_PERIOD[ \t]+([0-9.]+)")]
    private static partial Regex Period();

    [GeneratedRegex(@"-CLOCK_UNCERTAINTY[ \t]+([0-9.]+)")]
    private static partial Regex Uncertainty();
}
