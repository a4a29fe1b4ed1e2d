using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Programs;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;
using Hls4Net.Text;
using Hls4Net.Tools;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>What the tools say about the emitted Verilog: lint, synthesis, and netlists that give the simulator's bits.</summary>
public sealed class SynthesisTests(ITestOutputHelper output)
{
    private const int Samples = 40;

    [SkippableFact]
    public void Verilator_and_Yosys_have_nothing_to_warn_of()
    {
        VerilogTools.Require("verilator");
        VerilogTools.Require("yosys");
        RtlDesign[] wide = [.. RtlNetworks.Wide(580_000, 40).Select(n => n.Design).Where((d, i) => i % 5 == 0 || PutsTogether(d))];
        Assert.Contains(wide, PutsTogether);
        Assert.Contains(wide, d => d.Links.Length > 0);
        RtlDesign[] designs =
        [
            .. RtlNetworks.From(600_000, 24).Concat(RtlNetworks.Convolutional(602_000, 8, IOType.IoStream)).Select(n => n.Design), .. wide,
            .. CosimulationTests.WithPartialResults().Select(m => RtlNetworks.Build(m, new Target(Family.Generic, 4))),
        ];
        foreach (RtlDesign design in designs)
        {
            using TempFolder folder = new();
            foreach (GeneratedFile file in design.Files)
                File.WriteAllText(Path.Combine(folder.Path, file.Path), file.Text);
            ToolRun run = Tool.Run(folder.Path, "verilator", ["--lint-only", "-Wall", "--top-module", design.Name, .. design.Files.Select(f => f.Path)])!;
            Assert.True(run.ExitCode == 0, $"{design.Name}: {run.Output}");
            string script = $"{string.Concat(design.Files.Select(f => $"read_verilog {f.Path}; "))}hierarchy -check -top {design.Name}; proc; flatten; opt_clean; check -assert";
            ToolRun check = Tool.Run(folder.Path, "yosys", ["-q", "-p", script])!;
            Assert.True(check.ExitCode == 0 && check.Output.Length == 0, $"{design.Name}: {check.Output}");
        }
    }

    // True where outputs of a step are put together to items.
    private static bool PutsTogether(RtlDesign design) => design.Layers.Any(l => l.Text.Contains("waiting_pixels", StringComparison.Ordinal));

