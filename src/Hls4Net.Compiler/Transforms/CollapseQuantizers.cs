using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Joins a quantizer with the factors, addends, rectifiers and bounds before it: together they are one monotone step
/// function, which is computed exactly where each of them alone would have to be rounded.
/// </summary>
internal static class CollapseQuantizers
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is not IntegerQuantize quantizer)
            return rewriter.Keep(node);
        Stack<Operation> chain = [];
        Value source = node.Inputs[0];
        while (rewriter.Maker(source) is Node maker && IsMonotone(maker))
        {
            chain.Push(maker.Operation);
            source = maker.Inputs[0];
        }
        return rewriter.Add(node, new Requantize([.. chain], quantizer), source);
    });

    private static bool IsMonotone(Node node) =>
        node.Inputs is [Value x] && x.Shape == node.Output.Shape
            && node.Operation is (Affine or Quotient or Rectifier { Slope: null, Threshold: null } or Clip);
}
