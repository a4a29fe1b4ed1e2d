using FsCheck.Xunit;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Seed = FsCheck.DoNotSize<int>;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Constants of odd scales that are added, compared, clipped with or padded: the firmware is the network within the
/// rounding of its results.
/// </summary>
public sealed class ConstantProperties
{
    [Property(MaxTest = 100)]
    public void Constants_move_results_by_less_than_their_rounding(Seed seed)
    {
        using TempFolder folder = new();
        RandomConstants chain = new(seed.Item);
        CompiledModel model = ModelHarness.Compile(chain.Save(folder));
        ManagedSimulator simulator = new(model.Model.Network);
        // No type is wider than 16 bits where the results' range asks for less: a unit of any of them is what one step
        // may cost.
        double unit = model.Model.Layers.Skip(chain.Decides ? FirstDecision(model) + 1 : 0).Max(l => l.Output.Type.Ulp);
        for (int sample = 0; sample < chain.Inputs.Length; sample++)
        {
            simulator.Run(chain.Inputs[sample]);
            ReadOnlySpan<long> mantissas = simulator[model.Model.Network.Outputs[0].Value];
            double ulp = model.Model.Network.Outputs[0].Value.Type.Ulp;
            for (int i = 0; i < mantissas.Length; i++)
            {
                double error = Math.Abs((mantissas[i] * ulp) - chain.Expected[sample][i]);
                Assert.True(error <= unit * chain.Steps,
                    $"sample {sample}, element {i}: off by {error}, {chain.Steps} steps of {unit}");
            }
        }
        Assert.All(model.Model.Layers, l => Assert.InRange(l.Output.Type.Width, 1, 34));
    }

    [SkippableFact]
    public void Every_bit_is_that_of_the_compiled_firmware_and_of_the_programs()
    {
        using TempFolder folder = new();
        List<CompiledModel> models =
            [.. Enumerable.Range(0, 12)
                .Select(i => ModelHarness.Compile(new RandomConstants(7000 + i)
                    .Save(folder, $"m{i}") with { Backend = Configuration.Backend.Rtl }))];
        Streams.StreamFirmware.AssertEqual(models);
        foreach (CompiledModel model in models)
        {
            Diagnostics.DiagnosticBag diagnostics = new(model.Options.Source);
            model.Verify(null, diagnostics);
            Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor == Diagnostics.Descriptors.ExecutionsDiffer);
        }
    }

    private static int FirstDecision(CompiledModel model) =>
        model.Model.Layers.Select((layer, i) => (layer, i))
            .First(l => l.layer.Operation is Graph.Operations.ExactFunction).i;
}
