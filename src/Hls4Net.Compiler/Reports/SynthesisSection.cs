using Hls4Net.Synthesis;

namespace Hls4Net.Reports;

/// <summary>A synthesizer's result as the report has it.</summary>
public static class SynthesisSection
{
    /// <summary>The report with this result in it; null takes it out.</summary>
    public static Report With(Report report, SynthesisResult? result) =>
        report with { Synthesis = result is null ? null : Of(result) };

    /// <summary>
    /// What the device has: what the tool says, else what is known of the part; null where neither does.
    /// </summary>
    internal static ReportResources? Device(Report report) => report.Synthesis?.Available is { Lut: not null } said
        ? said : report.Available;

    /// <summary>What a stage is called in the report.</summary>
    public static string Name(SynthesisStage stage) => stage switch
    {
        SynthesisStage.HighLevel => "high-level synthesis",
        SynthesisStage.Cosimulation => "co-simulation",
        SynthesisStage.Logic => "logic synthesis",
        SynthesisStage.Implementation => "implementation",
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    private static ReportSynthesis Of(SynthesisResult r) => new(
        r.Tool, r.ToolVersion, r.Latency.Worst, r.Interval.Worst, r.Used.Dsp, r.Used.Lut, r.Used.Ff, r.Used.Bram18,
            r.Clock.FmaxMhz, r.CosimSamples, r.CosimMismatches,
        r.Used.Uram, Name(r.UsedFrom), r.Latency.Best, r.Latency.Average, r.Interval.Best, r.Clock.TargetNs,
            r.Clock.EstimatedNs, r.Clock.UncertaintyNs,
        r.CosimPassed switch { true => "pass", false => "fail", null => null }, r.CosimLatency.Worst,
        new ReportResources(r.Available.Dsp, r.Available.Lut, r.Available.Ff, r.Available.Bram18, r.Available.Uram),
        [.. r.Modules.Select(m => new ReportModule(m.Module, m.Layer, m.Latency.Worst, m.Interval.Worst, m.Used.Dsp,
            m.Used.Lut, m.Used.Ff, m.Used.Bram18))],
        r.Family, r.ClockFrom, r.Note);
}
