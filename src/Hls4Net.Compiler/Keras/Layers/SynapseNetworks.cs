using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>A small network of one number for each pair of an input and an output, in float32.</summary>
internal sealed class SynapseNetworks
{
    private readonly int _units;
    private readonly List<(Constant Kernel, Constant? Bias)> _layers = [];
    private readonly Func<float, float> _activation;
    private readonly float[] _factor, _offset;
    private readonly float _divisor;

    private SynapseNetworks(LayerCall call, int inputs, int units)
    {
        _units = units;
        _activation = Json.Get(call.Config, "subnn_activation") is System.Text.Json.JsonElement name
            ? FloatFunctions.Of(call, Activations.Name(call, name)) : v => v;
        WeightGroup module = call.Weights.Part("module")?.Part("layers") ?? throw call.Fail(
            Diagnostics.Descriptors.InvalidLayer, "has no weights of its tables' networks in the file");
        foreach ((_, WeightGroup layer) in module.Parts.Where(p => p.Group.Own.Count > 0)
            .OrderBy(p => p.Name.Length).ThenBy(p => p.Name, StringComparer.Ordinal))
            _layers.Add((call.Weight("kernel", 0, layer), layer.Own.Count > 1 ? call.Weight("bias", 1, layer) : null));
        int width = 1;
        for (int l = 0; l < _layers.Count; l++)
        {
            // The last one has a single result and no axis for it.
            int next = l == _layers.Count - 1 ? 1 : _layers[l].Kernel.Shape[_layers[l].Kernel.Shape.Rank - 1];
            if (_layers[l].Kernel.Values.Length != inputs * units * width * next
                || (_layers[l].Bias is Constant bias && bias.Values.Length != inputs * units * next))
                throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                    $"has a kernel of shape {_layers[l].Kernel.Shape} for {inputs} inputs and {units} outputs");
            width = next;
        }
        if (_layers.Count == 0)
            throw call.Fail(Diagnostics.Descriptors.InvalidLayer, "has no weights of its tables' networks in the file");
        _factor = [.. Enumerable.Repeat(1f, units)];
        _offset = new float[units];
        _divisor = 1;
        if (!call.Flag("batch_norm", false))
            return;
        WeightGroup norm = call.Weights.Part("bn_module") ?? throw call.Fail(Diagnostics.Descriptors.InvalidLayer,
            "has no weights of its normalization in the file");
        int place = 0;
        Constant? gamma = call.Flag("bn_scale", true) ? call.Weight("gamma", place++, norm) : null,
            beta = call.Flag("bn_center", true) ? call.Weight("beta", place++, norm) : null;
        Constant mean = call.Weight("moving_mean", place++, norm),
            variance = call.Weight("moving_variance", place, norm);
        float epsilon = (float)call.Number("bn_epsilon", 1e-3);
        for (int j = 0; j < units; j++)
        {
            _factor[j] = (gamma is null ? 1 : (float)gamma.Values[j]) / MathF.Sqrt((float)variance.Values[j] + epsilon);
            _offset[j] = (beta is null ? 0 : (float)beta.Values[j]) - ((float)mean.Values[j] * _factor[j]);
        }
        _divisor = MathF.Sqrt(inputs);
    }

    public static SynapseNetworks Read(LayerCall call, int inputs, int units) => new(call, inputs, units);

    /// <summary>What the network of a pair makes of a number.</summary>
    public float Evaluate(int input, int unit, float x)
    {
        int pair = (input * _units) + unit;
        float[] values = [x];
        for (int l = 0; l < _layers.Count; l++)
        {
            (Constant kernel, Constant? bias) = _layers[l];
            int next = Width(l);
            float[] sums = new float[next];
            for (int j = 0; j < next; j++)
            {
                float sum = 0;
                for (int i = 0; i < values.Length; i++)
                    sum += values[i] * (float)kernel.Values[(((pair * values.Length) + i) * next) + j];
                sum += bias is null ? 0 : (float)bias.Values[(pair * next) + j];
                sums[j] = l == _layers.Count - 1 ? sum : _activation(sum);
            }
            values = sums;
        }
        return ((values[0] * _factor[unit]) + _offset[unit]) / _divisor;
    }

    private int Width(int layer) => layer == _layers.Count - 1 ? 1
        : _layers[layer].Kernel.Shape[_layers[layer].Kernel.Shape.Rank - 1];
}
