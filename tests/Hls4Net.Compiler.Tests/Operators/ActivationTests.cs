using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Element-wise operators against the formulas of the ONNX specification.</summary>
public sealed class ActivationTests
{
    private static readonly (string Name, object Value)[] s_none = [];

    public static TheoryData<string, float?, float?, Func<double, double>> Functions => new()
    {
        { "Relu", null, null, x => Math.Max(0, x) },
        { "LeakyRelu", null, null, x => x >= 0 ? x : 0.01f * x },
        { "LeakyRelu", 0.3f, null, x => x >= 0 ? x : 0.3f * x },
        { "LeakyRelu", -2, null, x => x >= 0 ? x : -2 * x },
        { "ThresholdedRelu", null, null, x => x > 1 ? x : 0 },
        { "ThresholdedRelu", 0.25f, null, x => x > 0.25 ? x : 0 },
        { "ThresholdedRelu", -1.5f, null, x => x > -1.5 ? x : 0 },
        { "Elu", null, null, x => x < 0 ? Math.Exp(x) - 1 : x },
        { "Elu", 0.5f, null, x => x < 0 ? 0.5 * (Math.Exp(x) - 1) : x },
        { "Elu", -2, null, x => x < 0 ? -2 * (Math.Exp(x) - 1) : x },
        { "Celu", null, null, x => Math.Max(0, x) + Math.Min(0, Math.Exp(x) - 1) },
        { "Celu", 2, null, x => Math.Max(0, x) + Math.Min(0, 2 * (Math.Exp(x / 2) - 1)) },
        { "Selu", null, null, x => x > 0 ? 1.0507009873554805 * x
            : 1.0507009873554805 * 1.6732632423543772 * (Math.Exp(x) - 1) },
        { "Selu", 2, 3, x => x > 0 ? 3 * x : 3 * 2 * (Math.Exp(x) - 1) },
        { "Sigmoid", null, null, x => 1 / (1 + Math.Exp(-x)) },
        { "HardSigmoid", null, null, x => Math.Max(0, Math.Min(1, (0.2f * x) + 0.5)) },
        { "HardSigmoid", 0.5f, 0.75f, x => Math.Max(0, Math.Min(1, (0.5 * x) + 0.75)) },
        { "HardSigmoid", -0.5f, null, x => Math.Max(0, Math.Min(1, (-0.5 * x) + 0.5)) },
        { "Tanh", null, null, x => (Math.Exp(x) - Math.Exp(-x)) / (Math.Exp(x) + Math.Exp(-x)) },
        { "Softplus", null, null, x => Math.Log(Math.Exp(x) + 1) },
        { "Softsign", null, null, x => x / (1 + Math.Abs(x)) },
        { "Identity", null, null, x => x },
        { "Dropout", null, null, x => x },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Element_wise_function(string op, float? alpha, float? second, Func<double, double> definition)
    {
        (string, object)[] attributes = [.. alpha is null ? s_none : [("alpha", alpha)],
            .. second is null ? s_none : [(op == "Selu" ? "gamma" : "beta", second)]];
        NdArray x = new([1, 2, 4], [0, 0.25, -0.25, 1, -1.5, 3.5, -3.5, 1.0000001192092896]);
        OperatorTest.ExpectNode(17, op, x, attributes, x.Map(definition));
        OperatorTest.ExpectFolded(17, op, x, attributes, x.Map(definition));
        // Operators that ONNX has had unchanged, but for the element types, since the oldest set that is read.
        OperatorTest.ExpectNode(op is "Celu" ? 12 : op is "ThresholdedRelu" ? 10 : 7, op, x, attributes,
            x.Map(definition));
    }

    [Fact]
    public void Every_operator_takes_a_scalar_and_a_vector()
    {
        foreach (int[] shape in new int[][] { [], [3] })
        {
            NdArray x = NdArray.Random(new Random(1), shape);
            OperatorTest.ExpectNode(17, "Relu", x, [], x.Map(v => Math.Max(0, v)));
            OperatorTest.ExpectNode(17, "Tanh", x, [], x.Map(Math.Tanh));
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(10)]
    public void Clip_by_attributes(int opset)
    {
        NdArray x = NdArray.Random(new Random(2), 1, 20);
        OperatorTest.ExpectNode(opset, "Clip", x, [("min", -1f), ("max", 0.5f)],
            x.Map(v => Math.Min(Math.Max(v, -1), 0.5)));
        OperatorTest.ExpectNode(opset, "Clip", x, [("min", 1.25f)], x.Map(v => Math.Max(v, 1.25)));
        OperatorTest.ExpectNode(opset, "Clip", x, [("max", -1.25f)], x.Map(v => Math.Min(v, -1.25)));
        OperatorTest.ExpectNode(opset, "Clip", x, [], x);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Clip_by_inputs(int opset)
    {
        NdArray x = NdArray.Random(new Random(3), 1, 20), low = new([], [-1]), high = new([], [0.5]);
        OperatorTest.ExpectNode(opset, "Clip", x, [], x.Map(v => Math.Min(Math.Max(v, -1), 0.5)), low, high);
        OperatorTest.ExpectNode(opset, "Clip", x, [], x.Map(v => Math.Max(v, -1)), low);
        OperatorTest.ExpectNode(opset, "Clip", x, [], x.Map(v => Math.Min(v, 0.5)), null, high);
        OperatorTest.ExpectNode(opset, "Clip", x, [], x);
        // Where the bounds cross, the upper one wins: min(max(x, 0.5), -1).
        OperatorTest.ExpectNode(opset, "Clip", x, [], x.Map(_ => -1), high, low);
        OperatorTest.ExpectFolded(opset, "Clip", x, [], x.Map(v => Math.Min(Math.Max(v, -1), 0.5)), low, high);
    }

    [Fact]
    public void Clip_takes_the_ends_of_float_for_no_bound_and_refuses_what_is_none()
    {
        NdArray x = NdArray.Random(new Random(4), 1, 5), lowest = new([], [float.MinValue]),
            highest = new([], [float.MaxValue]), infinite = new([], [double.PositiveInfinity]);
        OperatorTest.ExpectNode(13, "Clip", x, [], x, lowest, highest);
        OperatorTest.ExpectNode(13, "Clip", x, [], x, null, infinite);
        Fails(Descriptors.NonFiniteWeight, infinite);
        Fails(Descriptors.NonFiniteWeight, new NdArray([], [double.NaN]));
        Fails(Descriptors.InvalidShape, new NdArray([2], [0, 1]));
        Fails(Descriptors.InvalidShape, new NdArray([0], []));

        static void Fails(DiagnosticDescriptor expected, NdArray lower) => OperatorTest.Fails(
            expected, new ModelBuilder(13).Input("x", 1, 5).Weights("lower", lower.Shape, lower.Values)
                .Node("Clip", ["x", "lower"], "y").Output("y"));
    }

    [Theory]
    [InlineData(1, 3, 4)]
    [InlineData(3, 4)]
    [InlineData(4)]
    [InlineData(3, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(1)]
    [InlineData]
    public void PRelu_slopes_broadcast(params int[] shape)
    {
        Random random = new(5);
        NdArray x = NdArray.Random(random, 1, 3, 4), slope = NdArray.Random(random, shape);
        foreach (int opset in new[] { 7, 9, 16 })
            OperatorTest.ExpectNode(opset, "PRelu", x, [], NdArray.Broadcast(x, slope, (v, s) => v < 0 ? s * v : v),
                slope);
    }

    [Fact]
    public void PRelu_before_set_7_has_a_slope_a_channel()
    {
        Random random = new(5);
        NdArray x = NdArray.Random(random, 1, 3, 4), slope = NdArray.Random(random, 3);
        OperatorTest.ExpectNode(6, "PRelu", x, [],
            NdArray.Broadcast(x, slope.Reshape(3, 1), (v, s) => v < 0 ? s * v : v), slope);
    }

    [Theory]
    [InlineData("Softmax", 12, null)]
    [InlineData("Softmax", 11, 0)]
    [InlineData("Softmax", 11, 1)]
    [InlineData("Softmax", 11, 2)]
    [InlineData("Softmax", 11, -1)]
    [InlineData("Softmax", 13, null)]
    [InlineData("Softmax", 13, 0)]
    [InlineData("Softmax", 13, 1)]
    [InlineData("Softmax", 13, -1)]
    [InlineData("LogSoftmax", 12, null)]
    [InlineData("LogSoftmax", 11, 1)]
    [InlineData("LogSoftmax", 13, null)]
    [InlineData("LogSoftmax", 13, 1)]
    public void Softmax_over_an_axis_or_all_from_it_on(string op, int opset, int? axis)
    {
        NdArray x = NdArray.Random(new Random(6), 1, 3, 4);
        int from = axis ?? (opset < 13 ? 1 : -1);
        from += from < 0 ? 3 : 0;
        NdArray expected = NdArray.Make(x.Shape, index =>
        {
            double sum = NdArray.Indices(x.Shape).Where(other => Group(other).SequenceEqual(Group(index)))
                .Sum(other => Math.Exp(x[other]));
            return op == "Softmax" ? Math.Exp(x[index]) / sum : x[index] - Math.Log(sum);
        });
        OperatorTest.ExpectNode(opset, op, x, axis is null ? [] : [("axis", axis.Value)], expected);

        // What is normalised together agrees in these coordinates.
        IEnumerable<int> Group(int[] index) => index.Where((_, a) => opset < 13 ? a < from : a != from);
    }
}
