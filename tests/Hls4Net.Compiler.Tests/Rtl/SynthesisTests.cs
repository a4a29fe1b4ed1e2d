using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>What the tools say about the emitted Verilog: lint, synthesis, and netlists that give the simulator's bits.</summary>
public sealed class SynthesisTests(ITestOutputHelper output)
{
    private const int Samples = 40;

    [SkippableFact]
    public void Verilator_has_nothing_to_warn_of()
    {
        VerilogTools.Require("verilator");
        foreach (RtlDesign design in RtlNetworks.From(600_000, 15).Select(n => n.Design))
        {
            using TempFolder folder = new();
            foreach (GeneratedFile file in design.Files)
                File.WriteAllText(Path.Combine(folder.Path, file.Path), file.Text);
            ToolRun run = Tool.Run(folder.Path, "verilator", ["--lint-only", "-Wall", "--top-module", design.Name, .. design.Files.Select(f => f.Path)])!;
            Assert.True(run.ExitCode == 0, $"{design.Name}: {run.Output}");
        }
    }

    [SkippableFact]
    public void Adders_of_primitives_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        (RandomNetwork Network, RtlDesign Design)[] networks = [.. RtlNetworks.From(610_000, int.MaxValue, Family.UltraScalePlus).Where(Small).Take(5)];
        Check(networks, null, "-DHLS4NET_XILINX", VerilogTools.XilinxCells);
    }

    [SkippableFact]
    public void Netlists_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        (RandomNetwork Network, RtlDesign Design)[] networks = [.. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus).Where(n => Small(n) && !HasBlockRam(n.Design)).Take(1)];
        Dictionary<string, string> netlists = [];
        using TempFolder folder = new();
        foreach ((_, RtlDesign design) in networks)
        {
            foreach (RtlLayer layer in design.Layers)
            {
                GeneratedFile[] files = [new($"{layer.Module}.v", layer.Text), new("hls4net_ternary_add.v", RtlDesign.TernaryAdder)];
                SynthesisFigures figures = Yosys.Synthesize(folder.Path, files, layer.Module, design.Target.Family, dsp: false, netlist: $"{layer.Module}.netlist.v");
                output.WriteLine($"{layer.Module}, {layer.Layer.Operation.Kind}: {figures}, {layer.RegisterBits} register bits");
                netlists[$"{layer.Module}.v"] = File.ReadAllText(Path.Combine(folder.Path, $"{layer.Module}.netlist.v"));
            }
        }
        Check(networks, netlists, VerilogTools.XilinxCells);
    }

    // Event-driven simulation of carry chains between cells takes long.
    private static bool Small((RandomNetwork Network, RtlDesign Design) n) =>
        n.Design.Layers.Sum(l => l.Program.Values.Length) < 300 && n.Design.Layers.Any(l => l.Text.Contains("hls4net_ternary_add", StringComparison.Ordinal));

    // Yosys has no simulation model of the block RAM that a long table becomes.
    private static bool HasBlockRam(RtlDesign design) =>
        design.Layers.SelectMany(l => l.Program.Values).Any(v => v.Operation is IntegerOperation.Table { Entries.Length: > 64 });

    private static void Check((RandomNetwork Network, RtlDesign Design)[] networks, IReadOnlyDictionary<string, string>? replaced, params string[] options)
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
