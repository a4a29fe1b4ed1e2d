using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>The Verilog of random networks under a Verilog simulator: every bit of every layer is the managed simulator's, with gaps at random.</summary>
public sealed class CosimulationTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData(0, 12, "Icarus")]
    [InlineData(0, 30, "Verilator")]
    public void Verilog_gives_the_managed_simulators_bits(int seed, int count, string simulator)
    {
        VerilogTools.Require(simulator == "Icarus" ? "iverilog" : "verilator");
        (double, Family)[] targets = [(5, Family.UltraScalePlus), (2, Family.UltraScalePlus), (4, Family.Generic), (10, Family.Series7), (1, Family.UltraScale)];
        List<RtlDesign> designs = [];
        List<RandomNetwork> networks = [];
        foreach (RandomNetwork network in RandomNetwork.From(500_000 + seed))
        {
            if (designs.Count == count)
                break;
            try
            {
                (double period, Family family) = targets[designs.Count % targets.Length];
                designs.Add(RtlDesign.Build(network.Model!.Options.ModelName, network.Model!.Model, new Target(family, period)));
                networks.Add(network);
            }
            catch (ModelException)
            {
                // Refused: too wide.
            }
        }
        Cosimulation cosimulation = new(designs);
        Random random = new(seed);
        foreach (RandomNetwork network in networks)
            cosimulation.Add([.. Enumerable.Range(0, 60).Select(_ => random.Next(3) == 0 ? null : network.Sample())]);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(Enum.Parse<VerilogSimulator>(simulator), folder.Path);
        for (int i = 0; i < results.Length; i++)
        {
            Assert.True(results[i].Mismatches == 0, $"{results[i].Mismatches} mismatches: {results[i].FirstMismatch}\n{networks[i]}");
            Assert.Equal(designs[i].Latency, results[i].Latency);
        }
        output.WriteLine($"latencies {string.Join(", ", results.Select(r => r.Latency))}");
        Assert.Contains(results, r => r.Latency > 3);
    }
}
