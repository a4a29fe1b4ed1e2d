using System.Collections.Immutable;
using System.Text.Json;

namespace Hls4Net.Keras;

/// <summary>What a call of a layer gives: the layer, which of its calls, which of the call's results.</summary>
internal sealed record TensorReference(string Layer, int Call, int Result);

/// <summary>A use of a layer.</summary>
/// <param name="Inputs">The tensors that it reads, in order.</param>
/// <param name="Arguments">All arguments as the file has them; undefined in files of Keras 2.</param>
/// <param name="Options">Named arguments.</param>
internal sealed record LayerUse(ImmutableArray<TensorReference> Inputs, JsonElement Arguments, JsonElement Options);

/// <summary>A layer of a network.</summary>
/// <param name="Name">Its name, unique in the network.</param>
/// <param name="Class">Its class, for operations that are no layers with "ops." before it.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Uses">Its calls; none in a sequence, where each layer reads the one before it.</param>
/// <param name="Network">The network that it is; null for most.</param>
internal sealed record KerasLayer(
    string Name, string Class, JsonElement Config, WeightGroup Weights, ImmutableArray<LayerUse> Uses,
    KerasNetwork? Network = null);

/// <summary>A network of layers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layers">Its layers in the order of the file.</param>
/// <param name="Inputs">What its inputs are; empty for a sequence.</param>
/// <param name="Outputs">What its outputs are; empty for a sequence, whose output is that of the last layer.</param>
/// <param name="IsSequence">True where each layer reads the one before it.</param>
internal sealed record KerasNetwork(
    string Name, ImmutableArray<KerasLayer> Layers, ImmutableArray<TensorReference> Inputs,
    ImmutableArray<TensorReference> Outputs, bool IsSequence);
