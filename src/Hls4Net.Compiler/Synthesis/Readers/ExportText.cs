using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// export_syn.rpt and export_impl.rpt, and &lt;top&gt;_export.rpt of Vivado HLS: lists of resources and clock periods.
/// </summary>
internal static partial class ExportText
{
    public static DesignReport? Read(ReportText report)
    {
        bool routed = report.Contains("Vivado Place & Route Results")
            || report.Contains("Post-Implementation Resource usage");
        if (!routed && !report.Contains("Vivado Synthesis Results")
            && !report.Contains("Post-Synthesis Resource usage"))
            return null;
        // The figures of the last step stand last.
        Dictionary<string, string> amounts = new(StringComparer.Ordinal);
        foreach (Match m in Amount().Matches(report.Text))
            amounts[m.Groups[1].Value] = m.Groups[2].Value;
        if (!amounts.ContainsKey("LUT") || !amounts.ContainsKey("FF"))
            throw report.Lacks("the amounts of LUT and FF");
        TextTable? timing = report.Boxes.FirstOrDefault(t => t.HasColumns("Timing", "Period"));
        return new DesignReport(routed ? SynthesisStage.Implementation : SynthesisStage.Logic, "Vivado")
        {
            ToolVersion = report.Find(CSynthText.Version()) ?? report.Find(Implementer()),
            Part = report.Find(CSynthText.Device()) ?? report.Find(Device()),
            Clock = new ClockFigures(
                Period(timing, "Target") ?? Figure.Nanoseconds(report.Find(Required())),
                Period(timing, "Post-Route") ?? Figure.Nanoseconds(report.Find(AchievedRouted()))
                    ?? Period(timing, "Post-Synthesis") ?? Figure.Nanoseconds(report.Find(AchievedSynthesized())),
                null),
            Used = XmlFigures.Resources(name => amounts.GetValueOrDefault(name)),
        };
    }

    private static double? Period(TextTable? timing, string row) =>
        timing?.Row(row) is { } cells ? Figure.Nanoseconds(timing.Cell(cells, "Period")) : null;

    [GeneratedRegex(@"^[ \t]*(LUT|FF|DSP|BRAM|URAM):[ \t]+(\S+)", RegexOptions.Multiline)]
    private static partial Regex Amount();

    [GeneratedRegex(@"^Implementation tool:.*?v\.?([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Implementer();

    [GeneratedRegex(@"^Device target:[ \t]+(\S+)", RegexOptions.Multiline)]
    private static partial Regex Device();

    [GeneratedRegex(@"^CP required:[ \t]+(\S+)", RegexOptions.Multiline)]
    private static partial Regex Required();

    [GeneratedRegex(@"^CP achieved post-synthesis:[ \t]+(\S+)", RegexOptions.Multiline)]
    private static partial Regex AchievedSynthesized();

    [GeneratedRegex(@"^CP achieved post-implementation:[ \t]+(\S+)", RegexOptions.Multiline)]
    private static partial Regex AchievedRouted();
}
