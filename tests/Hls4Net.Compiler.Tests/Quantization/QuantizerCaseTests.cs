using Hls4Net.Configuration;
using Hls4Net.Numerics;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Quantization;

/// <summary>Quantizers in places where they once were not exact, or cost more than they need.</summary>
public sealed class QuantizerCaseTests
{
    [SkippableTheory]
    [InlineData("quantized-image-input", 0)]
    [InlineData("refused-zero-width", 0)]
    [InlineData("auto24-coarser", 1e-5)]
    public void Shared_cases_are_right(string name, double bound) =>
        Assert.InRange(ModelHarness.Compile(SharedCases.Options(name)).Verify(null, new(name)).Result.MaxAbsError, 0,
            bound);

    // The three are one function, but for ties to even: what decides these is a bit.
    [SkippableTheory]
    [InlineData("requantize-half-up", 0)]
    [InlineData("requantize-round", 2 * 16)]
    public void A_rounding_costs_what_a_bias_does(string name, long more)
    {
        long folded = Lut(SharedCases.Options("requantize-floor-folded"));
        Assert.InRange(Lut(SharedCases.Options(name)), 1, folded + more);
    }

    [Theory]
    [InlineData("FLOOR", Rounding.Trn)]
    [InlineData("HALF_UP", Rounding.Trn)]
    [InlineData("HALF_DOWN", Rounding.Trn)]
    [InlineData("DOWN", Rounding.Trn)]
    [InlineData("ROUND", Rounding.RndConv)]
    public void Positive_results_are_rounded_by_a_bias_and_a_shift(string mode, Rounding expected)
    {
        using TempFolder folder = new();
        ModelBuilder model = Product().Node("Relu", ["sum"], "positive");
        model.Custom("qonnx.custom_op.general", "Quant", ["positive", model.Scalar(2), model.Scalar(0),
            model.Scalar(6)], "y", ("signed", 0), ("rounding_mode", mode)).Output("y");
        Assert.Equal(expected, Plan(model, folder).Rounding);
        Equal(model, folder);
    }

    [Fact]
    public void Results_on_either_side_of_zero_keep_their_rounding()
    {
        using TempFolder folder = new();
        ModelBuilder model = Product();
        model.Custom("qonnx.custom_op.general", "Quant", ["sum", model.Scalar(2), model.Scalar(0), model.Scalar(6)],
            "y", ("rounding_mode", "HALF_UP")).Output("y");
        Assert.Equal(Rounding.RndInf, Plan(model, folder).Rounding);
        Equal(model, folder);
    }

    [Fact]
    public void An_image_port_has_its_quantizer_s_type()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2, 4, 4).Output("y");
        model.Custom("qonnx.custom_op.general", "Quant", ["x", model.Scalar(0.125), model.Scalar(0), model.Scalar(5)],
            "q")
            .Weights("w", [1, 2, 3, 3], [.. Enumerable.Range(0, 18).Select(i => (double)(i % 5) - 2)])
            .Custom("qonnx.custom_op.general", "Quant", ["w", model.Scalar(1), model.Scalar(0), model.Scalar(4)],
                "weights").Node("Conv", ["q", "weights"], "y", ("kernel_shape", new long[] { 3, 3 }));
        Random random = new(2);
        // Ties, every second one.
        double[] x = [.. Enumerable.Range(0, 320).Select(_ => random.Next(-40, 40) * 0.0625)];
        ModelOptions options = model.Save(
            folder) with
        { TestInputs = [folder.Write("x.npy", Npy.Doubles([10, 2, 4, 4], x))] };
        CompiledModel compiled = ModelHarness.Compile(options);
        Assert.Equal("fixed<5,2,RND_CONV,SAT>", compiled.Model.Network.Inputs[0].Type.ToString());
        Assert.Equal(0, compiled.Verify(null, new("m")).Result.MaxAbsError);
    }

    private static void Equal(ModelBuilder model, TempFolder folder)
    {
        ExactComparison comparison = new(model.Proto, ModelHarness.Compile(model.Save(folder)));
        Random random = new(1);
        for (int i = 0; i < 60; i++)
            Assert.Null(comparison.Difference(comparison.Sample(random)));
    }

    // Sums of integers, with a bias.
    private static ModelBuilder Product()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4);
        return model.Custom("qonnx.custom_op.general", "Quant",
            ["x", model.Scalar(0.5), model.Scalar(0), model.Scalar(6)], "q")
            .Custom("qonnx.custom_op.general", "Quant", [model.Constant([4, 3], 1, -2, 3, 4, 5, -6, 7, -1, 2, 3, -3, 1),
                model.Scalar(0.25), model.Scalar(0), model.Scalar(6)], "w")
            .Node("MatMul", ["q", "w"], "product")
                .Node("Add", ["product", model.Constant([3], 0.125, -1.5, 2.25)], "sum");
    }

    private static RequantizePlan Plan(ModelBuilder model, TempFolder folder) =>
        ModelHarness.Compile(model.Save(folder)).Model.Layers.Select(l => l.Operation)
            .OfType<Graph.Operations.Requantize>().Last().Plan!;

    private static long Lut(ModelOptions options) =>
        ModelHarness.Compile(options with { Backend = Backend.Rtl })
            .Verify(null, new("model")).Report.Layers.Sum(l => l.Estimate.Lut ?? 0);
}
