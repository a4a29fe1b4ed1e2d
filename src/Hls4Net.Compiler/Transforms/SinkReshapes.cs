using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Moves reshapes below element-wise operations, joins reshapes of reshapes and drops those that change nothing.
/// </summary>
internal static class SinkReshapes
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is Reshape reshape)
        {
            Value source = rewriter.Maker(node.Inputs[0]) is { Operation: Reshape } above ? above.Inputs[0]
                : node.Inputs[0];
            return source.Shape == reshape.To ? source : rewriter.Keep(node with { Inputs = [source] });
        }
        if (rewriter.OnlyMaker(node) is { Operation: Reshape } maker
            && Reshaped(node.Operation, node.Inputs[0].Shape, maker.Inputs[0].Shape) is Operation moved)
        {
            Value result = rewriter.Add(node, moved, maker.Inputs[0]);
            return rewriter.Add(maker, new Reshape(node.Output.Shape), result);
        }
        return rewriter.Keep(node);
    });

    /// <summary>
    /// The same element-wise operation on another shape of equal size; null if it is not element-wise or enlarges its
    /// input.
    /// </summary>
    private static Operation? Reshaped(Operation operation, Shape from, Shape to)
    {
        if (operation is not (Affine or Quotient or Rectifier or Clip or ElementwiseFunction or ExactFunction
            or ToInteger or IntegerQuantize) || operation.OutputShape([from]) != from)
            return null;
        if (operation is IntegerQuantize quantize)
        {
            return quantize with
            {
                Scale = Moved(quantize.Scale),
                ZeroPoint = Moved(quantize.ZeroPoint),
                Bounds = quantize.Bounds is { } bounds ? new(Moved(bounds.Min), Moved(bounds.Max)) : null,
            };
        }
        return operation.WithConstants([.. operation.Constants.Select(c => Moved(c.Constant))]);

        // Scalars fit every shape, and what is the same in every row of the new one is a row; anything else is spelled
        // out element by element.
        Constant Moved(Constant c) =>
            c.Values.Length == 1 ? c.Reshape(new Shape())
            : to.Rank > 0 && to[to.Rank - 1] is > 0 and int columns
                && columns % c.Shape.BroadcastPeriod(from) == 0 ? c.AsLastAxis(from, columns)!
            : c.BroadcastTo(from).Reshape(to);
    }
}
