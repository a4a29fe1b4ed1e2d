using Hls4Net.Graph.Operations;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// Where many sums lie on ties and no single line can round them to even: exact, and the same in compiled firmware.
/// </summary>
public sealed class TiesToEvenTests
{
    // Scales of 3 and 5 times powers of two, far above the sums' own, make many ties; zero-points move what is even;
    // channels differ.
    private static readonly QuantSpec[] s_quantizers =
    [
        new(0.375, 10), new(0.75, 12), new(0.15625, 10, narrow: true), new(0.375, 10, zeroPoint: 3),
            new(0.375, 10, zeroPoint: -2), new(0.3125, 9, signed: false, zeroPoint: 255),
        new([0.375, 0.5, 0.3f], [3], 0, 10, true, false, "ROUND"), new([0.75, 1, 1.5], [3], 7, 11, true, true, "ROUND"),
            new([6, 0.375, 0.6f], [3], 1, 10, false, false, "HALF_EVEN"),
    ];

    [SkippableFact]
    public void Exact_and_alike_in_compiled_firmware()
    {
        Random random = new(1);
        List<(CompiledModel Model, List<long[]> Samples)> networks = [];
        foreach (QuantSpec quantizer in s_quantizers)
        {
            ModelBuilder builder = new ModelBuilder(17).Input("x", 1, 2).Output("y");
            new QuantSpec(0.125, 12).AddTo(builder, "x", "xq");
            new QuantSpec(0.0625, 3)
                .AddTo(builder, builder.Constant([2, 3], 0.0625, -0.0625, 0.1875, 0.125, 0.0625, -0.1875), "w");
            quantizer.AddTo(builder.Node("MatMul", ["xq", "w"], "sums"), "sums", "y");
            using TempFolder folder = new();
            CompiledModel model = ModelHarness.Compile(builder.Save(folder, $"net{networks.Count}"));
            Assert.Contains(model.Model.Layers, l => l.Operation is Requantize { Plan.Odd.IsEmpty: false });
            ExactComparison comparison = new(builder.Proto, model);
            List<long[]> samples = [.. Enumerable.Range(0, 500).Select(_ => comparison.Sample(random))];
            Assert.All(samples, s => Assert.Null(comparison.Difference(s)));
            networks.Add((model, samples));
        }
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model)], "-O0");
        for (int i = 0; i < networks.Count; i++)
            Assert.Null(LayerComparison.Difference(networks[i].Model, networks[i].Samples, firmware, i));
    }
}
