using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Recurrent;

/// <summary>
/// Random recurrent layers: by the equations of the specification, by ONNX Runtime, on mantissas and in the firmware.
/// </summary>
public sealed class RandomRecurrentTests(ITestOutputHelper output)
{
    private const int Vectors = 4;

    [Fact]
    public void Layers_mean_what_the_specification_and_ONNX_Runtime_say()
    {
        int judged = 0;
        double worst = 0;
        foreach (int seed in Soak.Seeds(60, 1000))
        {
            RandomRecurrent layer = new(seed);
            byte[] bytes = layer.Model().ToBytes();
            CompiledModel compiled = Compiled(layer, IOType.IoParallel, "model");
            // Of layers with samples first ONNX Runtime has none.
            using OnnxRuntimeReference? runtime = layer.BatchFirst ? null : OnnxRuntimeReference.Open(bytes);
            judged += runtime is null ? 0 : 1;
            ReferenceSimulator real = new(compiled.Imported), simplified = new(compiled.Network);
            ManagedSimulator typed = new(compiled.Model.Network);
            for (int v = 0; v < Vectors; v++)
            {
                double[] x = layer.Sample();
                double[][] expected = layer.Evaluate(x);
                Close(expected, runtime?.Run(x), 1e-5, $"seed {seed}, ONNX Runtime: {layer}");
                real.Run(x);
                Close(expected, [.. compiled.Imported.Outputs.Select(o => real[o.Value].ToArray())], 1e-6,
                    $"seed {seed}, as imported: {layer}");
                simplified.Run(x);
                Close(expected, [.. compiled.Network.Outputs.Select(o => simplified[o.Value].ToArray())], 1e-6,
                    $"seed {seed}, transformed: {layer}");
                typed.Run(x);
                worst = Math.Max(worst, Close(expected, [.. compiled.Model.Network.Outputs.Select(o =>
                    typed[o.Value].ToArray().Select(m => m * o.Value.Type.Ulp).ToArray())], 2e-2,
                    $"seed {seed}, firmware: {layer}"));
            }
        }
        output.WriteLine($"{judged} judged by ONNX Runtime; the firmware is off by {worst:G3} at most");
        Assert.True(judged > 0);
    }

    [SkippableTheory]
    [InlineData(IOType.IoParallel)]
    [InlineData(IOType.IoStream)]
    public void Firmware_of_random_layers_is_the_simulators(IOType ioType)
    {
        List<Expectation> expected = [];
        foreach (int seed in Soak.Seeds(10, 200))
        {
            RandomRecurrent layer = new(seed);
            CompiledModel compiled = Compiled(layer, ioType, $"recurrent{seed}");
            Value input = compiled.Model.Network.Inputs[0];
            expected.Add(Expectation.Of(compiled, Enumerable.Range(0, Vectors).Select(_ =>
                (long[])[.. layer.Sample().Select((x, i) => input.Typing!.Convert(x, i, out bool _))])));
        }
        FirmwareBatch.Execute(expected, "-O0");
    }

    private static CompiledModel Compiled(RandomRecurrent layer, IOType ioType, string name)
    {
        using TempFolder folder = new();
        ModelOptions options = layer.Model().Save(folder, name);
        return ModelHarness.Compile(options with
        {
            IOType = ioType,
            InputShapes = options.InputShapes.Add("", [.. layer.InputShape]),
            Defaults = LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(20) },
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(6,2)") })],
        });
    }

    private static double Close(double[][] expected, double[][]? actual, double tolerance, string place)
    {
        double worst = 0;
        for (int k = 0; k < actual?.Length; k++)
        {
            Assert.Equal(expected[k].Length, actual[k].Length);
            double largest = Math.Max(1, expected[k].Max(Math.Abs));
            for (int i = 0; i < expected[k].Length; i++)
            {
                double error = Math.Abs(expected[k][i] - actual[k][i]) / largest;
                Assert.True(error <= tolerance, $"{place}, output {k}[{i}]: {actual[k][i]}, {expected[k][i]} expected");
                worst = Math.Max(worst, error);
            }
        }
        return worst;
    }
}
