using System.Diagnostics;
using Hls4Net.Configuration;
using Hls4Net.Synthesis;
using Hls4Net.Targets.Vitis;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Text;

namespace Hls4Net.Tests.Synthesis;

/// <summary>
/// What AMD's tools are told: Tcl as tclsh runs it, with the vendor's commands recorded, and configuration files.
/// </summary>
public sealed class VitisScriptTests
{
    // Records every call of a vendor's command as a list; anything else that is no Tcl command ends the script with an
    // error.
    private const string Recorder = """
        foreach command {open_project set_top add_files open_solution set_part create_clock set_clock_uncertainty csim_design csynth_design cosim_design export_design} {
            proc $command args "puts \[join \[list $command {*}\$args\] |\]"
        }
        rename exit real_exit
        proc exit {{code 0}} { puts exit; real_exit $code }
        source [lindex $argv 0]
        """;

    private static ModelOptions Model => ModelHarness.Options("/m/net.onnx",
        "net") with
    { Part = "xcu250-figd2104-2L-e", ClockPeriod = 3.125, ClockUncertainty = "12.5%" };

    [SkippableFact]
    public void A_synthesis_is_valid_tcl_and_passes_every_option() => Assert.Equal(
        [
            "open_project|-reset|net_prj", "set_top|net", "add_files|../firmware/net.cpp|-cflags|-std=c++14",
                "open_solution|-reset|solution1",
            "set_part|xcu250-figd2104-2L-e", "create_clock|-period|3.125|-name|default",
                "set_clock_uncertainty|12.5%|default", "csynth_design", "exit",
        ],
        RunTcl(new SynthesisOptions(),
            new VitisTool(VitisProgram.VitisHls, "/x/vitis_hls", new VitisVersion(2022, 2, 0))));

    [SkippableFact]
    public void Every_step_is_valid_tcl_for_vivado_hls() => Assert.Equal(
        [
            "open_project|-reset|net_prj", "set_top|net", "add_files|../firmware/net.cpp|-cflags|-std=c++0x",
                "add_files|-tb|../firmware/net_test.cpp|-cflags|-std=c++0x",
            "add_files|-tb|tb_data", "open_solution|-reset|solution1", "set_part|xcu250-figd2104-2L-e",
                "create_clock|-period|3.125|-name|default",
            "set_clock_uncertainty|12.5%|default", "csynth_design", "cosim_design",
                "export_design|-format|ip_catalog|-flow|impl", "exit",
        ],
        RunTcl(new SynthesisOptions { Cosim = true, ExportIp = true, Implementation = true },
            new VitisTool(VitisProgram.VivadoHls, "/x/vivado_hls", new VitisVersion(2019, 1, 0))));

    [SkippableFact]
    public void The_firmwares_own_script_is_valid_tcl()
    {
        CompiledModel model = ModelHarness.Compile(
            ModelHarness.Options(Path.Combine(Docs.Pages.Root, "samples/TriggerModel/models/muon_pt.onnx"), "muon_pt"));
        string script = model.EmitFirmware().Single(f => f.Path == "build_prj.tcl").Text;
        Assert.Contains("csynth_design", RunTcl(script));
        Assert.DoesNotContain("cosim_design", RunTcl(script));
        Assert.Contains("cosim_design", RunTcl(script, ("HLS_COSIM", "1")));
    }

    [Theory]
    [InlineData(VitisProgram.VivadoHls, "-f synthesize.tcl")]
    [InlineData(VitisProgram.VitisHls, "-f synthesize.tcl")]
    [InlineData(VitisProgram.VitisRun, "--mode hls --tcl synthesize.tcl")]
    public void A_script_is_one_call(VitisProgram program, string arguments)
    {
        ToolCommand command = Assert.Single(new VitisSynthesizer(new VitisTool(program, "/x/tool",
            new VitisVersion(2023, 1, 0))).Plan(Model, new SynthesisOptions { Cosim = true }).Commands);
        Assert.Equal(("/x/tool", arguments), (command.Executable, string.Join(' ', command.Arguments)));
    }

