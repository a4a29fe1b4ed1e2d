using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>A small network of one number for each element of a kernel, in float32.</summary>
internal sealed class SynapseNetworks
{
    private readonly List<(Constant Kernel, Constant? Bias)> _layers = [];
    private readonly Func<float, float> _activation;
    private readonly int _inputs;

    private SynapseNetworks(LayerCall call, int count)
    {
        _activation = Json.Get(call.Config, "subnn_activation") is System.Text.Json.JsonElement name
            ? FloatFunctions.Of(call, Activations.Name(call, name)) : v => v;
        WeightGroup module = call.Weights.Part("module")?.Part("layers") ?? throw call.Fail(
            Diagnostics.Descriptors.InvalidLayer, "has no weights of its tables' networks in the file");
        foreach ((_, WeightGroup layer) in module.Parts.Where(p => p.Group.Own.Count > 0)
            .OrderBy(p => p.Name.Length).ThenBy(p => p.Name, StringComparer.Ordinal))
            _layers.Add((call.Weight("kernel", 0, layer), layer.Own.Count > 1 ? call.Weight("bias", 1, layer) : null));
        if (_layers.Count == 0)
            throw call.Fail(Diagnostics.Descriptors.InvalidLayer, "has no weights of its tables' networks in the file");
        // The library builds the first layer of some networks as wide as the others, and gives each of its inputs the
        // same number.
        _inputs = Math.Max(1, _layers[0].Kernel.Values.Length / Math.Max(1, checked(count * Next(0))));
        int width = _inputs;
        for (int l = 0; l < _layers.Count; l++)
        {
            int next = Next(l);
            if (_layers[l].Kernel.Values.Length != count * width * next
                || (_layers[l].Bias is Constant bias && bias.Values.Length != count * next))
                throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                    $"has a kernel of shape {_layers[l].Kernel.Shape} for {count} networks of {width} numbers");
            width = next;
        }
    }

    /// <summary>The networks of a layer.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="count">How many there are: elements of the kernel.</param>
    public static SynapseNetworks Read(LayerCall call, int count) => new(call, count);

    /// <summary>What one of the networks makes of a number.</summary>
    public float Evaluate(int network, float x)
    {
        float[] values = [.. Enumerable.Repeat(x, _inputs)];
        for (int l = 0; l < _layers.Count; l++)
        {
            (Constant kernel, Constant? bias) = _layers[l];
            int next = Next(l);
            float[] sums = new float[next];
            for (int j = 0; j < next; j++)
            {
                float sum = 0;
                for (int i = 0; i < values.Length; i++)
                    sum += values[i] * (float)kernel.Values[(((network * values.Length) + i) * next) + j];
                sum += bias is null ? 0 : (float)bias.Values[(network * next) + j];
                sums[j] = l == _layers.Count - 1 ? sum : _activation(sum);
            }
            values = sums;
        }
        return values[0];
    }

    // The last one has a single result and no axis for it.
    private int Next(int layer) => layer == _layers.Count - 1 ? 1
        : _layers[layer].Kernel.Shape[_layers[layer].Kernel.Shape.Rank - 1];
}
