using System.Collections.Immutable;

namespace Hls4Net.Keras.Layers;

/// <summary>What layers with windows have in common: where they lie, and which axis is that of the channels.</summary>
/// <param name="Kernel">The window's size along each axis.</param>
/// <param name="Strides">How far it moves.</param>
/// <param name="Dilations">How far its taps are apart.</param>
/// <param name="Pads">Zeros before each axis, then behind each.</param>
/// <param name="Sizes">Pixels of the result along each axis.</param>
/// <param name="ChannelsFirst">True where the file has the channels before the pixels.</param>
internal sealed record Windows(
    ImmutableArray<int> Kernel, ImmutableArray<int> Strides, ImmutableArray<int> Dilations, ImmutableArray<int> Pads,
    ImmutableArray<int> Sizes, bool ChannelsFirst)
{
    /// <summary>The windows of a layer over a tensor.</summary>
    public static Windows Of(LayerCall call, KerasTensor x, ImmutableArray<int> kernel, ImmutableArray<int> strides,
        ImmutableArray<int> dilations)
    {
        int axes = x.Rank - 2;
        if (axes != kernel.Length || axes is < 1 or > 3)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has windows of {kernel.Length} axes for a tensor of {x.Rank} axes");
        if (kernel.Concat(strides).Concat(dilations).Any(v => v < 1))
            throw call.Fail(Diagnostics.Descriptors.InvalidLayer, "has windows, strides or dilations below 1");
        bool first = IsFirst(call);
        string padding = call.Text("padding", "valid");
        int[] before = new int[axes], behind = new int[axes], sizes = new int[axes];
        for (int a = 0; a < axes; a++)
        {
            int size = x.Shape[a + (first ? 2 : 1)];
            int reach = checked(((kernel[a] - 1) * dilations[a]) + 1);
            switch (padding)
            {
                case "same":
                    int total = Math.Max(((((size + strides[a] - 1) / strides[a]) - 1) * strides[a]) + reach - size, 0);
                    (before[a], behind[a]) = (total / 2, total - (total / 2));
                    break;
                case "causal" when axes == 1:
                    before[a] = reach - 1;
                    break;
                case "valid":
                    break;
                default:
                    throw call.Unsupported($"has the padding '{padding}'; valid, same and of one axis causal are read");
            }
            sizes[a] = ((size + before[a] + behind[a] - reach) / strides[a]) + 1;
            if (size + before[a] + behind[a] < reach)
                throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                    $"has a window of {reach} pixels for an axis of {size}");
        }
        return new Windows(kernel, strides, dilations, [.. before, .. behind], [.. sizes], first);
    }

    /// <summary>True where a layer has the channels before the pixels.</summary>
    public static bool IsFirst(LayerCall call) => call.Text("data_format", "channels_last") == "channels_first";

    /// <summary>The shape of an image in the layer's order.</summary>
    public ImmutableArray<int> Shape(int channels) => ChannelsFirst ? [1, channels, .. Sizes] : [1, .. Sizes, channels];

    /// <summary>The tensor with the channels before the pixels, as ONNX has it.</summary>
    public static KerasTensor First(LayerCall call, KerasTensor x, string part = "channels_first") => IsFirst(call) ? x
        : call.Transpose(x, part, [0, x.Rank - 1, .. Enumerable.Range(1, x.Rank - 2)]);

    /// <summary>A tensor of ONNX's order in the layer's.</summary>
    public static KerasTensor Back(LayerCall call, KerasTensor x, string part = "channels_last") => IsFirst(call) ? x
        : call.Transpose(x, part, [0, .. Enumerable.Range(2, x.Rank - 2), 1]);
}
