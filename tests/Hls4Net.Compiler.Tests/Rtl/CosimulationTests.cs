using Hls4Net.Configuration;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Streams;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>The Verilog of random networks under a Verilog simulator: every bit of every layer is the managed simulator's, with gaps at random.</summary>
public sealed class CosimulationTests(ITestOutputHelper output)
{
    private const int Cycles = 60;

    /// <summary>How many networks in one run; HLS4NET_LONG makes it ten times as many.</summary>
    private static int Scale => Environment.GetEnvironmentVariable("HLS4NET_LONG") is null or "" ? 1 : 10;

    [SkippableTheory]
    [InlineData(500_000, 30, IOType.IoParallel, "Icarus")]
    [InlineData(510_000, 10, IOType.IoParallel, "Verilator")]
    [InlineData(520_000, 20, IOType.IoStream, "Icarus")]
    [InlineData(530_000, 10, IOType.IoStream, "Verilator")]
    public void Verilog_gives_the_managed_simulators_bits(int seed, int count, IOType ioType, string simulator)
    {
        (RandomNetwork Network, RtlDesign Design)[] networks = [.. RtlNetworks.From(seed, count * Scale, ioType: ioType)];
        Random random = new(seed);
        CosimulationResult[] results = Run(simulator, networks.Select(n => (n.Design, (long[]?[])[.. Enumerable.Range(0, Cycles).Select(_ => random.Next(3) == 0 ? null : n.Network.Sample())], n.Network.ToString())));
        for (int i = 0; i < results.Length; i++)
            Assert.InRange(results[i].Samples, Cycles / 3, Cycles);
        output.WriteLine($"latencies {string.Join(", ", results.Select(r => r.Latency))}");
        output.WriteLine($"intervals {string.Join(", ", results.Select(r => r.Interval))}");
        Assert.Contains(results, r => r.Latency > 3);
        Assert.Contains(results, r => r.Interval > 1);
    }

    [SkippableFact]
    public void Branches_of_streams_meet_without_a_deadlock()
    {
        (RtlDesign, long[]?[], string)[] designs = [.. Enumerable.Range(1, 8).Select(seed =>
        {
            CompiledModel model = BranchedModel.Compile(seed);
            Graph.Value port = model.Model.Network.Inputs[0];
            Random random = new(seed);
            long[]?[] samples = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, port.Shape.Size).Select(_ => random.NextInt64((long)port.Type.MinMantissa, (long)port.Type.MaxMantissa)).ToArray())];
            return (RtlNetworks.Build(model, new Target(Family.UltraScalePlus, 4)), samples, $"seed {seed}");
        })];
        Run("Verilator", designs);
    }

    // The schedule that depths were chosen by is the schedule that the hardware keeps.
    private CosimulationResult[] Run(string simulator, IEnumerable<(RtlDesign Design, long[]?[] Stimulus, string Name)> networks)
    {
        VerilogTools.Require(simulator == "Icarus" ? "iverilog" : "verilator");
        (RtlDesign Design, long[]?[] Stimulus, string Name)[] all = [.. networks];
        Cosimulation cosimulation = new([.. all.Select(n => n.Design)]);
        foreach ((_, long[]?[] stimulus, _) in all)
            cosimulation.Add(stimulus);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(Enum.Parse<VerilogSimulator>(simulator), folder.Path);
        for (int i = 0; i < results.Length; i++)
        {
            output.WriteLine($"{all[i].Design.Name}: {results[i]}");
            Assert.True(results[i].Mismatches == 0, $"{results[i].Mismatches} mismatches: {results[i].FirstMismatch}\n{all[i].Name}");
            Assert.Equal(all[i].Design.Latency, results[i].Latency);
            Assert.Equal(all[i].Design.Interval, results[i].Interval);
        }
        return results;
    }
}
