using Hls4Net.Reports;

namespace Hls4Net.Tests.Reports;

public sealed class ReportSummaryTests
{
    [Fact]
    public void Estimates_are_called_estimates() => Assert.Equal(
        "muon_pt: 12 cycles (60 ns) at II 1; ~3,210 LUT, ~2,100 FF, 54 DSP, 0 BRAM (estimates); 6,000 vectors, max "
        + "error 0.0021, overflows 0, native = managed; report: obj/hls/muon_pt/report.html",
        ReportSummary.Line(SampleReports.Small, "obj/hls/muon_pt/report.html"));

    [Fact]
    public void A_synthesis_replaces_the_estimates() => Assert.Equal(
        "muon_pt: 13 cycles (65 ns) at II 1; 2,987 LUT, 1,804 FF, 54 DSP, 0 BRAM (yosys 0.38); 6,000 vectors, max "
        + "error 0.0021, overflows 0, native = managed; report: r",
        ReportSummary.Line(SampleReports.Small with { Synthesis = SampleReports.Synthesis }, "r"));

    [Fact]
    public void Unknown_figures_are_left_out() =>
        Assert.Equal("muon_pt: 1 vector, managed only; report: r", ReportSummary.Line(SampleReports.Unknown, "r"));

    [Fact]
    public void Executions_that_differ_are_not_overlooked()
    {
        Report report =
            SampleReports.Small with
            {
                Verification =
                SampleReports.Small.Verification with { ManagedMatchesNative = false, Vectors = "random" }
            };
        string line = ReportSummary.Line(report, "r");
        Assert.Contains("native DIFFERS from managed", line, StringComparison.Ordinal);
        Assert.Contains("6,000 random vectors", line, StringComparison.Ordinal);
    }
}
