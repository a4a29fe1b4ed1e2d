using System.Diagnostics;
using System.Text;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Synthesis;

namespace Hls4Net.Sdk.Tests;

/// <summary>
/// Tools of the open flow that are missing, fail, are stopped or find no room: an error that says what to do, and no
/// result.
/// </summary>
public sealed class OpenFlowFailureTests(OtherPrograms others) : OpenFlowTest(others)
{
    [SkippableFact]
    public void A_cancelled_build_ends_the_tools_and_the_next_one_goes_on()
    {
        Install("yosys", "verilator");
        Assert.True(Project.Run(["build"]).Succeeded);
        string pid = Path.Combine(Project.RootFolder, "pid");
        Write("yosys",
            $"case \"$*\" in -V) exec {Installed("yosys")} \"$@\" ;; esac; sleep 300 & echo $! >> '{pid}'; wait");
        StringBuilder output = new();
        using (Process build = Project.StartBuild(output, "-t:Synthesize"))
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
        Assert.False(File.Exists(Project.Hls("net", "synthesis.json")));
        Install("yosys");
        BuildResult next = Synthesize();
        Assert.True(next.Succeeded, next.Output);
        Assert.Contains("known from before", next.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_full_disk_is_a_diagnostic_and_leaves_no_result()
    {
        Install("yosys", "verilator");
        string kept = Directory.CreateDirectory(Project.Hls("net", "layers")).FullName;
        // One page, which the simulation's record takes.
        Skip.If(Call("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", kept) != 0,
            "a file system of one page cannot be mounted here");
        try
        {
            BuildResult full = Synthesize();
            Assert.Equal(["HLS2010"], full.Errors);
            Assert.Contains("No space left on device", full.Output, StringComparison.Ordinal);
            Assert.Contains("Check the folder's permissions and free space", full.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(Project.Hls("net", "synthesis.json")));
        }
        finally
        {
            Call("umount", kept);
        }
        Assert.True(Synthesize().Succeeded);

        static int Call(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program,
                arguments)
            { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
    }

    [SkippableTheory]
    [InlineData("verilator", "echo 'Verilator 4.038 2020-07-11 rev v4.036'",
        "co-simulation needs Verilator 5 or later, and the one on the PATH")]
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
        Write(tool,
            $"case \"$*\" in -V|--version) exec {Installed(tool)} \"$@\" ;; esac; echo 'ran out of luck'; {end}");
        BuildResult result = Synthesize();
        Assert.Equal([code], result.Errors);
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
        Assert.Contains("ran out of luck", File.ReadAllText(Project.Hls("net", "rtl", SynthesisRun.LogFile)),
            StringComparison.Ordinal);
        Assert.False(File.Exists(Project.Hls("net", "synthesis.json")));
    }

    [SkippableFact]
    public void A_run_that_takes_too_long_is_stopped_with_its_tool()
    {
        Install("yosys", "verilator");
        string pid = Path.Combine(Project.RootFolder, "pid");
        Write("yosys",
            $"case \"$*\" in -V) exec {Installed("yosys")} \"$@\" ;; esac; sleep 300 & echo $! >> '{pid}'; wait");
        BuildResult result = Synthesize("-p:HlsSynthesisTimeout=0.5");
        Assert.Equal(["HLS5108"], result.Errors);
        Assert.False(File.Exists(Project.Hls("net", "synthesis.json")));
        AssertEnded(pid);
    }

    [SkippableFact]
    public void What_cannot_be_synthesized_is_refused_with_what_to_do()
    {
        Install("yosys", "verilator");
        Refused("HLS5202", "Part 'ep4ce6' is of no family that the open flow synthesizes for", "-p:HlsPart=ep4ce6");
        Project.Write("whole.lib", """
            library(l) {
              cell(BUF) { pin(A) { direction : input; } pin(Y) { direction : output; function : "A"; } }
              cell(INV) { pin(A) { direction : input; } pin(Y) { direction : output; function : "!A"; } }
              cell(AND) { pin(A) { direction : input; } pin(B) { direction : input; } pin(Y) { direction : output; function : "A B"; } }
              cell(REG) { ff(Q, QN) { clocked_on : C; next_state : D; } }
            }
            """);
        Refused("HLS5202", "HlsLibertyFile is a library of an ASIC's cells", "-p:HlsLibertyFile=whole.lib");
        Refused("HLS2003", "the project has HlsLibertyFile 'cells.lib', and there is no file",
            "-p:HlsLibertyFile=cells.lib");
        Refused("HLS2009", "the project has HlsImplementation 'true', which HlsSynthesizer=Open has not",
            "-p:HlsImplementation=true");

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
        Assert.Contains("Looked for vitis-run, vitis_hls, vivado_hls, v++ in HlsVitisPath (not set)", none.Output,
            StringComparison.Ordinal);
        Assert.Contains("there is no yosys on the PATH", none.Output, StringComparison.Ordinal);
        Assert.Contains("and neither is node, which runs @yowasp/yosys", none.Output, StringComparison.Ordinal);
        Assert.Contains("verilator or iverilog on the PATH", none.Output, StringComparison.Ordinal);
        Assert.Contains("apt-get install yosys verilator", none.Output, StringComparison.Ordinal);
        BuildResult open = Synthesize("-p:HlsSynthesizer=Open");
        Assert.Equal(["HLS5101"], open.Errors);
        Assert.Contains("HlsSynthesizer=Open needs Yosys: there is no yosys on the PATH", open.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "apt-get install yosys verilator g++ make for one; Yosys is also in npm's package @yowasp/yosys, which "
            + "needs Node.js: npm install -g @yowasp/yosys", open.Output, StringComparison.Ordinal);
    }
}
