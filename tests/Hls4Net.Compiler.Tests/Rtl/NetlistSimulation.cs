using Hls4Net.Programs;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Rtl;

/// <summary>Networks of cells under Icarus, and which networks are small enough for that.</summary>
internal static class NetlistSimulation
{
    /// <summary>Samples of a network: an event-driven simulation of cells takes seconds for each.</summary>
    private static int Samples => Soak.Count(12, 40);

    // Event-driven simulation of carry chains between cells takes long.
    internal static bool Small((RandomNetwork Network, RtlDesign Design) n) =>
        n.Design.Layers.Sum(l => l.Operations) < 300
            && n.Design.Layers.Any(l => l.Text.Contains("hls4net_ternary_add", StringComparison.Ordinal));

    // Multipliers without DSP blocks are large.
    internal static bool Narrow((RandomNetwork Network, RtlDesign Design) n) =>
        n.Design.Layers.SelectMany(l => l.Datapath.Programs).SelectMany(p => p.Values)
            .Where(v => v.Operation is IntegerOperation.Product).Sum(v => v.Width) < 60;

    // Yosys has no simulation model of the block RAM that a long table becomes, or that weights are asked to be in.
    internal static bool HasBlockRam(RtlDesign design) =>
        design.Layers.Any(l => l.Text.Contains("rom_style = \"block\"", StringComparison.Ordinal))
            || design.Layers.SelectMany(l => l.Datapath.Programs).SelectMany(p => p.Values)
            .Any(v => v.Operation is IntegerOperation.Table { Entries.Length: > 64 });

    internal static void Check((RandomNetwork Network, RtlDesign Design)[] networks,
        IReadOnlyDictionary<string, string>? replaced, params string[] options)
    {
        using TempFolder folder = new();
        Cosimulation cosimulation = new([.. networks.Select(n => n.Design)]);
        foreach ((RandomNetwork network, _) in networks)
            cosimulation.Add([.. Enumerable.Range(0, Samples).Select(_ => network.Sample())]);
        CosimulationResult[] results = cosimulation.Run(VerilogSimulator.Icarus, folder.Path, replaced, options);
        Assert.All(results, r => Assert.True(r.Mismatches == 0, r.FirstMismatch));
        Assert.All(results, r => Assert.Equal(Samples, r.Samples));
    }
}
