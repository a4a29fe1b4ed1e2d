using System.Text.Json;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>The target Synthesize in real builds with Yosys and Verilator, which are counted.</summary>
public sealed class OpenSynthesisTests(OtherPrograms others) : OpenFlowTest(others)
{
    [SkippableFact]
    public void Verilog_is_simulated_and_synthesized_and_nothing_of_it_again()
    {
        Install("yosys", "verilator");
        BuildResult first = Synthesize();
        Assert.True(first.Succeeded, first.Output);
        Assert.Empty(first.Errors);
        JsonElement s = Report();
        Assert.Equal(("Yosys", "UltraScale+", 300, 0, 1),
            (s.GetProperty("tool").GetString(), s.GetProperty("family").GetString(),
                s.GetProperty("cosimSamples").GetInt32(), s.GetProperty("cosimMismatches").GetInt32(),
                s.GetProperty("interval").GetInt32()));
        Assert.Equal("pass", s.GetProperty("cosim").GetString());
        Assert.Equal(s.GetProperty("latencyCycles").GetInt32(), s.GetProperty("cosimLatencyCycles").GetInt32());
        JsonElement[] modules = [.. s.GetProperty("modules").EnumerateArray()];
        foreach (string figure in new[] { "lut", "ff", "dsp", "bram18" })
            Assert.Equal(s.GetProperty(figure).GetInt64(), modules.Sum(m => m.GetProperty(figure).GetInt64()));
        Assert.InRange(s.GetProperty("lut").GetInt32(), 20, 2000);
        Assert.InRange(s.GetProperty("fmaxMhz").GetDouble(), 200, 2000);
        Assert.Equal("an estimate before placing", s.GetProperty("clockFrom").GetString());
        Assert.Contains("not placed", s.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Contains("not of the HLS C++", first.Output, StringComparison.Ordinal);
        Assert.Contains("layer by layer for UltraScale+, not of the HLS C++",
            File.ReadAllText(Project.Hls("net", "report.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(Project.Hls("net", "rtl", "net.v")));
        string[] calls = Calls;
        Assert.Single(calls, c => c.StartsWith("verilator ", StringComparison.Ordinal));
        // Small layers share a run.
        Assert.Equal(2, modules.Count(m => m.GetProperty("layer").ValueKind == JsonValueKind.String));
        Assert.Single(calls, c => c.StartsWith("yosys ", StringComparison.Ordinal));

        BuildResult second = Synthesize();
        Assert.True(second.Succeeded, second.Output);
        Assert.Empty(second.Steps);
        Assert.Equal(calls, Calls);

        // Fewer vectors of the same range are simulated; the layers are what they were.
        Project.Write("data/x.npy", NpyBytes.Random(299, 4));
        BuildResult other = Synthesize();
        Assert.True(other.Succeeded, other.Output);
        Assert.Equal(299, Report().GetProperty("cosimSamples").GetInt32());
        Assert.Equal(["verilator"], Calls[calls.Length..].Select(c => c.Split(' ')[0]));

        // Another budget is judged anew, without a tool.
        Project.WriteProject(Model + "MaxLut=\"1\" MaxInterval=\"1\" MaxDsp=\"0\" />", Properties);
        int before = Calls.Length;
        BuildResult broken = Synthesize();
        Assert.False(broken.Succeeded);
        Assert.Equal(["HLS5002"], broken.Errors);
        Assert.Matches(
            @"net: the use of \d+ LUTs( \([^)]*\))? exceeds MaxLut = 1; most of it is in fc1 \(\d+\).*, as Yosys \d+\.\d+ reports it",
            broken.Output);
        Assert.Equal(before, Calls.Length);
    }

    // The terminal logger keeps messages to itself: what is said to people gets through to it too, and a plain log has
    // nothing of how.
    [SkippableTheory]
    [InlineData("-tl:on")]
    [InlineData("-tl:off")]
    public void How_far_a_synthesis_is_shows_on_a_terminal_and_in_a_plain_log(string logger)
    {
        Install("yosys", "verilator");
        BuildResult result = Project.Run(["msbuild", "-t:Synthesize", "-restore", logger]);
        Assert.True(result.Succeeded, result.Output);
        string[] said =
        [
            @"net: synthesis with Yosys [0-9.]+ and Verilator [0-9.]+ for ",
            @"net: co-simulation with Verilator [0-9.]+ of \d layers with 300 samples",
            @"net: layer 1 of (?<n>\d) \(\w+\) done, \d+ s elapsed",
            @"of the device +(< 1|[0-9.]+) %",
            @"report: obj/Debug/net10.0/hls/net/report.html",
        ];
        Assert.All(said, line => Assert.Matches(line, result.Output));
        Assert.Equal(logger == "-tl:on", result.Output.Contains("--interactive", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("-p:HlsIOType=io_stream", 1)]
    [InlineData("-p:HlsReuseFactor=6", 6)]
    public void Streams_and_shared_multipliers_are_synthesized_too(string property, int interval)
    {
        Install("yosys", "verilator");
        BuildResult result = Synthesize(property);
        Assert.True(result.Succeeded, result.Output);
        JsonElement s = Report();
        Assert.Equal((300, 0, interval), (s.GetProperty("cosimSamples").GetInt32(),
            s.GetProperty("cosimMismatches").GetInt32(), s.GetProperty("interval").GetInt32()));
        Assert.InRange(s.GetProperty("latencyCycles").GetInt32(), interval, interval + 20);
        Assert.InRange(s.GetProperty("lut").GetInt32(), 20, 2000);
    }

    [SkippableFact]
    public void A_model_for_Rtl_is_written_by_the_build_and_simulated_alone_once()
    {
        Install("verilator");
        Project.WriteProject(Model + "Backend=\"Rtl\" />", Properties);
        BuildResult build = Project.Run(["build"]);
        Assert.True(build.Succeeded, build.Output);
        Assert.False(File.Exists(CallsFile));
        Assert.All(new[] { "net.v", "net_fc1.v", "constraints.xdc", "vivado.tcl" },
            f => Assert.True(File.Exists(Project.Hls("net", "rtl", f)), f));
        JsonElement report = JsonDocument.Parse(File.ReadAllText(Project.Hls("net", "report.json"))).RootElement;
        Assert.Equal("Rtl", report.GetProperty("backend").GetString());
        int latency = report.GetProperty("estimate").GetProperty("latencyCycles").GetInt32();

        BuildResult first = Cosimulate();
        Assert.True(first.Succeeded, first.Output);
        Assert.Matches(
            $@"net: co-simulation with Verilator \S+: 300 samples, every bit of \d+ layers, 0 mismatches, latency {latency}, interval 1\s",
            first.Output);
        Assert.Matches(@"net: co-simulation with Verilator \S+ of \d+ layers with 300 samples\s", first.Output);
        Assert.Equal(["verilator"], Calls.Select(c => c.Split(' ')[0]));
        BuildResult second = Cosimulate();
        Assert.True(second.Succeeded, second.Output);
        Assert.Empty(second.Steps);
        Assert.Contains("known from before", second.Output, StringComparison.Ordinal);
        Assert.Single(Calls);

        // A synthesis goes on from the simulation, and takes no vendor's tool for a model that is Verilog.
        Install("yosys");
        BuildResult synthesis = Synthesize();
        Assert.True(synthesis.Succeeded, synthesis.Output);
        Assert.Equal((300, 0),
            (Report().GetProperty("cosimSamples").GetInt32(), Report().GetProperty("cosimMismatches").GetInt32()));
        Assert.All(Calls[1..], c => Assert.StartsWith("yosys ", c, StringComparison.Ordinal));
        Assert.Equal(latency, Report().GetProperty("latencyCycles").GetInt32());
        Assert.Empty(Project.Run(["build"]).Steps);

        // Other vectors, other simulation; a model that is no longer for Rtl leaves no Verilog of the build's.
        Project.Write("data/x.npy", NpyBytes.Random(299, 4));
        Assert.Contains("299 samples", Cosimulate().Output, StringComparison.Ordinal);
        Project.WriteProject(Model + "/>", Properties);
        Assert.True(Project.Run(["build"]).Succeeded);
        Assert.False(File.Exists(Project.Hls("net", "rtl", "net.v")));
        Assert.True(Directory.Exists(Project.Hls("net", "rtl", "cosim")));

        BuildResult Cosimulate() => Project.Run(["build", "--no-restore", "-t:CosimHls"]);
    }

    [SkippableFact]
    public void Icarus_simulates_a_bounded_number_where_there_is_no_Verilator()
    {
        Install("yosys", "iverilog", "vvp");
        BuildResult result = Synthesize();
        Assert.True(result.Succeeded, result.Output);
        Assert.Equal((200, 0),
            (Report().GetProperty("cosimSamples").GetInt32(), Report().GetProperty("cosimMismatches").GetInt32()));
        Assert.Matches(@"Icarus \S+ simulates the first 200 test vectors", Report().GetProperty("note").GetString());
    }

    [SkippableFact]
    public void A_change_of_weights_synthesizes_small_layers_in_one_run()
    {
        Install("yosys", "verilator");
        Project.WriteProject(Model + "Precision=\"fixed(10,4,RND,SAT)\" />", Properties);
        Project.Write("models/net.onnx", OnnxBytes.TwoLayers(4, 5, 3, lastSeed: 2));
        BuildResult first = Synthesize();
        Assert.True(first.Succeeded, first.Output);
        Assert.Contains(": 3 of 3 modules, 0 known from before", first.Output, StringComparison.Ordinal);
        string[] calls = Calls;
        Project.Write("models/net.onnx", OnnxBytes.TwoLayers(4, 5, 3, lastSeed: 3));
        BuildResult second = Synthesize();
        Assert.True(second.Succeeded, second.Output);
        Assert.Equal(["models/net.onnx"], second.Models("RunSynthesis"));
        Assert.Contains(": 3 of 3 modules, 0 known from before", second.Output, StringComparison.Ordinal);
        Assert.Equal(["verilator", "yosys"], Calls[calls.Length..].Select(c => c.Split(' ')[0]));

        // Other vectors, the same layers.
        Project.Write("data/x.npy", NpyBytes.Random(299, 4));
        BuildResult third = Synthesize();
        Assert.True(third.Succeeded, third.Output);
        Assert.Contains(": 0 of 3 modules, 3 known from before", third.Output, StringComparison.Ordinal);
    }
}
