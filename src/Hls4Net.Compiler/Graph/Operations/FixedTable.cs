using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A table for each element: the element is a number of a fixed-point type of its own, and each of the type's numbers
/// has an entry, from the smallest to the largest.
/// </summary>
/// <param name="Keep">1 for elements that have a sign, else 0; broadcasts to x.</param>
/// <param name="Integer">Bits left of the binary point without the sign's; broadcasts to x.</param>
/// <param name="Fraction">Bits right of the binary point; broadcasts to x.</param>
/// <param name="Entries">The tables, [tables, entries]; shorter ones are filled up.</param>
/// <param name="Which">The table of each element; broadcasts to x.</param>
/// <param name="Plan">Types and mantissas; null before typing.</param>
public sealed record FixedTable(
    Constant Keep, Constant Integer, Constant Fraction, Constant Entries, Constant Which, FixedTablePlan? Plan = null)
    : Operation
{
    public override string Kind => "Table";

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => this with
    {
        Keep = Keep.Permuted(permutation),
        Integer = Integer.Permuted(permutation),
        Fraction = Fraction.Permuted(permutation),
        Which = Which.Permuted(permutation),
    };

    public override Operation? OnItem(Items items) => Items.Repeats(Typed.Elements.AsSpan(), items.Pack())
        ? this with { Plan = Typed with { Elements = Typed.Elements[..items.Pack()] } } : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        foreach (Constant bits in new[] { Keep, Integer, Fraction, Which })
        {
            if (Shape.Broadcast(inputs[0], bits.Shape) != inputs[0])
                throw new ShapeException($"the tables' {bits.Shape} do not broadcast to {inputs[0]}");
        }
        return inputs[0];
    }

    /// <summary>Where the number of each element of a tensor stands in its table.</summary>
    public ImmutableArray<TablePlace> Places(Shape shape)
    {
        int[] keep = Keep.Shape.BroadcastIndices(shape), integer = Integer.Shape.BroadcastIndices(shape),
            fraction = Fraction.Shape.BroadcastIndices(shape), which = Which.Shape.BroadcastIndices(shape);
        TablePlace[] places = new TablePlace[shape.Size];
        for (int e = 0; e < places.Length; e++)
        {
            int k = (int)Keep.Values[keep[e]], i = (int)Integer.Values[integer[e]],
                f = (int)Fraction.Values[fraction[e]], table = (int)Which.Values[which[e]];
            places[e] = k + i + f <= 0 ? new TablePlace(table, 0, 0, 1)
                : new TablePlace(table, f, k == 0 ? 0 : -(1L << (i + f)), 1 << (k + i + f));
        }
        return ImmutableArray.Create(places);
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        ImmutableArray<TablePlace> places = Places(shapes[0]);
        int row = Entries.Shape[1];
        for (int e = 0; e < output.Length; e++)
        {
            TablePlace p = places[e];
            double code = Math.Round(Math.ScaleB(inputs[0][e], p.Fraction)) - p.First;
            output[e] = Entries.Values[(p.Table * row) + (int)Math.Clamp(code, 0, p.Count - 1)];
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        return new ExactRange(Typed.Fraction, [.. x.Range.Select((r, e) => Image(r, Typed.Elements[e]))]);

        Interval Image(Interval range, TablePlace place)
        {
            int first = FixedTablePlan.Code(place, (long)range.Min, x.Type.Fraction),
                last = FixedTablePlan.Code(place, (long)range.Max, x.Type.Fraction);
            ReadOnlySpan<long> entries = Typed.Tables[place.Table].AsSpan()[first..(last + 1)];
            long min = entries[0], max = entries[0];
            foreach (long entry in entries)
                (min, max) = (Math.Min(min, entry), Math.Max(max, entry));
            return new Interval(min, max);
        }
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int fraction = operands[0].Type.Fraction;
        for (int e = 0; e < output.Length; e++)
        {
            TablePlace place = Typed.Elements[e];
            output[e] = Typed.Tables[place.Table][FixedTablePlan.Code(place, inputs[0][e], fraction)];
        }
        return 0;
    }

    private FixedTablePlan Typed => Plan ?? throw new InvalidOperationException("the tables have no types yet");
}

/// <summary>Where an element's number stands in its table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Fraction">Fraction bits of the number.</param>
/// <param name="First">The number of the first entry, in units of 2^-fraction.</param>
/// <param name="Count">How many numbers there are.</param>
public readonly record struct TablePlace(int Table, int Fraction, long First, int Count);

/// <summary>Tables of mantissas.</summary>
/// <param name="Elements">The place of each element's number.</param>
/// <param name="Tables">The entries as mantissas.</param>
/// <param name="Fraction">Fraction bits of the entries.</param>
public sealed record FixedTablePlan(
    ImmutableArray<TablePlace> Elements, ImmutableArray<ImmutableArray<long>> Tables, int Fraction)
{
    /// <summary>The entry of a mantissa; bits that a number of the type does not have are nothing.</summary>
    public static int Code(TablePlace place, long mantissa, int fraction)
    {
        int shift = fraction - place.Fraction;
        long number = shift >= 0 ? mantissa >> Math.Min(shift, 63) : mantissa << -shift;
        return (int)Math.Clamp(number - place.First, 0, place.Count - 1);
    }
}
