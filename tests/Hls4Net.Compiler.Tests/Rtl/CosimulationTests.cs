using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>The Verilog of random networks under a Verilog simulator: every bit of every layer is the managed simulator's, with gaps at random.</summary>
public sealed class CosimulationTests(ITestOutputHelper output)
{
    private const int Cycles = 60;

    /// <summary>How many networks in one run; HLS4NET_LONG makes it ten times as many.</summary>
    private static int Scale => Environment.GetEnvironmentVariable("HLS4NET_LONG") is null or "" ? 1 : 10;

    [SkippableTheory]
    [InlineData(500_000, 50, "Icarus")]
    [InlineData(510_000, 10, "Verilator")]
    public void Verilog_gives_the_managed_simulators_bits(int seed, int count, string simulator)
    {
        VerilogTools.Require(simulator == "Icarus" ? "iverilog" : "verilator");
        (RandomNetwork Network, RtlDesign Design)[] networks = [.. RtlNetworks.From(seed, count * Scale)];
        Cosimulation cosimulation = new([.. networks.Select(n => n.Design)]);
        Random random = new(seed);
        foreach ((RandomNetwork network, _) in networks)
            cosimulation.Add([.. Enumerable.Range(0, Cycles).Select(_ => random.Next(3) == 0 ? null : network.Sample())]);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(Enum.Parse<VerilogSimulator>(simulator), folder.Path);
        for (int i = 0; i < results.Length; i++)
        {
            Assert.True(results[i].Mismatches == 0, $"{results[i].Mismatches} mismatches: {results[i].FirstMismatch}\n{networks[i].Network}");
            Assert.Equal(networks[i].Design.Latency, results[i].Latency);
            Assert.Equal(1, results[i].Interval);
            Assert.InRange(results[i].Samples, Cycles / 3, Cycles);
        }
        output.WriteLine($"latencies {string.Join(", ", results.Select(r => r.Latency))}");
        Assert.Contains(results, r => r.Latency > 3);
    }
}
