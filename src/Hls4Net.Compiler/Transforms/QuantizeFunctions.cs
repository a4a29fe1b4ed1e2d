using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Joins a function with the quantizer behind it, so that nothing is rounded between them: <c>Quant(Sigmoid(x))</c> →
/// one function of x whose results are integers. Only where nothing else reads the function's result, and the quantizer
/// is the same for all elements.
/// </summary>
internal static class QuantizeFunctions
{
    public static Network Apply(Network network)
    {
        Dictionary<Value, int> readers = network.CountReaders();
        Network joined = Rewriter.Run(network, (rewriter, node) =>
            node.Operation is Requantize requantize && IsUniform(requantize)
                && readers.GetValueOrDefault(node.Inputs[0]) == 1
            && rewriter.OnlyMaker(node) is { Operation: ElementwiseFunction } function
                ? rewriter.Add(node, new QuantizedFunction(function, requantize), function.Inputs)
                : rewriter.Keep(node));
        return RemoveUnused.Apply(joined);
    }

    private static bool IsUniform(Requantize requantize)
    {
        IntegerQuantize q = requantize.Quantizer;
        return q.Scale.Values.Length == 1 && q.ZeroPoint.Values.Length == 1 && q.Bounds is null
            && requantize.Chain.All(o => o.Constants.All(c => c.Constant.Values.Length == 1));
    }
}
