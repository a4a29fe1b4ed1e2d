using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;

namespace Hls4Net.Tests.Synthesis;

/// <summary>Forms that tools write and that no shared report has, after the tools' documentation.</summary>
public sealed class ReportFormTests
{
    /// <summary>oneAPI's summary as of 2025.</summary>
    internal const string Summary = """
        {"name":"Kernel Summary", "summary_type":"performanceSummary", "columns":["Kernel Name", "Kernel Type"]}
        {"name":"Net", "parent":"performanceSummary", "data":["Single work-item", "No"]}
        {"name":"Estimated Resource Usage", "summary_type":"estimatedResources", "columns":["Kernel Name", "ALUTs ", "FFs  ", "RAMs ", "DSPs ", "MLABs", "Frac. DSPs"]}
        {"name":"dense", "parent":"estimatedResources", "data":[2134, 4436, 71, 0, 87, 80]}
        {"name":"Kernel Subtotal", "parent":"estimatedResources", "data":[2134, 4436, 71, 0, 87, 80]}
        {"name":"Total", "parent":"estimatedResources", "data":[2462, 7938, 77, 0, 92, 80], "data_percent":[0.25, 0.4, 1.08, 0]}
        {"name":"Available", "parent":"estimatedResources", "data":["974400", "1948800", "7110", "4510", "24360", "0"]}
        {"name":"Compile Warnings", "summary_type":"compileWarnings"}
        """;

    [Fact]
    public void A_timing_summary_gives_the_period_reached()
    {
        DesignReport report = ReportReader.Read("""
            | Tool Version : Vivado v.2023.2.2 (lin64) Build 4081461
            | Command      : report_timing_summary -max_paths 10
            | Design       : bd_0_wrapper
            | Device       : 7a200t-sbv484

            ------------------------------------------------------------------------------------------------
            | Design Timing Summary
            | ---------------------
            ------------------------------------------------------------------------------------------------

                WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)
                -------      -------  ---------------------  -------------------      -------
                 -0.400       -1.200                      3                 1234        0.045

            ------------------------------------------------------------------------------------------------
            | Clock Summary
            | -------------
            ------------------------------------------------------------------------------------------------

            Clock   Waveform(ns)       Period(ns)      Frequency(MHz)
            -----   ------------       ----------      --------------
            ap_clk  {0.000 2.500}      5.000           200.000
            """, "x");
        Assert.Equal((SynthesisStage.Implementation, "2023.2.2", 5.0, 5.4),
            (report.Stage, report.ToolVersion, report.Clock.TargetNs, report.Clock.EstimatedNs));
    }

    [Fact]
    public void A_hierarchical_utilization_gives_the_modules()
    {
        DesignReport report = ReportReader.Read("""
            | Tool Version : Vivado v.2023.1 (lin64) Build 1
            | Command      : report_utilization -hierarchical
            | Design State : Routed

            +------------+------------+------------+------------+---------+------+------+--------+--------+------+------------+
            |  Instance  |   Module   | Total LUTs | Logic LUTs | LUTRAMs | SRLs |  FFs | RAMB36 | RAMB18 | URAM | DSP Blocks |
            +------------+------------+------------+------------+---------+------+------+--------+--------+------+------------+
            | muon_pt    |      (top) |       1500 |       1490 |       0 |   10 | 2000 |      1 |      1 |    0 |         12 |
            |   fc1_U0   |        fc1 |        900 |        900 |       0 |    0 | 1100 |      1 |      0 |    0 |         10 |
            +------------+------------+------------+------------+---------+------+------+--------+--------+------+------------+
            """, "x");
        Assert.Equal((SynthesisStage.Implementation, new ResourceFigures(1500, 2000, 12, 3, 0)),
            (report.Stage, report.Used));
        Assert.Equal(("fc1", new ResourceFigures(900, 1100, 10, 2, 0)),
            (report.Modules[0].Name, report.Modules[0].Used));
    }

