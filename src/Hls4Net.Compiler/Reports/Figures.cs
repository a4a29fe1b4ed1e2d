namespace Hls4Net.Reports;

/// <summary>The best figures there are for the whole design: the synthesis tool's, else the estimates.</summary>
/// <param name="Origin">"estimate", or the tool.</param>
/// <param name="IsEstimate">True until there was a synthesis.</param>
internal sealed record Figures(
    string Origin, bool IsEstimate, long? LatencyCycles, long? Interval, long? Lut, long? Ff, long? Dsp, long? Bram18,
        double? FmaxMhz)
{
    public static Figures Of(Report report) => report.Synthesis is { } s ? Of(s) : Of(report.Estimate);

    public static Figures Of(ReportEstimate e) =>
        new("estimate", true, e.LatencyCycles, e.Interval, e.Lut, e.Ff, e.Dsp, e.Bram18, e.FmaxMhz);

    public static Figures Of(ReportSynthesis s) =>
        new($"{s.Tool} {s.ToolVersion}".Trim(), false, s.LatencyCycles, s.Interval, s.Lut, s.Ff, s.Dsp, s.Bram18,
            s.FmaxMhz);
}
