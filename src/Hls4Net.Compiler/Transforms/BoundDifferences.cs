using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// A difference from the largest of some elements, as stable softmaxes have it, is never above zero, nor one from the
/// smallest below: a bound that changes nothing tells the ranges, which know each operand alone.
/// </summary>
internal static class BoundDifferences
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is not Elementwise { Function: ElementwiseKind.Sub }
            || node.Inputs[0].Shape != node.Output.Shape
            || rewriter.Maker(
                node.Inputs[1]) is not { Operation: Reduce { Function: not ReduceKind.Sum } extreme } maker
                    || maker.Inputs[0] != node.Inputs[0])
        {
            return rewriter.Keep(node);
        }
        Constant zero = Constant.Scalar(0);
        Value difference = rewriter.Add(node with { IsInner = true, Name = $"{node.Name}_difference" }, node.Operation,
            node.Inputs);
        return rewriter.Add(node, extreme.Function == ReduceKind.Max ? new Clip(null, zero) : new Clip(zero, null),
            difference);
    });
}
