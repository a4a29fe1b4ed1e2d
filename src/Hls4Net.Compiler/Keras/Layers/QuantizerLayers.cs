using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Layers that are quantizers.</summary>
internal static class QuantizerLayers
{
    /// <summary>HGQ2's layer.</summary>
    public static KerasTensor Quantizer(LayerCall call) =>
        HgqQuantizer.Read(call, Json.Get(call.Config, "config"), call.Weights, "datalane")
            ?.OnData(call, call.Input, "quantizer") ?? call.Input;

    /// <summary>The layer of HGQ's deployable networks, whose bits include the sign's.</summary>
    public static KerasTensor FixedPoint(LayerCall call)
    {
        Constant keep = call.Weight("keep_negative", 0), bits = call.Weight("bits", 1),
            integers = call.Weight("integers", 2);
        Constant integer = integers.Zip(keep, (i, k) => i - k), fraction = bits.Zip(integers, (b, i) => b - i);
        return call.FixedQuant(null, call.Input, keep, integer, fraction,
            HgqQuantizer.RoundingOf(call, call.Text("RND", "TRN")),
            HgqQuantizer.OverflowOf(call, call.Text("SAT", "WRAP")));
    }
}
