using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Moves the scale of a quantized tensor, one number, behind what moves its elements, adds or compares them, or
/// multiplies them with a quantizer's integers: what flows between is integers.
/// </summary>
internal static class SinkScales
{
    private const double MostFactor = 1 << 16;

    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (IntoRows(rewriter, node) is Value product)
            return product;
        Node[] scales = [.. node.Inputs.Select(rewriter.Maker).OfType<Node>().Where(IsScale)];
        if (scales.Length == 0 || scales.Length != node.Inputs.Length
            || !scales.All(s => IsInteger(rewriter, s.Inputs[0])))
            return rewriter.Keep(node);
        double[] factors = [.. scales.Select(s => ((Affine)s.Operation).Scale!.Values[0])];
        double? result = node.Operation.Scaling switch
        {
            ScaleRule.Common when factors.All(f => f == factors[0]) => factors[0],
            ScaleRule.Product => factors.Aggregate((a, b) => a * b),
            _ => null,
        };
        // Factors whose product is no number, or zero, stay apart.
        if (result is not double scale || !double.IsNormal(scale))
            return rewriter.Keep(node);
        Value integers = rewriter.Add(node, node.Operation, [.. scales.Select(s => s.Inputs[0])]);
        return rewriter.Add(scales[0], new Affine(Constant.Scalar(scale), null), integers);
    });

    // A factor of more axes than the tensor gives it axes, and the operation behind it works on those.
    private static bool IsScale(Node node) => node.Operation is Affine { Shift: null, Scale: { Values.Length: 1 } s }
        && s.Values[0] > 0 && node.Inputs[0].Shape == node.Output.Shape;

    // A scale for each input of a product: where the smallest divides all others, they are whole factors of the rows of
    // its integers.
    private static Value? IntoRows(Rewriter rewriter, Node node)
    {
        if (node.Operation is not Dense { IntegerWeights: true, Bias: null } dense
            || rewriter.OnlyMaker(
                node) is not { Operation: Affine { Shift: null, Scale: { Values.Length: > 1 } scale } } maker
            || maker.Inputs[0].Shape != maker.Output.Shape
            || scale.AsLastAxis(maker.Output.Shape, dense.Columns) is not Constant rows || rows.Values.Any(s => s <= 0)
                || !IsInteger(rewriter, maker.Inputs[0]))
            return null;
        double smallest = rows.Values.Min();
        double[] factors = [.. rows.Values.Select(s => s / smallest)];
        if (!factors.All(f => double.IsInteger(f) && f <= MostFactor))
            return null;
        Constant weights = new(dense.Weights.Shape,
            [.. dense.Weights.Values.Select((w, i) => w * factors[i / dense.Units])]);
        Value integers = rewriter.Add(node, dense with { Weights = weights }, maker.Inputs[0]);
        return rewriter.Add(maker, new Affine(Constant.Scalar(smallest), null), integers);
    }

    private static bool IsInteger(Rewriter rewriter, Value value) => rewriter.Maker(value) switch
    {
        { Operation: IntegerQuantize } => true,
        { Operation: Affine { Scale: null, Shift: Constant shift } } maker => shift.Values.All(double.IsInteger)
            && IsInteger(rewriter, maker.Inputs[0]),
        { Operation: Literal literal } => literal.Tensor.Values.All(double.IsInteger),
        { Operation: Rectifier { Slope: not null } } => false,
        { Operation.Scaling: not ScaleRule.None } maker => maker.Inputs.All(i => IsInteger(rewriter, i)),
        // An input of an integer type.
        null => value.Typing is { Type.Fraction: 0 },
        _ => false,
    };
}
