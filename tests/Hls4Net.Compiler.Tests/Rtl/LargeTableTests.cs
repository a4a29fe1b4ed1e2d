using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Programs;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Rtl;

/// <summary>
/// Tables of wide inputs: their text is there once, whatever the number of elements that look into them.
/// </summary>
public sealed class LargeTableTests
{
    [SkippableFact]
    public void Elements_share_a_table_and_give_the_managed_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        using TempFolder folder = new();
        CompiledModel one = Compile(folder, 1, "one"), six = Compile(folder, 6, "six");
        RtlDesign design = RtlNetworks.Build(six, new Target(Family.UltraScalePlus, 5));
        Assert.Contains(design.Layers.SelectMany(l => l.Datapath.Programs).SelectMany(p => p.Values),
            v => v.Operation is IntegerOperation.Table { IsMemory: true });
        long single = RtlNetworks.Build(one, design.Target).Layers.Sum(l => (long)l.Text.Length);
        Assert.InRange(design.Layers.Sum(l => (long)l.Text.Length), single, single + 20_000);
        Assert.True(RtlCost.Of(design).Total.Lut > 6 * RtlCost.Of(RtlNetworks.Build(one, design.Target)).Total.Lut / 2);
        Cosimulation cosimulation = new([design]);
        cosimulation.Add([.. ExtremeVectors.Of(six.Model.Network)]);
        CosimulationResult result = Assert.Single(cosimulation.Run(VerilogSimulator.Icarus, folder.Path));
        Assert.True(result.Mismatches == 0, result.FirstMismatch);
    }

    [SkippableFact]
    public void Shared_case_is_some_megabytes()
    {
        CompiledModel model = ModelHarness.Compile(
            SharedCases.Options("verilog-416-megabytes") with { Backend = Backend.Rtl });
        Assert.InRange(model.EmitVerilog().Sum(f => (long)f.Text.Length), 1, 32_000_000);
        DiagnosticBag diagnostics = new("model.onnx");
        Assert.DoesNotContain(model.Verify(null, diagnostics).Result.Layers, l => l.Overflows > 0);
        Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor == Descriptors.ExecutionsDiffer);
    }

    private static CompiledModel Compile(TempFolder folder, int elements, string name)
    {
        ModelOptions options = new ModelBuilder().Input("x", 1, elements).Node("Acosh", ["x"], "y").Output("y")
            .Save(folder, name);
        return ModelHarness.Compile(options with
        {
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(15,5,RND,SAT)") })],
        });
    }
}
