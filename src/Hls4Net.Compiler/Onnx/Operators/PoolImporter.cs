using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Poolings over windows and over whole images.</summary>
internal static class PoolImporter
{
    public static Operand MaxPool(ImportNode node) =>
        WindowAttributes.ChannelsLast(node, WindowAttributes.Spatial(node, node.Input(0)), x => MaxPool(node, x));

    /// <summary>The pooling of QONNX's channels-last domain.</summary>
    public static Operand MaxPoolChannelsLast(ImportNode node) =>
        MaxPool(node, WindowAttributes.Spatial(node, node.Input(0)));

    public static Operand AveragePool(ImportNode node) => AveragePool(node, node.Input(0), channelsLast: false);

    /// <summary>The average of an operand's windows, which lie behind the channels or before them.</summary>
    public static Operand AveragePool(ImportNode node, Operand x, bool channelsLast)
    {
        bool includePad = node.Int("count_include_pad", 0) != 0;
        return ChannelsLast(node, x, channelsLast, last =>
        {
            Window window = Read(node, last.Shape, includePad, out Constant counts);
            return Mean(node, last, window, counts);
        });
    }

    public static Operand GlobalMaxPool(ImportNode node) =>
        WindowAttributes.ChannelsLast(node, WindowAttributes.Spatial(node, node.Input(0)),
            x => node.Emit(new Pool(PoolKind.Max, Whole(x.Shape)), x));

    public static Operand GlobalAveragePool(ImportNode node) =>
        GlobalAveragePool(node, node.Input(0), channelsLast: false);

    /// <summary>The average of all pixels.</summary>
    public static Operand GlobalAveragePool(ImportNode node, Operand x, bool channelsLast) =>
        ChannelsLast(node, x, channelsLast,
            last => Mean(node, last, Whole(last.Shape), Constant.Scalar(Whole(last.Shape).Taps)));

    private static Operand ChannelsLast(ImportNode node, Operand x, bool already, Func<Operand, Operand> operation)
    {
        Operand spatial = WindowAttributes.Spatial(node, x);
        return already ? operation(spatial) : WindowAttributes.ChannelsLast(node, spatial, operation);
    }

    private static Operand MaxPool(ImportNode node, Operand x)
    {
        node.Ignore("storage_order");
        if (node.HasOutput(1))
            throw node.Fail(Descriptors.UnsupportedForm,
                $"gives the indices of its results too ('{node.Proto.Output[1]}'); only the results are supported");
        Window window = Read(node, x.Shape, includePad: false, out _);
        return node.Emit(new Pool(PoolKind.Max, window), x);
    }

    // The exact sum, divided by the number of elements in it.
    private static Operand Mean(ImportNode node, Operand x, Window window, Constant counts)
    {
        Operand sum = node.Emit(new Pool(PoolKind.Sum, window), x);
        if (counts.Values.All(c => c == 1))
            return sum;
        return counts.Values.All(double.IsPow2)
            ? node.Emit(new Affine(counts.Map(c => 1 / c), null), sum, "mean")
            : node.Emit(new Quotient(counts), sum, "mean");
    }

    private static Window Whole(Shape shape) => new([.. shape.Dimensions[1..^1].Select(size => new WindowAxis(size))]);

    // The window, and how many elements each output averages: one number where all do alike.
    private static Window Read(ImportNode node, Shape shape, bool includePad, out Constant counts)
    {
        ImmutableArray<int> kernel = node.Ints("kernel_shape")
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no kernel_shape");
        bool ceil = node.Int("ceil_mode", 0) != 0;
        ReadOnlySpan<int> spatial = shape.Dimensions.AsSpan()[1..^1];
        Window plain = WindowAttributes.Read(node, spatial, kernel),
            window = ceil ? WindowAttributes.Read(node, spatial, kernel, ceil) : plain;
        Shape output = window.OutputShape(shape, 1);
        ImmutableArray<double> all = [1];
        for (int axis = 0; axis < kernel.Length; axis++)
        {
            WindowAxis a = window.Axes[axis];
            int elements = shape[axis + 1], end = elements + plain.Axes[axis].PadAfter;
            double[] along = new double[output[axis + 1]];
            for (int o = 0; o < along.Length; o++)
            {
                int inside = Enumerable.Range(0, a.Size).Count(t => a.Element(o, t, elements) >= 0);
                if (inside == 0)
                    throw node.Fail(Descriptors.UnsupportedForm,
                        $"has windows that lie in padding altogether, on spatial axis {axis}");
                // What rounding up adds behind the padding is not counted.
                along[o] = includePad ? Enumerable.Range(0, a.Size)
                    .Count(t => (o * a.Stride) + (t * a.Dilation) - a.PadBefore < end) : inside;
            }
            all = [.. all.SelectMany(outer => along.Select(count => outer * count))];
        }
        counts = all.Distinct().Count() == 1 ? Constant.Scalar(all[0])
            : new Constant(new Shape([.. output.Dimensions[1..^1], 1]), all);
        return window;
    }
}
