using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// A matrix behind a transposed and flattened tensor reads its rows in the order of that tensor instead.
/// </summary>
internal static class PermuteDenseRows
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is not Dense dense || node.Inputs[0].Shape.Size != dense.Columns
            || rewriter.Maker(node.Inputs[0]) is not { Operation: Reshape reshape } flatten
            || rewriter.Maker(flatten.Inputs[0]) is not { Operation: Transpose transpose } maker)
        {
            return rewriter.Keep(node);
        }
        Value source = maker.Inputs[0];
        int[] origin = transpose.SourceIndices(source.Shape);
        double[] weights = new double[dense.Weights.Values.Length];
        for (int row = 0; row < origin.Length; row++)
            dense.Weights.Values.AsSpan(row * dense.Units, dense.Units)
                .CopyTo(weights.AsSpan(origin[row] * dense.Units));
        Value flat = rewriter.Add(flatten, reshape, source);
        return rewriter.Add(node,
            dense with { Weights = new Constant(dense.Weights.Shape, ImmutableArray.Create(weights)) }, flat);
    });
}
