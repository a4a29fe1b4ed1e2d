using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>Divisions by constants that no quantizer has taken up become multiplications.</summary>
internal static class QuotientsToFactors
{
    public static Network Apply(Network network) => Rewriter.Run(
        network, (rewriter, node) =>
            rewriter.Keep(node.Operation is Quotient quotient ? node with { Operation = quotient.AsFactor() } : node));
}
