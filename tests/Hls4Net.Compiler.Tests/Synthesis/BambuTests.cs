using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Targets.Bambu;
using Hls4Net.Targets.Vitis;
using Hls4Net.Tests.Models;
using Hls4Net.Text;

namespace Hls4Net.Tests.Synthesis;

/// <summary>
/// PandA Bambu without the tool: finding it, its command line, its devices, and what it says, in the form that its
/// sources print.
/// </summary>
public sealed class BambuTests : IDisposable
{
    // One function, as where clang has put all into the top function.
    private const string Log = """
        Scheduling Information of function net:
            Number of control steps: 17
            Minimum slack: 0.30500000000000016
            Estimated max frequency (MHz): 213
        Time to perform scheduling: 0.02 seconds

        Module binding information for function net:
            Number of modules instantiated: 125
            Estimated resources area (no Muxes and address logic): 1550
            Total estimated area: 1640
            Estimated number of DSPs: 3
        Time to perform module binding: 0.01 seconds
            Total number of flip-flops in function net: 268

        """;

    private readonly TempFolder _folder = new();

    private static ModelOptions Model => ModelHarness.Options("/m/net.onnx",
        "net") with
    { Backend = Backend.Bambu, Part = "xcu55c-fsvh2892-2L-e", ClockPeriod = 3.125 };

