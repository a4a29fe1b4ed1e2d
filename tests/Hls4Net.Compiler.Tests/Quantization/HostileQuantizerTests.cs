using Hls4Net.Diagnostics;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>Quantizers that make no sense, or none yet, end in a diagnostic that names them.</summary>
public sealed class HostileQuantizerTests
{
    private static readonly QuantSpec s_plain = new(0.5, 4);

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Scales_are_above_zero_and_finite(double scale)
    {
        Fails(s_plain with { Scale = [scale] });
        Fails(s_plain with { Scale = [0.5, scale, 0.5], ScaleShape = [3] });
        FailsNode("BipolarQuant", m => [m.Scalar(scale)]);
        FailsNode("Trunc", m => [m.Scalar(scale), m.Scalar(0), m.Scalar(8), m.Scalar(4)]);
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(8), m.Scalar(scale), m.Scalar(4)]);
        FailsLinear("QuantizeLinear", m => [m.Scalar(scale)]);
        // To multiply with, zero and numbers below it are as good as any.
        if (!double.IsFinite(scale))
            FailsLinear("DequantizeLinear", m => [m.Scalar(scale)]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e30)]
    public void Zero_points_are_whole_numbers_of_a_sane_size(double zeroPoint)
    {
        Fails(s_plain with { ZeroPoint = zeroPoint });
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(zeroPoint), m.Scalar(8), m.Scalar(4)]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-3.0)]
    [InlineData(33.0)]
    [InlineData(1e9)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Bit_widths_are_0_or_1_to_32(double bits)
    {
        Fails(s_plain with { Bits = bits });
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(bits), m.Scalar(4)]);
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(8), m.Scalar(0.5), m.Scalar(bits)]);
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(0), m.Scalar(4)]);
    }

    [Fact]
    public void Bit_widths_by_channel_are_as_many_as_channels_and_not_signs_beside_integers()
    {
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0), m.Constant([2], 4, 5)]);
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0), m.Constant([3], 0, -1, 4)]);
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0), m.Constant([3], 0, 4, double.NaN)]);
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0), m.Constant([3], 4, 5, 33)]);
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0), m.Constant([3], 4, 1, 6)]);
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(8), m.Constant([3], 4, 5, 6)]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NEAREST")]
    [InlineData("ROUND_HALF_EVEN")]
    public void Rounding_modes_are_those_of_the_specification(string mode) => Fails(s_plain with { Rounding = mode });

    [Theory]
    [InlineData("round")]
    [InlineData("Half_Even")]
    [InlineData("ROUND_TO_ZERO")]
    public void Rounding_modes_in_any_case(string mode)
    {
        using TempFolder folder = new();
        ModelHarness.Compile(Model(s_plain with { Rounding = mode }).Save(folder));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Scales_have_a_shape_that_broadcasts(int length)
    {
        Fails(s_plain with { Scale = [.. Enumerable.Repeat(0.5, length)], ScaleShape = [length] });
        FailsNode("BipolarQuant", m => [m.Constant([length], [.. Enumerable.Repeat(0.5, length)])]);
        FailsLinear(m => [m.Constant([length], [.. Enumerable.Repeat(0.5, length)])]);
    }

    [Fact]
    public void A_scale_must_not_enlarge_what_it_quantizes() =>
        Fails(s_plain with { Scale = [0.5, 0.5, 0.5], ScaleShape = [3, 1] });

    [Fact]
    public void Parameters_that_are_computed_are_refused()
    {
        foreach (int computed in new[] { 0, 1, 2 })
            FailsNode("Quant",
                m => [.. new[] { m.Scalar(0.5), m.Scalar(0), m.Scalar(4) }.Select((p, i) => i == computed ? "x" : p)]);
        FailsLinear(_ => ["x"]);
    }

    [Fact]
    public void Missing_parameters_are_named()
    {
        FailsNode("Quant", _ => []);
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0)]);
        FailsNode("BipolarQuant", _ => []);
        FailsNode("Trunc", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(8)]);
        FailsLinear(_ => []);
    }

    [Fact]
    public void Attributes_that_are_not_known_are_named() =>
        FailsNode("Quant", m => [m.Scalar(0.5), m.Scalar(0), m.Scalar(4)], ("stochastic", 1));

    [Theory]
    [InlineData("MultiThreshold")]
    public void Operators_of_the_domain_that_are_not_read_are_named(string op) =>
        FailsNode(op, m => [m.Scalar(0.5), m.Scalar(4), m.Scalar(3), m.Scalar(7), m.Scalar(100)]);

    [Fact]
    public void A_zero_point_has_the_type_of_the_operator_that_makes_it()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(21).Input("x", 1, 3).Output("y");
        model.Node("Pow", [model.Stored(DataType.Int8, [], 3), model.Constant([], 1)], "zero");
        CompiledModel compiled = ModelHarness.Compile(model.Node("QuantizeLinear", ["x", model.Scalar(0.5), "zero"],
            "y").Save(folder));
        Assert.Equal((-128.0, 127.0), (compiled.Model.Network.Outputs[0].Value.Type.MinValue,
            compiled.Model.Network.Outputs[0].Value.Type.MaxValue));
    }

    [Fact]
    public void Integers_of_other_types_are_refused()
    {
        ModelBuilder model = new ModelBuilder(21).Input("x", 1, 3).Output("y");
        Coded(model.Node("QuantizeLinear", ["x", model.Scalar(0.5), model.Stored(DataType.Int32, [], 0)], "y"));
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    public void Blocks_cover_their_axis(int block, int rows, int axis)
    {
        ModelBuilder model = new ModelBuilder(21).Input("x", 1, 7).Output("y");
        double[] scales = [.. Enumerable.Repeat(0.5, 2 * rows)];
        Coded(model.Node("QuantizeLinear",
            ["x", model.Constant([rows, 2], scales), model.Stored(DataType.Int8, [rows, 2],
                [.. scales.Select(_ => 0L)])], "y", ("block_size", block), ("axis", axis)));
    }

    [Theory]
    [InlineData(4, 3, 7, 480, 1)]
    [InlineData(1, 3, 0, 1.9, 1)]
    [InlineData(1, 3, 0, 15, 0)]
    [InlineData(0, 3, 0, 15, 1)]
    [InlineData(9, 3, 0, 15, 1)]
    [InlineData(1, 3.5, 0, 15, 1)]
    [InlineData(1, 3, 0, 0, 1)]
    public void Floating_point_quantizers_of_data_have_one_step_and_saturate(double exponent, double mantissa,
        double bias, double most, int saturation) =>
        FailsNode(
            "FloatQuant", m => [m.Scalar(0.5), m.Scalar(exponent), m.Scalar(mantissa), m.Scalar(bias), m.Scalar(most)],
                ("saturation", saturation), ("has_inf", 0), ("has_nan", 0), ("has_subnormal", 1));

    [Theory]
    [InlineData(1e-30, 8)]
    [InlineData(1e30, 8)]
    [InlineData(1e-30, 1)]
    [InlineData(0.3, 32)]
    [InlineData(3e-9, 24)]
    public void Scales_and_widths_at_the_ends_build_or_say_why_not(double scale, int bits)
    {
        QuantSpec spec = new((float)scale, bits, rounding: "FLOOR");
        ModelBuilder model = Model(spec);
        using TempFolder folder = new();
        DiagnosticBag diagnostics = new("model.onnx");
        if (ModelCompiler.Compile(model.Save(folder), diagnostics) is not CompiledModel compiled)
        {
            Assert.All(diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error),
                d => Assert.Equal(Descriptors.TooWide, d.Descriptor));
            return;
        }
        ExactComparison comparison = new(model.Proto, compiled);
        Random random = new(1);
        for (int i = 0; i < 50; i++)
            Assert.Null(comparison.Difference(comparison.Sample(random)));
    }

    [Fact]
    public void A_sign_with_a_zero_point_keeps_it()
    {
        ModelBuilder model = Model(s_plain with { Bits = 1, ZeroPoint = 3 });
        using TempFolder folder = new();
        ExactComparison comparison = new(model.Proto, ModelHarness.Compile(model.Save(folder)));
        Assert.Null(comparison.Difference([-1.5, -1.6, 4]));
        Assert.Equal([(Fraction)(-1L), (Fraction)(-2L), (Fraction)(-1L)], comparison.Output(comparison.Outputs[0]));
    }

    private static ModelBuilder Model(QuantSpec spec) =>
        spec.AddTo(new ModelBuilder().Input("x", 1, 3).Output("y"), "x", "y");

    private static void Fails(QuantSpec spec) => Coded(Model(spec));

    private static void FailsNode(string op, Func<ModelBuilder, string[]> parameters,
        params (string Name, object Value)[] attributes)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3).Output("y");
        Coded(model.Custom("qonnx.custom_op.general", op, ["x", .. parameters(model)], "y", attributes));
    }

    private static void FailsLinear(Func<ModelBuilder, string[]> parameters)
    {
        FailsLinear("QuantizeLinear", parameters);
        FailsLinear("DequantizeLinear", parameters);
    }

    private static void FailsLinear(string op, Func<ModelBuilder, string[]> parameters)
    {
        ModelBuilder model = new ModelBuilder(21).Output("y");
        _ = op == "QuantizeLinear" ? model.Input("x", 1, 3) : model.Input("x", DataType.Int8, [1, 3]);
        Coded(model.Node(op, ["x", .. parameters(model)], "y"));
    }

    // The model is at fault, and the message says at which node.
    private static void Coded(ModelBuilder model)
    {
        using TempFolder folder = new();
        IReadOnlyList<Diagnostic> errors = [.. ModelHarness.CompileFailing(model.Save(folder))
            .Where(d => d.Descriptor.Severity == Severity.Error)];
        Assert.All(errors, e => Assert.Matches(@"^HLS1\d\d\d$", e.Descriptor.Code));
        Assert.All(errors, e => Assert.Contains("node_y", e.Text, StringComparison.Ordinal));
    }
}