    [SkippableFact]
    public void Adders_of_primitives_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        (RandomNetwork Network, RtlDesign Design)[] networks = [.. RtlNetworks.From(610_000, int.MaxValue, Family.UltraScalePlus).Where(Small).Take(5)];
        Check(networks, null, "-DHLS4NET_XILINX", VerilogTools.XilinxCells);
    }

    [SkippableFact]
    public void Tables_of_primitives_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        (RandomNetwork Network, RtlDesign Design)[] networks =
            [.. RtlNetworks.From(640_000, int.MaxValue, Family.UltraScalePlus).Where(n => n.Design.Layers.Any(l => l.Text.Contains("hls4net_table", StringComparison.Ordinal))).Take(4)];
        Check(networks, null, "-DHLS4NET_XILINX", VerilogTools.XilinxCells);
    }

    // Single layers vary more than whole networks, and what ABC makes of a few gates more than what it makes of many.
    [SkippableFact]
    public void Estimates_are_near_what_Yosys_counts()
    {
        VerilogTools.Require("yosys");
        using TempFolder folder = new();
        long lut = 0, ff = 0, estimatedLut = 0, estimatedFf = 0;
        foreach ((_, RtlDesign design) in RtlNetworks.From(650_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel).Where(n => n.Design.Layers.Sum(l => l.Operations) < 300).Take(6))
        {
            foreach (LayerFigures layer in new LayerSynthesis(folder.Path).Run(design))
            {
                Cost estimate = RtlCost.Of(layer.Layer!, design.Target.Family);
                output.WriteLine($"{layer.Module}, {layer.Layer!.Layer.Operation.Kind}: {estimate.Lut} of {layer.Figures.Lut} LUT, {estimate.Ff} of {layer.Figures.Ff} FF, {estimate.Dsp} of {layer.Figures.Dsp} DSP");
                Assert.Equal(layer.Figures.Dsp, estimate.Dsp);
                (lut, ff, estimatedLut, estimatedFf) = (lut + layer.Figures.Lut, ff + layer.Figures.Ff, estimatedLut + estimate.Lut, estimatedFf + estimate.Ff);
            }
        }
        Assert.InRange(estimatedLut, 0.9 * lut, 1.1 * lut);
        Assert.InRange(estimatedFf, 0.95 * ff, 1.05 * ff);
    }

    [SkippableFact]
    public void Netlists_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        Netlists(null, VerilogTools.XilinxCells, OfEachForm());
    }

    [SkippableFact]
    public void Netlists_of_Yosys_as_WebAssembly_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        YosysTool yosys = VerilogTools.RequireYoWasp();
        Netlists(yosys, Path.Combine(yosys.Package!, "gen", "share", "xilinx", "cells_sim.v"), [OfEachForm()[^1]]);
    }

    private static (RandomNetwork Network, RtlDesign Design)[] OfEachForm() =>
        [
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel, unrolled: true).Where(n => Small(n) && !HasBlockRam(n.Design)).Take(1),
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel, unrolled: true).Where(n => Small(n) && n.Design.Layers.Any(l => l.Operations > 30 && l.Text.Contains("hls4net_lut_pair", StringComparison.Ordinal)) && !HasBlockRam(n.Design)).Take(1),
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel).Where(n => Small(n) && !HasBlockRam(n.Design) && n.Design.Interval > 1 && Narrow(n)).Take(1),
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoStream).Where(n => Small(n) && !HasBlockRam(n.Design) && n.Design.Layers.Length > 1 && Narrow(n)).Take(1),
            .. RtlNetworks.Wide(620_000, int.MaxValue).Where(n => n.Design.Target.Fabric.AdderOperands == 3 && Small(n) && !HasBlockRam(n.Design) && n.Design.Links.Length > 0 && Narrow(n)).Take(1),
        ];

    private void Netlists(YosysTool? yosys, string cells, (RandomNetwork Network, RtlDesign Design)[] networks)
    {
        Dictionary<string, string> netlists = [];
        using TempFolder folder = new();
        foreach ((_, RtlDesign design) in networks)
        {
            (string Module, string Text, long RegisterBits)[] modules = [.. design.Layers.Select(l => (l.Module, l.Text, l.RegisterBits)), .. design.Links.Select(l => (l.Module, l.Text, l.Parts.RegisterBits))];
            foreach ((string module, string text, long registers) in modules)
            {
                SynthesisFigures figures = Yosys.Synthesize(folder.Path, [new($"{module}.v", text), .. RtlDesign.PartsOf(text)], module, design.Target.Family, dsp: false, netlist: $"{module}.netlist.v", tool: yosys);
                Assert.Null(figures.Uncounted);
                output.WriteLine($"{module}: {figures}, {registers} register bits");
                netlists[$"{module}.v"] = File.ReadAllText(Path.Combine(folder.Path, $"{module}.netlist.v"));
            }
        }
        Check(networks, netlists, cells);
    }

    [SkippableTheory]
    [InlineData(Family.Ecp5, "LUT4|CCU2C|CCU2C", "TRELLIS_FF")]
    [InlineData(Family.Ice40, "SB_LUT4", "SB_DFF[A-Z]*")]
    [InlineData(Family.Gowin, "LUT[1-4]|ALU", "DFF[A-Z]*")]
    [InlineData(Family.Asic, "(?!)", "(?!)")]
    public void Cells_of_other_families_are_counted_by_their_names(Family family, string luts, string registers)
    {
        VerilogTools.Require("yosys");
        (_, RtlDesign design) = RtlNetworks.From(630_000, int.MaxValue, family).First(n => n.Design.Layers.Sum(l => l.Operations) is > 30 and < 200 && n.Design.Layers.Any(l => l.RegisterBits > 0));
        RtlLayer layer = design.Layers.First(l => l.RegisterBits > 0);
        using TempFolder folder = new();
        GeneratedFile file = new($"{layer.Module}.v", layer.Text);
        SynthesisFigures figures = Yosys.Synthesize(folder.Path, [file], layer.Module, family, dsp: false, netlist: "netlist.v");
        string netlist = File.ReadAllText(Path.Combine(folder.Path, "netlist.v"));
        output.WriteLine($"{layer.Module}: {figures}, {layer.RegisterBits} register bits");
        Assert.InRange(figures.Ff, 1, layer.RegisterBits);
        if (family == Family.Asic)
        {
            Assert.True(figures is { Lut: 0, Area: 0, Uncounted: null } && figures.Cells > figures.Ff);
            string library = Path.Combine(folder.Path, "process.lib");
            File.WriteAllText(library, LibertyTests.Library);
            SynthesisFigures cells = Yosys.Synthesize(folder.Path, [file], layer.Module, family, dsp: false, library: CellLibrary.Of(library));
            Assert.Equal(figures.Ff, cells.Ff);
            Assert.Null(cells.Uncounted);
            // A register has an area of 6, every other cell 1.
            Assert.Equal((6 * cells.Ff) + (cells.Cells - cells.Ff), cells.Area, 6);
            return;
        }
        Assert.Null(figures.Uncounted);
        Assert.Equal(luts.Split('|').Sum(name => Regex.Count(netlist, $@"^\s+{name} (#\(|\S+ \()", RegexOptions.Multiline)), figures.Lut);
        Assert.Equal(Regex.Count(netlist, $@"^\s+{registers} (#\(|\S+ \()", RegexOptions.Multiline), figures.Ff);
    }

    // Event-driven simulation of carry chains between cells takes long.
    private static bool Small((RandomNetwork Network, RtlDesign Design) n) =>
        n.Design.Layers.Sum(l => l.Operations) < 300 && n.Design.Layers.Any(l => l.Text.Contains("hls4net_ternary_add", StringComparison.Ordinal));

    // Multipliers without DSP blocks are large.
    private static bool Narrow((RandomNetwork Network, RtlDesign Design) n) =>
        n.Design.Layers.SelectMany(l => l.Datapath.Programs).SelectMany(p => p.Values).Where(v => v.Operation is IntegerOperation.Product).Sum(v => v.Width) < 60;

    // Yosys has no simulation model of the block RAM that a long table becomes, or that weights are asked to be in.
    private static bool HasBlockRam(RtlDesign design) =>
        design.Layers.Any(l => l.Text.Contains("rom_style = \"block\"", StringComparison.Ordinal)) || design.Layers.SelectMany(l => l.Datapath.Programs).SelectMany(p => p.Values).Any(v => v.Operation is IntegerOperation.Table { Entries.Length: > 64 });

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
