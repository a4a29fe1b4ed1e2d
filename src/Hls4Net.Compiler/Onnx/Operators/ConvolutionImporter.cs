using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Convolutions with constant kernels, of any number of spatial axes.</summary>
internal static class ConvolutionImporter
{
    public static Operand Conv(ImportNode node)
    {
        Operand x = WindowAttributes.Spatial(node, node.Input(0));
        return WindowAttributes.ChannelsLast(node, x, last => Conv(node, last, node.Input(1)));
    }

    /// <summary>
    /// The convolution of QONNX's channels-last domain: data and result are [n, spatial…, channels], weights [outputs,
    /// taps…, channels].
    /// </summary>
    public static Operand ConvChannelsLast(ImportNode node)
    {
        Operand x = WindowAttributes.Spatial(node, node.Input(0));
        int rank = Weights(node, 1).Shape.Rank;
        return Conv(node, x, node.Emit(new Transpose([0, rank - 1, .. Enumerable.Range(1, rank - 2)]), node.Input(1)));
    }

    // A channels-last input with weights [outputs, channels, taps…].
    private static Operand Conv(ImportNode node, Operand x, Operand stored)
    {
        _ = Weights(node, 1);
        Constant weights = stored.Constant!;
        Constant? bias = Addend(node, weights.Shape[0]);
        int groups = Groups(node, x.Shape, weights.Shape);
        ImmutableArray<int> kernel = node.Ints("kernel_shape") ?? [.. weights.Shape.Dimensions[2..]];
        if (!kernel.SequenceEqual(weights.Shape.Dimensions[2..]))
            throw node.Fail(Descriptors.InvalidShape,
                $"has the kernel_shape [{string.Join(", ", kernel)}] and weights {weights.Shape}");
        Window window = WindowAttributes.Read(node, x.Shape.Dimensions.AsSpan()[1..^1], kernel);
        // A quantizer's weights stay integers; their scale, one an output, follows the sums.
        if (stored.Factors is (Constant integers, Constant scale)
            && Matrix(scale).AsLastAxis(weights.Shape[0]) is Constant unitScale)
        {
            Operand sums = Emit(node, new Dense(Matrix(integers), null, IntegerWeights: true), window, groups, x);
            sums = node.Emit(new Affine(unitScale, null), sums, "scale");
            return bias is null ? sums : node.Emit(new Affine(null, bias), sums, "bias");
        }
        return Emit(node, new Dense(Matrix(weights), bias), window, groups, x);
    }

    /// <summary>
    /// A transposed convolution is a convolution of the input with zeros between its elements, with the kernel turned
    /// around.
    /// </summary>
    public static Operand ConvTranspose(ImportNode node)
    {
        Operand x = WindowAttributes.Spatial(node, node.Input(0));
        Constant stored = Weights(node, 1);
        int groups = (int)node.Int("group", 1), rank = x.Shape.Rank - 2;
        if (groups < 1 || stored.Shape[0] != x.Shape[1] || x.Shape[1] % groups != 0)
            throw node.Fail(Descriptors.InvalidShape,
                $"has weights {stored.Shape} and {groups} groups for an input {x.Shape}");
        Constant weights = Turned(stored, groups);
        Constant? bias = Addend(node, weights.Shape[0]);
        if (node.Ints("kernel_shape") is { } kernel && !kernel.SequenceEqual(weights.Shape.Dimensions[2..]))
            throw node.Fail(Descriptors.InvalidShape,
                $"has the kernel_shape [{string.Join(", ", kernel)}] and weights {stored.Shape}");
        Window window = TransposedWindow(node, x.Shape.Dimensions.AsSpan()[2..], weights.Shape.Dimensions[2..], rank);
        return WindowAttributes.ChannelsLast(node, x,
            last => Emit(node, new Dense(Matrix(weights), bias), window, groups, last));
    }

