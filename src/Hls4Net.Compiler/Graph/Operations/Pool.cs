using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>What a pooling does with the elements of a window.</summary>
public enum PoolKind
{
    /// <summary>The largest.</summary>
    Max,

    /// <summary>Their exact sum.</summary>
    Sum,
}

/// <summary>
/// A pooling of a channels-last tensor [n, spatial…, channels]: for each window and channel the largest element, or the
/// sum of the elements; padding takes no part. The sum may be multiplied by a constant, broadcast to the output, which
/// makes an average of it.
/// </summary>
public sealed record Pool(PoolKind Function, Window Window, Constant? Scale = null) : Operation
{
    public override string Kind => (Function, Scale) switch
    {
        (PoolKind.Max, _) => "MaxPool",
        (_, null) => "SumPool",
        _ => "AveragePool",
    };

    public override Window? SlidingWindow => Window;

    public override Operation WithWindow(Window window) => this with { Window = window };

    public override bool KeepsType => Function == PoolKind.Max;

    public override ScaleRule Scaling => ScaleRule.Common;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants => Scale is null ? []
        : [(ConstantRole.Weight, Scale)];

    public override Operation WithConstants(ImmutableArray<Constant> constants) => Scale is null ? this
        : this with { Scale = constants[0] };

    public override long Multiplications => Scale?.Values.Count(s => s != 0) ?? 0;

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape x = inputs[0];
        Shape result = Window.OutputShape(x, x.Rank == 0 ? 0 : x[x.Rank - 1]);
        return Scale is null || Shape.Broadcast(result, Scale.Shape) == result ? result
            : throw new ShapeException($"the factors {Scale.Shape} do not broadcast to {result}");
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Visit(shapes[0], inputs[0], output, Function == PoolKind.Max ? Math.Max : (a, b) => a + b);
        int[] scale = ScaleIndices(shapes[0]);
        for (int i = 0; Scale is not null && i < output.Length; i++)
            output[i] *= Scale.Values[scale[i]];
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        Interval[] result = new Interval[OutputShape([inputs[0].Shape]).Size];
        Visit<Interval>(inputs[0].Shape, [.. x.Range], result, Function == PoolKind.Max ? (a, b) =>
            new(Int128.Max(a.Min, b.Min), Int128.Max(a.Max, b.Max)) : (a, b) => a + b);
        int[] scale = ScaleIndices(inputs[0].Shape);
        for (int i = 0; Scale is not null && i < result.Length; i++)
            result[i] *= Scale.Mantissas[scale[i]];
        return new ExactRange(x.Type.Fraction + (Scale?.Fraction ?? 0), ImmutableArray.Create(result));
    }

    public override Steps StepsOf(ImmutableArray<Value> inputs) =>
        Function == PoolKind.Max ? inputs[0].Typing!.CommonStep : 1;

    public override FixedPointType? AccumulatorType(Value input)
    {
        if (Function == PoolKind.Max)
            return null;
        Interval hull = input.Typing!.Hull;
        Interval most = new Interval(Int128.Min(hull.Min, 0), Int128.Max(hull.Max, 0)) * Window.Taps;
        return ExactRange.TypeFor(most, input.Type.Fraction);
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Visit(operands[0].Shape, inputs[0], output, Function == PoolKind.Max ? Math.Max : (a, b) => a + b);
        int[] scale = ScaleIndices(operands[0].Shape);
        for (int i = 0; Scale is not null && i < output.Length; i++)
            output[i] *= Scale.Mantissas[scale[i]];
        return 0;
    }

    private int[] ScaleIndices(Shape input) => Scale?.Shape.BroadcastIndices(OutputShape([input])) ?? [];

    private void Visit<T>(Shape shape, T[] x, Span<T> y, Func<T, T, T> join)
    {
        int channels = shape[shape.Rank - 1], taps = Window.Taps;
        int[] sources = Window.Sources(shape);
        for (int pixel = 0; pixel < sources.Length / taps; pixel++)
        {
            ReadOnlySpan<int> window = sources.AsSpan(pixel * taps, taps);
            for (int c = 0; c < channels; c++)
            {
                bool first = true;
                T result = default!;
                foreach (int source in window)
                {
                    if (source < 0)
                        continue;
                    T element = x[(source * channels) + c];
                    result = first ? element : join(result, element);
                    first = false;
                }
                y[(pixel * channels) + c] = result;
            }
        }
    }
}
