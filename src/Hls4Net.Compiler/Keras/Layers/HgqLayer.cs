using System.Text.Json;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>
/// What the layers of HGQ2 have in common: a quantizer of the input, of the weights, then the function, then a
/// quantizer of the result.
/// </summary>
internal static class HgqLayer
{
    /// <summary>True for a layer of HGQ2, which shares names of classes with QKeras.</summary>
    public static bool Is(LayerCall call) => Json.Get(call.Config, "enable_iq") is not null
        || Json.Get(call.Config, "iq_conf") is not null || Json.Get(call.Config, "iq_confs") is not null;

    /// <summary>The input behind its quantizer.</summary>
    public static KerasTensor Input(LayerCall call, KerasTensor x) => !call.Flag("enable_iq", true) ? x
        : OnData(call, x, "iq_conf", call.Weights.Part("iq"), "iq");

    /// <summary>One of several inputs behind its quantizer.</summary>
    public static KerasTensor Input(LayerCall call, int index)
    {
        KerasTensor x = call.Inputs[index];
        if (!call.Flag("enable_iq", true))
            return x;
        WeightGroup? all = call.Weights.Part("iq")?.Part("quantizers") ?? call.Weights.Part("iq");
        WeightGroup? own = all?.Part(index == 0 ? "quantizer" : $"quantizer_{index}");
        JsonElement? config = Json.Get(call.Config, "iq_confs") is JsonElement { ValueKind: JsonValueKind.Array } list
            && index < list.GetArrayLength() ? list[index] : null;
        return HgqQuantizer.Read(call, config, own, "datalane")?.OnData(call, x, $"iq{index}") ?? x;
    }

    /// <summary>A weight by name, or by its place among those that are no scalars.</summary>
    public static Constant Tensor(LayerCall call, string name, int place)
    {
        System.Collections.Immutable.ImmutableArray<Constant> tensors = call.Weights.Tensors;
        return call.Weights.IsNumbered && place < tensors.Length ? tensors[place] : call.Weight(name, -1);
    }

    /// <summary>A tensor behind the quantizer of a configuration.</summary>
    public static KerasTensor OnData(LayerCall call, KerasTensor x, string key, WeightGroup? group, string part,
        string place = "datalane") =>
        HgqQuantizer.Read(call, Json.Get(call.Config, key), group, place)?.OnData(call, x, part) ?? x;

    /// <summary>A kernel behind its quantizer.</summary>
    public static Constant Kernel(LayerCall call, Constant weights) =>
        Weights(call, weights, "kq_conf", call.Weights.Part("kq"), "weight");

    /// <summary>The bias behind its quantizer; null where there is none.</summary>
    public static Constant? Bias(LayerCall call, int place) =>
        call.Flag("use_bias", true) ? BiasOf(call, call.Weight("bias", place)) : null;

    /// <summary>A bias behind its quantizer.</summary>
    public static Constant BiasOf(LayerCall call, Constant weights) =>
        Weights(call, weights, "bq_conf", call.Weights.Part("bq"), "bias");

    private static Constant Weights(LayerCall call, Constant weights, string key, WeightGroup? group, string place) =>
        HgqQuantizer.Read(call, Json.Get(call.Config, key), group, place)?.OnWeights(call, weights) ?? weights;

    /// <summary>The activation, then the result's quantizer.</summary>
    public static KerasTensor Result(LayerCall call, KerasTensor y) => Output(call, DenseLayers.Activated(call, y));

    /// <summary>The result behind its quantizer.</summary>
    public static KerasTensor Output(LayerCall call, KerasTensor y) => call.Flag("enable_oq", false)
        ? OnData(call, y, "oq_conf", call.Weights.Part("oq"), "oq") : y;
}
