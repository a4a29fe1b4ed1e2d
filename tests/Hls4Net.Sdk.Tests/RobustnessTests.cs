using System.Diagnostics;
using System.Text;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>Interrupted builds, builds side by side, odd names.</summary>
public sealed class RobustnessTests
{
    private const string OneModel = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // A compiler that writes a part of the library and hangs, as one would look at the moment it is killed.
    private const string HangingCompiler = """
        [[ $1 == @* ]] && out=$(sed -n '/^"-o"$/{n;s/^"\(.*\)"$/\1/p}' "${1#@}")
        printf 'not a library' > "$out"
        echo $$ > "$(dirname "$0")/cxx.pid"
        sleep 300
        """;

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    public void A_build_that_is_killed_in_the_compiler_leaves_nothing_that_looks_finished(string signal)
    {
        using Consumer consumer = OneModelConsumer();
        consumer.WriteCompiler(HangingCompiler);
        StringBuilder output = new();
        int compiler;
        using (Process build = consumer.StartBuild(output, "-t:VerifyHls", "-m:1"))
        {
            compiler = WaitForCompiler(consumer, build, output);
            Signal(signal, build.Id);
            Assert.True(build.WaitForExit(s_patience), output.ToString());
            Assert.NotEqual(0, build.ExitCode);
        }
        if (signal == "INT")
            Assert.True(Wait(() => !Directory.Exists($"/proc/{compiler}")), "the compiler lives on");
        else
            Signal("KILL", compiler);

        Assert.False(File.Exists(consumer.Hls("net", "csim", "libnet.so")));
        Assert.False(File.Exists(consumer.Hls("net", "verified.stamp")));
        consumer.WriteCompiler("exec g++ \"$@\"");
        Assert.Equal(["CompileCSim", "VerifyHls"], consumer.StepsOk().Steps);
        Assert.Contains("\"simulator\": \"native\"", File.ReadAllText(consumer.Hls("net", "report.json")),
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(consumer.Hls("net"), "*.partial", SearchOption.AllDirectories));
    }

    [SkippableFact]
    public void Several_models_compile_side_by_side()
    {
        Skip.If(Environment.ProcessorCount < 2, "one core compiles one model at a time");
        using Consumer consumer = new("""
            <HlsModel Include="models/a.onnx" TestInputs="data/x.npy" />
            <HlsModel Include="models/b.onnx" TestInputs="data/x.npy" />
            """);
        consumer.Write("models/a.onnx", OnnxBytes.Dense(seed: 1));
        consumer.Write("models/b.onnx", OnnxBytes.Dense(seed: 2));
        consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
        // Each compiler waits for the other to have started: one after the other they would wait in vain.
        consumer.WriteCompiler("""
            here=$(dirname "$0")
            for i in {1..300}; do
                [ "$(wc -l < "$here/cxx.log")" -ge 2 ] && exec g++ "$@"
                sleep 0.1
            done
            echo "no second compiler was started" >&2
            exit 1
            """);
        BuildResult result = consumer.StepsOk();
        Assert.Equal(["GenerateHls", "CompileCSim", "VerifyHls"], result.Steps);
        Assert.Equal(2, consumer.CompilerRuns);
    }

    [Fact]
    public void Odd_paths_build_and_stay_built()
    {
        string[] names = ["it's 50% ;odd", "müon 日本", "a,b (1) #2 @x", "class"];
        string Escape(string name) => name.Replace("%", "%25", StringComparison.Ordinal)
            .Replace(";", "%3b", StringComparison.Ordinal)
            .Replace("@", "%40", StringComparison.Ordinal).Replace("(", "%28", StringComparison.Ordinal)
                .Replace(")", "%29", StringComparison.Ordinal);
        string items = string.Concat(names.Select(n =>
            $"""<HlsModel Include="the models/{Escape(n)}.onnx" TestInputs="test data/{Escape(n)}.npy" />"""));
        using Consumer consumer = new(items, folder: "it is a #1 ü (b) & 50% [x]");
        foreach (string name in names)
        {
            consumer.Write($"the models/{name}.onnx", OnnxBytes.Dense());
            consumer.Write($"test data/{name}.npy", NpyBytes.Random(20, 3));
        }
        consumer.BuildOk();
        foreach (string model in new[] { "it_s_50_odd", "m_on_", "a_b_1_2_x", "class_" })
        {
            Assert.True(File.Exists(Path.Combine(consumer.Bin, $"lib{model}.so")), model);
            Assert.Contains("\"simulator\": \"native\"", File.ReadAllText(consumer.Hls(model, "report.json")),
                StringComparison.Ordinal);
        }
        Assert.True(consumer.IsUpToDate());

        consumer.Touch("the models/it's 50% ;odd.onnx");
        Assert.Equal(["the models/it's 50% ;odd.onnx"], consumer.StepsOk().Models("GenerateHls"));
        consumer.Touch("test data/müon 日本.npy");
        Assert.Equal(["the models/müon 日本.onnx"], consumer.StepsOk().Models("GenerateHls"));
        Assert.True(consumer.Run("clean").Succeeded);
        Assert.False(Directory.Exists(consumer.Hls()));
    }

    [Fact]
    public void A_multithreaded_build_gives_the_same()
    {
        using Consumer consumer = OneModelConsumer();
        consumer.BuildOk("-mt");
        Assert.Contains("\"simulator\": \"native\"", File.ReadAllText(consumer.Hls("net", "report.json")),
            StringComparison.Ordinal);
        Assert.True(consumer.StepsAreUpToDate());
    }

    private static Consumer OneModelConsumer()
    {
        Consumer consumer = new(OneModel);
        consumer.Write("models/net.onnx", OnnxBytes.Dense());
        consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
        return consumer;
    }

    private static int WaitForCompiler(Consumer consumer, Process build, StringBuilder output)
    {
        string pid = Path.Combine(consumer.RootFolder, "cxx.pid");
        Assert.True(Wait(() => build.HasExited || (File.Exists(pid) && File.ReadAllText(pid).EndsWith('\n'))),
            "the compiler was not started");
        Assert.False(build.HasExited, output.ToString());
        return int.Parse(File.ReadAllText(pid), System.Globalization.CultureInfo.InvariantCulture);
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

    private static void Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }
}