    /// <summary>Stored integers, without scales: x, w, x_zero_point, w_zero_point.</summary>
    public static Operand ConvInteger(ImportNode node)
    {
        Operand x = WindowAttributes.Spatial(node, IntegerProductImporter.Centred(node, node.Input(0), 2));
        return IntegerSums(node, x, 1, 3);
    }

    /// <summary>
    /// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, and an addend in units of the
    /// product's scale.
    /// </summary>
    public static Operand QLinearConv(ImportNode node)
    {
        Operand x = WindowAttributes.Spatial(node, IntegerProductImporter.Centred(node, node.Input(0), 2));
        Operand sums = IntegerSums(node, x, 3, 5);
        int units = sums.Shape[1], rank = x.Shape.Rank;
        if (node.TryConstant(8, "addend") is Constant addend)
            sums = node.Emit(new Affine(null, ByChannel(node, addend, units, rank)), sums, "bias");
        Constant xScale = node.RequireConstant(1, "x_scale"), wScale = node.RequireConstant(4, "w_scale");
        if (xScale.Values.Length != 1)
            throw node.Fail(Descriptors.UnsupportedForm,
                "has a scale for each channel of its data; one for all is supported");
        Operand product = node.Emit(new Affine(ByChannel(node, wScale, units, rank).Map(w => w * xScale.Values[0]),
            null), sums, "scale");
        return IntegerProductImporter.Quantized(node, product, 6, 7);
    }

    private static Operand IntegerSums(ImportNode node, Operand x, int index, int zeroPoint)
    {
        Constant weights = Weights(node, index);
        int units = weights.Shape[0];
        if (node.TryConstant(zeroPoint, "zero-point") is Constant z)
        {
            Constant zero = z.Values.Length == 1 ? z.Reshape(new Shape())
                : ByChannel(node, z, units, weights.Shape.Rank + 1);
            weights = weights.Zip(zero.BroadcastTo(weights.Shape), (w, o) => w - o);
        }
        return WindowAttributes.ChannelsLast(node, x, last =>
        {
            int groups = Groups(node, last.Shape, weights.Shape);
            Window window = WindowAttributes.Read(node, last.Shape.Dimensions.AsSpan()[1..^1],
                node.Ints("kernel_shape") ?? [.. weights.Shape.Dimensions[2..]]);
            return Emit(node, new Dense(Matrix(weights), null, IntegerWeights: true), window, groups, last);
        });
    }

    // A window of one tap without padding is a matrix for each pixel.
    private static Operand Emit(ImportNode node, Dense kernel, Window window, int groups, Operand x) =>
        window.Axes.All(a => a is { Size: 1, Stride: 1, IsInside: true } && a.PadBefore == 0 && a.PadAfter == 0)
            && groups == 1
            ? node.Emit(kernel, x)
            : node.Emit(new Convolution(kernel, window, groups), x);

    private static Constant Weights(ImportNode node, int index)
    {
        Constant weights = node.RequireConstant(index, "weights");
        return weights.Shape.Rank == node.Input(0).Shape.Rank && weights.Shape.Size > 0
            ? weights
            : throw node.Fail(Descriptors.InvalidShape,
                $"has weights {weights.Shape} for an input {node.Input(0).Shape}");
    }

    private static Constant? Addend(ImportNode node, int units)
    {
        Constant? bias = node.TryConstant(2, "bias");
        return bias is null || bias.Shape == new Shape(units) ? bias
            : throw node.Fail(Descriptors.InvalidShape, $"has a bias {bias.Shape} for {units} outputs");
    }

    // Of a channels-last input.
    private static int Groups(ImportNode node, Shape x, Shape weights)
    {
        long groups = node.Int("group", 1);
        return groups >= 1 && weights[1] * groups == x[x.Rank - 1] && weights[0] % groups == 0
            ? (int)groups
            : throw node.Fail(Descriptors.InvalidShape,
                $"has {groups} groups, weights {weights} and {x[x.Rank - 1]} channels");
    }

