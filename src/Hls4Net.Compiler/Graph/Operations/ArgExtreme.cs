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
