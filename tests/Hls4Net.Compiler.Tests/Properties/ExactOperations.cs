using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Tests.Operators;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// What the operations on mantissas mean, in exact arithmetic on the values that mantissas stand for.
/// </summary>
internal static class ExactOperations
{
    /// <summary>The result of a node; null for operations that are defined by tables, or rounded.</summary>
    public static Dyadic[]? Evaluate(Node node, Dyadic[][] operands) => node.Operation switch
    {
        Literal literal => Values(literal.Tensor),
        Concatenate concatenate => Joined(concatenate, node, operands),
        Elementwise elementwise => Combined(elementwise.Function, node, operands),
        Select => Chosen(Broadcast(node, operands)),
        MatrixProduct => Matrices(node, operands),
        ExactFunction { Function: ExactFunctionKind.Abs } =>
            [.. operands[0].Select(x => Dyadic.Max(x, x * new Dyadic(-1, 0)))],
        _ => Evaluate(node, operands[0]),
    };

    private static Dyadic[]? Evaluate(Node node, Dyadic[] x) => node.Operation switch
    {
        Dense dense => Product(dense, x),
        Affine affine => Scaled(affine, x, node.Inputs[0].Shape, node.Output.Shape),
        Rectifier rectifier => Rectified(rectifier, x, node.Output.Shape),
        Clip clip =>
            [.. x.Select(v => Dyadic.Min(Dyadic.Max(v, Bound(clip.Lower) ?? v),
                Bound(clip.Upper) ?? Dyadic.Max(v, Bound(clip.Lower) ?? v)))],
        Quantize quantize => [.. x.Select(v => v.Convert(quantize.To))],
        Reshape => x,
        Rearrange rearrange => Moved(rearrange, x, node.Inputs[0].Shape),
        Reduce reduce => Reduced(reduce, x, node.Inputs[0].Shape),
        ArgExtreme extreme => Lines(x, node.Inputs[0].Shape, extreme.Axis,
            line => [new Dyadic(Place(extreme, line), 0)]),
        TopK top => Lines(x, node.Inputs[0].Shape, top.Axis, line => Largest(top, line)),
        _ => null,
    };

