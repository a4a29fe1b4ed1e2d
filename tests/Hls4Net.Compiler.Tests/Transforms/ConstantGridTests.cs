using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Transforms.TypeRules;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Transforms;

/// <summary>What a constant is added to, compared with or put beside does not decide how fine it is.</summary>
public sealed class ConstantGridTests
{
    [SkippableTheory]
    [InlineData("addend-01-bias-sign", 0)]
    [InlineData("addend-bool-inputs", 0.001)]
    [InlineData("addend-celsius", 0.004)]
    [InlineData("addend-floor-half", 0)]
    [InlineData("addend-pixel-mean-sign", 0)]
    [InlineData("addend-sign-plus", 0)]
    [InlineData("bound-clip-int8", 1e-4)]
    [InlineData("bound-clip-quantized", 1e-6)]
    [InlineData("bound-max-quantized", 1e-6)]
    [InlineData("bound-pad-quantized", 0)]
    [InlineData("div-after-cast-int8-3", 0.02)]
    [InlineData("div-after-cast-reciprocal", 3e-4)]
    [InlineData("div-after-cast-uint8-255", 3e-4)]
    public void Shared_cases_are_right(string name, double bound) =>
        Assert.InRange(ModelHarness.Compile(SharedCases.Options(name)).Verify(null, new(name)).Result.MaxAbsError, 0,
            bound);

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(-0.375, 3)]
    [InlineData(12, -2)]
    [InlineData(0.1f, 27)]
    [InlineData(double.Epsilon, 1074)]
    public void A_number_has_so_many_fraction_bits(double value, int bits) =>
        Assert.Equal(bits, ConstantGrid.ExactFraction(new Constant(new Shape(2), [value, 0])));

    [Fact]
    public void A_half_that_is_added_to_integers_is_kept_and_costs_one_bit()
    {
        Layer sum = OnFloats(("Floor", null), ("Add", 0.5))[^1];
        Assert.Equal(1, sum.Output.Type.Fraction);
    }

    [Fact]
    public void What_only_decides_keeps_its_side_of_every_integer()
    {
        // A millionth is far below the digits of a sum that reaches to 8.
        Layer sum = OnFloats(("Floor", null), ("Add", 1e-6f), ("Sign", null))[^2];
        Assert.InRange(sum.Output.Type.Width, 1, 17);
        Assert.All(((Affine)sum.Operation).Shift!.Mantissas, m => Assert.True(m > 0));
    }

    [Fact]
    public void A_bias_finer_than_the_products_does_not_widen_a_sum_that_is_rounded_anyway()
    {
        using TempFolder folder = new();
        Random random = new(3);
        double[] weights = [.. Enumerable.Range(0, 64).Select(_ => random.NextDouble() - 0.5)],
            biases = [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble() - 0.5)];
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8).Output("y").Weights("w", [8, 8], weights)
            .Weights("b", [8], biases).Node("Gemm", ["x", "w", "b"], "y");
        string data = folder.Write("x.npy",
            Npy.Doubles([10, 8], [.. Enumerable.Range(0, 80).Select(_ => (random.NextDouble() * 2) - 1)]));
        Layer layer = ModelHarness.Compile(model.Save(folder) with { TestInputs = [data] }).Model.Layers[0];
        Assert.Equal(layer.Input.Type.Fraction + layer.Operation.Matrix!.Weights.Fraction,
            layer.Main.Output.Type.Fraction);
    }

    [Fact]
    public void A_type_of_the_result_that_is_asked_for_tells_the_digits()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", DataType.Int8, [1, 4]).Output("y").Weights("c", [], 273.15)
            .Node("Cast", ["x"], "real", ("to", (int)DataType.Float)).Node("Add", ["real", "c"], "y");
        string data = folder.Write("x.npy", Npy.Doubles([3, 4], [1, -128, 127, 5, 0, 2, -3, 77, 8, -9, 10, 11]));
        ModelOptions options = model.Save(
            folder) with
        {
            TestInputs = [data],
            Layers = [new LayerOverride("node_y",
                    LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("fixed(30,11,RND,SAT)") })]
        };
        Assert.InRange(ModelHarness.Compile(options).Verify(null, new("m")).Result.MaxAbsError, 0, Math.ScaleB(1, -20));
        Assert.InRange(
            ModelHarness.Compile(
                model.Save(folder) with
                {
                    TestInputs = [data],
                    Defaults = LayerSettings.Unset with { Precision = ModelHarness.Precision("auto(24)") }
                })
            .Verify(null, new("m")).Result.MaxAbsError, 0, Math.ScaleB(1, -15));
    }

    private static IReadOnlyList<Layer> OnFloats(params (string Op, double? Constant)[] chain)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 6);
        string last = "x";
        foreach ((string op, double? constant) in chain)
        {
            string result = model.Fresh(op), name = model.Fresh("constant");
            if (constant is double value)
                model.Weights(name, [], value);
            model.Node(op, constant is null ? [last] : [last, name], result);
            last = result;
        }
        Random random = new(1);
        string data = folder.Write("x.npy",
            Npy.Doubles([50, 6], [.. Enumerable.Range(0, 300).Select(_ => (random.NextDouble() * 14) - 7)]));
        CompiledModel compiled = ModelHarness.Compile(model.Output(last).Save(folder) with { TestInputs = [data] });
        Assert.InRange(compiled.Verify(null, new("m")).Result.MaxAbsError, 0, Math.ScaleB(1, -11));
        return compiled.Model.Layers;
    }
}
