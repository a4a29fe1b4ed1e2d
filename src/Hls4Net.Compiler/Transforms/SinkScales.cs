using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Moves the scale of a quantized tensor, one number, behind reshapes, transposes and products with a quantizer's integers: what flows between is integers.
/// </summary>
internal static class SinkScales
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is Reshape or Transpose or Dense { IntegerWeights: true, Bias: null }
            && rewriter.Maker(node.Inputs[0]) is { Operation: Affine { Shift: null, Scale: { Values.Length: 1 } } } scale
            && IsInteger(rewriter, scale.Inputs[0]))
        {
            return rewriter.Add(scale, scale.Operation, rewriter.Add(node, node.Operation, scale.Inputs[0]));
        }
        return rewriter.Keep(node);
    });

    private static bool IsInteger(Rewriter rewriter, Value value) => rewriter.Maker(value) switch
    {
        { Operation: IntegerQuantize } => true,
        { Operation: Reshape or Transpose } maker => IsInteger(rewriter, maker.Inputs[0]),
        { Operation: Affine { Scale: null, Shift: Constant shift } } maker => shift.Values.All(double.IsInteger) && IsInteger(rewriter, maker.Inputs[0]),
        // An input of an integer type.
        null => value.Typing is { Type.Fraction: 0 },
        _ => false,
    };
}
