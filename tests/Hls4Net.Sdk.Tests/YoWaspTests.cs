using System.Text.Json;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Synthesis;

namespace Hls4Net.Sdk.Tests;

/// <summary>Yosys of npm's package, as WebAssembly, where there is no program.</summary>
public sealed class YoWaspTests(OtherPrograms others) : OpenFlowTest(others)
{
    [SkippableFact]
    public void Yosys_of_npm_synthesizes_where_there_is_no_program()
    {
        Install("verilator");
        InstallPackage();
        BuildResult first = Synthesize();
        Assert.True(first.Succeeded, first.Output);
        JsonElement s = Report();
        Assert.Equal(("Yosys", 300, 0), (s.GetProperty("tool").GetString(), s.GetProperty("cosimSamples").GetInt32(),
            s.GetProperty("cosimMismatches").GetInt32()));
        Assert.Matches(@"^\d+\.\d+(\+\d+)? \(YoWASP\)$", s.GetProperty("toolVersion").GetString());
        Assert.Contains("(YoWASP) and Verilator", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Not counted", s.GetProperty("note").GetString(), StringComparison.Ordinal);
        int lut = s.GetProperty("lut").GetInt32();
        Assert.InRange(lut, 20, 2000);
        string[] calls = Calls;
        // Small layers share a run.
        Assert.Equal(2, s.GetProperty("modules").EnumerateArray()
            .Count(m => m.GetProperty("layer").ValueKind == JsonValueKind.String));
        Assert.Single(calls, c => c.StartsWith("node ", StringComparison.Ordinal));
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
        Refused("HLS5102",
            "does not say its version under the node on the PATH, but 'SyntaxError: this needs a later Node.js'");
        WritePackage("export const other = 1;");
        Refused("HLS5102", "bundle.js has no runYosys'");
        WritePackage(
            "export class Exit extends Error { } export function runYosys(args, files, options) { options.stdout(new "
            + "TextEncoder().encode('Yosys, maybe\\n')); return files; }");
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
        const string Version =
            "if (args[0] === '-V') { options.stdout(new TextEncoder().encode('Yosys 0.99 (fake)\\n')); return files; }";
        Failed("throw new WebAssembly.RuntimeError('unreachable');", "HLS5105", "yosys ended with 1 on net_");
        Assert.Contains("RuntimeError: unreachable", File.ReadAllText(Project.Hls("net", "rtl", SynthesisRun.LogFile)),
            StringComparison.Ordinal);
        Failed("return files;", "HLS5105", "yosys left no figures of net_");
        Failed("const name = args[2].replace('.ys', '.stat.json'); return { ...files, [name]: new "
            + "TextEncoder().encode('{ \"modules\": {') };", "HLS5105", "that can be read, as where the disk with");
        Failed("const e = new Exit(); e.code = 7; e.files = files; throw e;", "HLS5105", "yosys ended with 7 on net_");
        Failed("for (;;);", "HLS5108", "the open flow was stopped after", "-p:HlsSynthesisTimeout=0.3");

        // Cells that are not known do not fail it, and are named.
        WritePackage(
            Package("const top = args[2].replace('.ys', ''); return { ...files, [top + '.stat.json']: new "
                + "TextEncoder().encode(JSON.stringify({ modules: { net_fc1: { num_cells_by_type: { LUT4: 5, NEWCELL: 2, "
                + "$scopeinfo: 1 } }, net_relu1: { num_cells_by_type: { LUT4: 1 } } } })) };"));
        BuildResult uncounted = Synthesize();
        Assert.True(uncounted.Succeeded, uncounted.Output);
        Assert.Contains(
            "warning HLS5203: net: Yosys 0.99 (YoWASP) made cells that no figure has, since what they take is not "
            + "known: net_fc1: 2 NEWCELL", uncounted.Output, StringComparison.Ordinal);
        Assert.Contains("Not counted: net_fc1: 2 NEWCELL", Report().GetProperty("note").GetString(),
            StringComparison.Ordinal);

        static string Package(string body) =>
            $"export class Exit extends Error {{ }}\nexport async function runYosys(args, files, options) {{ {Version} "
            + $"{body} }}\n";

        void Failed(string body, string code, string text, params string[] arguments)
        {
            WritePackage(Package(body));
            BuildResult result = Synthesize(arguments);
            Assert.Equal([code], result.Errors);
            Assert.Contains(text, result.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(Project.Hls("net", "synthesis.json")));
        }
    }
}