    private static Dyadic[][] Broadcast(Node node, Dyadic[][] operands) =>
        [.. operands.Select((o, k) => node.Inputs[k].Shape.BroadcastIndices(node.Output.Shape).Select(i => o[i])
            .ToArray())];

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
        int[] left = new Shape(a.Dimensions.AsSpan()[..^2]).BroadcastIndices(batch),
            right = new Shape(b.Dimensions.AsSpan()[..^2]).BroadcastIndices(batch);
        return
        [
            .. from stack in Enumerable.Range(0, batch.Size)
               from row in Enumerable.Range(0, m)
               from column in Enumerable.Range(0, n)
               select Enumerable.Range(0, k).Aggregate(Dyadic.Zero, (sum, i) =>
                   sum + (x[0][(((left[stack] * m) + row) * k) + i] * x[1][(((right[stack] * k) + i) * n) + column])),
        ];
    }

    /// <summary>The constants' values as typed.</summary>
    public static Dyadic[] Values(Constant constant) =>
        [.. constant.Mantissas.Select(m => new Dyadic(m, constant.Fraction))];

    /// <summary>Every term of output j of a row, the bias included.</summary>
    public static IEnumerable<Dyadic> Terms(Dense dense, Dyadic[] x, int row, int j)
    {
        Dyadic[] weights = Values(dense.Weights);
        IEnumerable<Dyadic> products = Enumerable.Range(0, dense.Columns)
            .Select(i => x[(row * dense.Columns) + i] * weights[(i * dense.Units) + j]);
        return dense.Bias is null ? products : products.Prepend(Values(dense.Bias)[j]);
    }

    private static Dyadic[] Product(Dense dense, Dyadic[] x) =>
    [
        .. from row in Enumerable.Range(0, x.Length / dense.Columns)
           from j in Enumerable.Range(0, dense.Units)
           select Sum(Terms(dense, x, row, j), dense.Accumulator),
    ];

    private static Dyadic Sum(IEnumerable<Dyadic> terms, FixedPointType? pinned) => terms.Aggregate(
        Dyadic.Zero, (sum, term) => pinned is FixedPointType type ? (sum + term.Convert(type)).Convert(type)
            : sum + term);

    private static Dyadic[] Scaled(Affine affine, Dyadic[] x, Shape input, Shape output)
    {
        int[] at = input.BroadcastIndices(output);
        Dyadic[] scale = Broadcast(affine.Scale, output, new Dyadic(1, 0)),
            shift = Broadcast(affine.Shift, output, Dyadic.Zero);
        return [.. at.Select((from, i) => (x[from] * scale[i]) + shift[i])];
    }

    private static Dyadic[] Rectified(Rectifier rectifier, Dyadic[] x, Shape shape)
    {
        Dyadic threshold = Bound(rectifier.Threshold) ?? Dyadic.Zero;
        Dyadic[] slope = Broadcast(rectifier.Slope, shape, Dyadic.Zero);
        return [.. x.Select((v, i) => v.CompareTo(threshold) > 0 ? v : v * slope[i])];
    }

    private static Dyadic[] Joined(Concatenate concatenate, Node node, Dyadic[][] operands)
    {
        // Index by index: which operand has this place of the axis.
        int axis = concatenate.Axis;
        return [.. NdArray.Indices([.. node.Output.Shape.Dimensions]).Select(index =>
        {
            int operand = 0, at = index[axis];
            for (; at >= node.Inputs[operand].Shape[axis]; operand++)
                at -= node.Inputs[operand].Shape[axis];
            return operands[operand][Flat(node.Inputs[operand].Shape, [.. index.Select((v, a) => a == axis ? at : v)])];
        })];
    }

    private static Dyadic[] Moved(Rearrange rearrange, Dyadic[] x, Shape input) =>
    [
        .. NdArray.Indices([.. rearrange.Axes.Select(a => a.Length)]).Select(index =>
        {
            int[] source = [.. index.Select((i, axis) => rearrange.Axes[axis][i])];
            return source.Contains(-1) ? Bound(rearrange.Fill)!.Value : x[Flat(input, source)];
        }),
    ];

    private static Dyadic[] Reduced(Reduce reduce, Dyadic[] x, Shape input)
    {
        Dictionary<string, Dyadic> results = [];
        foreach (int[] index in NdArray.Indices([.. input.Dimensions]))
        {
            string line = string.Join(',', index.Where((_, a) => !reduce.Axes.Contains(a)));
            Dyadic v = x[Flat(input, index)];
            results[line] = !results.TryGetValue(line, out Dyadic before) ? v : reduce.Function switch
            {
                ReduceKind.Max => Dyadic.Max(before, v),
                ReduceKind.Min => Dyadic.Min(before, v),
                _ => before + v,
            };
        }
        return [.. results.Values];
    }

    // Every line along an axis replaced by what it becomes.
    private static Dyadic[] Lines(Dyadic[] x, Shape input, int axis, Func<Dyadic[], Dyadic[]> become)
    {
        int[] start = [.. input.Dimensions.Select((d, a) => a == axis ? 1 : d)];
        Dictionary<string, Dyadic[]> lines = NdArray.Indices(start).ToDictionary(i => string.Join(',', i), i =>
            become([.. Enumerable.Range(0, input[axis])
                .Select(k => x[Flat(input, [.. i.Select((v, a) => a == axis ? k : v)])])]));
        int length = lines.Values.First().Length;
        return [.. NdArray.Indices([.. start.Select((d, a) => a == axis ? length : d)])
            .Select(i => lines[string.Join(',', i.Select((v, a) => a == axis ? 0 : v))][i[axis]])];
    }

    private static int Place(ArgExtreme extreme, Dyadic[] line)
    {
        Dyadic best = line.Aggregate(extreme.Largest ? Dyadic.Max : Dyadic.Min);
        int[] places = [.. Enumerable.Range(0, line.Length).Where(i => line[i].CompareTo(best) == 0)];
        return extreme.Last ? places[^1] : places[0];
    }

    private static Dyadic[] Largest(TopK top, Dyadic[] line)
    {
        int[] order = [.. Enumerable.Range(0, line.Length)
            .OrderBy(i => line[i], Comparer<Dyadic>.Create((a, b) => top.Largest ? b.CompareTo(a) : a.CompareTo(b)))
            .ThenBy(i => i).Take(top.Count)];
        return [.. order.Select(i => top.Places ? new Dyadic(i, 0) : line[i])];
    }

    private static int Flat(Shape shape, int[] index) => index.Select((v, a) => v * shape.Product(a + 1, shape.Rank))
        .Sum();

    private static Dyadic? Bound(Constant? constant) => constant is null ? null : Values(constant)[0];

    private static Dyadic[] Broadcast(Constant? constant, Shape shape, Dyadic otherwise) =>
        constant is null ? [.. Enumerable.Repeat(otherwise, shape.Size)]
            : [.. constant.Shape.BroadcastIndices(shape).Select(i => Values(constant)[i])];
}
