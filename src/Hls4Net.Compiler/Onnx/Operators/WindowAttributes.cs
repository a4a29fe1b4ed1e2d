using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// The attributes that convolutions and poolings share: kernel_shape, strides, dilations, pads, auto_pad, ceil_mode.
/// </summary>
internal static class WindowAttributes
{
    /// <summary>The window over the spatial axes of <paramref name="spatial"/>.</summary>
    /// <param name="node">The node, whose attributes are read.</param>
    /// <param name="spatial">Sizes of the spatial axes.</param>
    /// <param name="kernel">Taps of each axis.</param>
    /// <param name="ceil">True where a last window that is not complete counts; it must begin on an element or in the
    /// padding before them.</param>
    public static Window Read(ImportNode node, ReadOnlySpan<int> spatial, ImmutableArray<int> kernel, bool ceil = false)
    {
        int rank = spatial.Length;
        if (kernel.Length != rank || kernel.Any(k => k < 1))
            throw node.Fail(Descriptors.InvalidShape,
                $"has a kernel of [{string.Join(", ", kernel)}] for {rank} spatial axes");
        ImmutableArray<int> strides = Positive(node, "strides", rank), dilations = Positive(node, "dilations", rank);
        string autoPad = node.Text("auto_pad", "NOTSET");
        ImmutableArray<int>? pads = node.Ints("pads");
        if (pads is { } given && given.Length != 2 * rank)
            throw node.Fail(Descriptors.InvalidShape, $"has {given.Length} pads for {rank} spatial axes");
        WindowAxis[] axes = new WindowAxis[rank];
        for (int i = 0; i < rank; i++)
        {
            WindowAxis axis = new(kernel[i], strides[i], 0, 0, dilations[i]);
            (int before, int after) = autoPad switch
            {
                "NOTSET" => (pads?[i] ?? 0, pads?[rank + i] ?? 0),
                "VALID" => (0, 0),
                "SAME_UPPER" => Same(axis, spatial[i], upper: true),
                "SAME_LOWER" => Same(axis, spatial[i], upper: false),
                _ => throw node.Fail(Descriptors.UnsupportedForm,
                    $"has the auto_pad '{autoPad}', which ONNX does not define"),
            };
            axis = axis with { PadBefore = before, PadAfter = after };
            axes[i] = ceil ? Ceiled(axis, spatial[i]) : axis;
        }
        return new Window([.. axes]);
    }

    /// <summary>An attribute with a number above zero for each spatial axis; ones where it is absent.</summary>
    public static ImmutableArray<int> Positive(ImportNode node, string name, int rank)
    {
        ImmutableArray<int> values = node.Ints(name) ?? [.. Enumerable.Repeat(1, rank)];
        return values.Length == rank && values.All(v => v >= 1)
            ? values
            : throw node.Fail(Descriptors.InvalidShape,
                $"has {name} [{string.Join(", ", values)}] for {rank} spatial axes");
    }

    /// <summary>
    /// The operation on channels-last operands of a channels-first network; the transposes between cancel with others.
    /// </summary>
    public static Operand ChannelsLast(ImportNode node, Operand x, Func<Operand, Operand> operation)
    {
        int rank = x.Shape.Rank;
        Operand last = node.Emit(new Transpose([0, .. Enumerable.Range(2, rank - 2), 1]), x, "input");
        return node.Emit(new Transpose([0, rank - 1, .. Enumerable.Range(1, rank - 2)]), operation(last), "output");
    }

    /// <summary>The input of a node that has at least one spatial axis behind the sample's and the channels'.</summary>
    public static Operand Spatial(ImportNode node, Operand x) =>
        x.Shape.Rank >= 3 ? x : throw node.Fail(Descriptors.InvalidShape,
            $"needs spatial axes behind channels, but its input is {x.Shape}");

    // As many outputs as strides fit, rounded up; an odd position of padding goes to the side that the name says.
    private static (int Before, int After) Same(WindowAxis axis, int elements, bool upper)
    {
        int outputs = (elements + axis.Stride - 1) / axis.Stride;
        int total = Math.Max(0, ((outputs - 1) * axis.Stride) + axis.Extent - elements);
        return upper ? (total / 2, total - (total / 2)) : (total - (total / 2), total / 2);
    }

    private static WindowAxis Ceiled(WindowAxis axis, int elements)
    {
        int outputs = ((elements + axis.PadBefore + axis.PadAfter - axis.Extent + axis.Stride - 1) / axis.Stride) + 1;
        if ((outputs - 1) * axis.Stride >= elements + axis.PadBefore)
            outputs--;
        return axis with
        {
            PadAfter = Math.Max(axis.PadAfter,
            ((outputs - 1) * axis.Stride) + axis.Extent - elements - axis.PadBefore)
        };
    }
}
