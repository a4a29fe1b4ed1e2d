using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>The exact sum over some axes, which stay with size one.</summary>
/// <param name="Axes">Not negative, in ascending order.</param>
public sealed record AxesSum(ImmutableArray<int> Axes) : Operation
{
    public override string Kind => "Sum";

    public override ScaleRule Scaling => ScaleRule.Common;

    public bool Equals(AxesSum? other) => other is not null && Axes.SequenceEqual(other.Axes);

    public override int GetHashCode() => Axes.Aggregate(0, HashCode.Combine);

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        new AxesSum([.. Enumerable.Range(0, permutation.Length).Where(k => Axes.Contains(permutation[k]))]);

    public override Shape OutputShape(ImmutableArray<Shape> inputs) =>
        Axes.All(a => a >= 0 && a < inputs[0].Rank)
            ? new Shape([.. inputs[0].Dimensions.Select((d, axis) => Axes.Contains(axis) ? 1 : d)])
            : throw new ShapeException($"the input {inputs[0]} has no axes [{string.Join(", ", Axes)}]");

    /// <summary>How many elements each sum has.</summary>
    public int Count(Shape input) => input.Size / Math.Max(1, OutputShape([input]).Size);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int[] at = Targets(shapes[0]);
        output.Clear();
        for (int i = 0; i < at.Length; i++)
            output[at[i]] += inputs[0][i];
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) => new(inputs[0].Type.Fraction, Sums(inputs[0], envelope: false));

    /// <summary>The narrowest type that holds every partial sum, whatever the order of addition.</summary>
    public FixedPointType AccumulatorType(Value input) => new ExactRange(input.Type.Fraction, Sums(input, envelope: true)).Type;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int[] at = Targets(operands[0].Shape);
        output.Clear();
        for (int i = 0; i < at.Length; i++)
            output[at[i]] += inputs[0][i];
        return 0;
    }

    /// <summary>For every element of the input the sum that it belongs to.</summary>
    public int[] Targets(Shape input) => OutputShape([input]).BroadcastIndices(input);

    private ImmutableArray<Interval> Sums(Value input, bool envelope)
    {
        int[] at = Targets(input.Shape);
        Interval[] result = new Interval[OutputShape([input.Shape]).Size];
        for (int i = 0; i < at.Length; i++)
        {
            Interval term = input.Typing!.Range[i];
            result[at[i]] += envelope ? new(Int128.Min(term.Min, 0), Int128.Max(term.Max, 0)) : term;
        }
        return ImmutableArray.Create(result);
    }
}
