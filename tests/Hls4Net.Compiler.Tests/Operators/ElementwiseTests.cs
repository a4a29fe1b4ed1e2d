using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Element-wise operators of several tensors, computed and constant, against numpy's definitions.</summary>
public sealed class ElementwiseTests
{
    private static readonly (int[] A, int[] B)[] s_shapes =
    [
        ([1, 3, 4], [1, 3, 4]), ([1, 3, 4], [4]), ([4], [1, 3, 4]), ([1, 3, 1], [1, 1, 4]), ([1, 1], [1, 2, 3]),
            ([3], []), ([], []), ([1, 2, 1, 3], [1, 4, 1]),
    ];

    public static TheoryData<string, Func<double, double, double>> Binaries => new()
    {
        { "Add", (a, b) => a + b },
        { "Sub", (a, b) => a - b },
        { "Mul", (a, b) => a * b },
        { "Div", (a, b) => a / b },
        { "Min", Math.Min },
        { "Max", Math.Max },
        { "Sum", (a, b) => a + b },
        { "Mean", (a, b) => (a + b) / 2 },
        { "Equal", (a, b) => a == b ? 1 : 0 },
        { "Less", (a, b) => a < b ? 1 : 0 },
        { "LessOrEqual", (a, b) => a <= b ? 1 : 0 },
        { "Greater", (a, b) => a > b ? 1 : 0 },
        { "GreaterOrEqual", (a, b) => a >= b ? 1 : 0 },
        { "And", (a, b) => a != 0 && b != 0 ? 1 : 0 },
        { "Or", (a, b) => a != 0 || b != 0 ? 1 : 0 },
        { "Xor", (a, b) => a != 0 ^ b != 0 ? 1 : 0 },
        { "PRelu", (a, b) => a < 0 ? a * b : a },
    };

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Of_two_tensors(string op, Func<double, double, double> definition)
    {
        Random random = new(1);
        foreach ((int[] shapeA, int[] shapeB) in s_shapes)
        {
            // A slope never enlarges what it multiplies.
            if (op == "PRelu"
                && !NdArray.Broadcast(new NdArray(shapeA), new NdArray(shapeB), Math.Min).Shape.SequenceEqual(shapeA))
                continue;
            // Small integers, so that some are equal and some zero; but for divisors.
            NdArray a = NdArray.Random(random, shapeA).Map(Math.Truncate),
                b = NdArray.Random(random, shapeB).Map(op == "Div" ? v => v : Math.Truncate);
            NdArray expected = NdArray.Broadcast(a, b, definition);
            OperatorTest.Expect(Inputs(a, b).Node(op, ["a", "b"], "y").Output("y"), expected, a, b);
            OperatorTest.Expect(Constant(a, "b", b).Node(op, ["a", "b"], "y").Output("y"), expected, a);
            OperatorTest.Expect(Constant(b, "a", a, "b").Node(op, ["a", "b"], "y").Output("y"), expected, b);
            OperatorTest.ExpectFolded(17, op, a, [], expected, b);
        }
        if (op != "PRelu")
            OperatorTest.Fails(Descriptors.InvalidShape,
                Inputs(new NdArray(1, 2), new NdArray(1, 3)).Node(op, ["a", "b"], "y").Output("y"));

        static ModelBuilder Constant(NdArray x, string name, NdArray constant, string input = "a") =>
            new ModelBuilder(17).Input(input, Dims(x)).Weights(name, constant.Shape, constant.Values);
    }

