using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Properties;

/// <summary>What the operations on mantissas mean, in exact arithmetic on the values that mantissas stand for.</summary>
internal static class ExactOperations
{
    /// <summary>The result of a node; null for operations that are defined by tables.</summary>
    public static Dyadic[]? Evaluate(Node node, Dyadic[] x) => node.Operation switch
    {
        Dense dense => Product(dense, x),
        Affine affine => Scaled(affine, x, node.Inputs[0].Shape, node.Output.Shape),
        Rectifier rectifier => Rectified(rectifier, x, node.Output.Shape),
        Clip clip => [.. x.Select(v => Dyadic.Min(Dyadic.Max(v, Bound(clip.Lower) ?? v), Bound(clip.Upper) ?? Dyadic.Max(v, Bound(clip.Lower) ?? v)))],
        Quantize quantize => [.. x.Select(v => v.Convert(quantize.To))],
        Reshape => x,
        _ => null,
    };

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
