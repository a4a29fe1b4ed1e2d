using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Reports;
using Hls4Net.Synthesis;
using Hls4Net.Tests.Reports;

namespace Hls4Net.Tests.Synthesis;

/// <summary>A synthesis in the report, on the console, and against the budgets.</summary>
public sealed class SynthesisReportTests
{
    private static readonly SynthesisResult s_result = SynthesisResult.Of(
        [
            new DesignReport(SynthesisStage.HighLevel, "Vitis HLS")
            {
                ToolVersion = "2022.2",
                Part = "xcvu13p",
                Clock = new ClockFigures(5, 3.6, 1.35),
                Latency = new Cycles(10, 12, 14),
                Interval = new Cycles(1, null, 2),
                Used = new ResourceFigures(5000, 4000, 60, 3, null),
                Available = new ResourceFigures(10000, 20000, 100, 30, 0),
                Modules = [new ModuleFigures("fc1", new Cycles(3, 3, 3), Cycles.Of(1),
                    new ResourceFigures(3000, 2000, 50, 0)),
                    new ModuleFigures("fc1_Pipeline_row", Cycles.Of(2), Cycles.Unknown, new ResourceFigures(100)),
                    new ModuleFigures("other", Cycles.Unknown, Cycles.Unknown, ResourceFigures.Unknown)],
            },
            new DesignReport(SynthesisStage.Implementation,
                "Vivado") { Clock = new ClockFigures(5, 5.5, null), Used = new ResourceFigures(4200, 3900, 55, 2, 0) },
            new DesignReport(SynthesisStage.Cosimulation, "x") { Latency = new Cycles(14, 14, 15), CosimPassed = true },
        ],
        [new LayerFunction("fc1", "fc1", "/fc1")]);

    private static readonly Report s_report = SynthesisSection.With(SampleReports.Small, s_result);

    [Fact]
    public void Later_stages_know_better_what_is_used_and_the_first_what_the_schedule_is()
    {
        Assert.Equal((new Cycles(10, 12, 14), new ResourceFigures(4200, 3900, 55, 2, 0), SynthesisStage.Implementation),
            (s_result.Latency, s_result.Used, s_result.UsedFrom));
        Assert.Equal(new ClockFigures(5, 5.5, 1.35), s_result.Clock);
        Assert.Equal((15L, true), (s_result.CosimLatency.Worst, s_result.CosimPassed));
        Assert.Equal(["fc1", "fc1", null], s_result.Modules.Select(m => m.Layer));
    }

