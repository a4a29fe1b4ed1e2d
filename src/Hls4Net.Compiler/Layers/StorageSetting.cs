using Hls4Net.Configuration;

namespace Hls4Net.Layers;

/// <summary>Where a layer's weights are asked to be.</summary>
/// <param name="Storage">The kind of memory; null where none is named.</param>
/// <param name="Threshold">Bits up to which they stay in logic; null where none is set.</param>
/// <param name="OfLayer">True if an HlsLayer item names the memory, and not the model for all layers that can have
/// one.</param>
internal readonly record struct StorageSetting(WeightStorage? Storage, int? Threshold, bool OfLayer);
