using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Text;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>What Yosys counts of the emitted Verilog.</summary>
public sealed class SynthesisTests(ITestOutputHelper output)
{
    // Single layers vary more than whole networks, and what ABC makes of a few gates more than what it makes of many.
    [SkippableFact]
    public void Estimates_are_near_what_Yosys_counts()
    {
        VerilogTools.Require("yosys");
        using TempFolder folder = new();
        long lut = 0, ff = 0, estimatedLut = 0, estimatedFf = 0;
        foreach ((_, RtlDesign design) in RtlNetworks.From(650_000, int.MaxValue, Family.UltraScalePlus,
            IOType.IoParallel).Where(n => n.Design.Layers.Sum(l => l.Operations) < 300).Take(6))
        {
            foreach (LayerFigures layer in new LayerSynthesis(folder.Path).Run(design))
            {
                Cost estimate = RtlCost.Of(layer.Layer!, design.Target.Family);
                output.WriteLine(
                    $"{layer.Module}, {layer.Layer!.Layer.Operation.Kind}: {estimate.Lut} of {layer.Figures.Lut} LUT, "
                    + $"{estimate.Ff} of {layer.Figures.Ff} FF, {estimate.Dsp} of {layer.Figures.Dsp} DSP");
                Assert.Equal(layer.Figures.Dsp, estimate.Dsp);
                (lut, ff, estimatedLut, estimatedFf) = (lut + layer.Figures.Lut, ff + layer.Figures.Ff,
                    estimatedLut + estimate.Lut, estimatedFf + estimate.Ff);
            }
        }
        Assert.InRange(estimatedLut, 0.9 * lut, 1.1 * lut);
        Assert.InRange(estimatedFf, 0.95 * ff, 1.05 * ff);
    }

    [SkippableTheory]
    [InlineData(Family.Ecp5, "LUT4|CCU2C|CCU2C", "TRELLIS_FF")]
    [InlineData(Family.Ice40, "SB_LUT4", "SB_DFF[A-Z]*")]
    [InlineData(Family.Gowin, "LUT[1-4]|ALU", "DFF[A-Z]*")]
    [InlineData(Family.Asic, "(?!)", "(?!)")]
    public void Cells_of_other_families_are_counted_by_their_names(Family family, string luts, string registers)
    {
        VerilogTools.Require("yosys");
        (_, RtlDesign design) = RtlNetworks.From(630_000, int.MaxValue, family)
            .First(n => n.Design.Layers.Sum(l => l.Operations) is > 30 and < 200
                && n.Design.Layers.Any(l => l.RegisterBits > 0));
        RtlLayer layer = design.Layers.First(l => l.RegisterBits > 0);
        using TempFolder folder = new();
        GeneratedFile file = new($"{layer.Module}.v", layer.Text);
        SynthesisFigures figures = Yosys.Synthesize(folder.Path, [file], layer.Module, family, dsp: false,
            netlist: "netlist.v");
        string netlist = File.ReadAllText(Path.Combine(folder.Path, "netlist.v"));
        output.WriteLine($"{layer.Module}: {figures}, {layer.RegisterBits} register bits");
        Assert.InRange(figures.Ff, 1, layer.RegisterBits);
        if (family == Family.Asic)
        {
            Assert.True(figures is { Lut: 0, Area: 0, Uncounted: null } && figures.Cells > figures.Ff);
            string library = Path.Combine(folder.Path, "process.lib");
            File.WriteAllText(library, LibertyTests.Library);
            SynthesisFigures cells = Yosys.Synthesize(folder.Path, [file], layer.Module, family, dsp: false,
                library: CellLibrary.Of(library));
            Assert.Equal(figures.Ff, cells.Ff);
            Assert.Null(cells.Uncounted);
            // A register has an area of 6, every other cell 1.
            Assert.Equal((6 * cells.Ff) + (cells.Cells - cells.Ff), cells.Area, 6);
            return;
        }
        Assert.Null(figures.Uncounted);
        Assert.Equal(luts.Split('|')
            .Sum(name => Regex.Count(netlist, $@"^\s+{name} (#\(|\S+ \()", RegexOptions.Multiline)), figures.Lut);
        Assert.Equal(Regex.Count(netlist, $@"^\s+{registers} (#\(|\S+ \()", RegexOptions.Multiline), figures.Ff);
    }
}
