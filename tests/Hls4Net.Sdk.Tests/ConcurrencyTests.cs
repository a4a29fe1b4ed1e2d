using System.Diagnostics;
using System.Text;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Tools;

namespace Hls4Net.Sdk.Tests;

/// <summary>Builds of one project at once, and what killed ones leave.</summary>
public sealed class ConcurrencyTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Consumer _consumer = new("""<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""");

    public ConcurrencyTests()
    {
        _consumer.Write("models/net.onnx", OnnxBytes.Dense());
        _consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void Builds_of_one_project_take_turns_and_say_so()
    {
        // The first compiler waits for a word, so that the other build comes meanwhile.
        _consumer.WriteCompiler("""
            here=$(dirname "$0")
            touch "$here/started"
            for i in {1..1200}; do [ -e "$here/go" ] && break; sleep 0.1; done
            exec g++ "$@"
            """);
        StringBuilder first = new(), second = new();
        using Process one = _consumer.StartBuild(first, "-t:VerifyHls");
        Assert.True(Wait(() => File.Exists(Path.Combine(_consumer.RootFolder, "started"))), first.ToString());
        using Process two = _consumer.StartBuild(second, "-t:VerifyHls", "-tl:off");
        Assert.True(Wait(() => Text(second)
            .Contains("Waiting for another build of Firmware.csproj", StringComparison.Ordinal)), second.ToString());
        File.WriteAllText(Path.Combine(_consumer.RootFolder, "go"), "");
        Assert.True(one.WaitForExit(s_patience) && two.WaitForExit(s_patience), "a build does not end");
        Assert.True(one.ExitCode == 0, Text(first));
        Assert.True(two.ExitCode == 0, Text(second));
        // What the first has made the second uses.
        Assert.Equal(1, _consumer.CompilerRuns);
        Assert.True(_consumer.StepsAreUpToDate());
    }

    [Fact]
    public void A_lock_that_is_held_too_long_is_an_error_and_one_of_a_killed_build_is_none()
    {
        string path = Path.Combine(_consumer.Obj, "hls.lock");
        Directory.CreateDirectory(_consumer.Obj);
        using (new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            BuildResult waited = _consumer.Steps("-p:HlsLockTimeout=0.005");
            Assert.Equal(["HLS2018"], waited.Errors);
            Assert.Contains("hls.lock; let it end, or end it", waited.Output, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(path));

        // Killed in the middle, with its half-written files; a tool's temporary folder among them.
        _consumer.WriteCompiler("""touch "$(dirname "$0")/started"; sleep 300""");
        StringBuilder output = new();
        using (Process killed = _consumer.StartBuild(output, "-t:VerifyHls", "-m:1"))
        {
            Assert.True(Wait(() => File.Exists(Path.Combine(_consumer.RootFolder, "started"))), Text(output));
            killed.Kill(entireProcessTree: true);
            Assert.True(killed.WaitForExit(s_patience));
        }
        string[] leftovers = [_consumer.Hls("net", "report.json.partial"),
            _consumer.Hls("net", "firmware", "net.cpp.partial"), _consumer.Hls("net", "objects", "a.o.partial")];
        foreach (string leftover in leftovers)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(leftover)!);
            File.WriteAllText(leftover, "half");
        }
        string temporary = Directory.CreateTempSubdirectory("hls4net-yosys-").FullName;
        File.WriteAllText(Path.Combine(temporary, "in-use"), "");
        string inUse;
        using (WorkFolder work = new("test"))
        {
            inUse = work.Path;
            _consumer.WriteCompiler("exec g++ \"$@\"");
            _consumer.StepsOk();
            Assert.True(Directory.Exists(inUse), "the folder of a run that goes on");
        }
        Assert.False(Directory.Exists(inUse));
        Assert.All(leftovers, l => Assert.False(File.Exists(l), l));
        Assert.False(Directory.Exists(temporary));
    }

    private static string Text(StringBuilder output)
    {
        lock (output)
            return output.ToString();
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
