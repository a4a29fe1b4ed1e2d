using System.Diagnostics;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Synthesis;
using Hls4Net.Tasks;
using Hls4Net.Tests;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Sdk.Tests;

/// <summary>The synthesis tasks in process, with a stand-in for AMD's tools.</summary>
public sealed class SynthesisTaskTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Two processes that live on until they are killed.
    private const string Hang = """
        echo $$ >> "$here/pids"
        sleep 300 & echo $! >> "$here/pids"
        wait
        """;

    private readonly TempFolder _folder = new("project");
    private readonly RecordingEngine _engine = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void A_synthesis_is_run_in_a_folder_of_its_own_and_its_reports_are_kept()
    {
        VitisStandIn tool = new(_folder.Path);
        Assert.True(Run(tool), Errors());
        Assert.Equal(["vitis_hls -f synthesize.tcl"], tool.Calls);
        Assert.Equal([Path.Combine(_folder.Path, "net", "vitis")], tool.Folders);

        SynthesisResult result = Result()!.Result;
        Assert.Equal((4L, 1L, 1460L, 333L, 0L),
            (result.Latency.Worst, result.Interval.Worst, result.Used.Lut, result.Used.Ff, result.Used.Dsp));
        Assert.Equal(["fc1", "relu1"], result.Modules.Where(m => m.Layer is not null).Select(m => m.Layer).Distinct());
        Assert.Equal(618, result.Modules.Single(m => m.Layer == "fc1").Used.Lut);
        Assert.Empty(_engine.Warnings);
    }

    [SkippableFact]
    public void The_log_is_streamed_and_messages_are_diagnostics_that_name_the_layer()
    {
        VitisStandIn tool = new(_folder.Path, body: $$"""
            echo "INFO: [HLS 200-10] Analyzing design file '../firmware/net.cpp' ..."
            echo "WARNING: [HLS 200-880] The II Violation in module 'fc1' (function 'fc1'): unable to enforce"
            echo "CRITICAL WARNING: [HLS 214-1] something else"
            for i in {1..15}; do echo "WARNING: [SYN 201-107] Renaming port name"; done
            {{VitisStandIn.LeaveReport}}
            """);
        Assert.True(Run(tool), Errors());
        string[] warnings = [.. _engine.Warnings.Select(w => $"{w.Code} {w.File} {w.Message}")];
        Assert.Contains(
            "HLS5104 net.onnx net: layer fc1: [HLS 200-880] The II Violation in module 'fc1' (function 'fc1'): unable "
            + "to enforce", warnings);
        Assert.Contains("HLS5104 net.onnx net: [HLS 214-1] something else", warnings);
        Assert.Equal(10, warnings.Count(w => w.Contains("201-107", StringComparison.Ordinal)));
        Assert.Contains(_engine.Messages,
            m => m.Contains("5 more messages of kind SYN 201-107", StringComparison.Ordinal));
        Assert.Contains(_engine.Messages, m => m.Contains("Analyzing design file", StringComparison.Ordinal));
        Assert.Equal(18, File.ReadAllLines(Path.Combine(_folder.Path, "net/vitis/synthesis.log")).Length);
    }

    [SkippableTheory]
    [InlineData("echo \"ERROR: [HLS 200-70] Synthesizability check failed in function 'fc1'\"; exit 1", "HLS5103",
        "layer fc1: [HLS 200-70]")]
    [InlineData("echo 'nothing that can be read'; exit 3", "HLS5105", "exit code 3: nothing that can be read")]
    [InlineData("echo \"ERROR: [Common 17-345] A valid license was not found for feature 'HLS'\" >&2; exit 1",
        "HLS5106", "XILINXD_LICENSE_FILE")]
    [InlineData("exit 0", "HLS5107", "looked for the report of C synthesis")]
    [InlineData(
        "mkdir -p p/solution1/syn/report; head -c 4000 \"$here/csynth.xml\" > p/solution1/syn/report/csynth.xml",
        "HLS5107", "no whole XML document")]
    [InlineData("mkdir -p p/solution1/syn/report; cp \"$here/csynth.xml\" p/solution1/syn/report/csynth.xml", "HLS5107",
        "the report is of 'DESIGN'; looked for the one of 'net'")]
    public void A_run_that_fails_leaves_no_result_and_says_why(string body, string code, string text)
    {
        VitisStandIn tool = new(_folder.Path);
        Assert.True(Run(tool), Errors());
        Assert.NotNull(Result());

        // Not even where an earlier run left reports.
        tool.Behave(body);
        Assert.False(Run(tool));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Null(Result());
    }

    [SkippableFact]
    public void A_run_that_takes_too_long_is_stopped_with_its_whole_process_tree()
    {
        VitisStandIn tool = new(_folder.Path, body: Hang);
        Assert.False(Run(tool, [("SynthesisTimeout", "0.01")]));
        Assert.Equal(["HLS5108"], _engine.Errors.Select(e => e.Code));
        AssertGone(tool);
        Assert.Null(Result());
    }

    [SkippableFact]
    public async System.Threading.Tasks.Task A_cancelled_run_is_gone_with_its_whole_process_tree()
    {
        VitisStandIn tool = new(_folder.Path, body: Hang);
        RunSynthesis task = NewRun(tool);
        Task<bool> run = System.Threading.Tasks.Task.Run(task.Execute);
        Assert.True(Wait(() => tool.Processes.Length == 2), "the stand-in was not started");
        task.Cancel();
        Assert.False(await run.WaitAsync(s_patience));
        AssertGone(tool);
        Assert.Null(Result());
        Assert.DoesNotContain(_engine.Errors, e => e.Code == "HLS5105");
    }

    [SkippableFact]
    public void Models_are_synthesized_side_by_side_and_one_failing_does_not_stop_the_other()
    {
        // Each waits for the other to have started.
        VitisStandIn tool = new(_folder.Path, body: $$"""
            for i in {1..300}; do [ "$(wc -l < "$here/calls")" -ge 2 ] && break; sleep 0.1; done
            [ "$(wc -l < "$here/calls")" -ge 2 ] || exit 9
            grep -q "set_top a" synthesize.tcl && exit 5
            {{VitisStandIn.LeaveReport}}
            """);
        RunSynthesis task = NewRun(tool, models: ["a", "b"]);
        task.MaxParallel = "2";
        Assert.False(task.Execute());
        Assert.Contains("exit code 5", Assert.Single(_engine.Errors).Message, StringComparison.Ordinal);
        Assert.Null(Result("a"));
        Assert.NotNull(Result("b"));
    }

    [SkippableFact]
    public void Cosimulation_brings_vectors_along_and_counts_what_differs()
    {
        string cosim = File.ReadAllText(SharedData.Require("hls-reports", "vitis-2025.2_conv2d", "conv2d_cosim.rpt"));
        VitisStandIn tool = new(_folder.Path, body: $$"""
            {{VitisStandIn.LeaveReport}}
            n=$(wc -l < tb_data/input.dat)
            [ "$n" = "$(wc -l < tb_data/expected.dat)" ] && grep -q '^cosim_design$' synthesize.tcl && grep -q '^add_files -tb tb_data$' synthesize.tcl || exit 4
            mkdir -p net_prj/solution1/sim/report; cp "$here/cosim.rpt" net_prj/solution1/sim/report/net_cosim.rpt
            echo "$n samples, 0 mismatches"
            """);
        tool.Write("cosim.rpt", cosim);
        Assert.True(Run(tool, [("Cosim", "true"), ("CosimSamples", "7")]), Errors());
        SynthesisResult result = Result()!.Result;
        Assert.Equal((7, 0, true, 1143897L),
            (result.CosimSamples, result.CosimMismatches, result.CosimPassed, result.CosimLatency.Worst));

        tool.Write("cosim.rpt", cosim.Replace("Pass", "Fail", StringComparison.Ordinal));
        Assert.False(Run(tool, [("Cosim", "true")]));
        Assert.Equal("HLS5109", Assert.Single(_engine.Errors).Code);
        Assert.Null(Result());
    }

    [SkippableFact]
    public void The_unified_tools_are_called_step_by_step()
    {
        string impl = File.ReadAllText(SharedData.Require("hls-reports", "vitis-2023.1_versal_unified_export",
            "export_impl.xml"));
        const string Synthesize = """
            mkdir -p hls_component/hls/syn/report
            sed "s/DESIGN/net/g" "$here/csynth.xml" > hls_component/hls/syn/report/csynth.xml
            """;
        VitisStandIn tool = new(_folder.Path, "v++", "2024.2", Synthesize);
        tool.Behave("""
            [[ $* == *--impl* ]] && mkdir -p hls_component/hls/impl/report/verilog && cp "$here/export_impl.xml" hls_component/hls/impl/report/verilog/
            exit 0
            """, "vitis-run");
        tool.Write("export_impl.xml", impl);
        Assert.True(Run(tool, [("VitisScript", "Config"), ("ExportIp", "true"), ("Implementation", "true")]), Errors());
        const string Rest = "--config hls_config.cfg --work_dir hls_component";
        Assert.Equal([$"v++ -c --mode hls {Rest}", $"vitis-run --mode hls --package {Rest}",
            $"vitis-run --mode hls --impl {Rest}"], tool.Calls);
        SynthesisResult result = Result()!.Result;
        Assert.Equal((SynthesisStage.Implementation, 2264L, 4.064, 4L),
            (result.UsedFrom, result.Used.Lut, result.Clock.EstimatedNs, result.Latency.Worst));
    }

    [SkippableTheory]
    [InlineData("vitis_hls", "2022.2", "2023.1", null, "is version 2022.2, HlsVitisVersion asks for 2023.1")]
    [InlineData("vivado_hls", "2017.4", null, null, "is version 2017.4; Vivado HLS is supported from 2018.3 on")]
    [InlineData("vitis_hls", "2020.1", null, null, "Vitis HLS from 2020.2 on")]
    [InlineData("vitis_hls", "current", null, "echo hello", "'-version' does not say it")]
    [InlineData("vitis_hls", "2022.2", null, "Tcl;Config", "v++")]
    public void A_tool_of_another_version_is_refused(string program, string version, string? asked, string? says,
        string text)
    {
        (string Name, string Value)[] properties = [.. asked is null ? [] : new[] { ("VitisVersion", asked) },
            .. says == "Tcl;Config" ? new[] { ("VitisScript", "Config") } : []];
        VitisStandIn tool = new(_folder.Path, program, version, says ?? "exit 0");
        Assert.False(Run(tool, properties));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(says == "Tcl;Config" ? "HLS5101" : "HLS5102", error.Code);
        Assert.Contains(text.Replace("'-version'", $"'{Path.Combine(tool.Folder, "bin", program)} -version'",
            StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_tool_whose_path_does_not_say_its_version_is_asked()
    {
        VitisStandIn tool = new(_folder.Path, version: "current",
            body: $"[ \"$1\" = -version ] && {{ echo 'Vitis HLS - High-Level Synthesis v2021.1 (64-bit)'; exit 0; "
                + $"}}\n{VitisStandIn.LeaveReport}");
        Assert.True(Run(tool), Errors());
        Assert.Contains("Vitis HLS 2021.1", File.ReadAllText(Path.Combine(_folder.Path, "net/vitis/synthesize.tcl")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_are_not_understood_are_errors()
    {
        Assert.False(NewRun(null, [("Synthesizer", "Quartus"), ("Cosim", "yes"), ("SynthesisTimeout", "never"),
            ("VitisScript", "make")]).Execute());
        Assert.Equal(["HLS2003", "HLS2003", "HLS2003", "HLS2003"], _engine.Errors.Select(e => e.Code));
    }

    [Fact]
    public void Bambu_is_called_and_what_it_prints_is_the_result()
    {
        BambuStandIn tool = new(_folder.Path);
        Assert.True(NewRun(null, tool.Settings(), project: BambuStandIn.Project).Execute(), Errors());
        Assert.Equal(
            ["../firmware/net.cpp --top-fname=net --compiler=I386_CLANG16 --device-name=xc7z020-1clg484-VVD "
                + "--clock-period=5 --generate-interface=INFER -O3"], tool.Calls);
        SynthesisResult result = Result()!.Result;
        Assert.Equal(("PandA Bambu", "2024.10", "xc7z020-1clg484-VVD"), (result.Tool, result.ToolVersion, result.Part));
        Assert.Equal((null, 268L, 3L, 1640.0), (result.Used.Lut, result.Used.Ff, result.Used.Dsp, result.Used.Area));
        Assert.Equal((5.0, 4.695), (result.Clock.TargetNs, Math.Round(result.Clock.EstimatedNs!.Value, 3)));
        Assert.Equal((Cycles.Unknown, null), (result.Latency, result.CosimPassed));
        Assert.Contains(_engine.Warnings, w => w.Code == "HLS5104"
            && w.Message!.Contains("unused variable", StringComparison.Ordinal));
    }

    [Fact]
    public void Bambu_simulates_with_the_vectors_in_the_test_bench()
    {
        BambuStandIn tool = new(_folder.Path);
        Assert.True(NewRun(null, tool.Settings(("Cosim", "true"), ("CosimSamples", "7")), project: BambuStandIn.Project)
            .Execute(), Errors());
        Assert.Contains("--simulate --simulator=VERILATOR --generate-tb=bench.cpp", Assert.Single(tool.Calls),
            StringComparison.Ordinal);
        SynthesisResult result = Result()!.Result;
        Assert.Equal((68L, 7, 0, true),
            (result.Latency.Average, result.CosimSamples, result.CosimMismatches, result.CosimPassed));
        Assert.Null(result.Latency.Worst);
    }

    [Theory]
    [InlineData("echo 'error -> no device' >&2; exit 1", "HLS5103", "no device")]
    [InlineData("echo nothing; exit 3", "HLS5105", "exit code 3: nothing")]
    [InlineData("exit 0", "HLS5107", "the report is empty")]
    [InlineData("sed 's/TOP/other/' \"$here/log\"", "HLS5107", "looked for 'net'")]
    public void A_run_of_Bambu_that_fails_leaves_no_result_and_says_why(string body, string code, string text)
    {
        BambuStandIn tool = new(_folder.Path);
        Assert.True(NewRun(null, tool.Settings(), project: BambuStandIn.Project).Execute(), Errors());
        Assert.NotNull(Result());
        tool.Behave(body);
        Assert.False(NewRun(null, tool.Settings(), project: BambuStandIn.Project).Execute());
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Null(Result());
    }

    [Fact]
    public void Firmware_for_another_tool_or_part_is_not_given_to_Bambu()
    {
        BambuStandIn tool = new(_folder.Path);
        Assert.False(NewRun(null, tool.Settings()).Execute());
        Assert.Equal("HLS5111", Assert.Single(_engine.Errors).Code);
        _engine.Errors.Clear();
        Assert.False(NewRun(null, tool.Settings(),
            project: new TaskItem("project", new Dictionary<string, string> { ["Backend"] = "Bambu" })).Execute());
        Assert.Equal("HLS5112", Assert.Single(_engine.Errors).Code);
        Assert.Empty(tool.Calls);
    }

    [SkippableFact]
    public void A_filter_that_matches_nothing_is_an_error()
    {
        VitisStandIn tool = new(_folder.Path);
        PlanSynthesis plan = new()
        {
            BuildEngine = _engine,
            ProjectDirectory = _folder.Path,
            ProjectFile = "x.csproj",
            Models = [Model("net")],
            Project = new TaskItem("project"),
            Synthesis = Settings(tool, []),
            Filter = "n*;other",
        };
        Assert.False(plan.Execute());
        Assert.Contains("'other' matches no model of the project; its models are net",
            Assert.Single(_engine.Errors).Message, StringComparison.Ordinal);
    }

    private bool Run(VitisStandIn? tool, (string Name, string Value)[]? properties = null) => NewRun(tool, properties)
        .Execute();

    private RunSynthesis NewRun(VitisStandIn? tool, (string Name, string Value)[]? properties = null,
        string[]? models = null, TaskItem? project = null)
    {
        project ??= new TaskItem("project");
        ITaskItem[] items = [.. (models ?? ["net"]).Select(Model)];
        foreach (ITaskItem item in items)
        {
            string path = Path.Combine(_folder.Path, item.ItemSpec);
            if (!File.Exists(path))
                File.WriteAllBytes(path, OnnxBytes.Dense());
        }
        Assert.True(
            new GenerateHls
            {
                BuildEngine = _engine,
                ProjectDirectory = _folder.Path,
                Models = items,
                Project = project
            }.Execute(), Errors());
        // That the input's range is assumed is not the point here.
        _engine.Warnings.Clear();
        return new RunSynthesis
        {
            BuildEngine = _engine,
            ProjectDirectory = _folder.Path,
            ProjectFile = "x.csproj",
            Models = items,
            Project = project,
            Synthesis = Settings(tool, properties ?? []),
        };
    }

    private static TaskItem Settings(VitisStandIn? tool, (string Name, string Value)[] properties)
    {
        TaskItem item = new("settings");
        item.SetMetadata("VitisPath", tool?.Folder ?? "");
        foreach ((string name, string value) in properties)
            item.SetMetadata(name, value);
        return item;
    }

    private static ITaskItem Model(string name) => new TaskItem(name + ".onnx", new Dictionary<string, string>
    {
        ["ModelName"] = name,
        ["HlsFolder"] = name + "/",
        ["HlsLibrary"] = $"{name}/lib{name}.so",
        ["HlsClass"] = $"{name}/{name}.g.cs",
        ["HlsOutputList"] = name + "/generated.txt",
        ["HlsInputList"] = name + "/inputs.txt",
        ["HlsGenerated"] = $"{name}/{name}.generated",
        ["HlsVerified"] = $"{name}/{name}.verified",
    });

    private SynthesisRecord? Result(string model = "net") =>
        SynthesisRecord.Read(Path.Combine(_folder.Path, model, "synthesis.json"));

    private string Errors() => string.Join('\n', _engine.Errors.Select(e => $"{e.Code} {e.Message}"));

    private static void AssertGone(VitisStandIn tool)
    {
        Assert.Equal(2, tool.Processes.Length);
        Assert.True(Wait(() => tool.Processes.All(IsGone)), "a process lives on");
    }

    // A killed process whose parent has not asked for it yet is a zombie.
    private static bool IsGone(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool Wait(Func<bool> condition)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < s_patience; Thread.Sleep(50))
        {
            if (condition())
                return true;
        }
        return false;
    }
}