    [Theory]
    [InlineData("Sum")]
    [InlineData("Mean")]
    [InlineData("Min")]
    [InlineData("Max")]
    public void Of_any_number_of_tensors(string op)
    {
        Random random = new(2);
        NdArray a = NdArray.Random(random, 1, 3, 4), b = NdArray.Random(random, 4), c = NdArray.Random(random, 1, 3, 1),
            d = NdArray.Random(random), e = NdArray.Random(random, 1, 1, 1, 4);
        Func<double, double, double> two = op switch { "Min" => Math.Min, "Max" => Math.Max, _ => (x, y) => x + y };
        NdArray[] all = [a, b, c, d, e];
        for (int n = 1; n <= all.Length; n++)
        {
            NdArray expected = all[..n].Aggregate((x, y) => NdArray.Broadcast(x, y, two))
                .Map(v => op == "Mean" ? v / n : v);
            ModelBuilder model = new ModelBuilder(13).Input("x0", Dims(a)).Output("y");
            for (int k = 1; k < n; k++)
                _ = k % 2 == 0 ? model.Input($"x{k}", Dims(all[k]))
                    : model.Weights($"x{k}", all[k].Shape, all[k].Values);
            OperatorTest.Expect(model.Node(op, [.. Enumerable.Range(0, n).Select(k => $"x{k}")], "y"), expected,
                [.. all[..n].Where((_, k) => k % 2 == 0)]);
        }
        OperatorTest.Fails(
            Descriptors.UnsupportedForm, new ModelBuilder().Input("x", 1, 2)
                .Node(op, [.. Enumerable.Repeat("x", 65)], "y").Output("y"));
    }

    [Fact]
    public void Where_chooses()
    {
        Random random = new(3);
        foreach ((int[] shapeA, int[] shapeB) in s_shapes)
        {
            NdArray c = NdArray.Random(random, 1, 1).Map(Math.Truncate), a = NdArray.Random(random, shapeA),
                b = NdArray.Random(random, shapeB);
            NdArray expected = c.Values[0] != 0 ? NdArray.Broadcast(NdArray.Broadcast(a, b, (x, _) => x), c,
                (x, _) => x) : NdArray.Broadcast(NdArray.Broadcast(a, b, (_, y) => y), c, (x, _) => x);
            OperatorTest.Expect(Inputs(a, b).Input("c", Dims(c)).Node("Where", ["c", "a", "b"], "y").Output("y"),
                expected, a, b, c);
        }
        NdArray mask = new([3], [1, 0, 1]), first = NdArray.Random(random, 1, 3), second = NdArray.Random(random, 1, 3);
        OperatorTest.Expect(
            Inputs(first, second).Weights("c", mask.Shape, mask.Values).Node("Where", ["c", "a", "b"], "y").Output("y"),
            new NdArray([1, 3], [first.Values[0], second.Values[1], first.Values[2]]), first, second);
    }

