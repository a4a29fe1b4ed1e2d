using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Convolutions. Kernels of Keras end in the axes of input and output channels.</summary>
internal static class ConvolutionLayers
{
    public static KerasTensor Convolution(LayerCall call) => DenseLayers.Activated(call, Product(call, call.Input,
        call.Weight("kernel", 0), call.Flag("use_bias", true) ? call.Weight("bias", 1) : null));

    /// <summary>QKeras' layer, or HGQ2's of the same name, which has a quantizer of its input.</summary>
    public static KerasTensor Quantized(LayerCall call)
    {
        if (HgqLayer.Is(call))
            return HgqLayer.Result(call, Product(call, HgqLayer.Input(call, call.Input),
                HgqLayer.Kernel(call, call.Weight("kernel", 0)), HgqLayer.Bias(call, 1)));
        Constant kernel = QKerasLayer.Kernel(call, "kernel_quantizer", call.Weight("kernel", 0));
        Constant? bias = call.Flag("use_bias", true) ? QKerasLayer.Bias(call, call.Weight("bias", 1)) : null;
        return DenseLayers.Activated(call, Product(call, call.Input, kernel, bias));
    }

    public static KerasTensor Depthwise(LayerCall call) => DenseLayers.Activated(call, DepthwiseProduct(call,
        call.Input, DepthwiseKernel(call), call.Flag("use_bias", true) ? call.Weight("bias", 1) : null, null));

    public static KerasTensor QuantizedDepthwise(LayerCall call)
    {
        Constant kernel = QKerasLayer.Kernel(call, "depthwise_quantizer", DepthwiseKernel(call));
        Constant? bias = call.Flag("use_bias", true) ? QKerasLayer.Bias(call, call.Weight("bias", 1)) : null;
        return DenseLayers.Activated(call, DepthwiseProduct(call, call.Input, kernel, bias, null));
    }

    public static KerasTensor Separable(LayerCall call) => Separable(call, quantized: false);

    public static KerasTensor QuantizedSeparable(LayerCall call) => Separable(call, quantized: true);

    private static KerasTensor Separable(LayerCall call, bool quantized)
    {
        Constant depthwise = call.Weight("depthwise_kernel", 0), pointwise = call.Weight("pointwise_kernel", 1);
        Constant? bias = call.Flag("use_bias", true) ? call.Weight("bias", 2) : null;
        if (quantized)
        {
            depthwise = QKerasLayer.Kernel(call, "depthwise_quantizer", depthwise);
            pointwise = QKerasLayer.Kernel(call, "pointwise_quantizer", pointwise);
            bias = bias is null ? null : QKerasLayer.Bias(call, bias);
        }
        KerasTensor channels = DepthwiseProduct(call, call.Input, depthwise, null, "depthwise");
        KerasTensor points = Windows.First(call, channels, "pointwise_channels_first");
        int filters = pointwise.Shape[pointwise.Shape.Rank - 1];
        KerasTensor y = call.Emit("Conv", null, [1, filters, .. points.Shape[2..]],
            [points, call.Constant("pointwise_kernel", OutputFirst(pointwise)), bias is null ? null
                : call.Constant("bias_values", bias)]);
        return DenseLayers.Activated(call, Windows.Back(call, y));
    }

    // Newer files have no name for it but its place.
    private static Constant DepthwiseKernel(LayerCall call) =>
        call.Weights.Find("depthwise_kernel", -1) ?? call.Weight("kernel", 0);

    /// <summary>A convolution of a kernel (window, input channels of a group, filters).</summary>
    public static KerasTensor Product(LayerCall call, KerasTensor x, Constant kernel, Constant? bias)
    {
        int axes = x.Rank - 2;
        RequireRank(call, kernel, axes);
        Windows windows = Windows.Of(call, x, [.. kernel.Shape.Dimensions.Take(axes)], call.Ints("strides", axes, 1),
            call.Ints("dilation_rate", axes, 1));
        int groups = (int)call.Number("groups", 1), channels = Channels(call, x), filters = kernel.Shape[axes + 1];
        if (groups < 1 || kernel.Shape[axes] * groups != channels || filters % groups != 0)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has a kernel of shape {kernel.Shape} in {groups} groups for {channels} channels");
        return Emit(call, x, OutputFirst(kernel), bias, windows, groups, filters, null);
    }

