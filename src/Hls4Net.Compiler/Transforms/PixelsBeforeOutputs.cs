using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// A transpose and a reshape that make an output of channels-last parts, channels first: parts become pixels,
/// channels-last, and only then comes the transpose to channels first, which is the layout of the port.
/// </summary>
internal static class PixelsBeforeOutputs
{
    public static Network Apply(Network network)
    {
        HashSet<Value> outputs = [.. network.Outputs.Select(o => o.Value)];
        return Rewriter.Run(network, (rewriter, node) =>
        {
            if (!outputs.Contains(node.Output) || node.Operation is not Reshape
                || rewriter.Maker(node.Inputs[0]) is not { Operation: Transpose transpose } maker)
                return rewriter.Keep(node);
            (Value x, Shape y, int rank) = (maker.Inputs[0], node.Output.Shape, node.Output.Shape.Rank);
            if (rank < 3 || y[0] != 1 || x.Shape.Size == 0 || Groups(maker.Output.Shape, y) is not int[][] groups
                || !groups[1].Any(axis => transpose.Permutation[axis] == x.Shape.Rank - 1))
                return rewriter.Keep(node);
            ImmutableArray<int> order = [.. groups[0].Concat(groups[2..].SelectMany(g => g)).Concat(groups[1])
                .Select(axis => transpose.Permutation[axis])];
            Value pixels = order.SequenceEqual(Enumerable.Range(0, order.Length)) ? x
                : rewriter.Add(maker, new Transpose(order), x);
            Value last = rewriter.Add(maker, new Reshape(new Shape([1, .. y.Dimensions[2..], y[1]])), pixels);
            return rewriter.Add(node, new Transpose([0, rank - 1, .. Enumerable.Range(1, rank - 2)]), last);
        });
    }

    // The axes that each of a reshape's is made of; null where one is cut.
    private static int[][]? Groups(Shape from, Shape to)
    {
        int[][] groups = new int[to.Rank][];
        int axis = 0;
        for (int k = 0; k < to.Rank; k++)
        {
            int start = axis, size = 1;
            while (axis < from.Rank && (size < to[k] || from[axis] == 1))
                size *= from[axis++];
            if (size != to[k])
                return null;
            groups[k] = [.. Enumerable.Range(start, axis - start)];
        }
        return axis == from.Rank ? groups : null;
    }
}
