using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// csynth.rpt of Vitis HLS: one table of modules (+) and loops (o), the top first. It tells no best case and leaves out
/// what is 0.
/// </summary>
internal static partial class SynthesisSummary
{
    public static DesignReport? Read(ReportText report)
    {
        if (report.Find(Title()) is not string top)
            return null;
        TextTable table = report.Boxes.FirstOrDefault(t => t.Column("Modules") == 0
            && t.HasColumns("Latency", "Interval", "LUT") && t.Rows.Length > 0)
            ?? throw report.Lacks("the table of modules and loops (Latency, Interval, LUT)");
        ImmutableArray<ModuleFigures> modules = [.. table.Rows.Where(r => r[0].StartsWith('+'))
            .Select(r => Module(table, r))];
        if (modules.IsEmpty)
            throw report.Lacks("a module (+) in the table of modules and loops");
        return new DesignReport(SynthesisStage.HighLevel, "Vitis HLS")
        {
            ToolVersion = report.Find(CSynthText.Version()),
            Part = report.Find(CSynthText.Device()),
            Top = top,
            Latency = modules[0].Latency,
            Interval = modules[0].Interval,
            Used = modules[0].Used,
            Modules = modules[1..],
        };
    }

    private static ModuleFigures Module(TextTable table, ImmutableArray<string> row) => new(
        row[0].TrimStart('+', ' ').TrimEnd('*'), Cycles.Of(Figure.Count(table.Cell(row, "Latency", "cycles"))),
            Figure.Range(table.Cell(row, "Interval")),
        XmlFigures.Resources(name => table.Cell(row, name)));

    [GeneratedRegex(@"^== Synthesis Summary Report of '([^'\r\n]+)'", RegexOptions.Multiline)]
    private static partial Regex Title();
}
