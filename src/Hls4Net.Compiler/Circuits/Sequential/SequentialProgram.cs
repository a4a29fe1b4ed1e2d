using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Sequential;

/// <summary>
/// A layer that is computed in steps on shared hardware: a product whose multipliers take turns, by a reuse factor or
/// because its input comes item by item; a pooling of items. For each item, group by group of units, slice by slice of
/// inputs: operands, chosen from the item, and a word of the weight memory become terms; terms are accumulated; the
/// sums of a group, after the last slice of the last item, become its results.
/// </summary>
/// <param name="Axes">The axes of the items, outermost first, and along which of them they are joined to a result; none
/// where there is one item.</param>
/// <param name="Groups">Groups of units, computed one after another.</param>
/// <param name="Slices">Slices of an item's elements, taken one after another.</param>
/// <param name="Operands">For every step of an item the element of it that each operand is; -1 for a zero.</param>
/// <param name="Words">The weight memory, a word of numbers for each step of all items; empty words where there are no
/// weights.</param>
/// <param name="WordBits">Bits of each number.</param>
/// <param name="Terms">From operands and a word to terms: pipelined.</param>
/// <param name="Accumulate">From a bit that is set at first, the accumulators and the terms to the accumulators: one
/// cycle.</param>
/// <param name="Result">From the accumulators to the results of a group: pipelined.</param>
/// <param name="Places">The elements of the output that each group's results are, group by group.</param>
internal sealed record SequentialProgram(
    ImmutableArray<JoinedAxis> Axes, int Groups, int Slices, ImmutableArray<int[]> Operands,
        ImmutableArray<long[]> Words, int WordBits,
    IntegerProgram Terms, IntegerProgram Accumulate, IntegerProgram Result, ImmutableArray<int> Places)
{
    /// <summary>Where the weight memory is asked to be; null where synthesis may choose.</summary>
    public WeightStorage? Storage { get; init; }

    /// <summary>Items of a sample.</summary>
    public int Items => ItemReduction.Count(Axes);

    /// <summary>Steps that an item takes: the interval from one item to the next.</summary>
    public int Steps => Groups * Slices;

    /// <summary>True where every group has the same operands, so that the slice alone chooses them.</summary>
    public bool SlicesAloneChoose => Enumerable.Range(0, Steps)
        .All(step => Operands[step].AsSpan().SequenceEqual(Operands[step % Slices]));

    /// <summary>Bits of an accumulator.</summary>
    public int AccumulatorBits { get; } = WidestOf(Accumulate);

    /// <summary>Bits of a term.</summary>
    public int TermBits { get; } = WidestOf(Terms);

    private static int WidestOf(IntegerProgram program) => program.Outputs.Max(o => program.Values[o].Width);

    /// <summary>Lowers a layer.</summary>
    /// <param name="layer">A product with a reuse factor; where items are joined, a product, pooling or reduction, with
    /// one row as its result.</param>
    /// <param name="axes">The axes of the items of a stream; none where the whole input is there at once.</param>
    /// <param name="input">The elements of an item.</param>
    /// <param name="fabric">What sums are made of.</param>
    /// <exception cref="OverflowException">Numbers are too wide.</exception>
    public static SequentialProgram Of(Layer layer, ImmutableArray<JoinedAxis> axes, Typing input,
        Fabric fabric) => layer.Operation switch
        {
            Dense dense => new SharedProduct(layer, dense,
                Lanes(dense, ItemReduction.Count(axes), input.Range.Length), 1,
                axes, input, fabric).Program(),
            Convolution convolution => new SharedProduct(layer, convolution.Kernel,
                Lanes(convolution, layer.Input.Shape),
                convolution.Groups, axes, input, fabric).Program(),
            Pool { Function: PoolKind.Max } => Joined(layer, ReduceKind.Max, null, axes, input, fabric),
            Pool pool => Joined(layer, ReduceKind.Sum, pool.Scale, axes, input, fabric),
            Reduce reduce => Joined(layer, reduce.Function, null, axes, input, fabric),
            _ => throw new InvalidOperationException($"{layer.Operation.Kind} is not computed in steps"),
        };

    // Rows, each of its own elements.
    private static int[][][] Lanes(Dense dense, int items, int elements)
    {
        int columns = dense.Columns / items;
        return [.. Enumerable.Range(0, elements / columns)
            .Select(row => new[] { Enumerable.Range(row * columns, columns).ToArray() })];
    }

    // Windows: the elements that each group of channels sees.
    private static int[][][] Lanes(Convolution convolution, Shape input)
    {
        int taps = convolution.Window.Taps, channels = convolution.GroupChannels;
        int[] sources = convolution.Window.Sources(input);
        return [.. Enumerable.Range(0, sources.Length / taps)
            .Select(pixel => Enumerable.Range(0, convolution.Groups).Select(group =>
            Enumerable.Range(0, convolution.Kernel.Columns)
                .Select(i => sources[(pixel * taps) + (i / channels)] is >= 0 and int s
                    ? (s * convolution.Channels) + (group * channels) + (i % channels) : -1).ToArray()).ToArray())];
    }

    // Sums or extremes of items. Elements of an item that belong to the same element of the result, those of several
    // pixels or of all channels, are joined before.
    private static SequentialProgram Joined(Layer layer, ReduceKind kind, Constant? scale,
        ImmutableArray<JoinedAxis> axes, Typing input, Fabric fabric)
    {
        int elements = input.Range.Length, results = layer.Output.Shape.Size,
            count = ItemReduction.Count(axes.Where(a => a.Reduced));
        ProgramBuilder terms = new(elements, fabric), sums = new(1 + (2 * results), fabric),
            result = new(results, fabric);
        int[] x = [.. input.Range.Select((range, i) => terms.Input(i, range, 1))];
        IntegerProgram joins = terms.Finish(Enumerable.Range(0, results)
            .Select(r => Join(terms, [.. x.Where((_, i) => i % results == r)])));
        Interval[] term = [.. joins.Outputs.Select(o => joins.Values[o].Range)];
        Interval[] ranges = [.. term.Select(r => kind == ReduceKind.Sum
            ? new Interval(Int128.Min(r.Min, 0), Int128.Max(r.Max, 0)) * count : r)];
        int first = sums.Input(0, new Interval(0, 1), 1);
        int[] next = [.. ranges.Select((range, i) =>
        {
            int before = sums.Input(1 + i, range, 1), added = sums.Input(1 + results + i, term[i], 1);
            return kind == ReduceKind.Sum ? sums.Bounded(sums.Sum(sums.Select(first, sums.Constant(0), before), added),
                range) : sums.Select(first, added, Join(sums, [before, added]));
        })];
        int[] factors = scale?.Shape.BroadcastIndices(layer.Main.Output.Shape) ?? [];
        int[] y = [.. ranges.Select((range, i) =>
        {
            int sum = result.Input(i, range, 1);
            return LayerLowering.Rounded(result, layer,
                scale is null ? sum : result.Multiple(sum, scale.Mantissas[factors[i]]), i);
        })];
        return new SequentialProgram(axes, 1, 1, [[.. Enumerable.Range(0, elements)]], [[]], 1, joins,
            sums.Finish(next), result.Finish(y), [.. Enumerable.Range(0, results)]);

        int Join(ProgramBuilder b, int[] values) => kind switch
        {
            ReduceKind.Max => Reductions.Tree(values, b.Max),
            ReduceKind.Min => Reductions.Tree(values, b.Min),
            ReduceKind.Sum => Reductions.Sum(b, values),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }
}
