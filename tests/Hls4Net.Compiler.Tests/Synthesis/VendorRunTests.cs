using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Targets.Vitis;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tools;

namespace Hls4Net.Tests.Synthesis;

/// <summary>The run of a vendor's tool, whatever runs programs: here nothing is started.</summary>
public sealed class VendorRunTests : ISynthesisLog, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _said = [], _reported = [];
    private readonly CompiledModel _model;

    public VendorRunTests() => _model =
        ModelHarness.Compile(new ModelBuilder().Input("x", 1, 4).Node("Relu", ["x"], "y").Output("y")
            .Save(_folder, "net"));

    public void Dispose() => _folder.Dispose();

    void ISynthesisLog.Say(string line) => _said.Add(line);

    void ISynthesisLog.Note(string line) => _said.Add(line);

    void ISynthesisLog.Report(DiagnosticDescriptor descriptor, string text) =>
        _reported.Add($"{descriptor.Code} {text}");

    [Fact]
    public void Calls_go_through_the_runner_and_its_lines_are_kept_and_reported()
    {
        LayerFunction layer = Assert.Single(_model.Functions);
        Recorder tools = new(call =>
        {
            call.Line!("INFO: [HLS 200-10] Analyzing design file");
            for (int i = 0; i < 12; i++)
                call.Line($"WARNING: [SYN 201-107] Renaming port in function '{layer.Function}'");
            call.Line("the end");
            return new ToolRun(3, "");
        });
        Assert.Null(Run(tools));
        ToolCall made = Assert.Single(tools.Calls);
        Assert.Equal((_folder.Path, "/x/vitis_hls", "-f synthesize.tcl"),
            (made.Folder, made.Program, string.Join(' ', made.Arguments)));
        Assert.Equal(TimeSpan.FromMinutes(7), made.Patience);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "synthesize.tcl")));
        Assert.Equal(14, File.ReadAllLines(Path.Combine(_folder.Path, SynthesisRun.LogFile)).Length);

        Assert.Equal(10,
            _reported.Count(r => r.StartsWith($"HLS5104 net: layer {layer.Layer}", StringComparison.Ordinal)));
        Assert.StartsWith("HLS5105 net: /x/vitis_hls ended with exit code 3", _reported[^1], StringComparison.Ordinal);
        Assert.Contains("the end; see", _reported[^1], StringComparison.Ordinal);
        Assert.Equal(11, _reported.Count);
        Assert.Contains(_said, s => s.StartsWith("net: 2 more messages of kind SYN 201-107", StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_that_cannot_be_started_and_one_that_takes_too_long_are_errors()
    {
        Assert.Null(Run(new Recorder(_ => null)));
        Assert.StartsWith("HLS5105 net: /x/vitis_hls cannot be started; see", Assert.Single(_reported),
            StringComparison.Ordinal);
        _reported.Clear();
        Assert.Null(Run(new Recorder(_ => throw new TimeoutException())));
        Assert.StartsWith("HLS5108 net: synthesis was stopped after 7 minutes", Assert.Single(_reported),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_tool_fails_the_run_whatever_its_exit_code_and_a_cancelled_run_reports_nothing()
    {
        Assert.Null(Run(new Recorder(call =>
        {
            call.Line!("ERROR: [HLS 200-70] Compilation errors found");
            return new ToolRun(0, "");
        })));
        Assert.Equal("HLS5103 net: [HLS 200-70] Compilation errors found", Assert.Single(_reported));
        _reported.Clear();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Run(new Recorder(_ => throw new OperationCanceledException())));
        Assert.Empty(_reported);
    }

    [Fact]
    public void What_is_kept_is_made_once_for_a_content()
    {
        int made = 0;
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "kept")).FullName;
        Assert.Equal(("1", false), KeptFile.Of(folder, "a", () => $"{++made}"));
        Assert.Equal(("1", true), KeptFile.Of(folder, "a", () => $"{++made}"));
        Assert.Equal(("2", false), KeptFile.Of(folder, "b", () => $"{++made}"));
        // What cannot be read is as good as none.
        foreach (string path in Directory.EnumerateFiles(folder))
            File.WriteAllText(path, "{");
        Assert.Equal(("3", false), KeptFile.Of(folder, "a", () => $"{++made}"));
    }

    private SynthesisResult? Run(IToolRunner tools)
    {
        SynthesisJob job = new(_model.Compilation, _model.Functions, () => "", _ => [], () => _model.Verilog)
        {
            Options = new SynthesisOptions { Timeout = TimeSpan.FromMinutes(7) },
            Folder = _folder.Path,
            Kept = _folder.Path,
            Log = this,
            Cancellation = CancellationToken.None,
            Tools = tools,
        };
        return new VitisSynthesizer(new VitisTool(VitisProgram.VitisHls, "/x/vitis_hls", new VitisVersion(2022, 2, 0)))
            .Run(job);
    }

    private sealed class Recorder(Func<ToolCall, ToolRun?> run) : IToolRunner
    {
        public List<ToolCall> Calls { get; } = [];

        public ToolRun? Run(ToolCall call, CancellationToken cancellation = default)
        {
            Calls.Add(call);
            return run(call);
        }
    }
}
