using System.Text;

namespace Hls4Net.Reports;

/// <summary>
/// A synthesis in a table of the build's log: the design, the device, the estimate, and the modules of each layer.
/// </summary>
public static class SynthesisTable
{
    private const int MaxModules = 40;

    /// <summary>
    /// The table; empty for a report without a synthesis. Lines end in \n; unknown figures are dashes.
    /// </summary>
    public static string Write(Report report)
    {
        if (report.Synthesis is not ReportSynthesis s)
            return "";
        ReportModule[] modules = [.. s.Modules ?? []];
        List<string[]> rows =
        [
            [report.Model, "latency", "interval", "LUT", "FF", "DSP", "BRAM", "URAM"],
            [$"{s.Tool} {s.ToolVersion}".Trim(), Range(s.LatencyBestCycles, s.LatencyCycles),
                Range(s.IntervalBest, s.Interval), .. Amounts(s.Lut, s.Ff, s.Dsp, s.Bram18, s.Uram)],
            ["of the device", "", "", .. Shares(s, SynthesisSection.Device(report))],
            [report.EstimateLabel, ReportText.Count(report.Estimate.LatencyCycles),
                ReportText.Count(report.Estimate.Interval),
                .. Amounts(report.Estimate.Lut, report.Estimate.Ff, report.Estimate.Dsp, report.Estimate.Bram18,
                    report.Estimate.Uram ?? 0)],
            .. modules.Take(MaxModules).Select(m => (string[])[
                $"  {m.Name}{(m.Layer is null || m.Layer == m.Name ? "" : $" ({m.Layer})")}",
                    ReportText.Count(m.LatencyCycles), ReportText.Count(m.Interval),
                .. Amounts(m.Lut, m.Ff, m.Dsp, m.Bram18, null)]),
        ];
        StringBuilder b = new();
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(r => r[i].Length))];
        foreach (string[] row in rows)
            b.Append(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[0])
                : cell.PadLeft(widths[i]))).TrimEnd()).Append('\n');
        if (modules.Length > MaxModules)
            b.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"  and {modules.Length - MaxModules} modules more, in report.json\n");
        b.Append("clock ").Append(ReportText.Real(s.ClockEstimatedNs)).Append(" ns of ")
            .Append(ReportText.Real(s.ClockTargetNs ?? report.ClockPeriodNs)).Append(" ns")
            .Append(s.ClockFrom is null ? "" : $" ({s.ClockFrom})").Append(", uncertainty ")
            .Append(ReportText.Real(s.ClockUncertaintyNs)).Append(" ns; resources of ")
                .Append(s.ResourcesFrom ?? s.Tool).Append(Cosim(s)).Append('\n');
        if (s.Note is not null)
            b.Append(s.Note).Append('\n');
        return b.ToString();
    }

    private static string Cosim(ReportSynthesis s) => s.Cosim is null
        ? ""
        : $"; co-simulation: {s.Cosim}{(s.CosimSamples is null ? "" : $", {ReportText.Plural(s.CosimSamples, "sample")}, {ReportText.Count(s.CosimMismatches)} different")}"
            + (s.CosimLatencyCycles is null ? "" : $", latency {ReportText.Count(s.CosimLatencyCycles)}");

    private static string Range(long? best, long? worst) => best is null
        || best == worst ? ReportText.Count(worst) : $"{ReportText.Count(best)} to {ReportText.Count(worst)}";

    private static string[] Amounts(params ReadOnlySpan<long?> amounts)
    {
        string[] texts = new string[amounts.Length];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = ReportText.Count(amounts[i]);
        return texts;
    }

    private static IEnumerable<string> Shares(ReportSynthesis s, ReportResources? device) =>
        new[] { (s.Lut, device?.Lut), (s.Ff, device?.Ff), (s.Dsp, device?.Dsp), (s.Bram18, device?.Bram18),
            (s.Uram, device?.Uram) }
            .Select(a => a is (long used, long available)
                && available > 0 ? ReportText.Percent((double)used / available) : ReportText.Unknown);
}
