using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// The <paramref name="Count"/> largest or smallest elements along an axis in their order, or their places; of equal
/// ones the first comes first.
/// </summary>
/// <param name="Places">True for the places, false for the values.</param>
public sealed record TopK(int Count, int Axis, bool Largest, bool Places) : Operation
{
    public override string Kind => "TopK";

    public override Operation? OnItem(Items items) => items.LastAxis == Axis ? this with { Axis = 1 } : null;

    public override bool KeepsType => true;

    public override ScaleRule Scaling => Places ? ScaleRule.None : ScaleRule.Common;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        this with { Axis = permutation.IndexOf(Axis) };

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Count <= inputs[0][Axis]
        ? new Shape([.. inputs[0].Dimensions.Select((d, axis) => axis == Axis ? Count : d)])
        : throw new ShapeException($"{Count} elements of axis {Axis} are wanted, which {inputs[0]} has not");

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int inner = shapes[0].Product(Axis + 1, shapes[0].Rank);
        foreach ((int line, int[] elements) in Lines.Of(shapes[0], Axis))
        {
            int[] order = Order(elements, inputs[0]);
            for (int k = 0; k < Count; k++)
                output[Target(line, k, inner)] = Places ? order[k] : inputs[0][elements[order[k]]];
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        int inner = inputs[0].Shape.Product(Axis + 1, inputs[0].Shape.Rank);
        Interval[] result = new Interval[OutputShape([inputs[0].Shape]).Size];
        foreach ((int line, int[] elements) in Lines.Of(inputs[0].Shape, Axis))
        {
            Interval all = Places ? new(0, elements.Length - 1) : elements.Select(e => inputs[0].Typing!.Range[e])
                .Aggregate(Interval.Hull);
            for (int k = 0; k < Count; k++)
                result[Target(line, k, inner)] = all;
        }
        return new ExactRange(Places ? 0 : inputs[0].Type.Fraction, ImmutableArray.Create(result));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int inner = operands[0].Shape.Product(Axis + 1, operands[0].Shape.Rank);
        foreach ((int line, int[] elements) in Lines.Of(operands[0].Shape, Axis))
        {
            int[] order = Order(elements, inputs[0]);
            for (int k = 0; k < Count; k++)
                output[Target(line, k, inner)] = Places ? order[k] : inputs[0][elements[order[k]]];
        }
        return 0;
    }

    /// <summary>
    /// Where the element of rank <paramref name="k"/> of a line goes, of <paramref name="inner"/> lines side by side.
    /// </summary>
    internal int Target(int line, int k, int inner) => (((line / inner * Count) + k) * inner) + (line % inner);

    private int[] Order<T>(int[] elements, T[] x)
        where T : IComparable<T>
    {
        Comparer<int> byValue = Comparer<int>.Create((a, b) => x[elements[a]]
            .CompareTo(x[elements[b]]) * (Largest ? -1 : 1));
        return [.. Enumerable.Range(0, elements.Length).Order(byValue)];
    }
}
