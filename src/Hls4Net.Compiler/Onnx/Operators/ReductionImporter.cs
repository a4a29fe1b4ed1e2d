using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>Sums and extremes along axes, and the places of extremes.</summary>
internal static class ReductionImporter
{
    public static Operand ReduceSum(ImportNode node) => Import(node, 13, (x, axes) => Sum(node, x, axes));

    public static Operand ReduceMean(ImportNode node) => Import(node, 18, (x, axes) => Mean(node, x, axes));

    public static Operand ReduceMax(ImportNode node) =>
        Import(node, 18, (x, axes) => Joined(node, ReduceKind.Max, x, axes));

    public static Operand ReduceMin(ImportNode node) =>
        Import(node, 18, (x, axes) => Joined(node, ReduceKind.Min, x, axes));

    public static Operand ReduceL1(ImportNode node) => Import(node, 18,
        (x, axes) => Sum(node, node.Emit(new ExactFunction(ExactFunctionKind.Abs), x, "magnitude", inner: true), axes));

    public static Operand ReduceSumSquare(ImportNode node) =>
        Import(node, 18, (x, axes) => Sum(node, Square(node, x), axes));

    public static Operand ReduceL2(ImportNode node) =>
        Import(node, 18, (x, axes) => Function(node, FunctionKind.Sqrt, Sum(node, Square(node, x), axes, inner: true)));

    public static Operand ReduceLogSum(ImportNode node) =>
        Import(node, 18, (x, axes) => Function(node, FunctionKind.Log, Sum(node, x, axes, inner: true)));

    /// <summary>
    /// The largest is taken off before, and added behind: the exponentials stay below one, and their sum above.
    /// </summary>
    public static Operand ReduceLogSumExp(ImportNode node) => Import(node, 18, (x, axes) =>
    {
        // Of one element it is that element: no exponential of a difference whose range nothing tells.
        if (axes.All(a => x.Shape[a] == 1))
            return x;
        Operand largest = Joined(node, ReduceKind.Max, x, axes, inner: true);
        Operand below = node.Emit(new Elementwise(ElementwiseKind.Sub), [x, largest], "below", inner: true);
        Operand sum = Sum(node, Function(node, FunctionKind.Exp, below, "exponential"), axes, inner: true);
        return node.Emit(new Elementwise(ElementwiseKind.Add),
            [Function(node, FunctionKind.Log, sum, "logarithm"), largest]);
    });

    /// <summary>Products of neighbours, and of those, until one is left.</summary>
    public static Operand ReduceProd(ImportNode node) => Import(node, 18, (x, axes) =>
    {
        int steps = axes.Sum(a => IntegerWidth.CeilLog2(Math.Max(1, x.Shape[a])));
        foreach (int axis in axes)
        {
            while (x.Shape[axis] > 1)
            {
                int half = (x.Shape[axis] + 1) / 2, size = x.Shape[axis];
                ImmutableArray<int>[] even = MovementImporter.All(x.Shape), odd = MovementImporter.All(x.Shape);
                even[axis] = [.. Enumerable.Range(0, half).Select(i => 2 * i)];
                odd[axis] = [.. Enumerable.Range(0, half).Select(i => (2 * i) + 1 < size ? (2 * i) + 1 : -1)];
                bool last = --steps == 0;
                Operand one = MovementImporter.Moved(node, "ReduceProd", x, even, part: $"even{steps}"),
                    other = MovementImporter.Moved(node, "ReduceProd", x, odd, Constant.Scalar(1), $"odd{steps}");
                x = node.Emit(new Elementwise(ElementwiseKind.Mul), [one, other], last ? null : $"product{steps}");
            }
        }
        return x;
    });

    public static Operand ArgMax(ImportNode node) => ArgExtreme(node, largest: true);

    public static Operand ArgMin(ImportNode node) => ArgExtreme(node, largest: false);

    public static Operand TopK(ImportNode node)
    {
        Operand x = node.Input(0);
        double count = node.Opset < 10 ? node.Int("k", 0) : node.TryScalar(1, "count") ?? 0;
        bool largest = node.Opset < 11 || node.Int("largest", 1) != 0;
        // In an order that is not asked for they may have any.
        node.Ignore("sorted");
        int axis = node.Axis(node.Int("axis", -1), x.Shape.Rank);
        if (count != Math.Truncate(count) || count < 1 || count > x.Shape[axis])
            throw node.Fail(Descriptors.InvalidShape,
                $"takes {count} of the {x.Shape[axis]} elements along axis {axis} of {x.Shape}");
        if (node.HasOutput(0))
            node.Define(0, node.Emit(new TopK((int)count, axis, largest, Places: false), x, "values"));
        if (node.HasOutput(1))
            node.Define(1, node.Emit(new TopK((int)count, axis, largest, Places: true), x, "indices"));
        return node.Result(0) ?? x;
    }

