using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Joins addends that follow one another: the zero-point that QuantizeLinear adds is the one that DequantizeLinear
/// takes off.
/// </summary>
internal static class CancelZeroPoints
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is not Affine { Scale: null, Shift: Constant second }
            || rewriter.OnlyMaker(node) is not { Operation: Affine { Scale: null, Shift: Constant first } } maker
            || maker.Inputs[0].Shape != node.Output.Shape)
        {
            return rewriter.Keep(node);
        }
        Shape shape = Shape.Broadcast(first.Shape, second.Shape)!.Value;
        Constant sum = first.BroadcastTo(shape).Zip(second.BroadcastTo(shape), (a, b) => a + b);
        // Only integers add without rounding whatever they are.
        if (!first.Values.Concat(second.Values).All(double.IsInteger))
            return rewriter.Keep(node);
        return sum.Values.All(v => v == 0) ? maker.Inputs[0]
            : rewriter.Add(node, new Affine(null, sum), maker.Inputs[0]);
    });
}
