using Hls4Net.Configuration;

namespace Hls4Net.Layers;

/// <summary>Weights that are read a word a step.</summary>
/// <param name="Storage">The kind of memory, not auto.</param>
/// <param name="Words">Words, in the order in which the layer reads them.</param>
/// <param name="Elements">Weights side by side in a word.</param>
/// <param name="ElementBits">Bits of a weight.</param>
/// <param name="Signs">True for factors of -1 and +1, of which only signs are kept: 1 stands for -1.</param>
public sealed record WeightMemory(WeightStorage Storage, int Words, int Elements, int ElementBits, bool Signs)
{
    /// <summary>The kind where WeightStorage or WeightMemoryThreshold asks for it; null where it was chosen.</summary>
    public WeightStorage? Asked { get; init; }

    public long WordBits => (long)Elements * ElementBits;

    public long Bits => Words * WordBits;
}