    public static Operand CumSum(ImportNode node)
    {
        Operand x = node.Input(0);
        int axis = node.Axis((long)(node.TryScalar(1, "axis")
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no axis")), x.Shape.Rank), size = x.Shape[axis];
        bool exclusive = node.Int("exclusive", 0) != 0, reverse = node.Int("reverse", 0) != 0;
        Shape matrix = node.Reserved(size, size);
        double[] ones = new double[matrix.Size];
        for (int i = 0; i < ones.Length; i++)
        {
            int from = i / size, to = i % size;
            ones[i] = (from == to && !exclusive) || (reverse ? from > to : from < to) ? 1 : 0;
        }
        return Along(node, x, axis,
            new Dense(new Constant(matrix, ImmutableArray.Create(ones)), null, IntegerWeights: true));
    }

    /// <summary>A product with a matrix along an axis.</summary>
    internal static Operand Along(ImportNode node, Operand x, int axis, Dense dense, string? part = null)
    {
        // Swapping two axes undoes itself.
        int[] swap = [.. Enumerable.Range(0, x.Shape.Rank)];
        (swap[axis], swap[^1]) = (swap[^1], swap[axis]);
        if (axis == x.Shape.Rank - 1)
            return node.Emit(dense, x, part);
        return node.Emit(new Transpose([.. swap]),
            node.Emit(dense, node.Emit(new Transpose([.. swap]), x, "last"), part), "back");
    }

    private static Operand Sum(ImportNode node, Operand x, ImmutableArray<int> axes, bool inner = false) =>
        Joined(node, ReduceKind.Sum, x, axes, inner);

    private static Operand Square(ImportNode node, Operand x) =>
        node.Emit(new Elementwise(ElementwiseKind.Mul), [x, x], "square", inner: true);

    // A function that has a part's name is a step.
    private static Operand Function(ImportNode node, FunctionKind kind, Operand x, string? part = null) =>
        node.Emit(new ElementwiseFunction(new UnaryFunction(kind)), x, part, inner: part is not null);

    private static Operand Mean(ImportNode node, Operand x, ImmutableArray<int> axes)
    {
        double count = axes.Aggregate(1.0, (n, axis) => n * x.Shape[axis]);
        Operand sum = Sum(node, x, axes, inner: true);
        return count == 1 ? sum : node.Emit(double.IsPow2(count) ? new Affine(Constant.Scalar(1 / count), null)
            : new Quotient(Constant.Scalar(count)), sum);
    }

    private static Operand Joined(ImportNode node, ReduceKind kind, Operand x, ImmutableArray<int> axes,
        bool inner = false) =>
        axes.All(a => x.Shape[a] == 1) ? x
            : node.Emit(new Reduce(kind, axes), x, inner ? kind.ToString().ToLowerInvariant() : null, inner);

    /// <summary>
    /// Reads the axes, which an input names since <paramref name="byInput"/>, reduces, and drops them where they are
    /// not kept.
    /// </summary>
    private static Operand Import(ImportNode node, int byInput, Func<Operand, ImmutableArray<int>, Operand> reduce)
    {
        Operand x = node.Input(0);
        int rank = x.Shape.Rank;
        ImmutableArray<int>? given = node.Opset < byInput ? node.Ints("axes") : node.TryIntegers(1, "axes");
        bool none = node.Opset >= byInput && node.Int("noop_with_empty_axes", 0) != 0;
        ImmutableArray<int> axes = given is { Length: > 0 } named
            ? [.. named.Select(a => node.Axis(a, rank)).Distinct().Order()] : none ? []
            : [.. Enumerable.Range(0, rank)];
        bool keep = node.Int("keepdims", 1) != 0;
        Operand result = reduce(x, axes);
        return keep ? result : MovementImporter.Reshaped(node, result,
            new Shape([.. result.Shape.Dimensions.Where((_, axis) => !axes.Contains(axis))]));
    }

    private static Operand ArgExtreme(ImportNode node, bool largest)
    {
        Operand x = node.Input(0);
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        bool keep = node.Int("keepdims", 1) != 0, last = node.Opset >= 12 && node.Int("select_last_index", 0) != 0;
        Operand place = node.Emit(new ArgExtreme(largest, axis, last), x);
        return keep ? place : MovementImporter.Reshaped(node, place,
            new Shape([.. place.Shape.Dimensions.Where((_, a) => a != axis)]));
    }
}
