using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Synthesis;

namespace Hls4Net.Sdk.Tests;

/// <summary>The programs of this machine but for those whose presence is tested, by links in a folder.</summary>
public sealed class OtherPrograms : IDisposable
{
    // What a test says is there, or not.
    private static readonly string[] s_tools = ["yosys", "node", "verilator", "iverilog", "vvp", "vitis-run", "vitis_hls", "vivado_hls", "v++"];

    private readonly TempFolder _folder = new("programs");
    private readonly Dictionary<string, string> _all;

    public OtherPrograms()
    {
        _all = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).GroupBy(p => Path.GetFileName(p)).ToDictionary(g => g.Key, g => g.First());
        foreach ((string name, string path) in _all.Where(p => !s_tools.Contains(p.Key)))
            File.CreateSymbolicLink(Path.Combine(_folder.Path, name), path);
    }

    public string Folder => _folder.Path;

    /// <summary>The path of a program that is installed, of the others too; null where it is not.</summary>
    public string? Installed(string program) => _all.GetValueOrDefault(program);

    public void Dispose() => _folder.Dispose();
}

/// <summary>The target Synthesize in real builds with Yosys and Verilator, which are counted.</summary>
public sealed class OpenSynthesisTests : IClassFixture<OtherPrograms>, IDisposable
{
    private const string Model = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" """;

    // Widths that do not follow from the vectors, which some of the tests change.
    private const string Properties = "<HlsCSimulation>false</HlsCSimulation><HlsPrecision>auto(16)</HlsPrecision>";

    private readonly Consumer _consumer = new(Model + "/>", Properties);
    private readonly OtherPrograms _others;
    private readonly string _bin, _calls;

    public OpenSynthesisTests(OtherPrograms others)
    {
        _others = others;
        _consumer.Write("models/net.onnx", OnnxBytes.Dense(inputs: 4, outputs: 3));
        _consumer.Write("data/x.npy", NpyBytes.Random(300, 4));
        _bin = Directory.CreateDirectory(Path.Combine(_consumer.RootFolder, "tools")).FullName;
        _consumer.Environment["PATH"] = $"{_bin}{Path.PathSeparator}{others.Folder}";
        _calls = Path.Combine(_consumer.RootFolder, "tools.log");
    }

    // What a layer's synthesis or a simulation is, without the question for the version.
    private string[] Calls => File.Exists(_calls) ? [.. File.ReadAllLines(_calls).Where(l => !l.EndsWith(" -V", StringComparison.Ordinal) && !l.EndsWith(" --version", StringComparison.Ordinal))] : [];

    public void Dispose() => _consumer.Dispose();

