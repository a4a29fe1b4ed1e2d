using Hls4Net.Graph.Operations;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Quantization;

/// <summary>Products of signs, packed into words: rows shorter and longer than a word, and several of them.</summary>
public sealed class BinaryProductTests
{
    private const string Domain = "qonnx.custom_op.general";

    [SkippableFact]
    public void Packed_signs_give_the_bits_of_the_definition()
    {
        Random random = new(5);
        List<(CompiledModel Model, List<long[]> Samples)> networks = [];
        foreach ((int rows,
            int columns) in new[] { (1, 1), (1, 7), (1, 8), (1, 9), (1, 63), (1, 64), (1, 65), (1, 130), (3, 20),
                (2, 72) })
        {
            ModelBuilder model = Model(random, rows, columns);
            using TempFolder folder = new();
            CompiledModel compiled = ModelHarness.Compile(model.Save(folder, $"net{networks.Count}"));
            Dense dense = compiled.Model.Layers.Select(l => l.Operation).OfType<Dense>().Single();
            Assert.True(dense.IsBinary(compiled.Model.Layers.Single(l => l.Operation is Dense).Input));
            ExactComparison comparison = new(model.Proto, compiled);
            List<long[]> samples = [.. Enumerable.Range(0, 20).Select(_ => comparison.Sample(random))];
            Assert.All(samples, s => Assert.Null(comparison.Difference(s)));
            networks.Add((compiled, samples));
        }
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model)], "-O1");
        for (int i = 0; i < networks.Count; i++)
            Assert.Null(LayerComparison.Difference(networks[i].Model, networks[i].Samples, firmware, i));
    }

    // Signs of real numbers, a matrix of signs, and a quantizer that rises for some units and falls for others.
    private static ModelBuilder Model(Random random, int rows, int columns)
    {
        const int Units = 5;
        ModelBuilder model = new ModelBuilder().Input("x", 1, rows, columns).Output("y");
        model.Custom(Domain, "BipolarQuant", ["x", model.Scalar(1)], "q")
            .Custom(Domain, "BipolarQuant",
                [model.Constant([columns, Units],
                    [.. Enumerable.Range(0, columns * Units).Select(_ => random.NextDouble() - 0.5)]), model.Scalar(1)],
                    "w")
            .Node("MatMul", ["q", "w"], "p").Node("Mul", ["p", model.Constant([Units], 1, -1, 0.5, -0.25, 2)], "s")
                .Node("Add", ["s", model.Constant([Units], 0.3f, 0.1f, -0.7f, 0.2f, 1)], "t");
        return model.Custom(Domain, "BipolarQuant", ["t", model.Scalar(1)], "y");
    }
}
