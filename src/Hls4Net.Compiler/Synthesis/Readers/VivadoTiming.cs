namespace Hls4Net.Synthesis.Readers;

/// <summary>report_timing_summary of Vivado: the worst slack, and the clocks.</summary>
internal static class VivadoTiming
{
    public static DesignReport? Read(ReportText report)
    {
        if (!report.Contains("Design Timing Summary"))
            return null;
        TextTable summary = report.Ruled.FirstOrDefault(t => t.HasColumns("WNS") && t.Column("Clock") < 0
            && t.Rows.Length > 0)
            ?? throw report.Lacks("the worst negative slack (WNS)");
        TextTable clocks = report.Ruled.FirstOrDefault(t => t.HasColumns("Clock", "Period") && t.Rows.Length > 0)
            ?? throw report.Lacks("the clocks and their periods");
        double? slack = Figure.Signed(summary.Cell(summary.Rows[0], "WNS"));
        // The fastest clock: with several the worst slack may be of another, and nothing is known of the period
        // reached.
        double?[] periods = [.. clocks.Rows.Select(r => Figure.Nanoseconds(clocks.Cell(r, "Period")))
            .Where(p => p is not null).Distinct()];
        double? target = periods.Length > 0 ? periods.Min() : null;
        return new DesignReport(SynthesisStage.Implementation, "Vivado")
        {
            ToolVersion = report.Find(VivadoUtilization.Version()),
            Part = report.Find(VivadoUtilization.Device()),
            Top = report.Find(VivadoUtilization.Design()),
            Clock = new ClockFigures(target, periods.Length == 1 && target - slack is > 0 ? target - slack : null,
                null),
        };
    }
}