    public static TheoryData<string, Func<double, double>> Unaries => new()
    {
        { "Abs", Math.Abs },
        { "Neg", x => -x },
        { "Sign", x => x > 0 ? 1 : x < 0 ? -1 : 0 },
        { "Floor", Math.Floor },
        { "Ceil", Math.Ceiling },
        { "Round", x => Math.Round(x, MidpointRounding.ToEven) },
        { "Not", x => x == 0 ? 1 : 0 },
        { "Exp", Math.Exp },
        { "Erf", x => Numerics.UnaryFunctionTests.Erf(x) },
        { "Sin", Math.Sin },
        { "Cos", Math.Cos },
        { "Tan", Math.Tan },
        { "Atan", Math.Atan },
        { "Sinh", Math.Sinh },
        { "Cosh", Math.Cosh },
        { "Asinh", Math.Asinh },
        { "Gelu", x => x * (1 + Numerics.UnaryFunctionTests.Erf(x / Math.Sqrt(2))) / 2 },
        { "HardSwish", x => x * Math.Max(0, Math.Min(1, (x / 6) + 0.5)) },
        { "Mish", x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))) },
        { "Swish", x => x / (1 + Math.Exp(-x)) },
    };

    [Theory]
    [MemberData(nameof(Unaries))]
    public void Of_one_tensor(string op, Func<double, double> definition)
    {
        NdArray x = new([1, 2, 5], [0, 0.25, -0.25, 0.5, -0.5, 1.5, -1.5, 2.5, 3.75, -3]);
        OperatorTest.ExpectNode(22, op, x, [], x.Map(definition));
        OperatorTest.ExpectFolded(22, op, x, [], x.Map(definition));
    }

    [Theory]
    [InlineData("Sqrt")]
    [InlineData("Log")]
    [InlineData("Reciprocal")]
    [InlineData("Acosh")]
    public void Of_positive_numbers(string op)
    {
        NdArray x = new([1, 4], [1, 1.25, 3.5, 100]);
        OperatorTest.ExpectNode(13, op, x, [],
            x.Map(op switch { "Sqrt" => Math.Sqrt, "Log" => Math.Log, "Acosh" => Math.Acosh, _ => v => 1 / v }));
    }

    [Theory]
    [InlineData("Asin")]
    [InlineData("Acos")]
    [InlineData("Atanh")]
    public void Of_small_numbers(string op)
    {
        NdArray x = new([1, 4], [0, 0.25, -0.75, 0.5]);
        OperatorTest.ExpectNode(13, op, x, [],
            x.Map(op switch { "Asin" => Math.Asin, "Acos" => Math.Acos, _ => Math.Atanh }));
    }

    [Fact]
    public void Functions_with_attributes()
    {
        NdArray x = new([1, 6], [0, 0.25, -0.75, 1.5, -3, 3.5]);
        OperatorTest.ExpectNode(20, "Gelu", x, [("approximate", "tanh")],
            x.Map(v => v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v)))) / 2));
        OperatorTest.ExpectNode(24, "Swish", x, [("alpha", 1.5f)], x.Map(v => v / (1 + Math.Exp(-1.5 * v))));
        OperatorTest.ExpectNode(9, "Shrink", x, [], x.Map(v => Math.Abs(v) > 0.5 ? v : 0));
        OperatorTest.ExpectNode(9, "Shrink", x, [("lambd", 1.5f), ("bias", 1.5f)],
            x.Map(v => v < -1.5 ? v + 1.5 : v > 1.5 ? v - 1.5 : 0));
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder(20).Input("x", 1, 2).Node("Gelu", ["x"], "y", ("approximate", "none at all")).Output("y"));
    }

    [Fact]
    public void Powers()
    {
        NdArray x = new([1, 4], [0.25, 1.5, 2, 3.5]);
        foreach (double exponent in new[] { -1, -0.5, 0.5, 1, 1.5, 2, 3, 4 })
            OperatorTest.ExpectNode(13, "Pow", x, [], x.Map(v => Math.Pow(v, exponent)), new NdArray([], [exponent]));
        OperatorTest.ExpectNode(13, "Pow", x, [], NdArray.Broadcast(x, new NdArray([4], [0, 1, 2, 0.5]), Math.Pow),
            new NdArray([4], [0, 1, 2, 0.5]));
        ModelBuilder computed = new ModelBuilder().Input("x", 1, 4).Weights("two", [], 2).Node("Pow", ["two", "x"], "y")
            .Output("y");
        OperatorTest.Expect(computed, x.Map(v => Math.Pow(2, v)), x);
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder().Input("x", 1, 2).Node("Pow", ["x", "x"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder().Input("x", 1, 2).Weights("c", [], -2).Node("Pow", ["c", "x"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.NonFiniteWeight,
            new ModelBuilder().Input("x", 1, 2).Weights("c", [], double.NaN).Node("Pow", ["x", "c"], "y").Output("y"));
    }

    [Fact]
    public void Clip_and_hardmax()
    {
        NdArray x = new([1, 2, 3], [3, 3, 1, -2, 0, 0.5]), low = new([1], [-1]), high = new([1], [2]);
        OperatorTest.Expect(
            new ModelBuilder(13).Input("x", 1, 2, 3).Input("low", 1).Input("high", 1).Node("Clip", ["x", "low", "high"],
                "y").Output("y"), x.Map(v => Math.Min(Math.Max(v, -1), 2)), x, low, high);
        OperatorTest.ExpectNode(13, "Hardmax", x, [], new NdArray([1, 2, 3], [1, 0, 0, 0, 0, 1]));
        OperatorTest.ExpectNode(13, "Hardmax", x, [("axis", 1)], new NdArray([1, 2, 3], [1, 1, 1, 0, 0, 0]));
        OperatorTest.ExpectNode(11, "Hardmax", x, [("axis", 1)], new NdArray([1, 2, 3], [1, 0, 0, 0, 0, 0]));
    }

    private static ModelBuilder Inputs(NdArray a, NdArray b) => new ModelBuilder(17).Input("a", Dims(a))
        .Input("b", Dims(b));

    private static Dim[] Dims(NdArray x) => [.. x.Shape.Select(d => (Dim)d)];
}