    private static BambuSynthesizer Tool => new(new BambuTool("/x/bambu", "2024.10"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_synthesis_is_one_call()
    {
        SynthesisRun run = Tool.Plan(Model, new SynthesisOptions());
        Assert.Empty(run.Files);
        ToolCommand command = Assert.Single(run.Commands);
        Assert.Equal("/x/bambu", command.Executable);
        Assert.Equal(
            ["../firmware/net.cpp", "--top-fname=net", "--compiler=I386_CLANG16", "--device-name=xcu55c-2Lfsvh2892-VVD",
                "--clock-period=3.125", "--generate-interface=INFER", "-O3"],
            command.Arguments.AsEnumerable());
    }

    [Fact]
    public void Cosimulation_brings_the_test_bench_and_options_are_passed()
    {
        SynthesisRun run = Tool.Plan(Model,
            new SynthesisOptions
            {
                Cosim = true,
                BambuCompiler = "I386_CLANG13",
                BambuOptions = ["-O2", "--pipelining=net"]
            });
        Assert.Equal(
            ["--compiler=I386_CLANG13", "--device-name=xcu55c-2Lfsvh2892-VVD", "--clock-period=3.125",
                "--generate-interface=INFER", "--simulate", "--simulator=VERILATOR", "--generate-tb=bench.cpp", "-O2",
                "--pipelining=net"],
            Assert.Single(run.Commands).Arguments.Skip(2));
        Assert.Equal("bench.cpp", Assert.Single(run.Files).Path);
    }

    [SkippableFact]
    public void The_test_bench_has_its_vectors_in_it_as_the_managed_simulator_gives_them()
    {
        using Gpp gpp = Gpp.Require();
        string samples = Path.Combine(Docs.Pages.Root, "samples/TriggerModel");
        CompiledModel model = ModelHarness.Compile(ModelHarness.Options(Path.Combine(samples, "models/muon_pt.onnx"),
            "muon_pt") with
        {
            Backend = Backend.Bambu,
            Part = Model.Part,
            TestInputs = [Path.Combine(samples, "data/x.npy")]
        });
        foreach (GeneratedFile file in model.EmitFirmware())
            gpp.Write($"firmware/{file.Path}", file.Text);
        foreach (GeneratedFile file in Tool.Plan(model.Options,
            new SynthesisOptions { Cosim = true }).Files.Concat(model.EmitTestData(50)))
            gpp.Write($"bambu/{file.Path}", file.Text);
        // It is run where no file of vectors is.
        gpp.Compile("bench", "-O1", "-Wno-unknown-pragmas", "-Wno-unused-label", "firmware/muon_pt.cpp",
            "bambu/bench.cpp");
        Assert.Equal("50 samples, 0 mismatches", gpp.Execute("bench").Trim());
        gpp.CheckWithClang("firmware/muon_pt.cpp", "bambu/bench.cpp");
    }

    [Theory]
    [InlineData("xc7z020clg484-1", "xc7z020-1clg484-VVD")]
    [InlineData("xcku060-ffva1156-3-e", "xcku060-3ffva1156-VVD")]
    [InlineData("xc7vx330tffg1157-1", "xc7vx330t-1ffg1157")]
    [InlineData("xcu280-fsvh2892-2L-e", "xcu280-2Lfsvh2892-VVD")]
    [InlineData("XC7Z020-1CLG484-VVD", "xc7z020-1clg484-VVD")]
    [InlineData("nangate45", "nangate45")]
    public void A_part_is_found_by_either_name(string part, string device) =>
        Assert.Contains($"--device-name={device}",
            Assert.Single(Tool.Plan(Model with { Part = part }, new SynthesisOptions()).Commands).Arguments);

    [Theory]
    [InlineData("xcvu13p-flga2577-2-e")]
    [InlineData("xc7z020clg484-2")]
    public void A_part_that_it_does_not_have_is_an_error_that_lists_those_it_has(string part)
    {
        ModelException e = Assert.Throws<ModelException>(() =>
            Tool.Plan(Model with { Part = part }, new SynthesisOptions()));
        Assert.Equal(Descriptors.SynthesisPart, e.Descriptor);
        Assert.Contains($"no device {part}; it has xc7a100t-1csg324-VVD, ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_cannot_honour_is_refused()
    {
        Assert.Equal(Descriptors.SynthesisBackend,
            Assert.Throws<ModelException>(() =>
                Tool.Plan(Model with { Backend = Backend.Vitis }, new SynthesisOptions())).Descriptor);
        Assert.Equal(Descriptors.SynthesisBackend,
            Assert.Throws<ModelException>(() =>
                new VitisSynthesizer(new VitisTool(VitisProgram.VitisHls, "/x/vitis_hls", new VitisVersion(2022, 2, 0)))
                    .Plan(Model, new SynthesisOptions())).Descriptor);
        Assert.Contains("HlsExportIp is not available",
            Assert.Throws<ModelException>(() => Tool.Plan(Model, new SynthesisOptions { ExportIp = true })).Message,
            StringComparison.Ordinal);
        Assert.Contains("HlsImplementation is not available",
            Assert.Throws<ModelException>(() =>
                Tool.Plan(Model, new SynthesisOptions { Implementation = true })).Message, StringComparison.Ordinal);
        Assert.Contains("ClockUncertainty '12.5%'",
            Assert.Throws<ModelException>(() => Tool.Plan(Model with { ClockUncertainty = "12.5%" },
                new SynthesisOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_found_where_it_is_named_then_by_its_variable_then_on_the_path()
    {
        string named = Install("named/bin/bambu"), variable = Install("variable/bambu"), path = Install("path/bambu");
        Func<string, string?> environment = v => v == "BAMBU" ? Path.GetDirectoryName(variable) : v == "PATH"
            ? Path.GetDirectoryName(path) : null;
        Assert.Equal(new BambuTool(named, "2024.10"), Find(new() { BambuPath = "named" }, environment));
        Assert.Equal(variable, Find(new(), environment).Executable);
        Assert.Equal(path, Find(new(), v => v == "PATH" ? Path.GetDirectoryName(path) : null).Executable);
        ModelException none = Assert.Throws<ModelException>(() => Find(new(), _ => null));
        Assert.Equal(Descriptors.SynthesisToolNotFound, none.Descriptor);
        Assert.Contains("Looked for bambu in HlsBambuPath (not set); BAMBU (not set); the PATH ()", none.Message,
            StringComparison.Ordinal);
        Assert.Throws<ModelException>(() => Find(new() { BambuPath = "nowhere" }, environment));
        ModelException other = Assert.Throws<ModelException>(() =>
            Find(new() { BambuPath = Install("studio/bambu", "Bambu Studio 1.9") }, environment));
        Assert.Equal(Descriptors.SynthesisToolVersion, other.Descriptor);
    }

    [Fact]
    public void Its_output_gives_the_figures_of_the_top_function()
    {
        DesignReport report = ReportReader.Read(Log, "synthesis.log");
        Assert.Equal(("net", 1640.0, 3L, 268L), (report.Top, report.Used.Area, report.Used.Dsp, report.Used.Ff));
        Assert.Null(report.Used.Lut);
        Assert.Equal(1000.0 / 213, report.Clock.EstimatedNs);
        Assert.Equal(Cycles.Unknown, report.Latency);
    }

    [Fact]
    public void Of_several_functions_none_is_the_design_and_the_slowest_sets_the_clock()
    {
        string other = Log.Replace("function net", "function _ZL3fc1PK8ap_fixedPS0_", StringComparison.Ordinal)
            .Replace("213", "400", StringComparison.Ordinal);
        DesignReport report = ReportReader.Read(other + Log.Replace("function net", "function _Z3netPK8ap_fixedPS0_",
            StringComparison.Ordinal).Replace("area: 1640", "area: inf", StringComparison.Ordinal), "synthesis.log");
        Assert.Equal(["fc1", "net"], report.Modules.Select(m => m.Name));
        Assert.Equal((null, ResourceFigures.Unknown), (report.Top, report.Used));
        Assert.Equal(1000.0 / 213, report.Clock.EstimatedNs);
        Assert.Equal((1640.0, null), (report.Modules[0].Used.Area, report.Modules[1].Used.Area));
    }

    [Theory]
    [InlineData(
        "<bambu_results bambu_version=\"x\"><CYCLES value=\"68\"/><HLS_execution_time value=\"1.2\"/></bambu_results>",
        null, 68L, null)]
    [InlineData(
        "<application version=\"x\"><timing><simulation><run>68</run><run>71</run></simulation></timing></application>",
        68L, 70L, 71L)]
    public void Its_results_give_the_cycles_of_the_simulation(string xml, long? best, long? average, long? worst)
    {
        DesignReport report = ReportReader.Read(xml, "bambu_results_0.xml");
        Assert.Equal((SynthesisStage.Cosimulation, new Cycles(best, average, worst), true),
            (report.Stage, report.Latency, report.CosimPassed));
    }

    [Fact]
    public void An_evaluation_gives_what_the_tools_behind_it_made()
    {
        DesignReport report = ReportReader.Read("""
            <?xml version="1.0"?>
            <application
            	benchmark="net"
            	version="Version: PandA 2026.06"
            	args="bambu --top-fname=net --evaluation net.cpp">
            	<timing><simulation return_value="0"><run>35</run></simulation></timing>
            	<resources REGISTERS="808" SLACK="-0.072" FREQUENCY="99.285" LUTS="798" SLICES="292" DSPS="27" DELAY="10.072" BRAMS="0" />
            	<evaluation AREA="10248" CYCLES="35" BRAMS="0" />
            </application>
            """, "bambu_results_0.xml");
        Assert.Equal((SynthesisStage.Logic, "2026.06", "net", true),
            (report.Stage, report.ToolVersion, report.Top, report.CosimPassed));
        Assert.Equal((new Cycles(35, 35, 35), 10.072, new ResourceFigures(798, 808, 27, 0)),
            (report.Latency, report.Clock.EstimatedNs, report.Used));
        DesignReport log = ReportReader.Read(Log, "synthesis.log");
        SynthesisResult result = SynthesisResult.Of([log, report], []);
        Assert.Equal((798, 35, 35, SynthesisStage.Logic),
            (result.Used.Lut, result.Latency.Worst, result.CosimLatency.Worst, result.UsedFrom));
    }

    [Theory]
    [InlineData("<bambu_results><HLS_execution_time value=\"1.2\"/></bambu_results>", "looked for CYCLES")]
    [InlineData("<bambu_results><CYCLES value=\"6", "no whole XML document")]
    public void Results_that_are_not_whole_are_errors(string xml, string text)
    {
        ModelException e = Assert.Throws<ModelException>(() => ReportReader.Read(xml, "bambu_results_0.xml"));
        Assert.Equal(Descriptors.ReportUnreadable, e.Descriptor);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error -> Function net not found", "HLS5103", "Function net not found")]
    [InlineData("../firmware/net.cpp:12:3: error: no member named 'x'", "HLS5103",
        "../firmware/net.cpp:12:3: error: no member named 'x'")]
    [InlineData("../firmware/net.cpp:12:3: warning: unused variable 'x' [-Wunused-variable]", "HLS5104",
        "../firmware/net.cpp:12:3: warning: unused variable 'x' [-Wunused-variable]")]
    [InlineData("    Minimum slack: 0.1", null, "    Minimum slack: 0.1")]
    public void Its_lines_are_understood(string line, string? code, string text)
    {
        ToolLine understood = Tool.Understand(line);
        Assert.Equal((code, text), (understood.Descriptor?.Code, understood.Text));
    }

    private BambuTool Find(SynthesisOptions options, Func<string, string?> environment) =>
        BambuToolFinder.Find(options, environment, _folder.Path);

    // A stand-in that knows its version.
    private string Install(string path, string says = "Politecnico di Milano\n  Version: PandA 2024.10 - Revision abc")
    {
        string program = _folder.Write(path,
            System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\ncat <<END\n{says}\nEND\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }
}