    [Fact]
    public void The_configuration_file_passes_every_option()
    {
        SynthesisRun run = new VitisSynthesizer(new VitisTool(VitisProgram.Vpp, "/x/v++", new VitisVersion(2024, 2, 0)))
            .Plan(Model, new SynthesisOptions { Cosim = true, Implementation = true });
        GeneratedFile config = Assert.Single(run.Files);
        Assert.Equal("hls_config.cfg", config.Path);
        Assert.Equal(
            """
            # net: synthesis with Vitis HLS 2024.2. Written for each run.
            part=xcu250-figd2104-2L-e

            [hls]
            flow_target=vivado
            clock=3.125ns
            clock_uncertainty=12.5%
            syn.top=net
            syn.file=../firmware/net.cpp
            syn.cflags=-std=c++14
            tb.file=../firmware/net_test.cpp
            tb.file=tb_data
            tb.cflags=-std=c++14
            package.output.format=ip_catalog
            package.output.syn=false
            vivado.flow=impl

            """,
            config.Text);
        Assert.Equal(["/x/v++", "/x/vitis-run", "/x/vitis-run"], run.Commands.Select(c => c.Executable));
        Assert.Equal(["--cosim", "--impl"], run.Commands.Skip(1).Select(c => c.Arguments[2]));
    }

    [SkippableFact]
    public void The_test_bench_finds_its_vectors_as_the_managed_simulator_gives_them()
    {
        string samples = Path.Combine(Docs.Pages.Root, "samples/TriggerModel");
        RunTestBench(ModelHarness.Options(Path.Combine(samples, "models/muon_pt.onnx"),
            "muon_pt") with
        { TestInputs = [Path.Combine(samples, "data/x.npy")] }, 200);
    }

    // Channels first at both ends, pixels inside; a second output that is no image.
    [SkippableFact]
    public void The_test_bench_of_streams_feeds_and_drains_them_in_the_order_of_the_model()
    {
        using TempFolder folder = new();
        Random random = new(7);
        double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        RunTestBench(
            new ModelBuilder().Input("x", 1, 2, 5, 4).Output("y", "z").Weights("w", [3, 2, 3, 3], Weights(54))
                .Weights("v", [24, 4], Weights(96))
                .Node("Conv", ["x", "w"], "y", ("pads", new long[] { 1, 1, 0, 0 }))
                .Node("MaxPool", ["y"], "p", ("kernel_shape", new long[] { 1, 2 })).Node("Flatten", ["p"], "f")
                    .Node("MatMul", ["f", "v"], "z")
                .Save(folder, "images") with
            { IOType = IOType.IoStream },
            20);
    }

    private static void RunTestBench(ModelOptions options, int samples)
    {
        using Gpp gpp = Gpp.Require();
        CompiledModel model = ModelHarness.Compile(options);
        foreach (GeneratedFile file in model.EmitFirmware())
            gpp.Write($"firmware/{file.Path}", file.Text);
        foreach (GeneratedFile file in model.EmitTestData(samples))
            gpp.Write(file.Path, file.Text);
        string name = options.ModelName, bench = gpp.Compile("bench", "-O1", "-Wno-unknown-pragmas",
            "-Wno-unused-label", $"firmware/{name}.cpp", $"firmware/{name}_test.cpp");
        Assert.Equal($"{samples} samples, 0 mismatches", Run(bench, [], Path.GetDirectoryName(bench)!).Trim());
    }

    private static string[] RunTcl(SynthesisOptions options, VitisTool tool) =>
        RunTcl(Assert.Single(new VitisSynthesizer(tool).Plan(Model, options).Files).Text);

    private static string[] RunTcl(string script, params (string Name, string Value)[] environment)
    {
        string? tclsh = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(f => Path.Combine(f, "tclsh")).FirstOrDefault(File.Exists);
        Skip.If(tclsh is null, "tclsh is not installed (package tcl): scripts are not run");
        using TempFolder folder = new();
        string recorder = folder.Write("recorder.tcl", System.Text.Encoding.UTF8.GetBytes(Recorder)),
            path = folder.Write("script.tcl", System.Text.Encoding.UTF8.GetBytes(script));
        return Run(tclsh!, [recorder, path], Path.GetDirectoryName(path)!, environment)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Run(string program, string[] arguments, string folder,
        params (string Name, string Value)[] environment)
    {
        ProcessStartInfo info = new(program,
            arguments)
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach ((string name, string value) in environment)
            info.Environment[name] = value;
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + error.Result);
        return output;
    }
}
