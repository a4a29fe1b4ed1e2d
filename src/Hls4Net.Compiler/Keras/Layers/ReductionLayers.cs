using System.Collections.Immutable;

namespace Hls4Net.Keras.Layers;

/// <summary>HGQ2's sums along axes, of which the sample's is the first.</summary>
internal static class ReductionLayers
{
    public static KerasTensor Sum(LayerCall call) => Reduced(call, call.Number("scale", 1));

    /// <summary>The mean with the power of two that is nearest to its factor.</summary>
    public static KerasTensor MeanPowerOfTwo(LayerCall call)
    {
        KerasTensor x = call.Input;
        int count = Axes(call, x).Aggregate(1, (c, a) => c * x.Shape[a]);
        return Reduced(call, Math.ScaleB(1, (int)Math.Round(Math.Log2(1.0 / count), MidpointRounding.ToEven)));
    }

    private static KerasTensor Reduced(LayerCall call, double scale)
    {
        KerasTensor x = HgqLayer.Input(call, call.Input);
        int[] axes = Axes(call, x);
        bool keep = call.Flag("keepdims", false);
        ImmutableArray<int> shape = [.. x.Shape.Select((d, a) => axes.Contains(a) ? 1 : d)
            .Where((_, a) => keep || !axes.Contains(a))];
        KerasTensor y = call.Emit("ReduceSum", null, shape, [x, call.Integers("axes", [.. axes.Select(a => (long)a)])],
            ("keepdims", keep ? 1 : 0));
        return HgqLayer.Output(call, scale == 1 ? y : call.Pair("Mul", "scale", y, call.Constant("factor", scale)));
    }

    private static int[] Axes(LayerCall call, KerasTensor x) =>
        [.. (call.Ints("axes") ?? throw call.Unsupported("has no axes")).Select(a => call.Axis(a, x.Rank)).Order()];
}
