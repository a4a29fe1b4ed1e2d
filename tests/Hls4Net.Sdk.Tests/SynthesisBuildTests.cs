using System.Diagnostics;
using System.Text;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>The target Synthesize in real builds, with a stand-in for AMD's tools.</summary>
public sealed class SynthesisBuildTests : IDisposable
{
    private const string TwoModels = """
        <HlsModel Include="models/first.onnx" TestInputs="data/x.npy" />
        <HlsModel Include="models/second.onnx" TestInputs="data/x.npy" />
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Consumer _consumer = new(TwoModels, "<HlsCSimulation>false</HlsCSimulation>");

    public SynthesisBuildTests()
    {
        _consumer.Write("models/first.onnx", OnnxBytes.Dense());
        _consumer.Write("models/second.onnx", OnnxBytes.Dense(seed: 2));
        _consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [SkippableFact]
    public void Contents_decide_what_is_synthesized_again()
    {
        VitisStandIn tool = new(_consumer.RootFolder);
        BuildResult first = Synthesize(tool);
        Assert.True(first.Succeeded, first.Output);
        Assert.Equal(["models/first.onnx", "models/second.onnx"], first.Models("RunSynthesis"));
        Assert.Equal(2, tool.Calls.Length);
        Assert.Contains("\"lut\": 1460", File.ReadAllText(_consumer.Hls("first", "report.json")),
            StringComparison.Ordinal);
        Assert.Matches(@"Vitis HLS 2024\.1 +4 +1 +1,460 +333", first.Output);

        Assert.True(IsUpToDate(tool));
        BuildResult second = Synthesize(tool);
        Assert.Empty(second.Steps);

        // Every file is touched: the firmware is generated and verified again, and nothing is synthesized.
        foreach (string path in Directory.EnumerateFiles(_consumer.Folder, "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        Assert.False(Synthesize(tool).Ran("RunSynthesis"));
        Assert.True(IsUpToDate(tool));
        Assert.Equal(2, tool.Calls.Length);

        // The report of a build keeps a synthesis of the same firmware.
        _consumer.Touch("models/first.onnx");
        Assert.Equal(["GenerateHls", "VerifyHls"], _consumer.StepsOk().Steps);
        Assert.Contains("\"lut\": 1460", File.ReadAllText(_consumer.Hls("first", "report.json")),
            StringComparison.Ordinal);

        _consumer.Write("models/first.onnx", OnnxBytes.Dense(seed: 3));
        Assert.False(IsUpToDate(tool));
        Assert.Equal(["models/first.onnx"], Synthesize(tool).Models("RunSynthesis"));
        Assert.Equal(["models/first.onnx", "models/second.onnx"],
            Synthesize(tool, "-p:HlsClockPeriod=4").Models("RunSynthesis"));
        Assert.Equal(["models/first.onnx", "models/second.onnx"],
            Synthesize(tool, "-p:HlsClockPeriod=4", "-p:HlsExportIp=true").Models("RunSynthesis"));
        VitisStandIn later = new(_consumer.RootFolder, version: "2023.1");
        Assert.Equal(["models/first.onnx", "models/second.onnx"],
            Synthesize(later, "-p:HlsClockPeriod=4", "-p:HlsExportIp=true").Models("RunSynthesis"));
        Assert.Equal(7, tool.Calls.Length);

        // Another firmware is not the one that was synthesized.
        _consumer.StepsOk("-p:HlsClockPeriod=6");
        Assert.DoesNotContain("\"lut\": 1460", File.ReadAllText(_consumer.Hls("first", "report.json")),
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_filter_synthesizes_some_and_a_broken_budget_fails_each_time_without_another_run()
    {
        _consumer.WriteProject(TwoModels.Replace("first.onnx\"", "first.onnx\" MaxLut=\"1000\" MaxLatencyCycles=\"4\"",
            StringComparison.Ordinal), "<HlsCSimulation>false</HlsCSimulation>");
        VitisStandIn tool = new(_consumer.RootFolder);
        for (int i = 0; i < 2; i++)
        {
            BuildResult broken = Synthesize(tool, "-p:HlsModelFilter=fir*");
            Assert.False(broken.Succeeded);
            Assert.Equal(["HLS5002"], broken.Errors);
            Assert.Matches(
                @"first: the use of 1460 LUTs( \([\d.]+ % of the part\))? exceeds MaxLut = 1000; most of it is in fc1 \(618\), relu1 \(96\), as Vitis HLS 2024.1 reports it; narrower types help",
                broken.Output);
            Assert.Equal(["vitis_hls -f synthesize.tcl"], tool.Calls);
            Assert.False(IsUpToDate(tool, "-p:HlsModelFilter=fir*"));
        }
        Assert.False(File.Exists(_consumer.Hls("second", "synthesis.json")));

        _consumer.WriteProject(TwoModels.Replace("first.onnx\"", "first.onnx\" MaxLut=\"2000\"",
            StringComparison.Ordinal), "<HlsCSimulation>false</HlsCSimulation>");
        BuildResult mended = Synthesize(tool, "-p:HlsModelFilter=fir*");
        Assert.True(mended.Succeeded, mended.Output);
        Assert.Equal(["GenerateHls", "VerifyHls", "ReportSynthesis"], mended.Steps);
        Assert.Single(tool.Calls);
    }

    [SkippableTheory]
    [InlineData("KILL")]
    [InlineData("INT")]
    public void A_synthesis_that_is_killed_is_not_taken_for_finished(string signal)
    {
        // Killed when it has written all of its report.
        VitisStandIn tool = new(_consumer.RootFolder, body: $$"""
            {{VitisStandIn.LeaveReport}}
            echo $$ >> "$here/pids"
            sleep 300 & echo $! >> "$here/pids"
            wait
            """);
        StringBuilder output = new();
        using (Process build = _consumer.StartBuild(output, "-t:Synthesize", $"-p:HlsVitisPath={tool.Folder}",
            "-p:HlsModelFilter=first"))
        {
            Assert.True(Wait(() => build.HasExited || tool.Processes.Length == 2), output.ToString());
            Signal(signal, build.Id);
            Assert.True(build.WaitForExit(s_patience), output.ToString());
            Assert.NotEqual(0, build.ExitCode);
        }
        if (signal == "INT")
            Assert.True(Wait(() => tool.Processes.All(p => !Directory.Exists($"/proc/{p}"))), "the tool lives on");
        else
            Array.ForEach(tool.Processes, p => Signal("KILL", p));
        Assert.False(File.Exists(_consumer.Hls("first", "synthesis.json")));

        tool.Behave(VitisStandIn.LeaveReport);
        BuildResult again = Synthesize(tool, "-p:HlsModelFilter=first");
        Assert.True(again.Succeeded, again.Output);
        Assert.Equal(["models/first.onnx"], again.Models("RunSynthesis"));
    }

    [Fact]
    public void Without_a_tool_one_error_says_what_was_looked_for_and_where()
    {
        BuildResult result = _consumer.Run("msbuild", "-t:Synthesize", "-p:HlsVitisPath=/no/such/folder");
        Assert.False(result.Succeeded);
        Assert.Equal(["HLS5101"], result.Errors);
        Assert.Contains("Looked for vitis-run, vitis_hls, vivado_hls, v++ in HlsVitisPath (/no/such/folder)",
            result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void With_Bambu_the_firmware_is_written_for_it_and_a_change_of_its_options_counts()
    {
        BambuStandIn tool = new(_consumer.RootFolder);
        string[] arguments = ["-t:Synthesize", .. tool.Settings().Select(s => $"-p:Hls{s.Name}={s.Value}"),
            "-p:HlsPart=xc7z020clg484-1", "-p:HlsModelFilter=first"];
        BuildResult result = _consumer.Run(["build", "--no-restore", .. arguments]);
        Assert.True(result.Succeeded, result.Output);
        Assert.Contains("#pragma HLS interface port=x mode=array elem_count=3",
            File.ReadAllText(_consumer.Hls("first", "firmware/first.cpp")), StringComparison.Ordinal);
        Assert.Contains("PandA Bambu 2024.10", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"ff\": 268", File.ReadAllText(_consumer.Hls("first", "report.json")),
            StringComparison.Ordinal);
        Assert.True(_consumer.IsUpToDate(arguments));
        Assert.False(_consumer.IsUpToDate([.. arguments, "-p:HlsBambuOptions=-O2"]));
    }

    private BuildResult Synthesize(VitisStandIn tool, params string[] arguments) =>
        _consumer.Run(["build", "--no-restore", "-t:Synthesize", $"-p:HlsVitisPath={tool.Folder}", .. arguments]);

    private bool IsUpToDate(VitisStandIn tool, params string[] arguments) =>
        _consumer.IsUpToDate(["-t:Synthesize", $"-p:HlsVitisPath={tool.Folder}", .. arguments]);

    private static void Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill",
            [$"-{signal}", process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
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
