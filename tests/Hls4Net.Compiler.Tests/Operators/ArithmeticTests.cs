using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Add, Sub, Mul, Div and BatchNormalization on real numbers.</summary>
public sealed class ArithmeticTests
{
    private static readonly Dictionary<string, Func<double, double, double>> s_operators = new()
    {
        ["Add"] = (a, b) => a + b,
        ["Sub"] = (a, b) => a - b,
        ["Mul"] = (a, b) => a * b,
        ["Div"] = (a, b) => a / b,
    };

    public static TheoryData<string, int[], int[]> Forms
    {
        get
        {
            TheoryData<string, int[], int[]> forms = [];
            foreach (string op in s_operators.Keys)
            {
                // Either side broadcasts to the other, also beyond the input's own shape.
                foreach ((int[] x, int[] c) in new (int[], int[])[]
                {
                    ([1, 3, 4], [1, 3, 4]), ([1, 3, 4], [4]), ([1, 3, 4], [3, 1]), ([1, 3, 4], []),
                        ([1, 3, 4], [1, 1, 1, 1]),
                    ([1, 3, 1], [4]), ([1, 1], [2, 3]), ([4], [2, 3, 1]), ([1, 3, 1], [2, 1, 4]), ([], [3]), ([], []),
                })
                    forms.Add(op, x, c);
            }
            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Constant_on_either_side(string op, int[] shape, int[] constantShape)
    {
        Random random = new(1);
        NdArray x = NdArray.Random(random, shape), c = NdArray.Random(random, constantShape);
        NdArray right = NdArray.Broadcast(x, c, s_operators[op]), left = NdArray.Broadcast(c, x, s_operators[op]);
        foreach (int opset in new[] { 7, 13, 14 })
            OperatorTest.ExpectNode(opset, op, x, [], right, c);
        OperatorTest.ExpectFolded(14, op, x, [], right, c);
        OperatorTest.Expect(Left(), left, x);

        ModelBuilder Left() =>
            new ModelBuilder(14).Input("x", [.. shape.Select(d => (Dim)d)]).Weights("c", constantShape, c.Values)
                .Node(op, ["c", "x"], "y").Output("y");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(14)]
    [InlineData(15)]
    public void Batch_normalization(int opset)
    {
        Random random = new(2);
        foreach (int[] shape in new int[][] { [1, 3], [1, 3, 4], [1, 3, 2, 2] })
        {
            NdArray x = NdArray.Random(random, shape), gamma = NdArray.Random(random, 3),
                beta = NdArray.Random(random, 3);
            NdArray mean = NdArray.Random(random, 3), variance = NdArray.Random(random, 3).Map(v => (float)(v * v));
            foreach (float epsilon in new[] { 1e-5f, 0.5f })
            {
                NdArray expected = NdArray.Make(shape,
                    i => ((x[i] - mean[i[1]]) / Math.Sqrt(variance[i[1]] + epsilon) * gamma[i[1]]) + beta[i[1]]);
                (string, object)[] attributes = epsilon == 1e-5f ? [("momentum", 0.7f)] : [("epsilon", epsilon)];
                OperatorTest.ExpectNode(opset, "BatchNormalization", x, attributes, expected, gamma, beta, mean,
                    variance);
            }
        }
    }

    [Fact]
    public void Batch_normalization_of_spatial_one_is_that_without()
    {
        NdArray x = new([1, 2], [1, 2]), ones = new([2], [1, 1]);
        OperatorTest.ExpectNode(7, "BatchNormalization", x, [("spatial", 1)],
            x.Map(v => (v - 1) / Math.Sqrt(1 + 1e-5f) + 1), ones, ones, ones, ones);
        Fails(7, ("spatial", 0));
        Fails(14, ("training_mode", 1));
        Fails(14, ("spatial", 1));

        static void Fails(int opset, (string, object) attribute) =>
            OperatorTest.Fails(Descriptors.UnsupportedForm, new ModelBuilder(opset)
            .Input("x", 1, 2).Weights("one", [2], 1, 1)
                .Node("BatchNormalization", ["x", "one", "one", "one", "one"], "y", attribute).Output("y"));
    }

    [Theory]
    [InlineData(1, new[] { 3 }, new[] { 3, 1 })]
    [InlineData(1, new[] { 3, 4 }, new[] { 3, 4 })]
    [InlineData(2, new[] { 4 }, new[] { 4 })]
    [InlineData(0, new[] { 1 }, new[] { 1, 1, 1 })]
    [InlineData(null, new[] { 4 }, new[] { 4 })]
    public void Set_6_broadcasts_from_an_axis_on(int? axis, int[] shape, int[] meaning)
    {
        Random random = new(3);
        NdArray x = NdArray.Random(random, 1, 3, 4), c = NdArray.Random(random, shape);
        (string, object)[] attributes = [("broadcast", 1), .. axis is null ? [] : new[] { ("axis", (object)axis) }];
        foreach (string op in s_operators.Keys)
            OperatorTest.ExpectNode(6, op, x, attributes, NdArray.Broadcast(x, c.Reshape(meaning), s_operators[op]), c);
        OperatorTest.Fails(Descriptors.InvalidShape, new ModelBuilder(6).Input("x", 1, 3).Weights("c", [1, 3], 1, 2, 3)
            .Node("Add", ["x", "c"], "y", ("broadcast", 1), ("axis", 1)).Output("y"));
    }

    [Fact]
    public void Integers_divide_towards_zero()
    {
        // As exporters compute shapes: [6, -7] / 2 = [3, -3].
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Integers("a", 6, -7).Integers("b", 2)
            .Node("Div", ["a", "b"], "q").Node("Add", ["x", "q"], "y").Output("y");
        OperatorTest.Expect(model, new NdArray([1, 2], [3, -3]), new NdArray(1, 2));
        ModelBuilder flowing = new ModelBuilder().Input("x", Hls4Net.Onnx.Proto.TensorProto.Types.DataType.Int16,
            [1, 3]).Integers("b", 2).Node("Div", ["x", "b"], "y").Output("y");
        OperatorTest.Expect(flowing, new NdArray([1, 3], [3, -3, 0]), new NdArray([1, 3], [6, -7, 1]));
    }

    [Fact]
    public void Division_by_zero_and_shapes_that_do_not_broadcast_are_errors()
    {
        OperatorTest.Fails(Descriptors.NonFiniteWeight,
            new ModelBuilder().Input("x", 1, 2).Weights("c", [2], 1, 0).Node("Div", ["x", "c"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.InvalidShape,
            new ModelBuilder().Input("x", 1, 2).Weights("c", [3], 1, 2, 3).Node("Add", ["x", "c"], "y").Output("y"));
    }
}
