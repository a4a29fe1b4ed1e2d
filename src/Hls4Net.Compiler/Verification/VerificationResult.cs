using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Verification;

/// <summary>What running the test vectors through the executions of a model gave.</summary>
/// <param name="Samples">Number of test vectors.</param>
/// <param name="RandomVectors">True where the project names none and random ones were made.</param>
/// <param name="ExpectedFromFiles">True where the expected outputs were given, false where the floating-point reference
/// computed them.</param>
/// <param name="MaxAbsError">Largest absolute difference of an output from the expected one.</param>
/// <param name="MeanAbsError">Mean absolute difference.</param>
/// <param name="ArgmaxAgreement">Share of samples whose largest output is the expected one; null for a single
/// output.</param>
/// <param name="LabelAccuracy">Share of samples in their labelled class by the firmware; null without labels.</param>
/// <param name="ReferenceLabelAccuracy">The same of the expected outputs.</param>
/// <param name="InputOverflows">Input elements beyond their type.</param>
/// <param name="Layers">Per layer, in order.</param>
/// <param name="ManagedMatchesNative">Null where only the managed simulator ran.</param>
public sealed record VerificationResult(
    int Samples, bool RandomVectors, bool ExpectedFromFiles, double MaxAbsError, double MeanAbsError,
        double? ArgmaxAgreement,
    double? LabelAccuracy, double? ReferenceLabelAccuracy, long InputOverflows, ImmutableArray<LayerResult> Layers,
        bool? ManagedMatchesNative)
{
    /// <summary>Conversions beyond their type, inputs included.</summary>
    public long Overflows => InputOverflows + Layers.Sum(l => l.Overflows);

    /// <summary>Per input, in order.</summary>
    public ImmutableArray<LayerResult> Inputs { get; init; } = [];

    /// <summary>Per output, in order.</summary>
    public ImmutableArray<OutputResult> Outputs { get; init; } = [];

    /// <summary>
    /// Share of samples whose first output decides as expected: by its largest element; a single element by the side of
    /// <see cref="Threshold"/> that it is on.
    /// </summary>
    public double? Agreement { get; init; }

    /// <summary>
    /// What a single element is compared with: one half where all expected values lie within [0, 1], else zero; null
    /// for several elements.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>The output that is furthest below its budget, or least above it; null where there are none.</summary>
    public OutputResult? Worst => Outputs.IsEmpty ? null : Outputs.MaxBy(o => o.Noise == 0 ? 0 : o.Noise / o.Allowed);

    /// <summary>
    /// What causes the noise of <see cref="Worst"/>, the largest first; empty where its budget holds, or where
    /// measuring takes too long.
    /// </summary>
    public ImmutableArray<NoiseSource> Sources { get; init; } = [];
}

/// <summary>A layer, or an input, over all test vectors.</summary>
/// <param name="Overflows">Conversions beyond the layer's types.</param>
/// <param name="MaxAbsError">Largest difference from the floating-point reference; null where that has no such
/// value.</param>
/// <param name="Seen">The values it took, before they were converted to the result's type.</param>
/// <param name="Snr">Signal-to-noise ratio in dB, +∞ where nothing differs; null as
/// <paramref name="MaxAbsError"/>.</param>
public sealed record LayerResult(long Overflows, double? MaxAbsError, RealRange Seen, double? Snr = null);

/// <summary>An output beside the model as it was imported.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signal">Power of its elements about their means.</param>
/// <param name="Noise">Power of their errors.</param>
/// <param name="Allowed">Power of errors that the budget leaves it.</param>
/// <param name="MaxAbsError">Largest error.</param>
public sealed record OutputResult(string Name, double Signal, double Noise, double Allowed, double MaxAbsError)
{
    /// <summary>Signal-to-noise ratio in dB; +∞ where nothing differs.</summary>
    public double Snr => Numerics.SignalToNoise.Ratio(Signal, Noise);

    /// <summary>The ratio that the budget asks for, in dB.</summary>
    public double Budget => Numerics.SignalToNoise.Ratio(Signal, Allowed);

    /// <summary>True where the noise is within the budget.</summary>
    public bool Holds => Noise <= Allowed;
}

/// <summary>What a layer or an input adds to an output's noise.</summary>
/// <param name="Name">The layer's or the input's name.</param>
/// <param name="Noise">Power of the output's error that its own rounding causes, alone in an otherwise exact
/// network.</param>
/// <param name="Share">The same as a share of what all cause.</param>
/// <param name="OfWeights">True where rounded weights cause more of it than the rounded result.</param>
public sealed record NoiseSource(string Name, double Noise, double Share, bool OfWeights);
