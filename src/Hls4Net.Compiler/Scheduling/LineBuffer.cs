using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Scheduling;

/// <summary>
/// How a window moves over pixels that come one by one. Every pixel is a step, and so is every output that is still due
/// after the last pixel, because its window ends in padding. The pixels under the window always lie at the same
/// distances behind the latest: across the end of a row the window wraps into the next, and there those taps are
/// padding anyway. So no pixel of padding ever passes, whatever the stride. Where a row has more outputs than pixels,
/// some steps without a pixel follow its last. With several pixels a step, as many windows lie side by side, and the
/// outputs of a step are those of a word of the result.
/// </summary>
/// <param name="Layer">The operation on one window.</param>
/// <param name="Height">Rows of the input.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Row">The window across rows.</param>
/// <param name="Column">The window along a row.</param>
/// <param name="Channels">Elements of a pixel.</param>
/// <param name="Gap">Steps without a pixel behind each row.</param>
/// <param name="Parallelism">Pixels a step; there is no gap with more than one.</param>
public sealed record LineBuffer(Layer Layer, int Height, int Width, WindowAxis Row, WindowAxis Column, int Channels,
    int Gap = 0, int Parallelism = 1)
{
    /// <summary>Steps that read a row.</summary>
    public int Words => Width / Parallelism;

    /// <summary>Steps from a pixel to that below it.</summary>
    public int Pitch => Words + Gap;

    // Pixels from that at an output's own place to the last one of its window.
    private int Ahead => ((Row.Extent - 1 - Row.PadBefore) * Pitch * Parallelism) + Column.Extent - 1
        - Column.PadBefore;

    /// <summary>The step at which the first output is due.</summary>
    public int Delay => (Ahead + Parallelism - 1) / Parallelism;

    /// <summary>Pixels of a row under the windows of a step, and those that came behind them.</summary>
    public int Columns => Column.Extent + Parallelism - 1 + (Delay * Parallelism) - Ahead;

    /// <summary>Outputs of a step that has some, but for the last of a row.</summary>
    public int Outputs => Parallelism > 1 && Words == 1 ? OutputColumns
        : Math.Min(Math.Max(1, Parallelism / Column.Stride), OutputColumns);

    /// <summary>Steps along a row from outputs to the next.</summary>
    public int ColumnStride => Math.Max(1, Column.Stride / Parallelism);

    /// <summary>Steps that have outputs of a row.</summary>
    public int OutputWords => (OutputColumns + Outputs - 1) / Outputs;

    /// <summary>
    /// True if a row's outputs do not fill its steps: then they are put together to words that do not begin with rows.
    /// </summary>
    public bool Packs => OutputColumns % Outputs != 0;

    /// <summary>
    /// Pixels of a word of the result: no fewer than a step has, so that a step ends one word at most.
    /// </summary>
    public int ResultPixels
    {
        get
        {
            int pixels = Outputs;
            while (OutputRows * OutputColumns % pixels != 0)
                pixels++;
            return pixels;
        }
    }

    /// <summary>
    /// The operation on the windows of a step, side by side: on the pixels that lie under any of them, row by row of
    /// taps, along a row those between taps, too. Pixels are shared by the windows that see them, and where a pixel is
    /// padding, it is for all of them.
    /// </summary>
    public Layer Windows
    {
        get
        {
            if (Outputs == 1)
                return Layer;
            int columns = ((Outputs - 1) * Column.Stride) + Column.Extent, spatial = Layer.Input.Shape.Rank - 2;
            WindowAxis along = new(Column.Size, Column.Stride, Dilation: Column.Dilation);
            Window window = new(spatial == 1 ? [along] : [new WindowAxis(Row.Size), along]);
            Operation operation = Layer.Operation.WithWindow(window);
            Value pixels = Repeated(Layer.Input,
                new Shape([.. Layer.Input.Shape.Dimensions[..spatial], columns, Channels]), Channels);
            Value outputs = Repeated(Layer.Output, operation.OutputShape([pixels.Shape]), Layer.Output.Shape.Size);
            return LayerPart.Of(Layer, operation, [pixels], outputs, Outputs);
        }
    }

    public int OutputRows => Row.Outputs(Height);

    public int OutputColumns => Column.Outputs(Width);

    public int Pixels => Height * Width;

    /// <summary>Steps for an image.</summary>
    public int Steps => Math.Max((Height * Pitch) - Gap,
        Delay + ((OutputRows - 1) * Row.Stride * Pitch) + ((OutputWords - 1) * ColumnStride) + 1);

    /// <summary>Steps from the first that reads pixels to the last one.</summary>
    public int ReadingSteps => Height * Pitch;

    /// <summary>True if pixels are read at a step.</summary>
    public bool Reads(int step) => step < ReadingSteps && step % Pitch < Words;

    /// <summary>
    /// The rows of the windows' places that have outputs; places are counted from the first output on, a row of steps
    /// after another.
    /// </summary>
    internal DueAxis DueRow => new(Row.Stride, OutputRows, ((Steps - 1 - Delay) / Pitch) + 1);

    /// <summary>The steps along such a row that have outputs.</summary>
    internal DueAxis DueColumn => new(ColumnStride, OutputWords, Pitch);

    /// <summary>
    /// The rows or columns between which one under the window, so many behind the first, lies on elements.
    /// </summary>
    internal static (int From, int To) OnElements(WindowAxis axis, int offset, int elements) =>
        (axis.PadBefore - offset, elements + axis.PadBefore - offset);

    public bool IsInside => Row.IsInside && Column.IsInside;

    /// <summary>True if a step ends a word of the result.</summary>
    public bool Writes(int step)
    {
        if (!IsDue(step))
            return false;
        int row = (step - Delay) / Pitch / Row.Stride, first = (step - Delay) % Pitch / ColumnStride * Outputs,
            before = (row * OutputColumns) + first;
        return !Packs || (before + Math.Min(Outputs, OutputColumns - first)) / ResultPixels > before / ResultPixels;
    }

    /// <summary>True if outputs are due at a step.</summary>
    public bool IsDue(int step)
    {
        int place = step - Delay;
        return place >= 0 && DueRow.Has(place / Pitch) && DueColumn.Has(place % Pitch);
    }

    /// <summary>
    /// Null where the layer moves no window, or one of more than two axes, or one that lies in padding as a whole.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">What its operand's stream carries.</param>
    /// <param name="pack">The elements of an item that the result's reader would have.</param>
    public static LineBuffer? Of(Layer layer, StreamLayout input, int pack)
    {
        if (layer.Operation is Transpose transpose)
            return input.Pixels == 1 ? OfBlocks(layer, transpose, input, pack) : null;
        if (layer.Operation.SlidingWindow is not { Axes.Length: 1 or 2 } window
            || OfWindow(layer) is not Operation operation)
            return null;
        Shape x = layer.Input.Shape;
        if (x[0] != 1 || input.With(1) != StreamLayout.Natural(x))
            return null;
        WindowAxis row = window.Axes.Length == 2 ? window.Axes[0] : new WindowAxis(1), column = window.Axes[^1];
        int channels = x[x.Rank - 1];
        // One output a step at most, in order: the paddings of a row together are smaller than the window.
        int gap = Math.Max(0, column.PadBefore + column.PadAfter - column.Extent + 1);
        if (row.PadBefore >= row.Extent || column.PadBefore >= column.Extent
            || (input.Pixels > 1 && (gap > 0 || !Divides(input.Pixels, x[x.Rank - 2], column))))
            return null;
        Value taps = Taps(layer.Input, new Shape([1, .. window.Axes.Select(a => a.Size), channels]), channels,
            window.IsInside || layer.Operation is Pool { Function: PoolKind.Max });
        Shape result = operation.OutputShape([taps.Shape]);
        Value output = new(layer.Output.Name, result,
            new Typing(layer.Output.Type, [.. layer.Output.Typing!.HullsOf(result.Size)],
                layer.Output.Typing!.StepsOf(result.Size)));
        Layer one = LayerPart.Of(layer, operation, [taps], output);
        return new LineBuffer(one, window.Axes.Length == 2 ? x[1] : 1, x[x.Rank - 2], row, column, channels, gap,
            input.Pixels);
    }

    // Words begin with rows, and outputs lie in the same places of all words.
    private static bool Divides(int pixels, int width, WindowAxis column) =>
        width == pixels || (width % pixels == 0 && (pixels % column.Stride == 0 || column.Stride % pixels == 0));

    // Blocks of pixels that become one: a transposed tensor whose axes are [block row, row in it, block column, column
    // in it, elements], or some of these.
    private static LineBuffer? OfBlocks(Layer layer, Transpose transpose, StreamLayout input, int pack)
    {
        Shape x = layer.Input.Shape, y = layer.Output.Shape;
        int items = ItemSchedule.ItemAxes(x, input.Pack), written = ItemSchedule.ItemAxes(y, pack);
        if (items < 0 || written < 0 || pack <= input.Pack)
            return null;
        int[] pixels = [.. Enumerable.Range(0, items).Where(axis => x[axis] > 1)],
            blocks = [.. transpose.Permutation[..written].Where(axis => x[axis] > 1)];
        if (!blocks.SequenceEqual(blocks.Order()) || blocks.Any(axis => axis >= items))
            return null;
        string form = string.Concat(pixels.Select(axis => blocks.Contains(axis) ? 'b' : 'p'));
        (int Blocks,
            int Size)? row = form switch
            {
                "bpbp" or "bpb" => (x[pixels[0]], x[pixels[1]]),
                "bbp" => (x[pixels[0]], 1),
                "bp" => (1, 1),
                _ => null
            };
        if (row is not (int, int) rows)
            return null;
        (int Blocks, int Size) columns = form == "bpb" ? (x[pixels[2]], 1) : (x[pixels[^2]], x[pixels[^1]]);
        int[] inner = [.. pixels.Except(blocks), .. Enumerable.Range(items, x.Rank - items)];
        Value taps = Taps(layer.Input, new Shape([.. inner.Select(axis => x[axis])]), input.Pack, inside: true);
        Transpose operation = new([.. transpose.Permutation[written..].Where(inner.Contains)
            .Select(axis => Array.IndexOf(inner, axis))]);
        Value output = new(layer.Output.Name, operation.OutputShape([taps.Shape]),
            layer.Output.Typing! with { Range = ImmutableArray.Create(layer.Output.Typing!.HullsOf(pack)) });
        Layer one = LayerPart.Of(layer, operation, [taps], output);
        return new LineBuffer(
            one, rows.Blocks * rows.Size, columns.Blocks * columns.Size, new WindowAxis(rows.Size, rows.Size),
                new WindowAxis(columns.Size, columns.Size), input.Pack);
    }

    private static Value Repeated(Value value, Shape shape, int period) =>
        new(value.Name, shape,
            value.Typing! with { Range = Intervals.Repeat(value.Typing!.Range.Slice(0, period), shape.Size) });

    // On one window by itself; null where a pooling's factors differ from window to window.
    private static Operation? OfWindow(Layer layer)
    {
        Operation bare = layer.Operation.WithWindow(
            new([.. layer.Operation.SlidingWindow!.Axes.Select(a => new WindowAxis(a.Size))]));
        if (bare is not Pool { Scale: Constant scale } pool)
            return bare;
        Shape output = layer.Output.Shape;
        return Items.OfPixel(scale, output, output[output.Rank - 1]) is Constant factors ? pool with { Scale = factors }
            : null;
    }

    // The elements under a window: each of its channel's range, and zero where there is padding that counts.
    private static Value Taps(Value input, Shape shape, int channels, bool inside)
    {
        Interval[] ranges = input.Typing!.HullsOf(channels);
        for (int i = 0; i < ranges.Length && !inside; i++)
            ranges[i] = Interval.Hull(ranges[i], new Interval(0, 0));
        return new Value(input.Name, shape,
            new Typing(input.Type, [.. Enumerable.Range(0, shape.Size).Select(i => ranges[i % channels])],
                inside ? input.Typing!.StepsOf(channels) : default));
    }
}
