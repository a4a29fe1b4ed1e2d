using System.Collections.Immutable;

namespace Hls4Net.Synthesis.Readers;

/// <summary>&lt;top&gt;_cosim.rpt: a row for each language of the RTL, "NA" for one that was not simulated.</summary>
internal static class CosimText
{
    public static DesignReport? Read(ReportText report)
    {
        TextTable? table = report.Boxes.FirstOrDefault(t => t.HasColumns("RTL", "Status", "Latency"));
        if (table is null)
            return report.Contains("Simulation tool")
                && report.Contains("Solution") ? throw report.Lacks("the table of RTL, Status and Latency") : null;
        ImmutableArray<string>[] ran = [.. table.Rows.Where(r => Passed(table.Cell(r, "Status")) is not null)];
        if (ran.Length == 0)
            throw report.Lacks("a row whose Status is Pass or Fail");
        return new DesignReport(SynthesisStage.Cosimulation, "C/RTL co-simulation")
        {
            Latency = Cases(table, ran[0], "Latency"),
            Interval = Cases(table, ran[0], "Interval"),
            CosimPassed = ran.All(r => Passed(table.Cell(r, "Status")) == true),
        };
    }

    private static bool? Passed(string? status) => status?.ToLowerInvariant() switch
    {
        "pass" => true,
        "fail" => false,
        _ => null,
    };

    private static Cycles Cases(TextTable table, ImmutableArray<string> row, string what) => new(
        Figure.Count(table.Cell(row, what, "min")), Figure.Count(table.Cell(row, what, "avg")),
            Figure.Count(table.Cell(row, what, "max")));
}
