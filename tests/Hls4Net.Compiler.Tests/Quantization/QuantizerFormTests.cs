using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>Forms of quantizers that few exporters write, each against its exact definition.</summary>
public sealed class QuantizerFormTests
{
    private const string Domain = "qonnx.custom_op.general";

    private static readonly string[] s_modes = ["ROUND", "CEIL", "FLOOR", "HALF_UP", "HALF_DOWN", "ROUND_TO_ZERO",
        "UP"];

    [Fact]
    public void Bit_widths_by_channel()
    {
        for (int seed = 0; seed < 70; seed++)
        {
            Random random = new(seed);
            bool signed = random.Next(2) == 0;
            ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Output("y");
            string bits = model.Constant([4], [.. Enumerable.Range(0, 4).Select(_ => (double)random.Next(2, 7))]);
            string scale = random.Next(2) == 0 ? model.Scalar(0.25) : model.Constant([4], 0.25, 0.3f, 1, 0.0625);
            model.Custom(Domain, "Quant", ["x", model.Scalar(0.0625), model.Scalar(0), model.Scalar(9)], "fine")
                .Custom(Domain, "Quant", ["fine", scale, model.Scalar(random.Next(-2, 3)), bits], "y",
                    ("signed", signed ? 1 : 0), ("narrow", random.Next(2)),
                    ("rounding_mode", s_modes[seed % s_modes.Length]));
            Equal(model, random, 60);
        }
    }

    [Fact]
    public void No_bits_are_the_constant_zero()
    {
        for (int seed = 0; seed < 28; seed++)
        {
            Random random = new(seed);
            ModelBuilder model = Quantized(new ModelBuilder(), 4);
            string bits = seed % 4 == 0 ? model.Scalar(0) : model.Constant([4], 0, 3, random.Next(2) == 0 ? 0 : 4, 5);
            model.Custom(Domain, "Quant", ["q", model.Scalar(0.25), model.Scalar(random.Next(-2, 3)), bits], "some",
                ("signed", random.Next(2)), ("rounding_mode", s_modes[seed % s_modes.Length]))
                .Custom(Domain, "Quant", [model.Constant([4, 2], 1.2, -9, 0.3, 40, -0.9, 3, 2, 1), model.Scalar(0.25),
                    model.Scalar(0), model.Constant([1, 2], 0, 6)], "w")
                .Node("MatMul", ["some", "w"], "y").Output("y");
            Equal(model, random, 20);
        }
    }

