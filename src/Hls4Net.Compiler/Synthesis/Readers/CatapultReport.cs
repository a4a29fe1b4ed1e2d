using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// cycle.rpt and rtl.rpt of Catapult. Area is a score in the library's unit; for FPGA libraries there are LUTs and DSPs
/// beside it.
/// </summary>
internal static partial class CatapultReport
{
    public static DesignReport? Read(ReportText report)
    {
        if (!Title().IsMatch(report.Text))
            return null;
        TextTable processes = report.Ruled.FirstOrDefault(t => t.HasColumns("Process", "Latency", "Throughput")
            && t.Row("Design Total:") is not null)
            ?? throw report.Lacks("the table of processes (Latency, Throughput) with its Design Total");
        TextTable? clocks = report.Ruled.FirstOrDefault(t => t.HasColumns("Clock Signal", "Period")
            && t.Rows.Length > 0);
        ImmutableArray<string> total = processes.Row("Design Total:")!.Value;
        return new DesignReport(SynthesisStage.HighLevel, "Catapult")
        {
            ToolVersion = report.Find(Version()),
            Top = report.Find(Solution()),
            Clock = new ClockFigures(
                Figure.Nanoseconds(clocks is null ? report.Find(Period()) : clocks.Cell(clocks.Rows[0], "Period")),
                    Figure.Nanoseconds(report.Find(Delay())),
                Figure.Nanoseconds(clocks is null ? report.Find(Uncertainty())
                    : clocks.Cell(clocks.Rows[0], "Uncertainty"))),
            Latency = Cycles.Of(Figure.Count(processes.Cell(total, "Latency"))),
            Interval = Cycles.Of(Figure.Count(processes.Cell(total, "Throughput"))),
            Used = Area(report),
            Modules = [.. processes.Rows.Where(r => r[0].StartsWith('/')).Select(r => new ModuleFigures(
                r[0], Cycles.Of(Figure.Count(processes.Cell(r, "Latency"))),
                    Cycles.Of(Figure.Count(processes.Cell(r, "Throughput"))), ResourceFigures.Unknown))],
        };
    }

    // The score after the last step stands last; LUTs and DSPs are in the bill of materials, the total below it without
    // a rule of its own.
    private static ResourceFigures Area(ReportText report)
    {
        double? score = Figure.Real(report.Find(Score()));
        TextTable? bill = report.Ruled.FirstOrDefault(t => t.HasColumns("Component Name", "Area Score"));
        Match total = Total().Match(report.Text);
        if (bill is null || !total.Success)
            return new ResourceFigures(Area: score);
        // As many figures as there are columns of areas, in their order.
        string[] areas = [.. bill.Columns.Where(c => c.StartsWith("Area", StringComparison.OrdinalIgnoreCase))];
        string[] figures = total.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ResourceFigures(Whole("LUT"), null, Whole("DSP"), null,
            Area: score ?? Figure.Real(figures.FirstOrDefault()));

        long? Whole(string name)
        {
            int i = Array.FindIndex(areas, a => a.Contains(name, StringComparison.OrdinalIgnoreCase));
            return i >= 0 && figures.Length == areas.Length
                && Figure.Real(figures[i]) is double x and < 1e15 ? (long)Math.Ceiling(x) : null;
        }
    }

    [GeneratedRegex(@"^-- Catapult\b.*Report", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(@"^-- Version:[ \t]+([^\s/]+)", RegexOptions.Multiline)]
    private static partial Regex Version();

    [GeneratedRegex(@"^Solution Settings:[ \t]*(.+?)(?:\.v[0-9]+)?[ \t]*\r?$", RegexOptions.Multiline)]
    private static partial Regex Solution();

    [GeneratedRegex(@"^[ \t]*Max Delay:[ \t]+(\S+)", RegexOptions.Multiline)]
    private static partial Regex Delay();

    // rtl.rpt has no table of clocks, but what it was synthesized for.
    [GeneratedRegex(@"^[ \t]*Clock period[^:\r\n]*:[ \t]*(\S+)", RegexOptions.Multiline)]
    private static partial Regex Period();

    [GeneratedRegex(@"^[ \t]*Clock uncertainty[^:\r\n]*:[ \t]*(\S+)", RegexOptions.Multiline)]
    private static partial Regex Uncertainty();

    [GeneratedRegex(@"^[ \t]*Total Area Score:.*?([0-9.]+)[ \t]*(?:\([ 0-9]+%\))?[ \t]*\r?$", RegexOptions.Multiline)]
    private static partial Regex Score();

    [GeneratedRegex(@"^[ \t]*TOTAL AREA \(After Assignment\):[ \t]+([0-9. ]+)", RegexOptions.Multiline)]
    private static partial Regex Total();
}
