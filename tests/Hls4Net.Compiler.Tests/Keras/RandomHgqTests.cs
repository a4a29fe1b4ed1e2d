using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// Random networks of HGQ2 in files that are written here: the firmware is their definition on every bit.
/// </summary>
public sealed class RandomHgqTests(ITestOutputHelper output)
{
    private const int Usual = 60, Many = 20_000, Samples = 60, Fraction = 9;

    [Fact]
    public void Firmware_is_the_definition()
    {
        int outputs = 0, given = 0;
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Random random = new(seed);
            RandomHgqNetwork network = new(random);
            using TempFolder folder = new();
            CompiledModel model = ModelHarness.Compile(
                Options(folder.Write("net.keras", network.ToBytes()), seed % 2 == 0 && network.SaysPort));
            ManagedSimulator simulator = new(model.Model.Network);
            Value y = model.Model.Network.Outputs[0].Value;
            foreach (double[] x in Inputs(network, random))
            {
                double[] expected = network.Evaluate(x);
                simulator.Run(x);
                double[] actual = [.. simulator[y].ToArray().Select(m => m * Math.ScaleB(1, -y.Type.Fraction))];
                Assert.True(expected.AsSpan().SequenceEqual(actual),
                    $"seed {seed}, x = {string.Join(' ', x)}: {string.Join(' ', actual)} and not "
                    + $"{string.Join(' ', expected)}");
                Assert.All(model.Model.Network.Nodes, n => Steps(n.Output, simulator[n.Output]));
                outputs += actual.Count(a => a != 0);
                given++;
            }
        }
        output.WriteLine($"{given} samples, {outputs} outputs other than zero");
        Assert.True(outputs > given / 4, "most networks give nothing but zeros");
    }

    private static void Steps(Value value, ReadOnlySpan<long> mantissas)
    {
        for (int e = 0; e < mantissas.Length; e++)
        {
            Int128 apart = mantissas[e] - value.Typing!.Range[e].Min;
            Assert.True(apart == 0 || apart % value.Typing.Steps[e] == 0,
                $"{value} element {e} is {mantissas[e]}, which no steps of {value.Typing.Steps[e]} lead to");
        }
    }

    [SkippableFact]
    public void Compiled_firmware_has_the_same_bits()
    {
        Random random = new(11);
        RandomHgqNetwork network = new(random);
        using TempFolder folder = new();
        double[] inputs = [.. Inputs(network, random).SelectMany(x => x)];
        ModelOptions options = Options(folder.Write("net.keras", network.ToBytes()), network.SaysPort) with
        {
            TestInputs = [folder.Write("x.npy", Npy.Doubles([inputs.Length / network.Inputs, network.Inputs], inputs))],
        };
        Assert.Equal(0, ModelHarness.Verify(ModelHarness.Compile(options)).Result.MaxAbsError);
    }

    // Every other network chooses the port's type itself, from its quantizers.
    private static ModelOptions Options(string path, bool choosesPort) => choosesPort ? ModelHarness.Options(path)
        : ModelHarness.Options(path) with
        {
            Layers = [new LayerOverride("x", LayerSettings.Unset with
            {
                Precision = new PrecisionSpec.Pinned(new FixedPointType(20, 20 - Fraction, true, Rounding.Rnd,
                    Overflow.Sat)),
            })],
        };

    private static IEnumerable<double[]> Inputs(RandomHgqNetwork network, Random random) =>
        Enumerable.Range(0, Samples).Select(s => (double[])[.. Enumerable.Range(0, network.Inputs)
            .Select(_ => Math.ScaleB(random.Next(-1 << 13, 1 << 13), s % 2 == 0 ? -Fraction : -5))]);
}
