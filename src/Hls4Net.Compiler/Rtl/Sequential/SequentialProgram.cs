using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Rtl.Lowering;
using Hls4Net.Transforms;

namespace Hls4Net.Rtl.Sequential;

/// <summary>
/// A layer that is computed in steps on shared hardware: a product whose multipliers take turns, by a reuse factor or because its input comes item by
/// item; a pooling of items. For each item, group by group of units, slice by slice of inputs: operands, chosen from the item, and a word of the weight memory become
/// terms; terms are accumulated; the sums of a group, after the last slice of the last item, become its results.
/// </summary>
/// <param name="Items">Items that are added up to a result.</param>
/// <param name="Groups">Groups of units, computed one after another.</param>
/// <param name="Slices">Slices of an item's elements, taken one after another.</param>
/// <param name="Operands">For every step of an item the element of it that each operand is; -1 for a zero.</param>
/// <param name="Words">The weight memory, a word of numbers for each step of all items; empty words where there are no weights.</param>
/// <param name="WordBits">Bits of each number.</param>
/// <param name="Terms">From operands and a word to terms: pipelined.</param>
/// <param name="Accumulate">From a bit that is set at first, the accumulators and the terms to the accumulators: one cycle.</param>
/// <param name="Result">From the accumulators to the results of a group: pipelined.</param>
/// <param name="Places">The elements of the output that each group's results are, group by group.</param>
internal sealed record SequentialProgram(
    int Items, int Groups, int Slices, ImmutableArray<int[]> Operands, ImmutableArray<long[]> Words, int WordBits,
    IntegerProgram Terms, IntegerProgram Accumulate, IntegerProgram Result, ImmutableArray<int> Places)
{
    /// <summary>Steps that an item takes: the interval from one item to the next.</summary>
    public int Steps => Groups * Slices;

    /// <summary>Bits of an accumulator.</summary>
    public int AccumulatorBits { get; } = WidestOf(Accumulate);

    /// <summary>Bits of a term.</summary>
    public int TermBits { get; } = WidestOf(Terms);

    private static int WidestOf(IntegerProgram program) => program.Outputs.Max(o => program.Values[o].Width);

    /// <summary>Lowers a layer.</summary>
    /// <param name="layer">A product with a reuse factor; with <paramref name="items"/> above 1 a product or pooling.</param>
    /// <param name="items">Items of a stream that are added up; 1 where the whole input is there at once.</param>
    /// <param name="input">The elements of an item.</param>
    /// <param name="adderOperands">Most operands of an adder.</param>
    /// <exception cref="OverflowException">Numbers are too wide.</exception>
    public static SequentialProgram Of(Layer layer, int items, Typing input, int adderOperands) => layer.Operation switch
    {
        Dense dense => new SharedProduct(layer, dense, Lanes(dense, items, input.Range.Length), 1, items, input, adderOperands).Program(),
        Convolution convolution => new SharedProduct(layer, convolution.Kernel, Lanes(convolution, layer.Input.Shape), convolution.Groups, items, input, adderOperands).Program(),
        Pool pool => Pooling(layer, pool, items, input, adderOperands),
        _ => throw new InvalidOperationException($"{layer.Operation.Kind} is not computed in steps"),
    };

    // Rows, each of its own elements.
    private static int[][][] Lanes(Dense dense, int items, int elements)
    {
        int columns = dense.Columns / items;
        return [.. Enumerable.Range(0, elements / columns).Select(row => new[] { Enumerable.Range(row * columns, columns).ToArray() })];
    }

    // Windows: the elements that each group of channels sees.
    private static int[][][] Lanes(Convolution convolution, Shape input)
    {
        int taps = convolution.Window.Taps, channels = convolution.GroupChannels;
        int[] sources = convolution.Window.Sources(input);
        return [.. Enumerable.Range(0, sources.Length / taps).Select(pixel => Enumerable.Range(0, convolution.Groups).Select(group =>
            Enumerable.Range(0, convolution.Kernel.Columns).Select(i => sources[(pixel * taps) + (i / channels)] is >= 0 and int s ? (s * convolution.Channels) + (group * channels) + (i % channels) : -1).ToArray()).ToArray())];
    }

    private static SequentialProgram Pooling(Layer layer, Pool pool, int items, Typing input, int adderOperands)
    {
        // Several pixels of an item are joined before they are accumulated.
        int elements = input.Range.Length, channels = layer.Output.Shape.Size;
        bool max = pool.Function == PoolKind.Max;
        ProgramBuilder terms = new(elements, adderOperands), sums = new(1 + (2 * channels), adderOperands), result = new(channels, adderOperands);
        int[] x = [.. input.Range.Select((range, i) => terms.Input(i, range, 1))];
        int[] joined = [.. Enumerable.Range(0, channels).Select(c => x.Where((_, i) => i % channels == c).ToArray()).Select(own => max ? Elements.Tree(own, terms.Max) : Functions.Total(terms, own))];
        IntegerProgram joins = terms.Finish(joined);
        Interval[] term = [.. joins.Outputs.Select(o => joins.Values[o].Range)];
        Interval[] ranges = [.. term.Select(r => max ? r : new Interval(Int128.Min(r.Min, 0), Int128.Max(r.Max, 0)) * items)];
        int first = sums.Input(0, new Interval(0, 1), 1);
        int[] next = [.. ranges.Select((range, i) =>
        {
            int before = sums.Input(1 + i, range, 1), added = sums.Input(1 + channels + i, term[i], 1);
            return max ? sums.Select(first, added, sums.Max(before, added)) : sums.Bounded(sums.Sum(sums.Select(first, sums.Constant(0), before), added), range);
        })];
        int[] scale = pool.Scale?.Shape.BroadcastIndices(layer.Main.Output.Shape) ?? [];
        int[] y = [.. ranges.Select((range, i) =>
        {
            int sum = result.Input(i, range, 1);
            return LayerLowering.Rounded(result, layer, pool.Scale is null ? sum : result.Multiple(sum, pool.Scale.Mantissas[scale[i]]), i);
        })];
        return new SequentialProgram(
            items, 1, 1, [[.. Enumerable.Range(0, elements)]], [.. Enumerable.Repeat(Array.Empty<long>(), items)], 1,
            joins, sums.Finish(next), result.Finish(y), [.. Enumerable.Range(0, channels)]);
    }
}
