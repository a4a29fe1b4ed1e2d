using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Makes a rectifier part of the quantizers that read it: <c>FixedQuant(Relu(x))</c> → <c>FixedQuant(x)</c> that takes
/// zero for what is below. Then the sign masks the bits that the quantizer keeps, not those of the sum before, and two
/// layers are one. A rectifier that something else reads too stays for that.
/// </summary>
internal static class RectifyInQuantizers
{
    public static Network Apply(Network network) => RemoveUnused.Apply(Rewriter.Run(network, (rewriter, node) =>
        node.Operation is FixedQuantize quantize
            && rewriter.Maker(node.Inputs[0]) is { Operation: Rectifier { Threshold: null, Slope: null } } rectifier
            ? rewriter.Add(node, quantize with { Rectifies = true }, rectifier.Inputs)
            : rewriter.Keep(node)));
}
