using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// The place of the largest or smallest element along an axis, which becomes one element; of equal ones the first or
/// the last.
/// </summary>
public sealed record ArgExtreme(bool Largest, int Axis, bool Last) : Operation
{
    public override string Kind => Largest ? "ArgMax" : "ArgMin";

    public override Operation? OnItem(Items items) => items.LastAxis == Axis ? this with { Axis = 1 } : null;

    public override bool KeepsType => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        this with { Axis = permutation.IndexOf(Axis) };

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0][Axis] > 0
        ? new Shape([.. inputs[0].Dimensions.Select((d, axis) => axis == Axis ? 1 : d)])
        : throw new ShapeException($"axis {Axis} of {inputs[0]} has no elements");

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        foreach ((int line, int[] elements) in Lines.Of(shapes[0], Axis))
            output[line] = Find(elements, inputs[0]);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(0, [.. Enumerable.Repeat(new Interval(0, inputs[0].Shape[Axis] - 1), OutputShape([inputs[0].Shape]).Size)]);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        foreach ((int line, int[] elements) in Lines.Of(operands[0].Shape, Axis))
            output[line] = Find(elements, inputs[0]);
        return 0;
    }

    private int Find<T>(int[] elements, T[] x)
        where T : IComparable<T>
    {
        int best = 0;
        for (int i = 1; i < elements.Length; i++)
        {
            int sign = x[elements[i]].CompareTo(x[elements[best]]);
            if ((Largest ? sign > 0 : sign < 0) || (Last && sign == 0))
                best = i;
        }
        return best;
    }
}

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

/// <summary>The lines of elements along an axis, in the order of the elements that they become.</summary>
internal static class Lines
{
    public static IEnumerable<(int Line, int[] Elements)> Of(Shape shape, int axis)
    {
        int length = shape[axis], inner = shape.Product(axis + 1, shape.Rank);
        for (int line = 0; line < shape.Size / length; line++)
        {
            int first = (line / inner * length * inner) + (line % inner);
            yield return (line, [.. Enumerable.Range(0, length).Select(i => first + (i * inner))]);
        }
    }
}
