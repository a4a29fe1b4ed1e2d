using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>Tensors joined along an axis, on the finest of their grids; wiring.</summary>
public sealed record Concatenate(int Axis) : Operation
{
    public override string Kind => "Concat";

    public override Operation? OnItem(Items items) => items.LastAxis == Axis ? new Concatenate(1) : null;

    public override bool KeepsType => true;

    public override ScaleRule Scaling => ScaleRule.Common;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        new Concatenate(permutation.IndexOf(Axis));

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape first = inputs[0];
        long size = 0;
        foreach (Shape part in inputs)
        {
            if (part.Rank != first.Rank || Enumerable.Range(0, first.Rank).Any(a => a != Axis && part[a] != first[a]))
                throw new ShapeException($"{first} and {part} differ beside axis {Axis}");
            size += part[Axis];
        }
        int[] dimensions = [.. first.Dimensions];
        dimensions[Axis] = (int)Math.Min(size, int.MaxValue);
        return new Shape(dimensions);
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        for (int i = 0; i < inputs.Length; i++)
            Place<double, double>(shapes, i, inputs[i], v => v, output);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        int fraction = inputs.Max(i => i.Type.Fraction);
        ImmutableArray<Shape> shapes = [.. inputs.Select(i => i.Shape)];
        Interval[] result = new Interval[OutputShape(shapes).Size];
        for (int i = 0; i < inputs.Length; i++)
        {
            int shift = fraction - inputs[i].Type.Fraction;
            Place<Interval, Interval>(shapes, i, inputs[i].Typing!.Range[..], r => r << shift, result);
        }
        return new ExactRange(fraction, ImmutableArray.Create(result));
    }

    public override Steps StepsOf(ImmutableArray<Value> inputs)
    {
        int fraction = inputs.Max(i => i.Type.Fraction);
        ImmutableArray<Shape> shapes = [.. inputs.Select(i => i.Shape)];
        long[] result = new long[OutputShape(shapes).Size];
        for (int i = 0; i < inputs.Length; i++)
        {
            Steps steps = inputs[i].Typing!.Steps.Shifted(fraction - inputs[i].Type.Fraction);
            Place<long, long>(shapes, i, [.. Enumerable.Range(0, inputs[i].Shape.Size).Select(e => steps[e])], s => s,
                result);
        }
        return Steps.Of(result);
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int fraction = operands.Max(i => i.Type.Fraction);
        ImmutableArray<Shape> shapes = [.. operands.Select(i => i.Shape)];
        for (int i = 0; i < inputs.Length; i++)
        {
            int shift = fraction - operands[i].Type.Fraction;
            Place<long, long>(shapes, i, inputs[i], m => m << shift, output);
        }
        return 0;
    }

    /// <summary>
    /// Where an operand lies in the result: runs of <c>Length</c> elements, each <c>Stride</c> behind the last, from
    /// <c>Start</c> on.
    /// </summary>
    public (int Start, int Length, int Stride) Runs(ImmutableArray<Shape> inputs, int operand)
    {
        int inner = inputs[0].Product(Axis + 1, inputs[0].Rank);
        return (inputs.Take(operand).Sum(p => p[Axis]) * inner, inputs[operand][Axis] * inner,
            inputs.Sum(p => p[Axis]) * inner);
    }

    private void Place<TFrom, TTo>(ImmutableArray<Shape> shapes, int operand, ReadOnlySpan<TFrom> source,
        Func<TFrom, TTo> aligned, Span<TTo> output)
    {
        (int start, int length, int stride) = Runs(shapes, operand);
        for (int i = 0; i < source.Length; i++)
            output[start + (i / length * stride) + (i % length)] = aligned(source[i]);
    }
}
