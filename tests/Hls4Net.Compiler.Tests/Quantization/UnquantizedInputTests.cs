using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// An input that the model does not quantize: how far its type can move what the first quantizer decides about.
/// </summary>
public sealed class UnquantizedInputTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void The_jet_taggers_input_moves_sums_as_little_as_the_page_says()
    {
        CompiledModel model = ModelHarness.Compile(
            ModelHarness.Options(SharedData.Require("models", "a12_qonnx_qkeras_jettagging", "model.onnx")));
        Value input = model.Model.Network.Inputs[0];
        Dense dense = (Dense)model.Model.Network.Nodes.First(n => n.Operation is Dense).Operation;
        Requantize quantizer = (Requantize)model.Model.Network.Nodes.First(n => n.Operation is Requantize).Operation;
        // The scale of the weights stands in the quantizer's chain.
        double scale = quantizer.Chain.OfType<Affine>().Where(a => a.Scale is not null)
            .Aggregate(1.0, (s, a) => s * a.Scale!.Values.Max(Math.Abs));
        double sum = Enumerable.Range(0, dense.Units).Max(j => Enumerable.Range(0, dense.Columns)
            .Sum(i => Math.Abs(dense.Weights.Mantissas[(i * dense.Units) + j]) * dense.Weights.Type!.Value.Ulp));
        string[] rows = [.. new[] { 24, 20, 16 }.Select(width => string.Create(
            CultureInfo.InvariantCulture,
                $"| `fixed({width},{input.Type.Integer},RND,SAT)` | "
                + $"{sum * scale * Math.ScaleB(0.5, input.Type.Integer - width) / quantizer.Quantizer.Scale.Values.Min():0.#####} |"))];
        Assert.Equal(24, input.Type.Width);
        string page = Pages.Read("docs/quantization.md");
        foreach (string row in rows)
            output.WriteLine(row);
        Assert.All(rows, row => Assert.Contains(row, page, StringComparison.Ordinal));
    }
}
