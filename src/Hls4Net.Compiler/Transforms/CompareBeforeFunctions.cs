using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms;

/// <summary>
/// A comparison of a function that grows with a threshold is one of its argument with the threshold that the function
/// takes to it: σ(s) > t where s > log(t / (1 - t)). What only moves elements may stand between them.
/// </summary>
internal static class CompareBeforeFunctions
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is not Elementwise
            {
                Function: ElementwiseKind.Greater or ElementwiseKind.GreaterOrEqual
                or ElementwiseKind.Less or ElementwiseKind.LessOrEqual
            }
            || node.Inputs.Length != 2
            || rewriter.Maker(node.Inputs[1]) is not { Operation: Literal { Tensor.Values: [double bound] } } literal)
            return rewriter.Keep(node);
        Stack<Node> moves = [];
        Node? maker = rewriter.Maker(node.Inputs[0]);
        for (; maker?.Operation is Reshape or Rearrange { Fill: null }; maker = rewriter.Maker(maker.Inputs[0]))
            moves.Push(maker);
        if (maker?.Operation is not ElementwiseFunction function || Inverse(function.Function.Kind, bound) is not double
            before || !double.IsFinite(before))
            return rewriter.Keep(node);
        Value compared = maker.Inputs[0];
        while (moves.TryPop(out Node? move))
            compared = rewriter.Add(move with { Name = $"{move.Name}_before" }, move.Operation, compared);
        Value threshold = rewriter.Add(literal with { Name = $"{literal.Name}_before" },
            new Literal(new Constant(literal.Output.Shape, [before])));
        return rewriter.Add(node, node.Operation, compared, threshold);
    });

    // What a function that grows takes to a value; not finite where it takes nothing to it.
    private static double? Inverse(FunctionKind kind, double y) => kind switch
    {
        FunctionKind.Sigmoid => Math.Log(y / (1 - y)),
        FunctionKind.Tanh => Math.Atanh(y),
        FunctionKind.Exp => Math.Log(y),
        _ => null,
    };
}
