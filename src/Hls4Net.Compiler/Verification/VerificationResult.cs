using System.Collections.Immutable;
using Hls4Net.Transforms;

namespace Hls4Net.Verification;

/// <summary>What running the test vectors through the executions of a model gave.</summary>
/// <param name="Samples">Number of test vectors.</param>
/// <param name="RandomVectors">True where the project names none and random ones were made.</param>
/// <param name="ExpectedFromFiles">True where the expected outputs were given, false where the floating-point reference computed them.</param>
/// <param name="MaxAbsError">Largest absolute difference of an output from the expected one.</param>
/// <param name="MeanAbsError">Mean absolute difference.</param>
/// <param name="ArgmaxAgreement">Share of samples whose largest output is the expected one; null for a single output.</param>
/// <param name="LabelAccuracy">Share of samples in their labelled class by the firmware; null without labels.</param>
/// <param name="ReferenceLabelAccuracy">The same of the expected outputs.</param>
/// <param name="InputOverflows">Input elements beyond their type.</param>
/// <param name="Layers">Per layer, in order.</param>
/// <param name="ManagedMatchesNative">Null where only the managed simulator ran.</param>
public sealed record VerificationResult(
    int Samples, bool RandomVectors, bool ExpectedFromFiles, double MaxAbsError, double MeanAbsError, double? ArgmaxAgreement,
    double? LabelAccuracy, double? ReferenceLabelAccuracy, long InputOverflows, ImmutableArray<LayerResult> Layers, bool? ManagedMatchesNative)
{
    /// <summary>Conversions beyond their type, inputs included.</summary>
    public long Overflows => InputOverflows + Layers.Sum(l => l.Overflows);
}

/// <summary>A layer over all test vectors.</summary>
/// <param name="Overflows">Conversions beyond the layer's types.</param>
/// <param name="MaxAbsError">Largest difference from the floating-point reference.</param>
/// <param name="Seen">The values it took, before they were converted to the result's type.</param>
public sealed record LayerResult(long Overflows, double MaxAbsError, RealRange Seen);