    // A quantizer sinks below the reshape before it, with all that it has of each channel.
    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(1, 4, 1)]
    public void Bit_widths_by_channel_behind_a_reshape(int a, int b, int c)
    {
        ModelBuilder model = new ModelBuilder().Input("x", a, b, c).Integers("shape", 1, 4).Output("y");
        model.Custom(Domain, "Quant", ["x", model.Scalar(0.0625), model.Scalar(0), model.Scalar(9)], "fine")
            .Node("Reshape", ["fine", "shape"], "r")
            .Custom(Domain, "Quant", ["r", model.Scalar(0.25), model.Scalar(0), model.Constant([4], 2, 3, 4, 6)], "y");
        Equal(model, new Random(1), 60);
    }

    [Fact]
    public void Weights_with_bit_widths_by_channel()
    {
        ModelBuilder model = Quantized(new ModelBuilder(), 3);
        model.Custom(Domain, "Quant", [model.Constant([3, 2], 1.2, -9, 0.3, 40, -0.9, 3), model.Scalar(0.25),
            model.Scalar(0), model.Constant([1, 2], 3, 6)], "w")
            .Node("MatMul", ["q", "w"], "y").Output("y");
        Equal(model, new Random(1), 60);
    }

    [Theory]
    [InlineData(2, 1, 3)]
    [InlineData(4, 3, 7)]
    [InlineData(5, 2, 15)]
    public void Floating_point_weights_are_integers_of_a_fixed_point_type(int exponent, int mantissa, int bias)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            ModelBuilder model = Quantized(new ModelBuilder(), 3);
            double[] weights = [.. Enumerable.Range(0, 6)
                .Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-4, 5))))];
            model.Custom(Domain, "FloatQuant", [model.Constant([3, 2], weights), model.Scalar(0.5),
                model.Scalar(exponent), model.Scalar(mantissa), model.Scalar(bias), model.Scalar(240)], "w",
                    ("rounding_mode", s_modes[seed % 4]), ("has_inf", 0), ("has_nan", 1), ("has_subnormal", 1),
                    ("saturation", 1))
                .Node("MatMul", ["q", "w"], "y").Output("y");
            CompiledModel compiled = Equal(model, random, 30);
            Assert.True(compiled.Network.Nodes.Any(n =>
                n.Operation is Hls4Net.Graph.Operations.Dense { IntegerWeights: true }));
        }
    }

    [Theory]
    [InlineData(1, 3, 0, 100)]
    [InlineData(1, 2, 1, 1.5)]
    [InlineData(3, 3, 3, 0.5)]
    public void Floating_point_activations_of_one_step_are_a_fixed_point_type(int exponent, int mantissa, int bias,
        double most)
    {
        foreach (string mode in s_modes)
        {
            ModelBuilder model = Quantized(new ModelBuilder(), 4);
            model.Custom(Domain, "FloatQuant", ["q", model.Scalar(0.75), model.Scalar(exponent), model.Scalar(mantissa),
                model.Scalar(bias), model.Scalar(most)], "y", ("rounding_mode", mode)).Output("y");
            Equal(model, new Random(1), 100);
        }
    }

    [Fact]
    public void Floating_point_weights_that_reach_too_far_are_refused()
    {
        ModelBuilder model = Quantized(new ModelBuilder(), 2);
        model.Custom(Domain, "FloatQuant", [model.Constant([2, 1], 1e-9, 1e9), model.Scalar(1), model.Scalar(8),
            model.Scalar(3), model.Scalar(127), model.Scalar(1e30)], "w").Node("MatMul", ["q", "w"], "y").Output("y");
        using TempFolder folder = new();
        Assert.Contains(ModelHarness.CompileFailing(model.Save(folder)), d => d.Descriptor.Code == "HLS1004"
            && d.Text.Contains("fixed-point type of more than 32 bits", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    public void Data_quantized_by_blocks(int axis, int block)
    {
        ModelBuilder model = new ModelBuilder(21).Input("x", 1, 4, 5).Output("y");
        int onnxAxis = axis + 1;
        int[] shape = axis == 0 ? [1, 2, 5] : [1, 4, 2];
        double[] scales = [.. Enumerable.Range(1, shape.Aggregate((a, b) => a * b)).Select(i => (float)(0.1 * i))];
        string scale = model.Constant(shape, scales),
            zero = model.Stored(DataType.Int8, shape, [.. scales.Select((_, i) => i % 5L)]);
        model.Node("QuantizeLinear", ["x", scale, zero], "q", ("axis", onnxAxis), ("block_size", block))
            .Node("DequantizeLinear", ["q", scale, zero], "r", ("axis", onnxAxis), ("block_size", block))
            .Node("QuantizeLinear", ["r", model.Scalar(0.25), model.Stored(DataType.Int8, [], -1)], "y");
        Equal(model, new Random(axis), 40);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_dequantized_by_blocks_of_powers_of_two_are_integers(bool gemm)
    {
        ModelBuilder model = new ModelBuilder(21).Input("x", DataType.Int8, [1, 4]).Output("y");
        int[] shape = gemm ? [2, 2] : [2, 2];
        string fine = model.Scalar(0.05f), zero = model.Stored(DataType.Int8, [], 3);
        model.Node("DequantizeLinear", ["x", fine, zero], "xr")
            .Node("DequantizeLinear",
                [model.Stored(DataType.Int4, gemm ? [2, 4] : [4, 2], 7, -8, 3, 0, 5, -1, 2, 6),
                    model.Constant(shape, 0.3f, 0.6f, 1.2f, 0.15f), model.Stored(DataType.Int4, shape, 0, 1, -2, 0)],
                    "w", ("axis", gemm ? 1 : 0), ("block_size", 2));
        _ = gemm ? model.Node("Gemm", ["xr", "w"], "p", ("transB", 1)) : model.Node("MatMul", ["xr", "w"], "p");
        model.Node("QuantizeLinear", ["p", model.Scalar(0.07f), zero], "y");
        CompiledModel compiled = Equal(model, new Random(1), 200);
        // Products of integers of eight bits and few more.
        Assert.InRange(compiled.Model.Layers.Single(l => l.AccumulatorType is not null).AccumulatorType!.Value.Width, 1,
            20);
    }

    [Fact]
    public void Scales_of_activations_by_channel_that_are_powers_of_two_are_whole_factors_of_the_weights()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Output("y");
        model.Custom(Domain, "Quant", ["x", model.Constant([4], 0.25, 0.5, 2, 0.25), model.Scalar(0), model.Scalar(6)],
            "q")
            .Custom(Domain, "Quant", [model.Constant([4, 2], 1.2, -9, 0.3, 4, -0.9, 3, 1, 1), model.Scalar(0.3f),
                model.Scalar(0), model.Scalar(5)], "w")
            .Node("MatMul", ["q", "w"], "p")
            .Custom(Domain, "Quant", ["p", model.Scalar(0.7f), model.Scalar(0), model.Scalar(8)], "y");
        CompiledModel compiled = Equal(model, new Random(1), 200);
        Assert.Equal(["Quant", "Dense", "Quant"], compiled.Model.Layers.Take(3).Select(l => l.Operation.Kind));
    }

    private static ModelBuilder Quantized(ModelBuilder model, int columns) =>
        model.Input("x", 1, columns)
            .Custom(Domain, "Quant", ["x", model.Scalar(0.0625), model.Scalar(0), model.Scalar(8)], "q");

    private static CompiledModel Equal(ModelBuilder model, Random random, int samples)
    {
        using TempFolder folder = new();
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder));
        ExactComparison comparison = new(model.Proto, compiled);
        for (int i = 0; i < samples; i++)
            Assert.Null(comparison.Difference(comparison.Sample(random)));
        return compiled;
    }
}