    private static KerasTensor DepthwiseProduct(LayerCall call, KerasTensor x, Constant kernel, Constant? bias,
        string? part)
    {
        int axes = x.Rank - 2;
        RequireRank(call, kernel, axes);
        int channels = Channels(call, x), multiplier = kernel.Shape[axes + 1];
        if (kernel.Shape[axes] != channels)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has a kernel of shape {kernel.Shape} for {channels} channels");
        // Older files give one stride for both axes.
        ImmutableArray<int> strides = call.Ints("strides", axes) ?? [.. Enumerable.Repeat(1, axes)];
        Windows windows = Windows.Of(call, x, [.. kernel.Shape.Dimensions.Take(axes)], strides,
            call.Ints("dilation_rate", axes, 1));
        // A group for each channel, with its filters one after another.
        int[] window = [.. kernel.Shape.Dimensions.Take(axes)];
        Constant grouped = kernel.Permuted([axes, axes + 1, .. Enumerable.Range(0, axes)])
            .Reshape(new Shape([channels * multiplier, 1, .. window]));
        return Emit(call, x, grouped, bias, windows, channels, channels * multiplier, part);
    }

    private static KerasTensor Emit(LayerCall call, KerasTensor x, Constant kernel, Constant? bias, Windows windows,
        int groups, int filters, string? part)
    {
        string step = part is null ? "" : $"{part}_";
        KerasTensor first = Windows.First(call, x, $"{step}channels_first");
        KerasTensor y = call.Emit("Conv", part, [1, filters, .. windows.Sizes],
            [first, call.Constant($"{step}kernel", kernel), bias is null ? null : call.Constant($"{step}bias_values",
                bias)],
            ("kernel_shape", windows.Kernel), ("strides", windows.Strides), ("dilations", windows.Dilations),
            ("pads", windows.Pads), ("group", groups));
        return Windows.Back(call, y, $"{step}channels_last");
    }

    /// <summary>A transposed convolution of a kernel (window, filters, input channels).</summary>
    public static KerasTensor Transposed(LayerCall call)
    {
        KerasTensor x = call.Input;
        int axes = x.Rank - 2;
        Constant kernel = call.Weight("kernel", 0);
        RequireRank(call, kernel, axes);
        ImmutableArray<int> strides = call.Ints("strides", axes, 1), window = [.. kernel.Shape.Dimensions.Take(axes)];
        string padding = call.Text("padding", "valid");
        if (padding is not ("valid" or "same"))
            throw call.Unsupported($"has the padding '{padding}'; valid and same are read");
        if (call.Ints("dilation_rate", axes, 1).Any(d => d != 1) || Json.Get(call.Config, "output_padding") is not null)
            throw call.Unsupported("has a dilation or output_padding, which is not read");
        if (kernel.Shape[axes + 1] != Channels(call, x))
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has a kernel of shape {kernel.Shape} for {Channels(call, x)} channels");
        KerasTensor first = Windows.First(call, x);
        int[] before = new int[axes], behind = new int[axes], missing = new int[axes], sizes = new int[axes];
        for (int a = 0; a < axes; a++)
        {
            // What a convolution of that padding would add is cut off; windows apart leave zeros behind the last.
            int over = window[a] - strides[a], cut = padding == "same" ? Math.Max(over, 0) : 0;
            (before[a], behind[a], missing[a]) = (cut / 2, cut - (cut / 2), Math.Max(-over, 0));
            sizes[a] = (first.Shape[a + 2] * strides[a]) + Math.Max(over, 0) - cut;
        }
        int filters = kernel.Shape[axes];
        Constant inputFirst = kernel.Permuted([axes + 1, axes, .. Enumerable.Range(0, axes)]);
        KerasTensor y = call.Emit("ConvTranspose", null, [1, filters, .. sizes],
            [first, call.Constant("kernel", inputFirst), call.Flag("use_bias", true)
                ? call.Constant("bias_values", call.Weight("bias", 1)) : null],
            ("kernel_shape", window), ("strides", strides), ("pads", before.Concat(behind).ToArray()),
            ("output_padding", missing));
        return DenseLayers.Activated(call, Windows.Back(call, y));
    }

    private static int Channels(LayerCall call, KerasTensor x) => Windows.IsFirst(call) ? x.Shape[1] : x.Shape[^1];

    private static Constant OutputFirst(Constant kernel)
    {
        int axes = kernel.Shape.Rank - 2;
        return kernel.Permuted([axes + 1, axes, .. Enumerable.Range(0, axes)]);
    }

    private static void RequireRank(LayerCall call, Constant kernel, int axes)
    {
        if (axes < 1 || kernel.Shape.Rank != axes + 2)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has a kernel of shape {kernel.Shape} for a tensor of {axes + 2} axes");
    }
}
