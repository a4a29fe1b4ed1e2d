using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Operators that move or rename elements, and the constants that they are told by.</summary>
public sealed class LayoutTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 2, 3, 1, 4);

    [Theory]
    [InlineData(null, 1, 24)]
    [InlineData(0, 1, 24)]
    [InlineData(1, 1, 24)]
    [InlineData(2, 2, 12)]
    [InlineData(3, 6, 4)]
    [InlineData(5, 24, 1)]
    [InlineData(-1, 6, 4)]
    [InlineData(-5, 1, 24)]
    public void Flatten(int? axis, int rows, int columns) =>
        OperatorTest.ExpectNode(13, "Flatten", s_x, axis is null ? [] : [("axis", axis)], s_x.Reshape(rows, columns));

    [Theory]
    [InlineData(new long[] { 24 }, new[] { 24 })]
    [InlineData(new long[] { 1, -1 }, new[] { 1, 24 })]
    [InlineData(new long[] { 0, -1, 4 }, new[] { 1, 6, 4 })]
    [InlineData(new long[] { 0, 0, 12 }, new[] { 1, 2, 12 })]
    [InlineData(new long[] { -1, 1, 2 }, new[] { 12, 1, 2 })]
    [InlineData(new long[] { 5, 24 }, new[] { 1, 24 })] // exported for five samples
    public void Reshape(long[] target, int[] expected)
    {
        foreach (int opset in new[] { 5, 13, 14 }.Where(o => o >= 6))
            OperatorTest.Expect(Reshaped(opset, target), s_x.Reshape(expected), s_x);
    }

    [Theory]
    [InlineData(new long[] { 5, 5 })]
    [InlineData(new long[] { -1, 5 })]
    [InlineData(new long[] { -1, -1 })]
    [InlineData(new long[] { -2, -12 })]
    [InlineData(new long[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(new long[] { 1L << 40 })]
    [InlineData(new long[] { 1L << 31, 2 })]
    [InlineData(new long[] { 1 << 20, 1 << 20 })]
    [InlineData(new long[] { -1, 1 << 20, 1 << 20 })]
    [InlineData(new long[] { long.MinValue, 24 })]
    public void Reshapes_that_do_not_fit_are_errors(long[] target) =>
        OperatorTest.Fails(Descriptors.InvalidShape, Reshaped(13, target));

    [Fact]
    public void Reshape_with_allowzero_takes_zeros_by_their_word() =>
        OperatorTest.Fails(Descriptors.InvalidShape, ChangeLast(Reshaped(14, [0, 24]), ("allowzero", 1)));

    [Fact]
    public void Reshape_to_a_computed_shape() => OperatorTest.Expect(
        new ModelBuilder(13).Input("x", 1, 2, 3).Node("Shape", ["x"], "s").Node("Relu", ["x"], "r")
            .Node("Reshape", ["r", "s"], "y").Output("y"),
        new NdArray([1, 2, 3], [0, 1, 2, 3, 4, 5]),
        new NdArray([1, 2, 3], [-1, 1, 2, 3, 4, 5]));

    [Theory]
    [InlineData(new long[] { 0 }, new[] { 2, 3, 1, 4 })]
    [InlineData(new long[] { 3 }, new[] { 1, 2, 3, 4 })]
    [InlineData(new long[] { -2, 0 }, new[] { 2, 3, 4 })]
    [InlineData(null, new[] { 2, 3, 4 })]
    public void Squeeze(long[]? axes, int[] expected) => Expect("Squeeze", axes, s_x.Reshape(expected));

    [Theory]
    [InlineData(new long[] { 0 }, new[] { 1, 1, 2, 3, 1, 4 })]
    [InlineData(new long[] { 2 }, new[] { 1, 2, 1, 3, 1, 4 })]
    [InlineData(new long[] { -1 }, new[] { 1, 2, 3, 1, 4, 1 })]
    [InlineData(new long[] { 6, 1 }, new[] { 1, 1, 2, 3, 1, 4, 1 })]
    public void Unsqueeze(long[] axes, int[] expected) => Expect("Unsqueeze", axes, s_x.Reshape(expected));

    [Theory]
    [InlineData("Squeeze", new long[] { 1 })]
    [InlineData("Squeeze", new long[] { 5 })]
    [InlineData("Squeeze", new long[] { -6 })]
    [InlineData("Unsqueeze", new long[] { 0, 0 })]
    [InlineData("Unsqueeze", new long[] { 0, -7 })]
    [InlineData("Unsqueeze", new long[] { 6 })]
    [InlineData("Unsqueeze", new long[] { long.MaxValue })]
    public void Axes_that_do_not_fit_are_errors(string op, long[] axes)
    {
        OperatorTest.Fails(Descriptors.InvalidShape, ByAttribute(op, axes));
        OperatorTest.Fails(Descriptors.InvalidShape, ByInput(op, axes));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(new long[] { 0, 4, 3, 2, 1 })]
    [InlineData(new long[] { 2, 0, 1, 4, 3 })]
    public void Transpose(long[]? permutation) => OperatorTest.ExpectNode(
        13, "Transpose", s_x, permutation is null ? [] : [("perm", permutation)],
            s_x.Transpose(permutation is null ? [4, 3, 2, 1, 0] : [.. permutation.Select(p => (int)p)]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 1, 2, 3, 3)]
    [InlineData(0, 1, 2, 3, 5)]
    public void Transposes_that_are_no_permutation_are_errors(params int[] permutation) => OperatorTest.Fails(
        Descriptors.InvalidShape,
            Model(13).Node("Transpose", ["x"], "y", ("perm", permutation.Select(p => (long)p).ToArray())).Output("y"));

    [Theory]
    [InlineData(null, null, new double[] { 1, 2, 3, 1, 4 })]
    [InlineData(1, null, new double[] { 2, 3, 1, 4 })]
    [InlineData(1, -1, new double[] { 2, 3, 1 })]
    [InlineData(-2, 99, new double[] { 1, 4 })]
    public void Shape_is_a_constant(int? start, int? end, double[] expected)
    {
        (string, object)[] attributes = [.. start is null ? [] : new[] { ("start", (object)start) },
            .. end is null ? [] : new[] { ("end", (object)end) }];
        ModelBuilder model = Model(15).Input("zero", expected.Length).Node("Shape", ["x"], "s", attributes)
            .Node("Add", ["zero", "s"], "y").Output("y");
        OperatorTest.Expect(model, new NdArray([expected.Length], expected), s_x,
            new NdArray([expected.Length], new double[expected.Length]));
    }

    [Fact]
    public void Constant_of_every_numeric_form()
    {
        Check([], [2.5], ("value_float", 2.5f));
        Check([2], [2.5, -1], ("value_floats", new[] { 2.5f, -1 }));
        Check([], [7], ("value_int", 7));
        Check([2], [7, -1], ("value_ints", new long[] { 7, -1 }));
        Check([2], [0.5, 1], ("value", ModelBuilder.Tensor("", [2], 0.5, 1)));

        static void Check(int[] shape, double[] values, (string, object) attribute) => OperatorTest.Expect(
            new ModelBuilder(13).Input("x", 1, 2).Node("Constant", [], "c", attribute).Node("Mul", ["x", "c"], "y")
                .Output("y"),
            NdArray.Broadcast(new NdArray([1, 2], [3, 5]), new NdArray(shape, values), (a, b) => a * b),
            new NdArray([1, 2], [3, 5]));
    }

    [Theory]
    [InlineData(1)] // float
    [InlineData(10)] // float16
    [InlineData(11)] // double
    [InlineData(16)] // bfloat16
    public void Cast_between_real_types_is_the_identity(int type) =>
        OperatorTest.ExpectNode(13, "Cast", s_x, [("to", type)], s_x);

    [Fact]
    public void Cast_to_truth_asks_for_zero()
    {
        NdArray x = new([1, 4], [1.75, -1.75, 0, -3]);
        OperatorTest.ExpectNode(13, "Cast", x, [("to", 9)], x.Map(v => v != 0 ? 1 : 0));
        OperatorTest.Fails(Descriptors.UnsupportedForm, Model(13).Node("Cast", ["x"], "y", ("to", 8)).Output("y"));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    public void Dropout_by_attribute(int opset) =>
        OperatorTest.ExpectNode(opset, "Dropout", s_x, [("ratio", 0.25f)], s_x);

    [Fact]
    public void Dropout_by_inputs()
    {
        NdArray ratio = new([], [0.25]), no = new([], [0]);
        OperatorTest.ExpectNode(13, "Dropout", s_x, [("seed", 3)], s_x, ratio, no);
        OperatorTest.ExpectNode(12, "Dropout", s_x, [], s_x, ratio);
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            Model(13).Weights("r", [], 0.5).Weights("t", [], 1).Node("Dropout", ["x", "r", "t"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            Model(13).Input("t", 1).Weights("r", [], 0.5).Node("Dropout", ["x", "r", "t"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.InvalidShape,
            Model(13).Weights("r", [], 0.5).Weights("t", [0]).Node("Dropout", ["x", "r", "t"], "y").Output("y"));
    }

    private static ModelBuilder Model(int opset) => new ModelBuilder(opset)
        .Input("x", [.. s_x.Shape.Select(d => (Dim)d)]);

    private static ModelBuilder Reshaped(int opset, long[] target) => Model(opset).Integers("shape", target)
        .Node("Reshape", ["x", "shape"], "y").Output("y");

    private static ModelBuilder ByAttribute(string op, long[]? axes) => Model(11)
        .Node(op, ["x"], "y", axes is null ? [] : [("axes", axes)]).Output("y");

    private static ModelBuilder ByInput(string op, long[]? axes) =>
        axes is null ? Model(13).Node(op, ["x"], "y").Output("y") : Model(13).Integers("axes", axes)
            .Node(op, ["x", "axes"], "y").Output("y");

    private static void Expect(string op, long[]? axes, NdArray expected)
    {
        OperatorTest.Expect(ByAttribute(op, axes), expected, s_x);
        OperatorTest.Expect(ByInput(op, axes), expected, s_x);
    }

    private static ModelBuilder ChangeLast(ModelBuilder model, (string Name, object Value) attribute)
    {
        model.Last.Attribute.Add(ModelBuilder.Attribute(attribute.Name, attribute.Value));
        return model;
    }
}
