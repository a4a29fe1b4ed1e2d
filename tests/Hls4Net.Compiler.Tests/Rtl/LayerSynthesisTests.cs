using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Models;
using Hls4Net.Text;
using Hls4Net.Tools;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>Which layers share a run of Yosys, and that none is counted otherwise for it.</summary>
public sealed class LayerSynthesisTests(ITestOutputHelper output)
{
    // Runs of the program, counted.
    private sealed class Counted : IToolRunner
    {
        public int Runs { get; private set; }

        public ToolRun? Run(ToolCall call, CancellationToken cancellation = default)
        {
            lock (this)
                Runs++;
            return LocalTools.Instance.Run(call, cancellation);
        }
    }

    [SkippableTheory]
    [InlineData(Family.UltraScalePlus)]
    [InlineData(Family.Ecp5)]
    [InlineData(Family.Ice40)]
    [InlineData(Family.Gowin)]
    [InlineData(Family.Asic)]
    public void Small_layers_share_a_run_and_each_has_the_figures_that_it_has_alone(Family family)
    {
        VerilogTools.Require("yosys");
        (_, RtlDesign design) = RtlNetworks.From(640_000, int.MaxValue, family)
            .First(n => n.Design.Layers.Count(l => !l.IsWiring) >= 3
                && n.Design.Layers.Sum(l => l.Text.Length) is > 2_000 and < 16_000);
        using TempFolder folder = new();
        Counted runs = new();
        ImmutableArray<LayerFigures> layers = new LayerSynthesis(folder.Path, tools: runs).Run(design);
        Assert.InRange(runs.Runs, 1, design.Layers.Any(l => l.Multiplies) ? 2 : 1);
        foreach (LayerFigures layer in layers.Where(l => l.Layer is not null))
        {
            using TempFolder work = new();
            SynthesisFigures alone = Yosys.Synthesize(work.Path, [new GeneratedFile("m.v", layer.Layer!.Text),
                .. RtlDesign.PartsOf(layer.Layer.Text)], layer.Module, family, layer.Layer.Multiplies);
            output.WriteLine($"{layer.Module}: {layer.Figures}; alone {alone}");
            Assert.False(layer.Kept);
            Assert.Equal((alone.Ff, alone.Dsp, alone.Bram18, alone.Uncounted),
                (layer.Figures.Ff, layer.Figures.Dsp, layer.Figures.Bram18, layer.Figures.Uncounted));
            // In which order ABC meets gates of the same cost depends on the names of wires.
            Assert.InRange(layer.Figures.Lut, (0.95 * alone.Lut) - 2, (1.05 * alone.Lut) + 2);
            Assert.InRange(layer.Figures.Cells, (0.95 * alone.Cells) - 2, (1.05 * alone.Cells) + 2);
        }
    }

    [SkippableFact]
    public void A_run_without_a_layer_that_has_changed_is_not_made_again()
    {
        VerilogTools.Require("yosys");
        using TempFolder folder = new();
        string kept = Path.Combine(folder.Path, "kept");
        // Two matrices that are too large for one run.
        RtlDesign before = ModelHarness.Compile(RtlNetworks.Mlp(folder, 1, 12, 12, 12)).Verilog,
            after = ModelHarness.Compile(RtlNetworks.Mlp(folder, 2, 12, 12, 12)).Verilog;
        ImmutableArray<LayerFigures> first = new LayerSynthesis(kept).Run(before);
        Assert.All(first, l => Assert.False(l.Kept));
        Assert.All(first.Where(l => l.Module != "model_relu"), l => Assert.InRange(l.Figures.Lut, 400, 3000));
        Assert.All(first, l => Assert.InRange(l.Figures.Ff, 0, l.Layer!.RegisterBits));
        ImmutableArray<LayerFigures> second = new LayerSynthesis(kept).Run(before);
        Assert.All(second, l => Assert.True(l.Kept));
        Assert.Equal(first.Select(l => l.Figures), second.Select(l => l.Figures));
        Assert.Equal(["model_fc2"], new LayerSynthesis(kept).Run(after).Where(l => !l.Kept).Select(l => l.Module));
    }
}
