using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>How <see cref="Reduce"/> joins elements.</summary>
public enum ReduceKind
{
    Sum,
    Max,
    Min,
}

/// <summary>
/// The exact sum, or the largest or smallest, of the elements along some axes, which become one element each.
/// </summary>
public sealed record Reduce(ReduceKind Function, ImmutableArray<int> Axes) : Operation
{
    public override string Kind => $"Reduce{Function}";

    public override Operation? OnItem(Items items) => Axes is [int axis]
        && items.LastAxis == axis ? this with { Axes = [1] } : null;

    // The largest of some elements is one of them.
    public override bool KeepsType => Function != ReduceKind.Sum;

    public override ScaleRule Scaling => ScaleRule.Common;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        this with { Axes = [.. Enumerable.Range(0, permutation.Length).Where(k => Axes.Contains(permutation[k]))] };

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        if (Axes.Any(a => inputs[0][a] == 0))
            throw new ShapeException($"nothing is left of {inputs[0]} to be reduced");
        return new Shape([.. inputs[0].Dimensions.Select((d, axis) => Axes.Contains(axis) ? 1 : d)]);
    }

    /// <summary>For every element of the input the output's that it goes into.</summary>
    public int[] Targets(Shape input) => OutputShape([input]).BroadcastIndices(input);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int[] targets = Targets(shapes[0]);
        output.Fill(
            Function switch
            {
                ReduceKind.Max => double.NegativeInfinity,
                ReduceKind.Min => double.PositiveInfinity,
                _ => 0
            });
        for (int i = 0; i < targets.Length; i++)
        {
            ref double y = ref output[targets[i]];
            double x = inputs[0][i];
            y = Function switch { ReduceKind.Max => Math.Max(x, y), ReduceKind.Min => Math.Min(x, y), _ => x + y };
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(inputs[0].Type.Fraction, Intervals(inputs[0], (a, b) => Function switch
    {
        ReduceKind.Max => new(Int128.Max(a.Min, b.Min), Int128.Max(a.Max, b.Max)),
        ReduceKind.Min => new(Int128.Min(a.Min, b.Min), Int128.Min(a.Max, b.Max)),
        _ => a + b,
    }));

    // The largest is now one element, now another, and those need not have a grid in common.
    public override Steps StepsOf(ImmutableArray<Value> inputs) =>
        Function == ReduceKind.Sum ? inputs[0].Typing!.Steps.Common : 1;

    public override FixedPointType? AccumulatorType(Value input) => Function != ReduceKind.Sum ? null : new ExactRange(
        input.Type.Fraction,
        Intervals(input, (a, b) => new(Int128.Min(a.Min, 0) + Int128.Min(b.Min, 0),
            Int128.Max(a.Max, 0) + Int128.Max(b.Max, 0)))).Type;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int[] targets = Targets(operands[0].Shape);
        output.Fill(Function switch { ReduceKind.Max => long.MinValue, ReduceKind.Min => long.MaxValue, _ => 0 });
        for (int i = 0; i < targets.Length; i++)
        {
            ref long y = ref output[targets[i]];
            long x = inputs[0][i];
            y = Function switch { ReduceKind.Max => Math.Max(x, y), ReduceKind.Min => Math.Min(x, y), _ => x + y };
        }
        return 0;
    }

    private ImmutableArray<Interval> Intervals(Value input, Func<Interval, Interval, Interval> join)
    {
        int[] targets = Targets(input.Shape);
        Interval?[] result = new Interval?[OutputShape([input.Shape]).Size];
        for (int i = 0; i < targets.Length; i++)
            result[targets[i]] = result[targets[i]] is Interval before ? join(before, input.Typing!.Range[i])
                : input.Typing!.Range[i];
        return [.. result.Select(r => r!.Value)];
    }
}
