using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// The elements of the second operand where the first is not zero, else those of the third; all broadcast to one
/// another.
/// </summary>
public sealed record Select : Operation
{
    public override string Kind => "Where";

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        inputs.All(i => i.Rank == permutation.Length) ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Elementwise.Broadcast(inputs);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Shape shape = OutputShape(shapes);
        int[] condition = shapes[0].BroadcastIndices(shape), a = shapes[1].BroadcastIndices(shape),
            b = shapes[2].BroadcastIndices(shape);
        for (int i = 0; i < output.Length; i++)
            output[i] = inputs[0][condition[i]] != 0 ? inputs[1][a[i]] : inputs[2][b[i]];
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Shape shape = OutputShape([.. inputs.Select(i => i.Shape)]);
        int fraction = Fraction(inputs);
        int[] condition = inputs[0].Shape.BroadcastIndices(shape), a = inputs[1].Shape.BroadcastIndices(shape),
            b = inputs[2].Shape.BroadcastIndices(shape);
        Interval[] result = new Interval[shape.Size];
        for (int i = 0; i < result.Length; i++)
        {
            Interval c = inputs[0].Typing!.Range[condition[i]];
            Interval first = inputs[1].Typing!.Range[a[i]] << (fraction - inputs[1].Type.Fraction),
                second = inputs[2].Typing!.Range[b[i]] << (fraction - inputs[2].Type.Fraction);
            // A constant condition leaves one of them.
            result[i] = c == new Interval(0, 0) ? second : c.Min > 0
                || c.Max < 0 ? first : Interval.Hull(first, second);
        }
        return new ExactRange(fraction, ImmutableArray.Create(result));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Shape shape = OutputShape([.. operands.Select(o => o.Shape)]);
        int fraction = Fraction(operands);
        int[] condition = operands[0].Shape.BroadcastIndices(shape), a = operands[1].Shape.BroadcastIndices(shape),
            b = operands[2].Shape.BroadcastIndices(shape);
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = inputs[0][condition[i]] != 0
                ? inputs[1][a[i]] << (fraction - operands[1].Type.Fraction)
                : inputs[2][b[i]] << (fraction - operands[2].Type.Fraction);
        }
        return 0;
    }

    private static int Fraction(ImmutableArray<Value> inputs) =>
        Math.Max(inputs[1].Type.Fraction, inputs[2].Type.Fraction);
}
