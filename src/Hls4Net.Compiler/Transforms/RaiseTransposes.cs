using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Moves the transpose to channels-last that stands behind element-wise operations on an input before them, so that it
/// becomes the layout of the port.
/// </summary>
internal static class RaiseTransposes
{
    public static Network Apply(Network network)
    {
        Dictionary<Value, int> readers = network.CountReaders();
        return Rewriter.Run(network, (rewriter, node) =>
        {
            if (node.Operation is not Transpose transpose || rewriter.Maker(node.Inputs[0]) is null)
                return rewriter.Keep(node);
            Stack<(Node Node, Operation Permuted)> chain = [];
            Value source = node.Inputs[0];
            while (rewriter.Maker(source) is { Inputs: [Value x] } maker && readers.GetValueOrDefault(source) == 1
                && x.Shape == source.Shape
                    && maker.Operation.Permuted(transpose.Permutation, [x.Shape]) is Operation permuted)
            {
                chain.Push((maker, permuted));
                source = x;
            }
            if (rewriter.Maker(source) is not null)
                return rewriter.Keep(node);
            Value current = rewriter.Add(node, transpose, source);
            foreach ((Node maker, Operation permuted) in chain)
                current = rewriter.Add(maker, permuted, current);
            return current;
        });
    }
}
