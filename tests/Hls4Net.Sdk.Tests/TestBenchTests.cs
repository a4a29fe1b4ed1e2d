using System.Diagnostics;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>The test bench run by hand, in the folder where a build leaves it.</summary>
public sealed class TestBenchTests
{
    [Fact]
    public void The_test_bench_finds_its_vectors_and_the_script_adds_them()
    {
        using Consumer consumer =
            new("""<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" /><HlsModel Include="models/few.onnx" />""",
                "<HlsCSimulation>false</HlsCSimulation>");
        consumer.Write("models/net.onnx", OnnxBytes.Dense());
        consumer.Write("models/few.onnx", OnnxBytes.Dense(seed: 3));
        consumer.Write("data/x.npy", NpyBytes.Random(50, 3));
        consumer.StepsOk();
        foreach (string model in new[] { "net", "few" })
        {
            string firmware = consumer.Hls(model, "firmware");
            Assert.Contains("add_files -tb tb_data\n", File.ReadAllText(Path.Combine(firmware, "build_prj.tcl")),
                StringComparison.Ordinal);
            Assert.Equal("20 samples, 0 mismatches", Run(firmware, "bash", "-c",
                $"g++ -std=c++14 -O0 -I. -I../csim/include {model}.cpp {model}_test.cpp -o ../bench && ../bench"));
        }

        // Results that differ are seen.
        string expected = consumer.Hls("net", "firmware", "tb_data", "expected.dat");
        string[] lines = File.ReadAllLines(expected);
        lines[3] = "1234 5678";
        File.WriteAllLines(expected, lines);
        Assert.Equal("20 samples, 1 mismatches", Run(consumer.Hls("net", "firmware"), "../bench"));

        // A part of the firmware as any other: removed, it is made again.
        File.Delete(expected);
        Assert.Equal(["models/net.onnx"], consumer.StepsOk().Models("GenerateHls"));
        Assert.True(File.Exists(expected));
    }

    private static string Run(string folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program.StartsWith('.') ? Path.Combine(folder, program) : program,
            arguments)
        { WorkingDirectory = folder, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
