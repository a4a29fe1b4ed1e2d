using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A constant matrix on every window of a channels-last tensor [n, spatial…, channels]: <c>y[p] = kernel(window(x,
/// p))</c>. A window lists, tap by tap, the channels of the group that an output belongs to; taps in padding are zero.
/// </summary>
/// <param name="Kernel">[taps · channels / groups, outputs]; the units of a group lie side by side.</param>
/// <param name="Window">The window over the spatial axes.</param>
/// <param name="Groups">Into how many groups channels and outputs fall that see only each other; as many as channels
/// for a depthwise convolution.</param>
public sealed record Convolution(Dense Kernel, Window Window, int Groups = 1) : Operation
{
    public override string Kind => Groups > 1 && GroupChannels == 1 ? "DepthwiseConv" : "Conv";

    public override Window? SlidingWindow => Window;

    public override Operation WithWindow(Window window) => this with { Window = window };

    // A grouped kernel of one tap is still a convolution, of one row of pixels.
    public override Operation? OnItem(Items items) =>
        Window.Axes.Any(a => a != new WindowAxis(1)) || items.Channels() != Channels ? null
        : Groups == 1 ? Kernel
        : this with { Window = new Window([new WindowAxis(1)]) };

    /// <summary>Input channels that an output sees.</summary>
    public int GroupChannels => Kernel.Columns / Window.Taps;

    /// <summary>Input channels.</summary>
    public int Channels => GroupChannels * Groups;

    /// <summary>Outputs of a group.</summary>
    public int GroupUnits => Kernel.Units / Groups;

    /// <summary>The input channel that a weight multiplies, by the weight's place in the kernel.</summary>
    public int ChannelOf(int weight) =>
        (weight % Kernel.Units / GroupUnits * GroupChannels) + (weight / Kernel.Units % GroupChannels);

    public override Dense? Matrix => Kernel;

    public override Operation WithMatrix(Dense matrix) => this with { Kernel = matrix };

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants => Kernel.Constants;

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        this with { Kernel = (Dense)Kernel.WithConstants(constants) };

    public override ScaleRule Scaling => Kernel.Scaling;

    /// <summary>Of one window.</summary>
    public override long Multiplications => Kernel.Multiplications;

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape x = inputs[0];
        Shape result = Window.OutputShape(x, Kernel.Units);
        return x[x.Rank - 1] == Channels ? result
            : throw new ShapeException($"the input {x} does not have the kernel's {Channels} channels last");
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        double[] window = new double[Kernel.Columns];
        int[] sources = Window.Sources(shapes[0]);
        for (int pixel = 0; pixel < sources.Length / Window.Taps; pixel++)
        {
            for (int group = 0; group < Groups; group++)
            {
                Gather(sources, pixel, group, inputs[0], window);
                Kernel.EvaluateRow(window, group * GroupUnits,
                    output.Slice((pixel * Kernel.Units) + (group * GroupUnits), GroupUnits));
            }
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        Kernel.Accumulator is FixedPointType pinned
            ? Typing.Full(pinned, OutputShape([inputs[0].Shape]).Size).ExactRange
            : new ExactRange(Kernel.SumFraction(inputs[0].Type),
                Intervals.Repeat(UnitIntervals(inputs[0], envelope: false), OutputShape([inputs[0].Shape]).Size));

    /// <summary>See <see cref="Dense.AccumulatorType"/>.</summary>
    public override FixedPointType? AccumulatorType(Value input) =>
        Kernel.Accumulator ?? new ExactRange(Kernel.SumFraction(input.Type),
            [.. UnitIntervals(input, envelope: true)]).Type;

    // Padding is neither -1 nor +1.
    public override bool IsBinary(Value input) => Window.IsInside && Kernel.IsBinary(input);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        long overflows = 0;
        long[] window = new long[Kernel.Columns];
        int[] sources = Window.Sources(operands[0].Shape);
        for (int pixel = 0; pixel < sources.Length / Window.Taps; pixel++)
        {
            for (int group = 0; group < Groups; group++)
            {
                Gather(sources, pixel, group, inputs[0], window);
                overflows += Kernel.SumRow(window, operands[0].Type, group * GroupUnits,
                    output.Slice((pixel * Kernel.Units) + (group * GroupUnits), GroupUnits));
            }
        }
        return overflows;
    }

    private void Gather<T>(int[] sources, int pixel, int group, T[] x, T[] window)
    {
        int channels = GroupChannels;
        for (int tap = 0; tap < Window.Taps; tap++)
        {
            int source = sources[(pixel * Window.Taps) + tap];
            Span<T> taken = window.AsSpan(tap * channels, channels);
            if (source < 0)
                taken.Clear();
            else
                x.AsSpan((source * Channels) + (group * channels), channels).CopyTo(taken);
        }
    }

    // Every window may see the whole range of a channel: one kernel serves all of them.
    private Interval[] UnitIntervals(Value input, bool envelope)
    {
        Interval[] channels = input.Typing!.Range.ColumnHulls(Channels);
        for (int i = 0; i < Channels && !Window.IsInside; i++)
            channels[i] = Interval.Hull(channels[i], new Interval(0, 0));
        Interval[] units = new Interval[Kernel.Units], window = new Interval[Kernel.Columns];
        for (int group = 0; group < Groups; group++)
        {
            for (int i = 0; i < window.Length; i++)
                window[i] = channels[(group * GroupChannels) + (i % GroupChannels)];
            Kernel.RowIntervals(window, input.Type, group * GroupUnits, units.AsSpan(group * GroupUnits, GroupUnits),
                envelope);
        }
        return units;
    }
}
