using Hls4Net.Configuration;

namespace Hls4Net.Layers;

/// <summary>What is decided of one layer, or of an input: its types, and how it becomes hardware.</summary>
/// <param name="Weight">The type of its weights.</param>
/// <param name="Bias">The type of its biases.</param>
/// <param name="Result">The type of its result.</param>
/// <param name="Accumulator">The type of its sums.</param>
/// <param name="Strategy">How its multiplications become hardware.</param>
/// <param name="ReuseFactor">How often each multiplier is used for a sample; null where that is open.</param>
/// <param name="Storage">Where its weights are asked to be.</param>
internal sealed record LayerDesign(
    PrecisionSpec Weight, PrecisionSpec Bias, PrecisionSpec Result, PrecisionSpec Accumulator, Strategy Strategy,
    int? ReuseFactor, StorageSetting Storage = default)
{
    private static readonly PrecisionSpec s_auto = new PrecisionSpec.Auto(null);

    /// <summary>Nothing decided.</summary>
    public static LayerDesign Open { get; } = new(s_auto, s_auto, s_auto, s_auto, Strategy.Latency, null);

    /// <summary>
    /// Fraction bits of the result, where its type is open and they were chosen by their effect; else null.
    /// </summary>
    public int? Fraction { get; init; }

    /// <summary>In io_stream, how many pixels it takes at a time; null where that is open.</summary>
    public int? Pixels { get; init; }

    /// <summary>The memory that its weights are read from; null where that is open, or there is none.</summary>
    public WeightStorage? Memory { get; init; }
}
