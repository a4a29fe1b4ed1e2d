using Hls4Net.Configuration;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Transforms;

/// <summary>auto(24) and auto(32) are never coarser than auto.</summary>
public sealed class ExplicitWidthTests
{
    [Fact]
    public void Factors_of_quantized_values_keep_their_digits()
    {
        ModelBuilder model = Quantized().Weights("c", [4], 0.37, 1.1, -0.123, 0.9).Node("Mul", ["d", "c"], "y")
            .Output("y");
        NoCoarser(model.ToBytes());
    }

    [Fact]
    public void Normalizations_whose_factor_is_zero_keep_their_addend()
    {
        ModelBuilder model = new ModelBuilder(15).Input("x", 1, 2, 3).Weights("gamma", [2], 0, 0)
            .Weights("beta", [2], 0.37, -0.61).Weights("mean", [2], 0.1, 0.2).Weights("variance", [2], 1, 2)
            .Node("Round", ["x"], "r").Node("BatchNormalization", ["r", "gamma", "beta", "mean", "variance"], "y")
                .Output("y");
        NoCoarser(model.ToBytes());
    }

    /// <summary>
    /// The logarithm of a softmax of one class is zero whatever comes; vectors then leave no range that a width could
    /// divide.
    /// </summary>
    [Theory]
    [InlineData(null)]
    [InlineData(12)]
    [InlineData(24)]
    [InlineData(32)]
    public void Logarithms_of_the_only_class_are_zero(int? width)
    {
        using TempFolder folder = new();
        string x = folder.Write("x.npy",
            Npy.Floats("(8, 3, 1)", [.. Enumerable.Range(0, 24).Select(i => (i * 7 % 24) - 11.5f)]));
        ModelOptions options = new ModelBuilder(13).Input("x", 1, 3, 1).Node("LogSoftmax", ["x"], "y", ("axis", 2))
            .Output("y").Save(folder);
        CompiledModel model = ModelHarness.Compile(
            options with
            {
                TestInputs = [x],
                Defaults = LayerSettings.Unset with { Precision = new PrecisionSpec.Auto(width) }
            });
        Assert.Equal(0, model.Verify(null, new("model.onnx")).Result.MaxAbsError);
    }

    /// <summary>
    /// An exponential within an operator is wider than a table of wide differences can be: it has the table's digits,
    /// since there is no layer before it whose type a project could narrow.
    /// </summary>
    [Theory]
    [InlineData("auto(16)", null)]
    [InlineData("auto(24)", null)]
    [InlineData("auto(32)", null)]
    [InlineData("auto", "fixed(24,5)")]
    [InlineData("auto", "fixed(40,8)")]
    public void Steps_within_an_operator_have_the_digits_of_their_tables(string precision, string? input)
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder(13).Input("x", 1, 4)
            .Node("ReduceLogSumExp", ["x"], "y", ("axes", new long[] { 1 })).Output("y").Save(folder);
        string x = folder.Write("x.npy",
            Npy.Floats("(32, 4)", [.. Enumerable.Range(0, 128).Select(i => ((i * 37 % 128) / 10f) - 6.4f)]));
        CompiledModel model = ModelHarness.Compile(options with
        {
            TestInputs = [x],
            Defaults = LayerSettings.Unset with { Precision = ModelHarness.Precision(precision) },
            Layers = input is null ? []
                : [new LayerOverride("x", LayerSettings.Unset with { Precision = ModelHarness.Precision(input) })],
        });
        Assert.InRange(model.Verify(null, new("model.onnx")).Result.MaxAbsError, 0, 1e-3);
    }

    /// <summary>The inputs of quantizers have 24 bits, whatever else reads them.</summary>
    [Fact]
    public void Sums_of_exponentials_beside_a_quantizer_are_typed() => NoCoarser(
        Quantized().Node("ReduceLogSumExp", ["x"], "y", ("axes", new long[] { 1 })).Output("y", "d").ToBytes());

    [SkippableTheory]
    [InlineData(24)]
    [InlineData(32)]
    public void Shared_case_is_right_at_any_width(int width)
    {
        ModelOptions options = SharedCases.Options(
            "auto24-coarser") with
        {
            Defaults =
                LayerSettings.Unset with { Precision = new PrecisionSpec.Auto(width) }
        };
        Assert.InRange(ModelHarness.Compile(options).Verify(null, new("model.onnx")).Result.MaxAbsError, 0, 1e-5);
    }

    private static ModelBuilder Quantized()
    {
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 4).Weights("scale", [], 1);
        model.Graph.Initializer.Add(
            new Hls4Net.Onnx.Proto.TensorProto
            {
                Name = "zero",
                DataType = (int)Hls4Net.Onnx.Proto.TensorProto.Types.DataType.Int8,
                Int32Data = { 0 }
            });
        return model.Node("QuantizeLinear", ["x", "scale", "zero"], "q")
            .Node("DequantizeLinear", ["q", "scale", "zero"], "d");
    }

    private static void NoCoarser(byte[] model)
    {
        using TempFolder folder = new();
        ModelOptions options = ModelHarness.Options(folder.Write("model.onnx", model));
        double usual = Error(model, options);
        foreach (int width in new[] { 24, 32 })
        {
            double error = Error(model,
                options with { Defaults = LayerSettings.Unset with { Precision = new PrecisionSpec.Auto(width) } });
            Assert.True(error <= usual + 1e-7, $"auto({width}) is off by {error}, auto by {usual}");
        }
    }

    private static double Error(byte[] model, ModelOptions options)
    {
        CompiledModel compiled = ModelHarness.Compile(options);
        using OnnxRuntimeReference judge = OnnxRuntimeReference.Open(model);
        ManagedSimulator simulator = new(compiled.Model.Network);
        Random random = new(1);
        double error = 0;
        for (int i = 0; i < 50; i++)
        {
            double[] sample = [.. Enumerable.Range(0, compiled.Network.Inputs.Sum(v => v.Shape.Size))
                .Select(_ => random.Next(-64, 65) / 16.0)];
            simulator.Run(sample);
            double[] expected = [.. judge.Run(sample,
                [.. compiled.Network.Inputs.Select(v => v.Shape.Dimensions.ToArray())]).SelectMany(y => y)];
            double[] actual = [.. compiled.Model.Network.Outputs.SelectMany(o => simulator[o.Value].ToArray()
                .Select(m => m * o.Value.Type.Ulp))];
            error = Math.Max(error, expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max());
        }
        return error;
    }
}