    [Fact]
    public void The_report_has_every_figure_and_is_read_back()
    {
        ReportSynthesis s = ReportJson.Read(ReportJson.Write(s_report)).Synthesis!;
        Assert.Equal(("Vitis HLS", "2022.2", 14L, 10L, 2L, 4200L, 55L, 2L),
            (s.Tool, s.ToolVersion, s.LatencyCycles, s.LatencyBestCycles, s.Interval, s.Lut, s.Dsp, s.Bram18));
        Assert.Equal(("implementation", 5.5, "pass", 10000L),
            (s.ResourcesFrom, s.ClockEstimatedNs, s.Cosim, s.Available!.Lut));
        Assert.Equal(new ReportModule("other", null, null, null, null, null, null, null), s.Modules!.Value[2]);
        Assert.Contains("fc1_Pipeline_row (fc1)", ReportHtml.Write(s_report)
            .Replace("<wbr/>", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(SynthesisSection.With(s_report, null).Synthesis);
    }

    [Fact]
    public void The_table_shows_unknown_figures_as_dashes() => Assert.Equal(
        """
        muon_pt                    latency  interval    LUT      FF   DSP    BRAM  URAM
        Vitis HLS 2022.2          10 to 14    1 to 2  4,200   3,900    55       2     0
        of the device                                  42 %  19.5 %  55 %  6.67 %     –
        estimate                        12         1  3,210   2,100    54       0     0
          fc1                            3         1  3,000   2,000    50       0     –
          fc1_Pipeline_row (fc1)         2         –    100       –     –       –     –
          other                          –         –      –       –     –       –     –
        clock 5.5 ns of 5 ns, uncertainty 1.35 ns; resources of implementation; co-simulation: pass, latency 15

        """, SynthesisTable.Write(s_report));

    [Fact]
    public void Broken_budgets_name_the_costliest_layers_and_what_helps()
    {
        DiagnosticBag diagnostics = new("m");
        HardwareBudgets.CheckSynthesis(new HardwareBudget(MaxLatencyCycles: 13, MaxLatencyNs: 70, MaxInterval: 2,
            MaxLut: 4000, MaxFf: 3900, MaxDsp: 50), s_report, diagnostics);
        Assert.Equal(
            [
                "HLS5002: muon_pt: the latency of 14 cycles exceeds MaxLatencyCycles = 13; most of it is in fc1 (3), "
                + "as Vitis HLS 2022.2 reports it; narrower types help, and a longer ClockPeriod, in which more fits "
                + "into a cycle",
                "HLS5002: muon_pt: the use of 4200 LUTs exceeds MaxLut = 4000; most of it is in fc1 (3000), as Vitis "
                + "HLS 2022.2 reports it; narrower types help, and a larger ReuseFactor",
                "HLS5002: muon_pt: the use of 55 DSP blocks exceeds MaxDsp = 50; most of it is in fc1 (50), as Vitis "
                + "HLS 2022.2 reports it; weights or inputs below 10 bits help, whose products are made of LUTs, and a "
                + "larger ReuseFactor",
                "HLS5004: muon_pt: the clock period reached, 5.5 ns as Vitis HLS 2022.2 reports it, is longer than the "
                + "5 ns asked for; lengthen ClockPeriod, raise ClockUncertainty so that more registers are placed, or "
                + "narrow the types",
            ],
            diagnostics.Items.Select(d => $"{d.Descriptor.Code}: {d.Text}"));
    }

    [Fact]
    public void A_budget_whose_figure_is_not_known_is_not_kept()
    {
        DiagnosticBag diagnostics = new("m");
        Report report = SynthesisSection.With(SampleReports.Small,
            s_result with
            {
                Latency = Cycles.Unknown,
                Clock = ClockFigures.Unknown,
                Used = new ResourceFigures(Lut: 5)
            });
        HardwareBudgets.CheckSynthesis(new HardwareBudget(MaxLatencyCycles: 1000, MaxLatencyNs: 1000, MaxLut: 5,
            MaxDsp: 10), report, diagnostics);
        Assert.Equal(["HLS5003", "HLS5003", "HLS5003"], diagnostics.Items.Select(d => d.Descriptor.Code));
        Assert.Contains("MaxDsp is stated", diagnostics.Items[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Budgets_of_estimates_are_warnings_and_unknown_estimates_none()
    {
        DiagnosticBag diagnostics = new("m");
        HardwareBudgets.CheckEstimate(new HardwareBudget(MaxLut: 3000, MaxFf: 2100, MaxLatencyNs: 59),
            SampleReports.Small, diagnostics);
        Assert.Equal(["HLS5001", "HLS5001"], diagnostics.Items.Select(d => d.Descriptor.Code));
        Assert.Contains("the estimated latency of 60 ns exceeds MaxLatencyNs = 59; most of it is in fc1 (15)",
            diagnostics.Items[0].Text, StringComparison.Ordinal);
        DiagnosticBag unknown = new("m");
        HardwareBudgets.CheckEstimate(new HardwareBudget(MaxLut: 1), SampleReports.Unknown, unknown);
        Assert.Empty(unknown.Items);
    }

    [Fact]
    public void A_record_is_read_back_and_a_damaged_one_is_none()
    {
        using TempFolder folder = new();
        SynthesisRecord record = new("a", "b", s_result);
        string path = folder.Write("synthesis.json", System.Text.Encoding.UTF8.GetBytes(record.ToJson()));
        SynthesisRecord back = SynthesisRecord.Read(path)!;
        Assert.Equal(record.ToJson(), back.ToJson());
        Assert.Null(SynthesisRecord.Read(folder.Write("half.json",
            System.Text.Encoding.UTF8.GetBytes(record.ToJson()[..300]))));
        Assert.Null(SynthesisRecord.Read(folder.Path + "/none.json"));
    }
}