    [Fact]
    public void Versal_calls_its_rows_by_other_names()
    {
        DesignReport report = ReportReader.Read("""
            | Command      : report_utilization -file vivado_synth.rpt
            | Design State : Synthesized
            +-----------------+------+-------+------------+-----------+-------+
            |    Site Type    | Used | Fixed | Prohibited | Available | Util% |
            +-----------------+------+-------+------------+-----------+-------+
            | Registers       | 2666 |     0 |          0 |   1799680 |  0.15 |
            | CLB LUTs        | 2264 |     0 |          0 |    899840 |  0.25 |
            | Block RAM Tile  |  1.5 |     0 |          0 |       967 |  0.10 |
            | DSP Slices      |    1 |     0 |          0 |      1968 |  0.05 |
            +-----------------+------+-------+------------+-----------+-------+
            """, "x");
        Assert.Equal((new ResourceFigures(2264, 2666, 1, 3), new ResourceFigures(899840, 1799680, 1968, 1934)),
            (report.Used, report.Available));
    }

    [Fact]
    public void An_export_of_vivado_hls_is_a_list()
    {
        DesignReport report = ReportReader.Read("""
            Implementation tool: Xilinx Vivado v.2018.3
            Project:             myproject_prj
            Device target:       xc7z020clg400-1

            #=== Post-Implementation Resource usage ===
            SLICE:          321
            LUT:           1000
            FF:            1500
            DSP:              7
            BRAM:             2
            SRL:              0
            #=== Final timing ===
            CP required:    5.000
            CP achieved post-synthesis:    4.100
            CP achieved post-implementation:    4.700
            Timing met
            """, "x");
        Assert.Equal((SynthesisStage.Implementation, "2018.3", "xc7z020clg400-1"),
            (report.Stage, report.ToolVersion, report.Part));
        Assert.Equal((5.0, 4.7, new ResourceFigures(1000, 1500, 7, 2)),
            (report.Clock.TargetNs, report.Clock.EstimatedNs, report.Used));
    }

    [Fact]
    public void Quartus_lists_amounts_and_shares()
    {
        DesignReport report = ReportReader.Read("""
            ALUTs: 123,456
            Registers: 234,567
            Logic utilization: 98,765 / 427,200 ( 23 % )
            I/O pins: 297 / 826 ( 36 % )
            DSP blocks: 12 / 1,518 ( < 1 % )
            Memory bits: 5,000,000 / 55,562,240 ( 9 % )
            RAM blocks: 489 / 2,713 ( 18 % )
            Actual clock freq: 250.0
            Kernel fmax: 251.5
            """, "x");
        Assert.Equal(new ResourceFigures(123456, 234567, 12, M20k: 489, Alm: 98765), report.Used);
        Assert.Equal(new ResourceFigures(Dsp: 1518, M20k: 2713, Alm: 427200), report.Available);
        Assert.Equal(251.5, report.Clock.FmaxMhz!.Value, 9);
    }

    // Kernels share a scheduler, and each is told its part of it.
    [Fact]
    public void A_share_of_a_register_is_one()
    {
        DesignReport report = ReportReader.Read("""
            { "estimatedResources": { "name": "Estimated Resource Usage", "columns": ["Kernel Name", "ALUTs ", "FFs  ", "RAMs ", "DSPs ", "MLABs"], "children": [
              { "name": "scan", "data": [8733, 18811.3, 146, 6, 209] }, { "name": "Total", "data": [81753, 166556, 384, 13, 275] } ] } }
            """, "summary.json");
        Assert.Equal(18812, Assert.Single(report.Modules).Used.Ff);
        Assert.Equal(166556, report.Used.Ff);
    }

