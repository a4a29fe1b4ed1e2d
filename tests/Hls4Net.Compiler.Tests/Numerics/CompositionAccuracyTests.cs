using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Numerics;

/// <summary>
/// Normalizations and softmax with automatic types: how far the firmware is from real numbers on typical data.
/// </summary>
public sealed class CompositionAccuracyTests(ITestOutputHelper output)
{
    private const int Samples = 60;

    public static TheoryData<string> Normalizations => new("LayerNormalization", "InstanceNormalization",
        "GroupNormalization", "RMSNormalization", "LpNormalization", "MeanVarianceNormalization");

    [Theory]
    [MemberData(nameof(Normalizations))]
    public void Normalizations_of_sixteen_bits_are_within_a_few_units(string op)
    {
        Random random = new(1);
        foreach (double spread in new[] { 0.1, 1, 8 })
        {
            using TempFolder folder = new();
            ModelBuilder model = new ModelBuilder(23).Input("x", 1, 8, 4, 4)
                .Weights("channels", [8], [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble() + 0.5)])
                .Weights("row", [4], 1.25, 0.5, 0.75, 1);
            string[] parameters = op switch
            {
                "LayerNormalization" => ["row", "row"],
                "RMSNormalization" => ["row"],
                "InstanceNormalization" or "GroupNormalization" => ["channels", "channels"],
                _ => []
            };
            (string,
                object)[] attributes = op switch
                {
                    "GroupNormalization" => [("num_groups", 2)],
                    "LayerNormalization" => [("axis", -1)],
                    _ => []
                };
            ModelOptions options = model.Node(op, ["x", .. parameters], "y", attributes).Output("y").Save(folder) with
            {
                Layers = [new LayerOverride("x",
                    LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,6)") })],
            };
            CompiledModel compiled = ModelHarness.Compile(options);
            (Value x, Value y, Value real) = (compiled.Model.Network.Inputs[0], compiled.Model.Network.Outputs[0].Value,
                compiled.Network.Outputs[0].Value);
            ManagedSimulator simulator = new(compiled.Model.Network);
            ReferenceSimulator reference = new(compiled.Network);
            double worst = 0;
            for (int n = 0; n < Samples; n++)
            {
                long[] raw = [.. Enumerable.Range(0, x.Shape.Size)
                    .Select(_ => (long)FixedPoint.Convert(Gaussian(random) * spread,
                        x.Type with { Rounding = Rounding.Rnd, Overflow = Overflow.Sat }, out bool _))];
                simulator.RunRaw(raw);
                reference.Run([.. raw.Select(m => m * x.Type.Ulp)]);
                for (int i = 0; i < y.Shape.Size; i++)
                    worst = Math.Max(worst, Math.Abs(simulator[y][i] - (reference[real][i] / y.Type.Ulp)));
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{op}, spread {spread}: {worst:F2} units of {y.Type} at most"));
            Assert.InRange(worst, 0, 4);
        }
    }

    [Fact]
    public void Softmax_of_any_logits_keeps_the_argmax_and_sums_to_one()
    {
        Random random = new(2);
        foreach (int bits in new[] { 8, 12, 16, 20, 24 })
        {
            foreach (int spread in new[] { 1, 4, 16, 64 })
            {
                // Logits from -spread to spread.
                int integer = 1 + IntegerWidth.CeilLog2(spread) + 1;
                using TempFolder folder = new();
                ModelOptions options = new ModelBuilder(17).Input("x", 1, 10).Node("Softmax", ["x"], "y").Output("y")
                    .Save(folder) with
                {
                    Layers = [new LayerOverride("x",
                        LayerSettings.Unset with { Precision = ModelHarness.Precision($"fixed({bits},{integer})") })],
                };
                Network network = ModelHarness.Compile(options).Model.Network;
                (Value x, Value y) = (network.Inputs[0], network.Outputs[0].Value);
                ManagedSimulator simulator = new(network);
                double sumError = 0, error = 0;
                for (int n = 0; n < 300; n++)
                {
                    simulator.RunRaw(
                        [.. Enumerable.Range(0, 10)
                            .Select(_ =>
                                (long)Math.Clamp(Math.Round(((random.NextDouble() * 2) - 1) * spread / x.Type.Ulp),
                                    (double)x.Type.MinMantissa, (double)x.Type.MaxMantissa))]);
                    long[] logits = [.. simulator[x]], probabilities = [.. simulator[y]];
                    // The first of the largest logits has the largest probability, and shares it with none but its
                    // equals.
                    Assert.Equal(probabilities.Max(), probabilities[Array.IndexOf(logits, logits.Max())]);
                    Assert.Equal(logits.Max(), logits[Array.IndexOf(probabilities, probabilities.Max())]);
                    double[] exact = [.. logits.Select(m => Math.Exp((m - logits.Max()) * x.Type.Ulp))];
                    sumError = Math.Max(sumError, Math.Abs((probabilities.Sum() * y.Type.Ulp) - 1) / y.Type.Ulp);
                    for (int i = 0; i < 10; i++)
                        error = Math.Max(error, Math.Abs(probabilities[i] - (exact[i] / exact.Sum() / y.Type.Ulp)));
                }
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"logits {x.Type} from -{spread} to {spread}: the sum is off by {sumError:F2} units of {y.Type}, a "
                    + $"probability by {error:F2}"));
                Assert.InRange(sumError, 0, 2);
                Assert.InRange(error, 0, 3);
            }
        }
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
