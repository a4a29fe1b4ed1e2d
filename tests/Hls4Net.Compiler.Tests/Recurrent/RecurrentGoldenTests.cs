using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Recurrent;

/// <summary>
/// Recurrent layers with attributes that no test of the ONNX project has, as ONNX Runtime computes them.
/// </summary>
public sealed class RecurrentGoldenTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Goldens_of_ONNX_Runtime_are_met()
    {
        string root = SharedData.Require("operator-goldens");
        string[] folders = [.. Directory.GetDirectories(root).Where(f => Path.GetFileName(f).Split('_')[0]
            is "rnn" or "gru" or "lstm").Order(StringComparer.Ordinal)];
        Skip.If(folders.Length == 0, "the shared test data have no goldens of recurrent layers");
        int compared = 0;
        foreach (string folder in folders)
            compared += Golden(folder);
        output.WriteLine($"{compared} numbers of {folders.Length} models");
        Assert.True(compared >= folders.Length);
    }

    // Expected numbers are float32 with seven digits.
    private int Golden(string folder)
    {
        string data = Path.Combine(folder, "test_data_set_0");
        ModelOptions options = ModelHarness.Options(Path.Combine(folder, "model.onnx"));
        CompiledModel compiled = ModelHarness.Compile(options with
        {
            Defaults = LayerSettings.Unset with
            {
                ResultPrecision = new PrecisionSpec.Auto(20),
                WeightPrecision = new PrecisionSpec.Auto(20),
            },
        });
        double[] sample = [.. compiled.Imported.Inputs.SelectMany((_, k) =>
            TensorFile.Read(Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"input_{k}.pb"))).Tensor
                .Values)];
        ReferenceSimulator real = new(compiled.Imported);
        ManagedSimulator typed = new(compiled.Model.Network);
        real.Run(sample);
        typed.Run(sample);
        int compared = 0;
        double worst = 0;
        for (int k = 0; k < compiled.Imported.Outputs.Length; k++)
        {
            Tensor expected = TensorFile.Read(Path.Combine(data,
                string.Create(CultureInfo.InvariantCulture, $"output_{k}.pb"))).Tensor;
            Value value = compiled.Model.Network.Outputs[k].Value;
            double largest = expected.Values.Max(Math.Abs);
            Assert.Equal(expected.Values.Length, value.Shape.Size);
            for (int j = 0; j < expected.Values.Length; j++, compared++)
            {
                double e = expected.Values[j], r = real[compiled.Imported.Outputs[k].Value][j],
                    t = typed[value][j] * value.Type.Ulp;
                string place = $"{Path.GetFileName(folder)}, output {k}[{j}]";
                Assert.True(Math.Abs(r - e) < 2e-6 * Math.Max(1, largest), $"{place}: {r}, {e} expected");
                Assert.True(Math.Abs(t - e) < 1e-3 * Math.Max(1, largest),
                    $"{place}: {t} in {value.Type}, {e} expected");
                worst = Math.Max(worst, Math.Abs(t - e));
            }
        }
        output.WriteLine($"{Path.GetFileName(folder)}: {compared} numbers, firmware off by {worst:G3} at most");
        return compared;
    }
}
