using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;

namespace Hls4Net.Transforms;

/// <summary>The real-valued transforms, in order; each keeps the network's meaning.</summary>
internal static class RealTransforms
{
    /// <summary>The transforms, in the order in which they run.</summary>
    public static ImmutableArray<Func<Network, Network>> Transforms { get; } =
    [
        // First, while a mask stands as it was exported: what it excludes has no number that any other transform could keep.
        ExcludeMasked.Apply,
        // Exporters wrap a batch normalization in Unsqueeze and Squeeze: reshapes sink below element-wise operations first, so that
        // these meet the products they belong to.
        SinkReshapes.Apply,
        // Channels-last inside: transposes sink and cancel, the first ones rise to the inputs, the last ones go into the matrix behind them.
        SinkTransposes.Apply,
        RaiseTransposes.Apply,
        PixelsBeforeOutputs.Apply,
        RemoveUnused.Apply,
        PermuteDenseRows.Apply,
        CancelZeroPoints.Apply,
        BoundDifferences.Apply,
        // Products of quantized values are products of integers: the activations' scale moves behind them, beside the weights'.
        SinkScales.Apply,
        // All that stands between an integer product and the next quantizer becomes one step function.
        CollapseQuantizers.Apply,
        // A function before that step function is one with it.
        QuantizeFunctions.Apply,
        QuotientsToFactors.Apply,
        // Normalizations, biases and constant factors disappear in the products before them.
        FuseAffine.Apply,
        RemoveUnused.Apply,
        // When nothing stands between its sums and what was fused with them.
        SplitTransposedConvolutions.Apply,
        UniqueNames.Apply,
    ];

    public static Network Run(Network network) => Transforms.Aggregate(network, Applied);

    private static Network Applied(Network network, Func<Network, Network> transform)
    {
        try
        {
            return transform(network);
        }
        catch (Exception e) when (Fault.PassesStep(e, transform.Method.DeclaringType?.Name ?? "a transform"))
        {
            throw;
        }
    }
}
