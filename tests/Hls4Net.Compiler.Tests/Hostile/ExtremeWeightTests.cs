using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Constants at the ends of float32, where shifts exceed words: what builds must compile and keep its bits.
/// </summary>
public sealed class ExtremeWeightTests
{
    private static readonly double[] s_values = [1e-45, 1e-12, 1e12, 3e38];

    [SkippableFact]
    public void Models_with_extreme_constants_keep_their_bits()
    {
        using TempFolder folder = new();
        List<CompiledModel> models = [];
        foreach (ModelBuilder model in Models())
        {
            string name = $"m{models.Count}";
            Configuration.ModelOptions options = model.Save(folder, name);
            if (HostileTest.Errors(options).Count == 0)
                models.Add(ModelHarness.Compile(options));
        }
        Assert.InRange(models.Count, 20, int.MaxValue);
        using FirmwareBatch firmware = FirmwareBatch.Compile(models, "-O0");
        for (int i = 0; i < models.Count; i++)
        {
            TypedModel model = models[i].Model;
            ManagedSimulator simulator = new(model.Network);
            Graph.Value input = model.Network.Inputs[0], output = model.Network.Outputs[0].Value;
            foreach (
                long mantissa in new long[] { 0, 1, -1, 1000, -1000, (long)input.Type.MaxMantissa,
                    (long)input.Type.MinMantissa })
            {
                long[] raw = [mantissa, -mantissa - 1, mantissa / 3], outputs = new long[output.Shape.Size],
                    layers = new long[model.Layers.Sum(l => l.Output.Shape.Size)];
                simulator.RunRaw(raw);
                Assert.True(firmware.TraceOf(i)(raw, outputs, layers, 1) == 0, firmware.Error());
                Assert.Equal(simulator[output].ToArray(), outputs);
            }
        }
    }

    private static IEnumerable<ModelBuilder> Models()
    {
        foreach (double magnitude in s_values)
        {
            foreach (double value in new[] { magnitude, -magnitude })
            {
                foreach (string op in new[] { "Add", "Mul", "Div", "PRelu" })
                    yield return Model().Weights("w", [3], 1, value, 0.5).Node(op, ["x", "w"], "y").Output("y");
                yield return Model().Weights("w", [3], value, value, value).Node("Mul", ["x", "w"], "y").Output("y");
                yield return Model().Node("ThresholdedRelu", ["x"], "y", ("alpha", value)).Output("y");
                yield return Model().Node("LeakyRelu", ["x"], "y", ("alpha", value)).Output("y");
                yield return Model().Weights("w", [], value).Node("Clip", ["x", "w"], "y").Output("y");
                yield return Model().Weights("w", [], value).Node("Clip", ["x", "", "w"], "y").Output("y");
                yield return Model().Weights("w", [], value).Weights("v", [], -value).Node("Clip", ["x", "w", "v"], "y")
                    .Output("y");
                yield return Model().Weights("w", [3, 1], value, value, -value).Weights("b", [1], 1)
                    .Node("Gemm", ["x", "w", "b"], "y").Output("y");
                yield return Model().Weights("w", [3, 1], 1, -1, 0.5).Weights("b", [1], value)
                    .Node("Gemm", ["x", "w", "b"], "y").Output("y");
                foreach (string op in new[] { "Sigmoid", "Tanh", "Softplus" })
                    yield return Model().Weights("w", [1], value).Node("Mul", ["x", "w"], "m").Node(op, ["m"], "y")
                        .Output("y");
                yield return Model().Node("Elu", ["x"], "y", ("alpha", value)).Output("y");
                yield return Model().Node("Celu", ["x"], "y", ("alpha", value)).Output("y");
            }
        }
    }

    private static ModelBuilder Model() => new ModelBuilder().Input("x", 1, 3);
}
