using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Normalizations over axes. With n elements, s their sum and d = n · x - s: the mean is s / n and the variance Σ d² /
/// n³, so that (x - mean) / √(variance + ε) = d · √n / √(Σ d² + ε · n³). Sums, differences and squares are exact; what
/// is rounded is the inverse square root.
/// </summary>
internal static class NormalizationImporter
{
    private const double VarianceEpsilon = 1e-9;

    private const float SkipEpsilon = 1e-12f;

    public static Operand LayerNormalization(ImportNode node)
    {
        node.Ignore("stash_type");
        Operand x = node.Input(0);
        return OverLayer(node, x, node.Axis(node.Int("axis", -1), x.Shape.Rank), node.Float("epsilon", 1e-5f), 1, 2);
    }

    /// <summary>
    /// com.microsoft: input, skip, scale, bias of the normalization, bias of the sum; the sum is the fourth output.
    /// </summary>
    public static Operand SkipLayerNormalization(ImportNode node)
    {
        Operand x = Skipped(node, 4);
        return OverLayer(node, x, x.Shape.Rank - 1, node.Float("epsilon", SkipEpsilon), 2, 3);
    }

    /// <summary>com.microsoft: input, skip, scale, bias of the sum; the sum is the fourth output.</summary>
    public static Operand SkipRmsNormalization(ImportNode node)
    {
        Operand x = Skipped(node, 3);
        return RootMeanSquare(node, x, x.Shape.Rank - 1, node.Float("epsilon", SkipEpsilon), 2);
    }

    private static Operand Skipped(ImportNode node, int bias)
    {
        Operand x = node.Input(0), skip = node.Input(1);
        if (x.Shape.Rank == 0 || Shape.Broadcast(x.Shape, skip.Shape) != x.Shape)
            throw node.Fail(Descriptors.InvalidShape, $"adds {skip.Shape} to {x.Shape}");
        Operand sum = Plus(node, x, skip, "skip");
        if (node.TryInput(bias) is Operand b)
            sum = Plus(node, sum, b, "skip_bias");
        node.Define(3, sum);
        return sum;
    }

    private static Operand Plus(ImportNode node, Operand x, Operand y, string part) =>
        y.Constant is Constant c && x.Constant is null ? node.Emit(new Affine(null, c), x, part)
            : node.Emit(new Elementwise(ElementwiseKind.Add), [x, y], part);

    private static Operand OverLayer(ImportNode node, Operand x, int axis, double epsilon, int scale, int bias)
    {
        ImmutableArray<int> axes = [.. Enumerable.Range(axis, x.Shape.Rank - axis)];
        bool affine = IsAffine(node, scale, 1) || IsAffine(node, bias, 0);
        (Operand result, Operand sum, Operand root) = Centred(node, x, axes, epsilon, inner: affine);
        double n = Count(x.Shape, axes);
        if (node.HasOutput(1))
            node.Define(1, node.Emit(new Affine(Constant.Scalar(1 / n), null), sum, "mean"));
        // The root is 1 / (n · √(variance + ε)).
        if (node.HasOutput(2))
            node.Define(2, node.Emit(new Affine(Constant.Scalar(n), null), root, "deviation"));
        return ScaleAndBias(node, result, node.Input(scale), node.TryInput(bias));
    }

    /// <summary>x / √(mean(x²) + ε) · scale = x · √n / √(Σ x² + ε · n) · scale.</summary>
    public static Operand RmsNormalization(ImportNode node)
    {
        node.Ignore("stash_type");
        Operand x = node.Input(0);
        return RootMeanSquare(node, x, node.Axis(node.Int("axis", -1), x.Shape.Rank), node.Float("epsilon", 1e-5f), 1);
    }

    private static Operand RootMeanSquare(ImportNode node, Operand x, int axis, double epsilon, int scale)
    {
        ImmutableArray<int> axes = [.. Enumerable.Range(axis, x.Shape.Rank - axis)];
        double n = Count(x.Shape, axes);
        Operand root = InverseRoot(node, x, axes, epsilon * n, Math.Sqrt(n));
        // ONNX Runtime names the inverse root beside the result.
        if (node.HasOutput(1))
            node.Define(1, root);
        return ScaleAndBias(node, Product(node, x, root, Math.Sqrt(n), IsAffine(node, scale, 1)), node.Input(scale),
            null);
    }

    public static Operand InstanceNormalization(ImportNode node)
    {
        Operand x = node.Input(0);
        if (x.Shape.Rank < 3)
            throw node.Fail(Descriptors.InvalidShape, $"normalizes {x.Shape}, which has no axes behind the channels");
        ImmutableArray<int> axes = [.. Enumerable.Range(2, x.Shape.Rank - 2)];
        Operand result = Centred(node, x, axes, node.Float("epsilon", 1e-5f), inner: true).Result;
        return ScaleAndBias(node, result, AlongChannels(node, node.Input(1), x.Shape),
            AlongChannels(node, node.Input(2), x.Shape));
    }

