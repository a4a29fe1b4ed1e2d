using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Quantization;

namespace Hls4Net.Tests.Docs;

/// <summary>The firmware shown in docs/quantization.md is what the compiler prints.</summary>
public sealed class QuantizationPageTests
{
    [Theory]
    [InlineData("scaled", 0.3, 8, true)]
    [InlineData("two_bits", 3.0, 2, false)]
    [InlineData("even", 0.375, 10, true)]
    public void Firmware_on_the_page_is_printed(string layer, double scale, int bits, bool signed)
    {
        string source = Firmware(layer, new QuantSpec(scale, bits, signed));
        string block = Pages.Blocks(Pages.Read("docs/quantization.md"))
            .Single(b => b.Language == "cpp" && b.Text.Contains($"{layer}_", StringComparison.Ordinal)).Text;
        Assert.Contains(block, source, StringComparison.Ordinal);
    }

    // Four inputs of six bits, two units, a bias, a rectifier and the quantizer in question.
    private static string Firmware(string layer, QuantSpec quantizer)
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 4).Output("y");
        new QuantSpec(0.125, 6).AddTo(model, "x", "xq");
        new QuantSpec([0.0625, 0.0781], [1, 2], 0, 4, true, true, "ROUND")
            .AddTo(model, model.Constant([4, 2], 0.4, -0.2, 0.13, 0.3, -0.33, 0.5, 0.1, -0.4), "w");
        model.Node("MatMul", ["xq", "w"], "product").Node("Add", ["product", model.Constant([2], 0.5, -0.25)], "sum")
            .Node("Relu", ["sum"], "positive");
        quantizer.AddTo(model, "positive", "y");
        model.Last.Name = layer;
        using TempFolder folder = new();
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder, "example"));
        return compiled.EmitFirmware().Single(f => f.Path == "example.cpp").Text;
    }
}
