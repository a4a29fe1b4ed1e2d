using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>The normalization of what networks of single numbers give, before it is added up, in float32.</summary>
internal sealed class SynapseNorm
{
    private readonly float[] _factor, _offset;
    private readonly float _divisor;

    private SynapseNorm(LayerCall call, WeightGroup weights, string prefix, int summed)
    {
        int place = 0;
        Constant? gamma = call.Flag("bn_scale", true) ? Next($"{prefix}gamma") : null,
            beta = call.Flag("bn_center", true) ? Next($"{prefix}beta") : null;
        // The layer's own counters may stand between, which are scalars.
        Constant mean = Next("moving_mean"), variance = Next("moving_variance");
        float epsilon = (float)call.Number("bn_epsilon", 1e-3);
        Count = variance.Values.Length;
        if (new[] { gamma, beta, mean }.Any(c => c is not null && c.Values.Length != Count))
            throw call.Fail(Diagnostics.Descriptors.InvalidShape, "has a normalization whose weights differ in shape");
        (_factor, _offset) = (new float[Count], new float[Count]);
        for (int j = 0; j < Count; j++)
        {
            _factor[j] = (gamma is null ? 1 : (float)gamma.Values[j]) / MathF.Sqrt((float)variance.Values[j] + epsilon);
            _offset[j] = (beta is null ? 0 : (float)beta.Values[j]) - ((float)mean.Values[j] * _factor[j]);
        }
        _divisor = MathF.Sqrt(summed);

        Constant Next(string name)
        {
            int[] tensors = [.. Enumerable.Range(0, weights.Own.Count)
                .Where(i => weights.Own[i].Tensor.Shape.Rank > 0)];
            return call.Weight(name, place < tensors.Length ? tensors[place++] : -1, weights);
        }
    }

    /// <summary>How many factors there are.</summary>
    public int Count { get; }

    /// <summary>The normalization of a layer; null where it has none.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="weights">What has its weights.</param>
    /// <param name="prefix">What stands before the names of those that are trained.</param>
    /// <param name="summed">How many numbers are added up then.</param>
    public static SynapseNorm? Read(LayerCall call, WeightGroup? weights, string prefix, int summed) =>
        !call.Flag("batch_norm", false) ? null : new SynapseNorm(call, weights ?? throw call.Fail(
            Diagnostics.Descriptors.InvalidLayer, "has no weights of its normalization in the file"), prefix, summed);

    /// <summary>A number behind the factor at a place.</summary>
    public float Apply(int place, float x) => ((x * _factor[place]) + _offset[place]) / _divisor;
}
