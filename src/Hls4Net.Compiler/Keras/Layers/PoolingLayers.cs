using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Poolings, alone and behind a quantizer of HGQ2.</summary>
internal static class PoolingLayers
{
    public static KerasTensor Maximum(LayerCall call) => Between(call, x => Pool(call, x, "MaxPool"));

    /// <summary>The mean of the pixels of a window that are in the image.</summary>
    public static KerasTensor Average(LayerCall call) => Between(call, x => Pool(call, x, "AveragePool"));

    /// <summary>QKeras' mean: the sum of a window times a factor that is quantized.</summary>
    public static KerasTensor QuantizedAverage(LayerCall call)
    {
        KerasTensor x = call.Input;
        if (HgqLayer.Is(call))
            return Average(call);
        if (call.Text("padding", "valid") != "valid")
            throw call.Unsupported("has the padding 'same', whose windows differ in size");
        int axes = x.Rank - 2;
        int area = call.Ints("pool_size", axes, 2).Aggregate(1, (a, k) => checked(a * k));
        KerasTensor mean = Pool(call, x, "AveragePool", "mean");
        Constant factor = QKerasLayer.Quantized(call, "average_quantizer", Constant.Scalar(1f / area), isKernel: false);
        return DenseLayers.Activated(call, call.Pair("Mul", null, call.Pair("Mul", "sum", mean,
            call.Constant("area", area)), call.Constant("factor", factor)));
    }

    public static KerasTensor GlobalMaximum(LayerCall call) => Between(call, x => Global(call, x, "ReduceMax"));

    public static KerasTensor GlobalAverage(LayerCall call) => Between(call, x => Global(call, x, "ReduceMean"));

    // A layer of HGQ2 has quantizers around it.
    private static KerasTensor Between(LayerCall call, Func<KerasTensor, KerasTensor> pool) => HgqLayer.Is(call)
        ? HgqLayer.Output(call, pool(HgqLayer.Input(call, call.Input))) : pool(call.Input);

    private static KerasTensor Pool(LayerCall call, KerasTensor x, string operatorType, string? part = null)
    {
        int axes = x.Rank - 2;
        if (axes < 1)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape, $"pools a tensor of {x.Rank} axes");
        ImmutableArray<int> size = call.Ints("pool_size", axes, 2), strides = call.Ints("strides", axes) ?? size;
        Windows windows = Windows.Of(call, x, size, strides, [.. Enumerable.Repeat(1, axes)]);
        KerasTensor first = Windows.First(call, x);
        KerasTensor y = call.Emit(operatorType, part, [1, first.Shape[1], .. windows.Sizes], [first],
            ("kernel_shape", windows.Kernel), ("strides", windows.Strides), ("pads", windows.Pads));
        return Windows.Back(call, y);
    }

    private static KerasTensor Global(LayerCall call, KerasTensor x, string operatorType)
    {
        bool first = Windows.IsFirst(call), keep = call.Flag("keepdims", false);
        if (x.Rank < 3)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape, $"pools a tensor of {x.Rank} axes");
        int[] axes = [.. Enumerable.Range(first ? 2 : 1, x.Rank - 2)];
        int channels = first ? x.Shape[1] : x.Shape[^1];
        ImmutableArray<int> ones = [.. Enumerable.Repeat(1, x.Rank - 2)];
        ImmutableArray<int> shape = !keep ? [1, channels] : first ? [1, channels, .. ones] : [1, .. ones, channels];
        return call.Emit(operatorType, null, shape, [x], ("axes", axes), ("keepdims", keep ? 1 : 0));
    }
}
