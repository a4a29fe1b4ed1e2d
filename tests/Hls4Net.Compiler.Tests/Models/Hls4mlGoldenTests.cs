using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Models;

/// <summary>Pinned to hls4ml's types, the firmware gives hls4ml's own numbers, bit for bit.</summary>
public sealed class Hls4mlGoldenTests
{
    [SkippableTheory]
    [InlineData("jet_mlp_nosm", IOType.IoParallel)]
    [InlineData("muon_mlp", IOType.IoParallel)]
    [InlineData("muon_mlp", IOType.IoStream)]
    [InlineData("svhn_cnn_nosm", IOType.IoParallel)]
    [InlineData("svhn_cnn_nosm", IOType.IoStream)]
    public void Every_type_fixed16_6(string network, IOType ioType)
    {
        CompiledModel model = Compile(network, ioType, LayerSettings.Unset with
        {
            Precision = ModelHarness.Precision("fixed(16,6)"),
            AccumPrecision = ModelHarness.Precision("fixed(16,6)"),
        });
        AssertOutputsEqual(model, network, "hls4ml_fixed16_6_everywhere.npy");

        // hls4ml adds a bias in a layer of its own; the sum is the same, so its layers after the bias are compared.
        ManagedSimulator simulator = new(model.Model.Network);
        Tensor inputs = TensorFile.Read(SharedData.Require("golden", network, "input.npy"), "input").Tensor;
        string layers = SharedData.Require("golden", network, "hls4ml_fixed16_6_everywhere_layers_first10.npz");
        int columns = inputs.Values.Length / inputs.Shape[0];
        Dictionary<string, int> seen = [];
        foreach (Layer layer in model.Model.Layers.Where(l => l.Operation.Kind != "Transpose"))
        {
            string kind =
                layer.Operation.Kind switch { "Dense" => "bn_Add", "Conv" => "Conv2D_Conv", string other => other };
            string name = $"{kind}_{seen[kind] = seen.GetValueOrDefault(kind, -1) + 1}";
            Tensor expected = TensorFile.Read(layers, name).Tensor;
            for (int sample = 0; sample < 10; sample++)
            {
                simulator.Run(inputs.Values.AsSpan(sample * columns, columns));
                int size = layer.Output.Shape.Size;
                for (int i = 0; i < size; i++)
                    Assert.Equal(expected.Values[(sample * size) + i],
                        simulator[layer.Output][i] * layer.Output.Type.Ulp);
            }
        }
        Assert.Equal(network == "svhn_cnn_nosm" ? "Conv2D_Conv 3, MaxPool 3, Relu 5, bn_Add 3" : "Relu 3, bn_Add 4",
            string.Join(", ", seen.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value + 1}")));
        Assert.True(ModelHarness.Verify(model).Result.ManagedMatchesNative);
    }

    [SkippableTheory]
    [InlineData("jet_mlp_nosm")]
    [InlineData("muon_mlp")]
    public void Exact_accumulators(string network)
    {
        CompiledModel model = Compile(
            network,
            IOType.IoParallel,
            LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,6)") },
            new LayerOverride("Dense", LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("exact") }));
        AssertOutputsEqual(model, network, "hls4ml_auto_accumulators.npy");
        Assert.True(ModelHarness.Verify(model).Result.ManagedMatchesNative);
    }

    private static CompiledModel Compile(string network, IOType ioType, LayerSettings settings,
        params LayerOverride[] layers) => ModelHarness.Compile(
        ModelHarness.Options(SharedData.Require("golden", network, "model.onnx")) with
        {
            IOType = ioType,
            Defaults = settings,
            Layers = [.. layers],
            TestInputs = [SharedData.Require("golden", network, "input.npy")],
        });

    private static void AssertOutputsEqual(CompiledModel model, string network, string file)
    {
        Tensor inputs = TensorFile.Read(SharedData.Require("golden", network, "input.npy"), "input").Tensor;
        Tensor expected = TensorFile.Read(SharedData.Require("golden", network, file), "expected").Tensor;
        ManagedSimulator simulator = new(model.Model.Network);
        Graph.Value output = model.Model.Network.Outputs[0].Value;
        int columns = inputs.Values.Length / inputs.Shape[0], size = output.Shape.Size;
        Assert.InRange(inputs.Shape[0], 200, 1000);
        for (int sample = 0; sample < inputs.Shape[0]; sample++)
        {
            simulator.Run(inputs.Values.AsSpan(sample * columns, columns));
            for (int i = 0; i < size; i++)
                // The golden file holds float32.
                Assert.Equal((float)expected.Values[(sample * size) + i],
                    (float)(simulator[output][i] * output.Type.Ulp));
        }
    }
}