    [Fact]
    public void A_summary_may_have_a_row_a_line()
    {
        DesignReport report = ReportReader.Read(Summary, "summary.ndjson");
        Assert.Equal(new ResourceFigures(2462, 7938, 0, M20k: 77, Mlab: 92), report.Used);
        Assert.Equal(new ResourceFigures(974400, 1948800, 4510, M20k: 7110, Mlab: 24360), report.Available);
        Assert.Equal(("dense", 2134), (Assert.Single(report.Modules).Name, report.Modules[0].Used.Lut));
        ModelException cut = Assert.Throws<ModelException>(() =>
            ReportReader.Read(Summary[..Summary.IndexOf("{\"name\":\"Total", StringComparison.Ordinal)],
                "summary.ndjson"));
        Assert.Contains("looked for the row Total", cut.Message, StringComparison.Ordinal);
        Assert.Contains("no whole JSON", Assert.Throws<ModelException>(() =>
            ReportReader.Read(Summary[..^9], "summary.ndjson")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Area_and_loops_may_have_a_row_a_line()
    {
        DesignReport area = ReportReader.Read("""
            {"columns":["", "ALUTs", "FFs", "RAMs", "DSPs", "MLABs", "Details"], "type":"module", "total":[2462, 7938, 77, 0, 92], "name":"Kernel System", "id":0, "max_resources":[974400, 1948800, 7110, 4510, 48720]}
            {"name":"Pipe resources", "id":1, "parent":0, "type":"group"}
            {"name":"dense", "id":32, "parent":0, "type":"function", "total_kernel_resources":[2134, 4436, 71, 0, 87]}
            {"name":"State", "id":34, "parent":32, "type":"resource", "data":[138, 1476, 34, 0, 5]}
            """, "area.ndjson");
        Assert.Equal((2462, 7938, 1948800), (area.Used.Lut, area.Used.Ff, area.Available.Ff));
        Assert.Equal(("dense", 4436), (Assert.Single(area.Modules).Name, area.Modules[0].Used.Ff));
        DesignReport loops = ReportReader.Read("""
            {"name":"loop_attributes", "id":312, "nodes":[1, 2]}
            {"name":"Net", "id":1, "fmax":"480.00", "type":"kernel", "children":[4, 5]}
            {"name":"Net.B0", "id":4, "ii":"1", "lt":"17.000000", "type":"bb"}
            {"name":"Net.B1", "id":5, "ii":"3", "lt":"176.000000", "type":"loop"}
            {"name":"dense", "id":2, "fmax":"400.00", "type":"kernel", "children":[]}
            """, "loop_attr.ndjson");
        Assert.Equal(2.5, loops.Clock.EstimatedNs);
        Assert.Equal([("Net", 3L), ("dense", null)], loops.Modules.Select(m => (m.Name, m.Interval.Worst)));
    }

    [Fact]
    public void A_fitted_system_is_the_design_and_its_kernels_are_not()
    {
        DesignReport report = ReportReader.Read("""
            {"quartusFitClockSummary":{"nodes":[{"name":"Quartus Fitter: Clock Frequency (MHz)","type":"system","clock1x":"597.73","clock fmax":"597.73","clock":"597.73"}]},"quartusFitResourceUsageSummary":{"nodes":[{"type":"system","name":"Quartus Fitter: Device Image","alm":"4520.5","alut":"4182","reg":"16419","dsp":"40","ram":"36","mlab":"52"},{"type":"kernel","name":"Net","alm":"4520.0","alut":"4181","reg":"16419","dsp":"40","ram":"36","mlab":"52"}]}}
            """, "quartus.ndjson");
        Assert.Equal((SynthesisStage.Implementation,
            new ResourceFigures(4182, 16419, 40, M20k: 36, Mlab: 52, Alm: 4521)), (report.Stage, report.Used));
        Assert.Equal(597.73, report.Clock.FmaxMhz!.Value, 6);
    }

    [Fact]
    public void Fitted_figures_are_read_of_members_and_of_scripts()
    {
        const string Fitted = """
            {"quartusFitClockSummary":{"nodes":[{"kernel clock":"312.5","name":"Quartus Fitter: Clock Frequency (MHz)"}]},
             "quartusFitResourceUsageSummary":{"nodes":[{"alm":"1,200","reg":"3400","dsp":"5","ram":"6","mlab":"7","name":"Total Used"}]}}
            """;
        foreach (string text in new[] { Fitted, $"var quartusJSON={Fitted};\nvar other=[1];" })
        {
            DesignReport report = ReportReader.Read(text, "x");
            Assert.Equal((SynthesisStage.Implementation, "Quartus", 312.5),
                (report.Stage, report.Tool, report.Clock.FmaxMhz));
            Assert.Equal(new ResourceFigures(null, 3400, 5, M20k: 6, Mlab: 7, Alm: 1200), report.Used);
        }
    }

    /// <summary>Optimized cells are not placed yet.</summary>
    [Theory]
    [InlineData("Synthesized", SynthesisStage.Logic)]
    [InlineData("Optimized", SynthesisStage.Logic)]
    [InlineData("Fully Placed", SynthesisStage.Implementation)]
    [InlineData("Physopt postPlace", SynthesisStage.Implementation)]
    [InlineData("Routed", SynthesisStage.Implementation)]
    public void The_state_of_a_design_tells_the_stage(string state, SynthesisStage stage)
    {
        DesignReport report = ReportReader.Read($"""
            | Tool Version : Vivado v.2023.1 (lin64) Build 1
            | Command      : report_utilization -file utilization.rpt
            | Design       : top
            | Device       : xcvu13p
            | Design State : {state}
            Utilization Design Information

            +-----------------+------+-----------+
            | Site Type       | Used | Available |
            +-----------------+------+-----------+
            | CLB LUTs        |   10 |      1000 |
            | CLB Registers   |   20 |      2000 |
            | DSPs            |    1 |       100 |
            +-----------------+------+-----------+
            """, "utilization.rpt");
        Assert.Equal((stage, 10L), (report.Stage, report.Used.Lut));
    }

    [SkippableFact]
    public void The_clock_that_catapult_states_is_read()
    {
        DesignReport report = ReportReader.ReadFile(SharedData.Require("hls-reports", "catapult-10.5c_fir", "rtl.rpt"));
        Assert.Equal((1.0, 0.0), (report.Clock.TargetNs, report.Clock.UncertaintyNs));
    }

    [Fact]
    public void Adaptive_logic_modules_and_the_kernel_system_are_read()
    {
        DesignReport report = ReportReader.Read("""
            {"quartusFitClockSummary":{"nodes":[{"name":"Quartus Fitter: Clock Frequency (MHz)","kernel clock":"312.5","type":"system"}]},
             "quartusFitResourceUsageSummary":{"nodes":[
              {"name":"Quartus Fitter: Total Used (Entire System)","alm":"57212.5","reg":"120000","dsp":"12","ram":"300","type":"system"},
              {"name":"Kernel System","alm":"1234.5","reg":"4000","dsp":"12","ram":"8","type":"module"}]}}
            """, "quartus.json");
        Assert.Equal((57213L, 300L, 3.2), (report.Used.Alm, report.Used.M20k, report.Clock.EstimatedNs));
        ModuleFigures kernels = Assert.Single(report.Modules);
        Assert.Equal(("Kernel System", 1235L), (kernels.Name, kernels.Used.Alm));
    }

    [Fact]
    public void Catapult_counts_luts_and_dsps_for_fpga_libraries()
    {
        DesignReport report = ReportReader.Read("""
            -- Catapult Ultra Synthesis: Report
            -- Version:                  2024.1/1091966 Production Release

            Solution Settings: myproject.v1

              Processes/Blocks in Design
                Process         Real Operation(s) count Latency Throughput Reset Length II Comments
                --------------- ----------------------- ------- ---------- ------------ -- --------
                /myproject/core                     389       ?          4            0  1
                Design Total:                       389       ?          4            0  0

              Bill Of Materials (Datapath)
                Component Name       Area Score Area(DSP) Area(LUTs) Area(MUX_CARRYs) Delay Post Alloc Post Assign
                -------------------- ---------- --------- ---------- ---------------- ----- ---------- -----------
                mgc_mul(18,1,18,1,36)   330.000     1.000     12.000            0.000 2.100          8           8

                TOTAL AREA (After Assignment): 2640.000     8.000     96.000            0.000

            """, "x");
        Assert.Equal((Cycles.Unknown, Cycles.Of(4)), (report.Latency, report.Interval));
        Assert.Equal(new ResourceFigures(96, null, 8, Area: 2640), report.Used);
    }

    [Fact]
    public void An_initiation_interval_may_be_a_range()
    {
        DesignReport report = ReportReader.Read("""
            <profile><ReportVersion><Version>2030.1</Version></ReportVersion>
            <UserAssignments><TargetClockPeriod>3.33</TargetClockPeriod><ClockUncertainty>27%</ClockUncertainty></UserAssignments>
            <PerformanceEstimates><SummaryOfOverallLatency><Worst-caseLatency>9</Worst-caseLatency>
            <PipelineInitiationInterval>2 ~ 5</PipelineInitiationInterval></SummaryOfOverallLatency></PerformanceEstimates>
            <AreaEstimates><Resources><DSP58>3</DSP58><NEW>1</NEW></Resources></AreaEstimates></profile>
            """, "x");
        Assert.Equal((new Cycles(null, null, 9), new Cycles(2, null, 5)), (report.Latency, report.Interval));
        Assert.Equal((new ResourceFigures(Dsp: 3), 0.8991),
            (report.Used, Math.Round(report.Clock.UncertaintyNs!.Value, 6)));
    }
}