    private static Constant ByChannel(ImportNode node, Constant values, int units, int rank) =>
        values.Values.Length == 1 ? values.Reshape(new Shape())
        : values.Values.Length == units ? values.Reshape(new Shape([units, .. Enumerable.Repeat(1, rank - 2)]))
        : throw node.Fail(Descriptors.InvalidShape, $"has {values.Shape} values for {units} channels");

    // [outputs, channels, taps…] as the matrix of a window, [taps · channels, outputs].
    private static Constant Matrix(Constant weights)
    {
        int units = weights.Shape[0], channels = weights.Shape[1], taps = weights.Shape.Product(2, weights.Shape.Rank);
        double[] matrix = new double[weights.Values.Length];
        for (int i = 0; i < matrix.Length; i++)
        {
            int tap = i % taps, channel = i / taps % channels, unit = i / (taps * channels);
            matrix[(((tap * channels) + channel) * units) + unit] = weights.Values[i];
        }
        return new Constant(new Shape(taps * channels, units), ImmutableArray.Create(matrix));
    }

    // [channels, outputs / groups, taps…] as [outputs, channels / groups, taps in reverse…].
    private static Constant Turned(Constant stored, int groups)
    {
        int channels = stored.Shape[0] / groups, units = stored.Shape[1],
            taps = stored.Shape.Product(2, stored.Shape.Rank);
        double[] result = new double[stored.Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int tap = i % taps, unit = i / taps % units, channel = i / (taps * units) % channels,
                group = i / (taps * units * channels);
            result[((((group * units) + unit) * channels) + channel) * taps + taps - 1 - tap] = stored.Values[i];
        }
        return new Constant(new Shape([groups * units, channels, .. stored.Shape.Dimensions[2..]]),
            ImmutableArray.Create(result));
    }

    private static Window TransposedWindow(ImportNode node, ReadOnlySpan<int> spatial, ImmutableArray<int> kernel,
        int rank)
    {
        ImmutableArray<int> strides = WindowAttributes.Positive(node, "strides", rank),
            dilations = WindowAttributes.Positive(node, "dilations", rank);
        ImmutableArray<int> extra = node.Ints("output_padding") ?? [.. Enumerable.Repeat(0, rank)];
        ImmutableArray<int> pads = node.Ints("pads") ?? [.. Enumerable.Repeat(0, 2 * rank)];
        ImmutableArray<int>? shape = node.Ints("output_shape");
        string autoPad = node.Text("auto_pad", "NOTSET");
        if (autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw node.Fail(Descriptors.UnsupportedForm, $"has the auto_pad '{autoPad}', which ONNX does not define");
        if (extra.Length != rank || pads.Length != 2 * rank || extra.Any(e => e < 0) || shape is { } s
            && s.Length != rank && s.Length != rank + 2)
            throw node.Fail(Descriptors.InvalidShape,
                $"has output_padding, pads or output_shape that do not fit {rank} spatial axes");
        WindowAxis[] axes = new WindowAxis[rank];
        for (int i = 0; i < rank; i++)
        {
            int extent = ((kernel[i] - 1) * dilations[i]) + 1;
            int full = (strides[i] * (spatial[i] - 1)) + extra[i] + extent;
            int before = pads[i], after = pads[rank + i];
            int? wanted = shape is { } given ? given[given.Length - rank + i]
                : autoPad.StartsWith("SAME", StringComparison.Ordinal) ? spatial[i] * strides[i] : null;
            if (autoPad == "VALID")
                (before, after) = (0, 0);
            if (wanted is int size)
            {
                // What the output has beyond all windows stays empty, at its end.
                int total = Math.Max(0, full - size);
                before = autoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
                after = full - size - before;
            }
            axes[i] = new WindowAxis(kernel[i], 1, extent - 1 - before, extent - 1 - after + extra[i], dilations[i],
                strides[i]);
        }
        return new Window([.. axes]);
    }
}