    [SkippableFact]
    public void Verilog_is_simulated_and_synthesized_and_nothing_of_it_again()
    {
        Install("yosys", "verilator");
        BuildResult first = Synthesize();
        Assert.True(first.Succeeded, first.Output);
        Assert.Empty(first.Errors);
        JsonElement s = Report();
        Assert.Equal(("Yosys", "UltraScale+", 300, 0, 1), (s.GetProperty("tool").GetString(), s.GetProperty("family").GetString(), s.GetProperty("cosimSamples").GetInt32(), s.GetProperty("cosimMismatches").GetInt32(), s.GetProperty("interval").GetInt32()));
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
        Assert.Contains("layer by layer for UltraScale+, not of the HLS C++", File.ReadAllText(_consumer.Hls("net", "report.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(_consumer.Hls("net", "rtl", "net.v")));
        string[] calls = Calls;
        Assert.Single(calls, c => c.StartsWith("verilator ", StringComparison.Ordinal));
        int layers = modules.Count(m => m.GetProperty("layer").ValueKind == JsonValueKind.String);
        Assert.Equal(layers, calls.Count(c => c.StartsWith("yosys ", StringComparison.Ordinal)));

        BuildResult second = Synthesize();
        Assert.True(second.Succeeded, second.Output);
        Assert.Empty(second.Steps);
        Assert.Equal(calls, Calls);

        // Fewer vectors of the same range are simulated; the layers are what they were.
        _consumer.Write("data/x.npy", NpyBytes.Random(299, 4));
        BuildResult other = Synthesize();
        Assert.True(other.Succeeded, other.Output);
        Assert.Equal(299, Report().GetProperty("cosimSamples").GetInt32());
        Assert.Equal(["verilator"], Calls[calls.Length..].Select(c => c.Split(' ')[0]));

        // Another budget is judged anew, without a tool.
        _consumer.WriteProject(Model + "MaxLut=\"1\" MaxInterval=\"1\" MaxDsp=\"0\" />", Properties);
        int before = Calls.Length;
        BuildResult broken = Synthesize();
        Assert.False(broken.Succeeded);
        Assert.Equal(["HLS5002"], broken.Errors);
        Assert.Matches(@"net: the use of \d+ LUTs( \([^)]*\))? exceeds MaxLut = 1; most of it is in fc1 \(\d+\).*, as Yosys \d+\.\d+ reports it", broken.Output);
        Assert.Equal(before, Calls.Length);
    }

    // The terminal logger keeps messages to itself: what is said to people gets through to it too, and a plain log has nothing of how.
    [SkippableTheory]
    [InlineData("-tl:on")]
    [InlineData("-tl:off")]
    public void How_far_a_synthesis_is_shows_on_a_terminal_and_in_a_plain_log(string logger)
    {
        Install("yosys", "verilator");
        BuildResult result = _consumer.Run(["msbuild", "-t:Synthesize", "-restore", logger]);
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
        Assert.Equal((300, 0, interval), (s.GetProperty("cosimSamples").GetInt32(), s.GetProperty("cosimMismatches").GetInt32(), s.GetProperty("interval").GetInt32()));
        Assert.InRange(s.GetProperty("latencyCycles").GetInt32(), interval, interval + 20);
        Assert.InRange(s.GetProperty("lut").GetInt32(), 20, 2000);
    }

    [SkippableFact]
    public void A_model_for_Rtl_is_written_by_the_build_and_simulated_alone_once()
    {
        Install("verilator");
        _consumer.WriteProject(Model + "Backend=\"Rtl\" />", Properties);
        BuildResult build = _consumer.Run(["build"]);
        Assert.True(build.Succeeded, build.Output);
        Assert.False(File.Exists(_calls));
        Assert.All(new[] { "net.v", "net_fc1.v", "constraints.xdc", "vivado.tcl" }, f => Assert.True(File.Exists(_consumer.Hls("net", "rtl", f)), f));
        JsonElement report = JsonDocument.Parse(File.ReadAllText(_consumer.Hls("net", "report.json"))).RootElement;
        Assert.Equal("Rtl", report.GetProperty("backend").GetString());
        int latency = report.GetProperty("estimate").GetProperty("latencyCycles").GetInt32();

        BuildResult first = Cosimulate();
        Assert.True(first.Succeeded, first.Output);
        Assert.Matches($@"net: co-simulation with Verilator \S+: 300 samples, every bit of \d+ layers, 0 mismatches, latency {latency}, interval 1\s", first.Output);
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
        Assert.Equal((300, 0), (Report().GetProperty("cosimSamples").GetInt32(), Report().GetProperty("cosimMismatches").GetInt32()));
        Assert.All(Calls[1..], c => Assert.StartsWith("yosys ", c, StringComparison.Ordinal));
        Assert.Equal(latency, Report().GetProperty("latencyCycles").GetInt32());
        Assert.Empty(_consumer.Run(["build"]).Steps);

        // Other vectors, other simulation; a model that is no longer for Rtl leaves no Verilog of the build's.
        _consumer.Write("data/x.npy", NpyBytes.Random(299, 4));
        Assert.Contains("299 samples", Cosimulate().Output, StringComparison.Ordinal);
        _consumer.WriteProject(Model + "/>", Properties);
        Assert.True(_consumer.Run(["build"]).Succeeded);
        Assert.False(File.Exists(_consumer.Hls("net", "rtl", "net.v")));
        Assert.True(Directory.Exists(_consumer.Hls("net", "rtl", "cosim")));

        BuildResult Cosimulate() => _consumer.Run(["build", "--no-restore", "-t:CosimHls"]);
    }

    [SkippableFact]
    public void Icarus_simulates_a_bounded_number_where_there_is_no_Verilator()
    {
        Install("yosys", "iverilog", "vvp");
        BuildResult result = Synthesize();
        Assert.True(result.Succeeded, result.Output);
        Assert.Equal((200, 0), (Report().GetProperty("cosimSamples").GetInt32(), Report().GetProperty("cosimMismatches").GetInt32()));
        Assert.Matches(@"Icarus \S+ simulates the first 200 test vectors", Report().GetProperty("note").GetString());
    }

    [SkippableFact]
    public void A_change_of_one_layers_weights_synthesizes_one_module()
    {
        Install("yosys", "verilator");
        _consumer.WriteProject(Model + "Precision=\"fixed(10,4,RND,SAT)\" />", Properties);
        _consumer.Write("models/net.onnx", OnnxBytes.TwoLayers(4, 5, 3, lastSeed: 2));
        BuildResult first = Synthesize();
        Assert.True(first.Succeeded, first.Output);
        Assert.Contains(": 3 of 3 modules, 0 known from before", first.Output, StringComparison.Ordinal);
        string[] calls = Calls;
        _consumer.Write("models/net.onnx", OnnxBytes.TwoLayers(4, 5, 3, lastSeed: 3));
        BuildResult second = Synthesize();
        Assert.True(second.Succeeded, second.Output);
        Assert.Equal(["models/net.onnx"], second.Models("RunSynthesis"));
        Assert.Contains(": 1 of 3 modules, 2 known from before", second.Output, StringComparison.Ordinal);
        Assert.Equal(["verilator", "yosys"], Calls[calls.Length..].Select(c => c.Split(' ')[0]));
        Assert.Contains("net_fc2.ys", Calls[^1], StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_cancelled_build_ends_the_tools_and_the_next_one_goes_on()
    {
        Install("yosys", "verilator");
        Assert.True(_consumer.Run(["build"]).Succeeded);
        string pid = Path.Combine(_consumer.RootFolder, "pid");
        Write("yosys", $"case \"$*\" in -V) exec {Installed("yosys")} \"$@\" ;; esac; sleep 300 & echo $! >> '{pid}'; wait");
        StringBuilder output = new();
        using (Process build = _consumer.StartBuild(output, "-t:Synthesize"))
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (!File.Exists(pid) && !build.HasExited && watch.Elapsed < TimeSpan.FromMinutes(3))
                Thread.Sleep(50);
            Assert.True(File.Exists(pid), output.ToString());
            using Process signal = Process.Start("kill", ["-INT", $"{build.Id}"]);
            Assert.True(build.WaitForExit(TimeSpan.FromMinutes(1)), output.ToString());
            Assert.NotEqual(0, build.ExitCode);
        }
        AssertEnded(pid);
        Assert.False(File.Exists(_consumer.Hls("net", "synthesis.json")));
        Install("yosys");
        BuildResult next = Synthesize();
        Assert.True(next.Succeeded, next.Output);
        Assert.Contains("known from before", next.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_full_disk_is_a_diagnostic_and_leaves_no_result()
    {
        Install("yosys", "verilator");
        string kept = Directory.CreateDirectory(_consumer.Hls("net", "layers")).FullName;
        // One page, which the simulation's record takes.
        Skip.If(Call("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", kept) != 0, "a file system of one page cannot be mounted here");
        try
        {
            BuildResult full = Synthesize();
            Assert.Equal(["HLS2010"], full.Errors);
            Assert.Contains("No space left on device", full.Output, StringComparison.Ordinal);
            Assert.Contains("Check the folder's permissions and free space", full.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(_consumer.Hls("net", "synthesis.json")));
        }
        finally
        {
            Call("umount", kept);
        }
        Assert.True(Synthesize().Succeeded);

        static int Call(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
    }

    [SkippableTheory]
    [InlineData("verilator", "echo 'Verilator 4.038 2020-07-11 rev v4.036'", "co-simulation needs Verilator 5 or later, and the one on the PATH")]
    [InlineData("verilator", "kill -SEGV $$", "co-simulation needs Verilator 5 or later")]
    [InlineData("yosys", "kill -SEGV $$", "does not say its version to 'yosys -V'. Install another")]
    public void A_version_that_does_not_do_is_refused(string tool, string body, string text)
    {
        Install("yosys", "verilator");
        Write(tool, body);
        BuildResult result = Synthesize("-p:HlsSynthesizer=Open");
        Assert.Equal(["HLS5102"], result.Errors);
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("yosys", "exit 3", "HLS5105", "yosys ended with 3 on net_")]
    [InlineData("verilator", "exit 3", "HLS5105", "verilator ended with 3: ran out of luck")]
    [InlineData("yosys", "kill -SEGV $$", "HLS5105", "yosys ended with 139 on net_")]
    [InlineData("verilator", "kill -SEGV $$", "HLS5105", "verilator ended with 139: ran out of luck")]
    public void A_tool_that_fails_leaves_no_result_and_says_why(string tool, string end, string code, string text)
    {
        Install("yosys", "verilator");
        Write(tool, $"case \"$*\" in -V|--version) exec {Installed(tool)} \"$@\" ;; esac; echo 'ran out of luck'; {end}");
        BuildResult result = Synthesize();
        Assert.Equal([code], result.Errors);
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
        Assert.Contains("ran out of luck", File.ReadAllText(_consumer.Hls("net", "rtl", SynthesisRun.LogFile)), StringComparison.Ordinal);
        Assert.False(File.Exists(_consumer.Hls("net", "synthesis.json")));
    }

    [SkippableFact]
    public void A_run_that_takes_too_long_is_stopped_with_its_tool()
    {
        Install("yosys", "verilator");
        string pid = Path.Combine(_consumer.RootFolder, "pid");
        Write("yosys", $"case \"$*\" in -V) exec {Installed("yosys")} \"$@\" ;; esac; sleep 300 & echo $! >> '{pid}'; wait");
        BuildResult result = Synthesize("-p:HlsSynthesisTimeout=0.5");
        Assert.Equal(["HLS5108"], result.Errors);
        Assert.False(File.Exists(_consumer.Hls("net", "synthesis.json")));
        AssertEnded(pid);
    }

    [SkippableFact]
    public void What_cannot_be_synthesized_is_refused_with_what_to_do()
    {
        Install("yosys", "verilator");
        Refused("HLS5202", "Part 'ep4ce6' is of no family that the open flow synthesizes for", "-p:HlsPart=ep4ce6");
        _consumer.Write("whole.lib", """
            library(l) {
              cell(BUF) { pin(A) { direction : input; } pin(Y) { direction : output; function : "A"; } }
              cell(INV) { pin(A) { direction : input; } pin(Y) { direction : output; function : "!A"; } }
              cell(AND) { pin(A) { direction : input; } pin(B) { direction : input; } pin(Y) { direction : output; function : "A B"; } }
              cell(REG) { ff(Q, QN) { clocked_on : C; next_state : D; } }
            }
            """);
        Refused("HLS5202", "HlsLibertyFile is a library of an ASIC's cells", "-p:HlsLibertyFile=whole.lib");
        Refused("HLS2003", "the project has HlsLibertyFile 'cells.lib', and there is no file", "-p:HlsLibertyFile=cells.lib");
        Refused("HLS2009", "the project has HlsImplementation 'true', which HlsSynthesizer=Open has not", "-p:HlsImplementation=true");

        void Refused(string code, string text, params string[] properties)
        {
            BuildResult result = Synthesize(["-p:HlsSynthesizer=Open", .. properties]);
            Assert.Equal([code], result.Errors);
            Assert.Contains(text, result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_any_tool_one_error_says_what_was_looked_for_of_both()
    {
        BuildResult none = Synthesize();
        Assert.Equal(["HLS5101"], none.Errors);
        Assert.Contains("Looked for vitis-run, vitis_hls, vivado_hls, v++ in HlsVitisPath (not set)", none.Output, StringComparison.Ordinal);
        Assert.Contains("there is no yosys on the PATH", none.Output, StringComparison.Ordinal);
        Assert.Contains("and neither is node, which runs @yowasp/yosys", none.Output, StringComparison.Ordinal);
        Assert.Contains("verilator or iverilog on the PATH", none.Output, StringComparison.Ordinal);
        Assert.Contains("apt-get install yosys verilator", none.Output, StringComparison.Ordinal);
        BuildResult open = Synthesize("-p:HlsSynthesizer=Open");
        Assert.Equal(["HLS5101"], open.Errors);
        Assert.Contains("HlsSynthesizer=Open needs Yosys: there is no yosys on the PATH", open.Output, StringComparison.Ordinal);
        Assert.Contains("apt-get install yosys verilator g++ make for one; Yosys is also in npm's package @yowasp/yosys, which needs Node.js: npm install -g @yowasp/yosys", open.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Yosys_of_npm_synthesizes_where_there_is_no_program()
    {
        Install("verilator");
        InstallPackage();
        BuildResult first = Synthesize();
        Assert.True(first.Succeeded, first.Output);
        JsonElement s = Report();
        Assert.Equal(("Yosys", 300, 0), (s.GetProperty("tool").GetString(), s.GetProperty("cosimSamples").GetInt32(), s.GetProperty("cosimMismatches").GetInt32()));
        Assert.Matches(@"^\d+\.\d+(\+\d+)? \(YoWASP\)$", s.GetProperty("toolVersion").GetString());
        Assert.Contains("(YoWASP) and Verilator", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Not counted", s.GetProperty("note").GetString(), StringComparison.Ordinal);
        int lut = s.GetProperty("lut").GetInt32();
        Assert.InRange(lut, 20, 2000);
        string[] calls = Calls;
        Assert.Equal(s.GetProperty("modules").EnumerateArray().Count(m => m.GetProperty("layer").ValueKind == JsonValueKind.String), calls.Count(c => c.StartsWith("node ", StringComparison.Ordinal)));
        BuildResult second = Synthesize();
        Assert.True(second.Succeeded, second.Output);
        Assert.Empty(second.Steps);
        Assert.Equal(calls, Calls);

        // A program on the PATH goes first, and its figures are its own.
        Install("yosys");
        BuildResult program = Synthesize();
        Assert.True(program.Succeeded, program.Output);
        Assert.DoesNotContain("YoWASP", Report().GetProperty("toolVersion").GetString(), StringComparison.Ordinal);
        Assert.All(Calls[calls.Length..], c => Assert.StartsWith("yosys ", c, StringComparison.Ordinal));
        Assert.NotEmpty(Calls[calls.Length..]);
        Assert.InRange(Report().GetProperty("lut").GetInt32(), 0.7 * lut, 1.3 * lut);
    }

    [SkippableFact]
    public void A_node_or_a_package_that_does_not_do_is_refused_with_what_to_do()
    {
        Install("verilator");
        Write("node", $"exec {Installed("node") ?? "node"} \"$@\"");
        Refused("HLS5101", "and the node on it finds no @yowasp/yosys (looked for in node_modules beside and above");
        WritePackage("throw new SyntaxError('this needs a later Node.js');");
        Refused("HLS5102", "does not say its version under the node on the PATH, but 'SyntaxError: this needs a later Node.js'");
        WritePackage("export const other = 1;");
        Refused("HLS5102", "bundle.js has no runYosys'");
        WritePackage("export class Exit extends Error { } export function runYosys(args, files, options) { options.stdout(new TextEncoder().encode('Yosys, maybe\\n')); return files; }");
        Refused("HLS5102", "but 'Yosys, maybe'");
        Write("node", "kill -SEGV $$");
        Refused("HLS5102", "does not say its version under the node on the PATH");

        void Refused(string code, string text)
        {
            BuildResult result = Synthesize("-p:HlsSynthesizer=Open");
            Assert.Equal([code], result.Errors);
            Assert.Contains(text, result.Output, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void A_package_that_crashes_hangs_or_writes_nothing_leaves_no_result_and_says_why()
    {
        Install("verilator");
        const string Version = "if (args[0] === '-V') { options.stdout(new TextEncoder().encode('Yosys 0.99 (fake)\\n')); return files; }";
        Failed("throw new WebAssembly.RuntimeError('unreachable');", "HLS5105", "yosys ended with 1 on net_");
        Assert.Contains("RuntimeError: unreachable", File.ReadAllText(_consumer.Hls("net", "rtl", SynthesisRun.LogFile)), StringComparison.Ordinal);
        Failed("return files;", "HLS5105", "yosys left no figures of net_");
        Failed("const name = args[2].replace('.ys', '.stat.json'); return { ...files, [name]: new TextEncoder().encode('{ \"modules\": {') };", "HLS5105", "that can be read, as where the disk with");
        Failed("const e = new Exit(); e.code = 7; e.files = files; throw e;", "HLS5105", "yosys ended with 7 on net_");
        Failed("for (;;);", "HLS5108", "the open flow was stopped after", "-p:HlsSynthesisTimeout=0.3");

        // Cells that are not known do not fail it, and are named.
        WritePackage(Package("const top = args[2].replace('.ys', ''); return { ...files, [top + '.stat.json']: new TextEncoder().encode(JSON.stringify({ modules: { [top]: { num_cells_by_type: { LUT4: 5, NEWCELL: 2, $scopeinfo: 1 } } } })) };"));
        BuildResult uncounted = Synthesize();
        Assert.True(uncounted.Succeeded, uncounted.Output);
        Assert.Contains("warning HLS5203: net: Yosys 0.99 (YoWASP) made cells that no figure has, since what they take is not known: net_fc1: 2 NEWCELL", uncounted.Output, StringComparison.Ordinal);
        Assert.Contains("Not counted: net_fc1: 2 NEWCELL", Report().GetProperty("note").GetString(), StringComparison.Ordinal);

        static string Package(string body) => $"export class Exit extends Error {{ }}\nexport async function runYosys(args, files, options) {{ {Version} {body} }}\n";

        void Failed(string body, string code, string text, params string[] arguments)
        {
            WritePackage(Package(body));
            BuildResult result = Synthesize(arguments);
            Assert.Equal([code], result.Errors);
            Assert.Contains(text, result.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(_consumer.Hls("net", "synthesis.json")));
        }
    }

    private static void AssertEnded(string pid)
    {
        string[] processes = File.ReadAllLines(pid);
        Assert.NotEmpty(processes);
        Assert.All(processes, p => Assert.True(!File.Exists($"/proc/{p}/stat") || File.ReadAllText($"/proc/{p}/stat").Contains(") Z", StringComparison.Ordinal), $"{p} lives on"));
    }

    private JsonElement Report() => JsonDocument.Parse(File.ReadAllText(_consumer.Hls("net", "report.json"))).RootElement.GetProperty("synthesis");

    // Only these tools are on the PATH, behind scripts that count them.
    private void Install(params string[] tools)
    {
        foreach (string tool in tools)
        {
            Skip.If(Installed(tool) is null, $"{tool} not found: ./test.sh installs it");
            Write(tool, $"exec {Installed(tool)} \"$@\"");
        }
    }

    private void Write(string tool, string body)
    {
        string path = Path.Combine(_bin, tool);
        File.WriteAllText(path, $"#!/bin/bash\necho \"{tool} $*\" >> '{_calls}'\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string? Installed(string tool) => _others.Installed(tool);

    // The npm package beside the project, as npm puts it there.
    private void InstallPackage()
    {
        Skip.If(Installed("node") is null, "node not found");
        string? package = Above(AppContext.BaseDirectory).Select(f => Path.Combine(f, "node_modules", "@yowasp")).FirstOrDefault(f => File.Exists(Path.Combine(f, "yosys", "package.json")));
        Skip.If(package is null, "@yowasp/yosys not found: ./test.sh installs it where there is npm");
        Directory.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(_consumer.Folder, "node_modules")).FullName, "@yowasp"), package);
        Install("node");

        static IEnumerable<string> Above(string? folder)
        {
            for (; folder is not null; folder = Path.GetDirectoryName(folder))
                yield return folder;
        }
    }

    // A package that is nothing but this script.
    private void WritePackage(string bundle)
    {
        _consumer.Write("node_modules/@yowasp/yosys/package.json", """{ "name": "@yowasp/yosys", "version": "0.99.1", "type": "module", "exports": { "default": "./bundle.js" } }""");
        _consumer.Write("node_modules/@yowasp/yosys/bundle.js", bundle);
        Install("node");
    }

    private BuildResult Synthesize(params string[] arguments) => _consumer.Run(["build", "--no-restore", "-t:Synthesize", .. arguments]);
}