    public static Operand GroupNormalization(ImportNode node)
    {
        node.Ignore("stash_type");
        Operand x = node.Input(0);
        int groups = (int)node.Int("num_groups", 0);
        if (x.Shape.Rank < 2 || groups <= 0 || x.Shape[1] % groups != 0)
            throw node.Fail(Descriptors.InvalidShape, $"divides the channels of {x.Shape} into {groups} groups");
        Shape grouped = new(x.Shape[0], groups, x.Shape.Size / Math.Max(1, x.Shape[0] * groups));
        Operand rows = node.Emit(new Reshape(grouped), x, "groups", inner: true);
        Operand result = Centred(node, rows, [2], node.Float("epsilon", 1e-5f), inner: true).Result;
        result = node.Emit(new Reshape(x.Shape), result, "channels", inner: true);
        return ScaleAndBias(node, result, AlongChannels(node, OfGroups(node.Input(1)), x.Shape),
            AlongChannels(node, OfGroups(node.Input(2)), x.Shape));

        // Before set 21 there was a number for each group.
        Operand OfGroups(Operand c) => node.Opset >= 21 || c.Constant is not Constant constant
            || constant.Values.Length != groups ? c
            : new Operand(c.Name,
                new Constant(new Shape(x.Shape[1]),
                    [.. Enumerable.Range(0, x.Shape[1])
                        .Select(channel => constant.Values[channel / (x.Shape[1] / groups)])]));
    }

    public static Operand MeanVarianceNormalization(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<int> axes = [.. (node.Ints("axes") ?? [0, 2, 3]).Select(a => node.Axis(a, x.Shape.Rank))
            .Distinct().Order()];
        return Centred(node, x, axes, VarianceEpsilon, inner: false).Result;
    }

    /// <summary>x / Σ|x| or x / √(Σ x²); zeros stay zeros.</summary>
    public static Operand LpNormalization(ImportNode node)
    {
        Operand x = node.Input(0);
        return Normalized(node, x, [node.Axis(node.Int("axis", -1), x.Shape.Rank)], node.Int("p", 2));
    }

    /// <summary>Numbers divided by their norm along axes.</summary>
    public static Operand Normalized(ImportNode node, Operand x, ImmutableArray<int> axes, long p)
    {
        switch (p)
        {
            case 1:
                Operand magnitude = node.Emit(new ExactFunction(ExactFunctionKind.Abs), x, "magnitude", inner: true);
                return node.Emit(new Divide(Bound: 1),
                    [x, node.Emit(new Reduce(ReduceKind.Sum, axes), magnitude, "sum", inner: true)]);
            case 2:
                return Product(node, x, InverseRoot(node, x, axes, 0, 1), 1, inner: false);
            default:
                throw node.Fail(Descriptors.UnsupportedForm,
                    $"normalizes by the norm of p = {p}; 1 and 2 are supported");
        }
    }

    private static (Operand Result, Operand Sum, Operand Root) Centred(ImportNode node, Operand x,
        ImmutableArray<int> axes, double epsilon, bool inner)
    {
        double n = Count(x.Shape, axes);
        Operand sum = node.Emit(new Reduce(ReduceKind.Sum, axes), x, "sum", inner: true);
        Operand scaled = node.Emit(new Affine(Constant.Scalar(n), null), x, "scaled", inner: true);
        Operand difference = node.Emit(new Elementwise(ElementwiseKind.Sub), [scaled, sum], "difference", inner: true);
        Operand root = InverseRoot(node, difference, axes, epsilon * n * n * n, Math.Sqrt(n));
        return (Product(node, difference, root, Math.Sqrt(n), inner), sum, root);
    }

    // factor / √(Σ x² + shift)
    private static Operand InverseRoot(ImportNode node, Operand x, ImmutableArray<int> axes, double shift,
        double factor)
    {
        Operand square = node.Emit(new Elementwise(ElementwiseKind.Mul), [x, x], "square", inner: true);
        Operand sum = node.Emit(new Reduce(ReduceKind.Sum, axes), square, "squares", inner: true);
        if (shift != 0)
            sum = node.Emit(new Affine(null, Constant.Scalar(shift)), sum, "shifted", inner: true);
        return node.Emit(new ElementwiseFunction(UnaryFunction.Power(-0.5, factor)), sum, "root", inner: true);
    }

    private static Operand Product(ImportNode node, Operand x, Operand root, double bound, bool inner) =>
        node.Emit(new Elementwise(ElementwiseKind.Mul, bound), [x, root], inner ? "normalized" : null, inner);

    private static bool IsAffine(ImportNode node, int index, double neutral) => node.TryInput(index) is Operand c
        && (c.Constant is null || c.Constant.Values.Any(v => v != neutral));

    private static Operand ScaleAndBias(ImportNode node, Operand x, Operand scale, Operand? bias)
    {
        if (scale.Constant is Constant s && bias is null or { Constant: not null })
        {
            Constant? b = bias?.Constant;
            bool scales = s.Values.Any(v => v != 1), shifts = b is not null && b.Values.Any(v => v != 0);
            return scales || shifts ? node.Emit(new Affine(scales ? s : null, shifts ? b : null), x) : x;
        }
        Operand scaled = node.Emit(new Elementwise(ElementwiseKind.Mul), [x, scale],
            bias is null ? null : "scaled_result", inner: bias is not null);
        return bias is null ? scaled : node.Emit(new Elementwise(ElementwiseKind.Add), [scaled, bias]);
    }

    private static Operand AlongChannels(ImportNode node, Operand c, Shape x)
    {
        if (c.Shape.Size != x[1])
            throw node.Fail(Descriptors.InvalidShape, $"has parameters {c.Shape} for {x[1]} channels");
        Shape shape = new([x[1], .. Enumerable.Repeat(1, x.Rank - 2)]);
        return c.Constant is Constant constant ? new Operand(c.Name, constant.Reshape(shape))
            : node.Emit(new Reshape(shape), c, "parameters", inner: true);
    }

    private static double Count(Shape shape, ImmutableArray<int> axes) =>
        axes.Aggregate(1.0, (n, axis) => n * shape[axis]);
}
