using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Normalizations on real numbers: mean and variance by their definitions.</summary>
public sealed class NormalizationTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(-1, 0.5f)]
    [InlineData(1, null)]
    [InlineData(2, 0.25f)]
    [InlineData(-3, null)]
    public void Layer_normalization(int? axis, float? epsilon)
    {
        Random random = new(1);
        NdArray x = NdArray.Random(random, 1, 2, 3, 4);
        int first = axis ?? -1;
        first += first < 0 ? 4 : 0;
        NdArray scale = NdArray.Random(random, x.Shape[first..]), bias = NdArray.Random(random, x.Shape[first..]);
        NdArray normal = Normalized(x, a => a >= first, epsilon ?? 1e-5f),
            scaled = NdArray.Broadcast(normal, scale, (v, s) => v * s);
        (string, object)[] attributes = [.. axis is null ? [] : new (string, object)[] { ("axis", axis) },
            .. epsilon is null ? [] : new (string, object)[] { ("epsilon", epsilon) }];
        OperatorTest.ExpectNode(17, "LayerNormalization", x, attributes, scaled, scale);
        OperatorTest.ExpectNode(17, "LayerNormalization", x, attributes,
            NdArray.Broadcast(scaled, bias, (v, b) => v + b), scale, bias);
        OperatorTest.ExpectNode(17, "LayerNormalization", x, attributes, normal, scale.Map(_ => 1));
        OperatorTest.ExpectFolded(17, "LayerNormalization", x, attributes, scaled, scale);

        // Scale and bias that are computed.
        ModelBuilder computed = new ModelBuilder(17).Input("x", Dims(x))
            .Input("s", Dims(scale.Reshape([1, .. scale.Shape]))).Input("b", Dims(bias.Reshape([1, .. bias.Shape])));
        if (first > 1)
            OperatorTest.Expect(computed.Node("LayerNormalization", ["x", "s", "b"], "y", attributes).Output("y"),
                NdArray.Broadcast(scaled, bias, (v, b) => v + b), x, scale, bias);
    }

    [Fact]
    public void Layer_normalization_gives_mean_and_deviation()
    {
        NdArray x = NdArray.Random(new Random(2), 1, 3, 4);
        (NdArray mean, NdArray variance) = Moments(x, a => a >= 2);
        ModelBuilder Model(string output)
        {
            ModelBuilder model = new ModelBuilder(17).Input("x", Dims(x)).Weights("one", [4], 1, 1, 1, 1)
                .Node("LayerNormalization", ["x", "one"], "y").Output(output);
            model.Last.Output.Add(["mean", "deviation"]);
            return model;
        }
        OperatorTest.Expect(Model("mean"), First(mean), x);
        OperatorTest.Expect(Model("deviation"), First(variance.Map(v => 1 / Math.Sqrt(v + 1e-5f))), x);

        static NdArray First(NdArray all) => NdArray.Make([1, 3, 1], i => all[i]);
    }

    [Fact]
    public void Instance_group_and_mean_variance_normalization()
    {
        Random random = new(3);
        NdArray x = NdArray.Random(random, 1, 4, 3, 2), scale = NdArray.Random(random, 4),
            bias = NdArray.Random(random, 4);
        NdArray Affine(NdArray v, NdArray s, NdArray b) =>
            NdArray.Broadcast(NdArray.Broadcast(v, s.Reshape(4, 1, 1), (p, q) => p * q), b.Reshape(4, 1, 1),
                (p, q) => p + q);
        OperatorTest.ExpectNode(6, "InstanceNormalization", x, [],
            Affine(Normalized(x, a => a >= 2, 1e-5), scale, bias), scale, bias);
        OperatorTest.ExpectNode(22, "InstanceNormalization", x, [("epsilon", 0.5f)],
            Affine(Normalized(x, a => a >= 2, 0.5), scale, bias), scale, bias);
        OperatorTest.ExpectNode(13, "MeanVarianceNormalization", x, [], Normalized(x, a => a != 1, 1e-9));
        OperatorTest.ExpectNode(9, "MeanVarianceNormalization", x, [("axes", new long[] { -1, 1 })],
            Normalized(x, a => a is 1 or 3, 1e-9));
        NdArray grouped = Normalized(x.Reshape(1, 2, 12), a => a == 2, 1e-5).Reshape(1, 4, 3, 2);
        OperatorTest.ExpectNode(21, "GroupNormalization", x, [("num_groups", 2)], Affine(grouped, scale, bias), scale,
            bias);
        NdArray ofGroups = new([4], [scale.Values[0], scale.Values[0], scale.Values[1], scale.Values[1]]),
            zero = new(4);
        OperatorTest.ExpectNode(18, "GroupNormalization", x, [("num_groups", 2)], Affine(grouped, ofGroups, zero),
            new NdArray([2], scale.Values[..2]), new NdArray(2));
        OperatorTest.Fails(Descriptors.InvalidShape, Model("GroupNormalization", ("num_groups", 3)));
        OperatorTest.Fails(Descriptors.InvalidShape, Model("GroupNormalization", ("num_groups", 0)));

        ModelBuilder Model(string op, params (string, object)[] attributes) =>
            new ModelBuilder(21).Input("x", 1, 4, 2).Weights("s", [4], new double[4])
                .Node(op, ["x", "s", "s"], "y", attributes).Output("y");
    }

    [Fact]
    public void Norms_without_a_mean()
    {
        Random random = new(4);
        NdArray x = NdArray.Random(random, 1, 3, 4), scale = NdArray.Random(random, 4);
        NdArray squares = Moments(x.Map(v => v * v), a => a == 2).Mean;
        OperatorTest.ExpectNode(
            23, "RMSNormalization", x, [],
                NdArray.Broadcast(NdArray.Broadcast(x, squares, (v, m) => v / Math.Sqrt(m + 1e-5f)), scale,
                    (v, s) => v * s), scale);
        foreach (int axis in new[] { 1, -1 })
        {
            bool Reduced(int a) => a == (axis + 3) % 3;
            int n = x.Shape[(axis + 3) % 3];
            NdArray one = Moments(x.Map(Math.Abs), Reduced).Mean.Map(m => m * n),
                two = Moments(x.Map(v => v * v), Reduced).Mean.Map(m => Math.Sqrt(m * n));
            OperatorTest.ExpectNode(1 + 21, "LpNormalization", x, [("axis", axis), ("p", 1)],
                NdArray.Broadcast(x, one, (v, m) => v / m));
            OperatorTest.ExpectNode(1 + 21, "LpNormalization", x, [("axis", axis)],
                NdArray.Broadcast(x, two, (v, m) => v / m));
        }
        NdArray zeros = new(1, 4);
        OperatorTest.ExpectNode(22, "LpNormalization", zeros, [("p", 1)], zeros);
        OperatorTest.ExpectNode(22, "LpNormalization", zeros, [("p", 2)], zeros);
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder(22).Input("x", 1, 4).Node("LpNormalization", ["x"], "y", ("p", 3)).Output("y"));
    }

    private static NdArray Normalized(NdArray x, Func<int, bool> reduced, double epsilon)
    {
        (NdArray mean, NdArray variance) = Moments(x, reduced);
        return NdArray.Make(x.Shape, i => (x[i] - mean[i]) / Math.Sqrt(variance[i] + epsilon));
    }

    // For every element those of the elements that agree with it in all axes but the reduced ones.
    private static (NdArray Mean, NdArray Variance) Moments(NdArray x, Func<int, bool> reduced)
    {
        int[][] indices = [.. NdArray.Indices(x.Shape)];
        NdArray mean = NdArray.Make(x.Shape, i => Group(i).Average());
        return (mean, NdArray.Make(x.Shape, i => Group(i).Average(v => (v - mean[i]) * (v - mean[i]))));

        IEnumerable<double> Group(int[] index) => indices.Where(other => Enumerable.Range(0, x.Rank)
            .All(a => reduced(a) || other[a] == index[a])).Select(other => x[other]);
    }

    private static Dim[] Dims(NdArray x) => [.. x.Shape.Select(d => (Dim)d)];
}
