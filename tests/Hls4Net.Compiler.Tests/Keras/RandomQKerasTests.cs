using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// Random networks of QKeras in files that are written here: the firmware is their definition on every bit.
/// </summary>
public sealed class RandomQKerasTests(ITestOutputHelper output)
{
    private const int Usual = 80, Many = 20_000, Samples = 40, Fraction = 7;

    [Fact]
    public void Firmware_is_the_definition()
    {
        int outputs = 0, given = 0;
        Dictionary<string, int> kinds = new(StringComparer.Ordinal);
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Random random = new(seed);
            RandomQKerasNetwork network = new(random);
            using TempFolder folder = new();
            CompiledModel model = ModelHarness.Compile(Options(network, folder));
            ManagedSimulator simulator = new(model.Model.Network);
            Value y = model.Model.Network.Outputs[0].Value;
            foreach (double[] x in Inputs(network, random))
            {
                double[] expected = network.Evaluate(x);
                simulator.Run(x);
                double[] actual = [.. simulator[y].ToArray().Select(m => m * Math.ScaleB(1, -y.Type.Fraction))];
                Assert.True(expected.AsSpan().SequenceEqual(actual),
                    $"seed {seed} ({string.Join(", ", network.Kinds)}), x = {string.Join(' ', x)}: "
                    + $"{string.Join(' ', actual)} and not {string.Join(' ', expected)}");
                outputs += actual.Count(a => a != 0);
                given++;
            }
            foreach (string kind in network.Kinds)
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }
        output.WriteLine($"{given} samples, {outputs} outputs other than zero; "
            + string.Join(", ", kinds.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k.Key}: {k.Value}")));
        Assert.True(outputs > given / 4, "most networks give nothing but zeros");
    }

    [SkippableFact]
    public void Compiled_firmware_has_the_same_bits()
    {
        Random random = new(5);
        RandomQKerasNetwork network = new(random);
        using TempFolder folder = new();
        double[] inputs = [.. Inputs(network, random).SelectMany(x => x)];
        ModelOptions options = Options(network, folder) with
        {
            TestInputs = [folder.Write("x.npy", Npy.Doubles([inputs.Length / network.Inputs, network.Inputs], inputs))],
        };
        Assert.Equal(0, ModelHarness.Verify(ModelHarness.Compile(options)).Result.MaxAbsError);
    }

    // Functions that are no quantizers are exact where that is asked for.
    private static ModelOptions Options(RandomQKerasNetwork network, TempFolder folder) =>
        ModelHarness.Options(folder.Write(network.File, network.ToBytes())) with
        {
            Defaults = network.Kinds.All(RandomQKerasQuantizer.IsQuantizer) ? LayerSettings.Unset
            : LayerSettings.Unset with { Precision = ModelHarness.Precision("exact") },
            Layers = [new LayerOverride("x", LayerSettings.Unset with
        {
            Precision = new PrecisionSpec.Pinned(new FixedPointType(14, 14 - Fraction, true, Rounding.Rnd,
                Overflow.Sat)),
        })],
        };

    private static IEnumerable<double[]> Inputs(RandomQKerasNetwork network, Random random) =>
        Enumerable.Range(0, Samples).Select(s => (double[])[.. Enumerable.Range(0, network.Inputs)
            .Select(_ => Math.ScaleB(random.Next(-1 << 9, 1 << 9), s % 2 == 0 ? -Fraction : -Fraction + 2))]);
}
