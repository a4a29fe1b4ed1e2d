using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Properties;

/// <summary>What the operations on mantissas mean, in exact arithmetic on the values that mantissas stand for.</summary>
internal static class ExactOperations
{
    /// <summary>The result of a node; null for operations that are defined by tables, or rounded.</summary>
    public static Dyadic[]? Evaluate(Node node, Dyadic[][] operands) => node.Operation switch
    {
        Elementwise elementwise => Combined(elementwise.Function, node, operands),
        Select => Chosen(Broadcast(node, operands)),
        MatrixProduct => Matrices(node, operands),
        AxesSum sum => Sums(sum, node, operands[0]),
        ExactFunction { Function: ExactFunctionKind.Abs } => [.. operands[0].Select(x => Dyadic.Max(x, x * new Dyadic(-1, 0)))],
        _ => Evaluate(node, operands[0]),
    };

    private static Dyadic[]? Evaluate(Node node, Dyadic[] x) => node.Operation switch
    {
        Dense dense => Product(dense, x),
        Affine affine => Scaled(affine, x, node.Inputs[0].Shape, node.Output.Shape),
        Rectifier rectifier => Rectified(rectifier, x, node.Output.Shape),
        Clip clip => [.. x.Select(v => Dyadic.Min(Dyadic.Max(v, Bound(clip.Lower) ?? v), Bound(clip.Upper) ?? Dyadic.Max(v, Bound(clip.Lower) ?? v)))],
        Quantize quantize => [.. x.Select(v => v.Convert(quantize.To))],
        Reshape => x,
        _ => null,
    };

    private static Dyadic[][] Broadcast(Node node, Dyadic[][] operands) =>
        [.. operands.Select((o, k) => node.Inputs[k].Shape.BroadcastIndices(node.Output.Shape).Select(i => o[i]).ToArray())];

    private static Dyadic[] Combined(ElementwiseKind function, Node node, Dyadic[][] operands) =>
        Broadcast(node, operands).Aggregate((all, next) => [.. all.Zip(next, (a, b) => Combined(function, a, b))]);

    private static Dyadic Combined(ElementwiseKind function, Dyadic a, Dyadic b)
    {
        int order = a.CompareTo(b);
        bool x = a.Numerator != 0, y = b.Numerator != 0;
        return function switch
        {
            ElementwiseKind.Add => a + b,
            ElementwiseKind.Sub => a + (b * new Dyadic(-1, 0)),
            ElementwiseKind.Mul => a * b,
            ElementwiseKind.Min => Dyadic.Min(a, b),
            ElementwiseKind.Max => Dyadic.Max(a, b),
            ElementwiseKind.Equal => Truth(order == 0),
            ElementwiseKind.Less => Truth(order < 0),
            ElementwiseKind.LessOrEqual => Truth(order <= 0),
            ElementwiseKind.Greater => Truth(order > 0),
            ElementwiseKind.GreaterOrEqual => Truth(order >= 0),
            ElementwiseKind.And => Truth(x && y),
            ElementwiseKind.Or => Truth(x || y),
            ElementwiseKind.Xor => Truth(x != y),
            _ => throw new InvalidOperationException($"{function}"),
        };

        static Dyadic Truth(bool value) => new(value ? 1 : 0, 0);
    }

    private static Dyadic[] Chosen(Dyadic[][] x) => [.. x[0].Select((c, i) => c.Numerator != 0 ? x[1][i] : x[2][i])];

    // The trailing axes by hand, the leading ones as numpy's index arithmetic has them.
    private static Dyadic[] Matrices(Node node, Dyadic[][] x)
    {
        Shape a = node.Inputs[0].Shape, b = node.Inputs[1].Shape, y = node.Output.Shape;
        int m = a[a.Rank - 2], k = a[a.Rank - 1], n = b[b.Rank - 1];
        Shape batch = new(y.Dimensions.AsSpan()[..^2]);
        int[] left = new Shape(a.Dimensions.AsSpan()[..^2]).BroadcastIndices(batch), right = new Shape(b.Dimensions.AsSpan()[..^2]).BroadcastIndices(batch);
        return
        [
            .. from stack in Enumerable.Range(0, batch.Size)
               from row in Enumerable.Range(0, m)
               from column in Enumerable.Range(0, n)
               select Enumerable.Range(0, k).Aggregate(Dyadic.Zero, (sum, i) => sum + (x[0][(((left[stack] * m) + row) * k) + i] * x[1][(((right[stack] * k) + i) * n) + column])),
        ];
    }

    private static Dyadic[] Sums(AxesSum sum, Node node, Dyadic[] x)
    {
        Shape shape = node.Inputs[0].Shape;
        Dyadic[] result = [.. Enumerable.Repeat(Dyadic.Zero, node.Output.Shape.Size)];
        for (int i = 0; i < x.Length; i++)
        {
            int at = 0, rest = i, stride = 1;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                if (!sum.Axes.Contains(axis))
                {
                    at += rest % shape[axis] * stride;
                    stride *= shape[axis];
                }
                rest /= shape[axis];
            }
            result[at] += x[i];
        }
        return result;
    }

    /// <summary>The constants' values as typed.</summary>
    public static Dyadic[] Values(Constant constant) => [.. constant.Mantissas.Select(m => new Dyadic(m, constant.Fraction))];

    /// <summary>Every term of output j of a row, the bias included.</summary>
    public static IEnumerable<Dyadic> Terms(Dense dense, Dyadic[] x, int row, int j)
    {
        Dyadic[] weights = Values(dense.Weights);
        IEnumerable<Dyadic> products = Enumerable.Range(0, dense.Columns).Select(i => x[(row * dense.Columns) + i] * weights[(i * dense.Units) + j]);
        return dense.Bias is null ? products : products.Prepend(Values(dense.Bias)[j]);
    }

    private static Dyadic[] Product(Dense dense, Dyadic[] x) =>
    [
        .. from row in Enumerable.Range(0, x.Length / dense.Columns)
           from j in Enumerable.Range(0, dense.Units)
           select Sum(Terms(dense, x, row, j), dense.Accumulator),
    ];

    private static Dyadic Sum(IEnumerable<Dyadic> terms, FixedPointType? pinned) => terms.Aggregate(
        Dyadic.Zero, (sum, term) => pinned is FixedPointType type ? (sum + term.Convert(type)).Convert(type) : sum + term);

    private static Dyadic[] Scaled(Affine affine, Dyadic[] x, Shape input, Shape output)
    {
        int[] at = input.BroadcastIndices(output);
        Dyadic[] scale = Broadcast(affine.Scale, output, new Dyadic(1, 0)), shift = Broadcast(affine.Shift, output, Dyadic.Zero);
        return [.. at.Select((from, i) => (x[from] * scale[i]) + shift[i])];
    }

    private static Dyadic[] Rectified(Rectifier rectifier, Dyadic[] x, Shape shape)
    {
        Dyadic threshold = Bound(rectifier.Threshold) ?? Dyadic.Zero;
        Dyadic[] slope = Broadcast(rectifier.Slope, shape, Dyadic.Zero);
        return [.. x.Select((v, i) => v.CompareTo(threshold) > 0 ? v : v * slope[i])];
    }

    private static Dyadic? Bound(Constant? constant) => constant is null ? null : Values(constant)[0];

    private static Dyadic[] Broadcast(Constant? constant, Shape shape, Dyadic otherwise) =>
        constant is null ? [.. Enumerable.Repeat(otherwise, shape.Size)] : [.. constant.Shape.BroadcastIndices(shape).Select(i => Values(constant)[i])];
}
