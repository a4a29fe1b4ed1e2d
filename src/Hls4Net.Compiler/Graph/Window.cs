using System.Collections.Immutable;

namespace Hls4Net.Graph;

/// <summary>How a window moves along one spatial axis.</summary>
/// <param name="Size">Taps.</param>
/// <param name="Stride">Input positions from one output to the next.</param>
/// <param name="PadBefore">Positions of padding before the first element; negative ones leave elements out.</param>
/// <param name="PadAfter">The same behind the last element.</param>
/// <param name="Dilation">Positions from one tap to the next.</param>
/// <param name="InputDilation">Positions from one element to the next; those between are zero, as a transposed
/// convolution sees its input.</param>
public readonly record struct WindowAxis(int Size, int Stride = 1, int PadBefore = 0, int PadAfter = 0,
    int Dilation = 1, int InputDilation = 1)
{
    /// <summary>Positions from the first tap to the last.</summary>
    public int Extent => ((Size - 1) * Dilation) + 1;

    /// <summary>True if every tap of every output lies on an element.</summary>
    public bool IsInside => PadBefore <= 0 && PadAfter <= 0 && InputDilation == 1;

    /// <summary>Outputs for so many elements.</summary>
    /// <exception cref="ShapeException">The window is larger than the padded axis.</exception>
    public int Outputs(int elements)
    {
        long positions = ((elements - 1L) * InputDilation) + 1 + PadBefore + PadAfter;
        if (elements < 1 || positions < Extent)
            throw new ShapeException(
                $"a window of {Extent} positions does not fit {elements} elements with {PadBefore} and {PadAfter} of "
                + "padding");
        long outputs = ((positions - Extent) / Stride) + 1;
        return outputs <= Shape.MaxSize ? (int)outputs
            : throw new ShapeException($"a window gives {outputs} outputs on an axis");
    }

    /// <summary>The element under a tap of an output; -1 in padding and between elements.</summary>
    public int Element(int output, int tap, int elements)
    {
        int position = (output * Stride) + (tap * Dilation) - PadBefore;
        return position < 0 || position % InputDilation != 0
            || position / InputDilation >= elements ? -1 : position / InputDilation;
    }
}

/// <summary>
/// A window over the spatial axes of a channels-last tensor: all axes but the first (the sample) and the last
/// (channels).
/// </summary>
/// <param name="Axes">One entry a spatial axis, outermost first.</param>
public sealed record Window(ImmutableArray<WindowAxis> Axes)
{
    /// <summary>Taps of all axes.</summary>
    public int Taps => Axes.Aggregate(1, (taps, axis) => taps * axis.Size);

    /// <summary>True if no tap of any output lies in padding.</summary>
    public bool IsInside => Axes.All(a => a.IsInside);

    /// <summary>The shape of the outputs for an input, with so many channels.</summary>
    /// <exception cref="ShapeException">The window does not fit the input.</exception>
    public Shape OutputShape(Shape input, int channels)
    {
        if (input.Rank != Axes.Length + 2)
            throw new ShapeException(
                $"a window of {Axes.Length} axes needs {Axes.Length + 2} dimensions, but the input is {input}");
        return new Shape([input[0], .. Axes.Select((axis, i) => axis.Outputs(input[i + 1])), channels]);
    }

    /// <summary>Pixels, all spatial axes together, of a tensor with its first axis.</summary>
    public static int Pixels(Shape shape) => shape.Product(0, shape.Rank - 1);

    /// <summary>
    /// For every output pixel, in order, and every of its taps, in order, the input's pixel under it; -1 in padding.
    /// </summary>
    public int[] Sources(Shape input)
    {
        Shape output = OutputShape(input, 1);
        int taps = Taps, pixels = Pixels(output);
        int[] sources = new int[pixels * taps];
        for (int pixel = 0, at = 0; pixel < pixels; pixel++)
        {
            for (int tap = 0; tap < taps; tap++)
                sources[at++] = Source(pixel, tap, input, output);
        }
        return sources;
    }

    private int Source(int pixel, int tap, Shape input, Shape output)
    {
        int source = 0, stride = 1;
        for (int axis = Axes.Length - 1; axis >= 0; axis--)
        {
            int element = Axes[axis].Element(pixel % output[axis + 1], tap % Axes[axis].Size, input[axis + 1]);
            if (element < 0)
                return -1;
            source += element * stride;
            stride *= input[axis + 1];
            pixel /= output[axis + 1];
            tap /= Axes[axis].Size;
        }
        return source + (pixel * stride);
    }
}
