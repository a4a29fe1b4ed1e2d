using System.Text.Json;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>What the layers of QKeras have in common.</summary>
internal static class QKerasLayer
{
    /// <summary>A kernel behind its quantizer.</summary>
    public static Constant Kernel(LayerCall call, string key, Constant weights) =>
        Quantized(call, key, weights, isKernel: true);

    /// <summary>A bias behind its quantizer.</summary>
    public static Constant Bias(LayerCall call, Constant weights) =>
        Quantized(call, "bias_quantizer", weights, isKernel: false);

    /// <summary>Weights behind the quantizer that the configuration has under a name.</summary>
    public static Constant Quantized(LayerCall call, string key, Constant weights, bool isKernel)
    {
        if (Json.Get(call.Config, key) is not JsonElement config)
            return weights;
        QKerasQuantizer quantizer = QKerasQuantizer.TryParse(call, config)
            ?? throw call.Unsupported($"has the {key} {config}, which is no quantizer of QKeras");
        return quantizer.OnWeights(call, weights, isKernel);
    }
}
