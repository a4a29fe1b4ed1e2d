using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// Activations that are exact on mantissas. Above <see cref="Threshold"/> the input passes; at or below it, it is
/// multiplied by the slope, or is zero where there is none: Relu (0, none), LeakyRelu (0, alpha), PRelu (0, slopes),
/// ThresholdedRelu (alpha, none).
/// </summary>
/// <param name="Threshold">A scalar; null for zero.</param>
/// <param name="Slope">Broadcast to the input; null for zero.</param>
/// <param name="Kind">The ONNX operator.</param>
public sealed record Rectifier(string Kind, Constant? Threshold, Constant? Slope) : Operation
{
    public override string Kind { get; } = Kind;

    public override bool IsElementwise => true;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants =>
    [
        .. Threshold is null ? [] : new[] { (ConstantRole.Bound, Threshold) },
        .. Slope is null ? [] : new[] { (ConstantRole.Weight, Slope) },
    ];

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        new Rectifier(Kind, Threshold is null ? null : constants[0], Slope is null ? null : constants[^1]);

    /// <summary>
    /// The threshold on the input's own grid, where it decides alike, and no further away than the input's values
    /// reach.
    /// </summary>
    public override Operation Reduced(ImmutableArray<Value> inputs)
    {
        if (Threshold is null)
            return this;
        Interval hull = inputs[0].Typing!.Hull;
        double floor = Math.Floor(Math.ScaleB(Threshold.Values[0], inputs[0].Type.Fraction));
        double below = Math.Floor(Math.BitDecrement((double)(hull.Min - 1))),
            above = Math.Ceiling(Math.BitIncrement((double)hull.Max));
        return new Rectifier(Kind,
            Constant.Scalar(Math.ScaleB(Math.Clamp(floor, below, above), -inputs[0].Type.Fraction)), Slope);
    }

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        OutputShape(inputs) == inputs[0] ? WithConstants([.. Constants.Select(c => c.Constant.Permuted(permutation))])
            : null;

    public override ScaleRule Scaling => this is { Threshold: null } ? ScaleRule.Common : ScaleRule.None;

    public override long Multiplications => Slope?.Values.Count(s => s is not 0 and not 1) ?? 0;

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        if (Slope is not null && Shape.Broadcast(inputs[0], Slope.Shape) != inputs[0])
            throw new ShapeException($"the slope's shape {Slope.Shape} does not broadcast to the input's {inputs[0]}");
        return inputs[0];
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int[] at = SlopeIndices(shapes[0]);
        double threshold = Threshold?.Values[0] ?? 0;
        for (int i = 0; i < output.Length; i++)
        {
            double x = inputs[0][i];
            output[i] = x > threshold ? x : Slope is null ? 0 : x * Slope.Values[at[i]];
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        int[] at = SlopeIndices(inputs[0].Shape);
        (int passShift, int slopeShift) = Shifts;
        Int128 threshold = AlignedThreshold(x.Type);
        return new ExactRange(x.Type.Fraction + passShift,
            Intervals.Of(x.Range.Length, Image, x.Range.Period, Slope?.Shape.BroadcastPeriod(inputs[0].Shape) ?? 1));

        Interval Image(int i)
        {
            Interval r = x.Range[i];
            // Both branches' images, each where it is reached.
            Interval? pass = r.Max > threshold ? new Interval(Int128.Max(r.Min, threshold + 1), r.Max) << passShift
                : null;
            Interval? scaled = r.Min > threshold ? null
                : Slope is null ? new Interval(0, 0)
                : new Interval(r.Min, Int128.Min(r.Max, threshold)) * Slope.Mantissas[at[i]] << slopeShift;
            return pass is null ? scaled!.Value : scaled is null ? pass.Value : Interval.Hull(pass.Value, scaled.Value);
        }
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int[] at = SlopeIndices(operands[0].Shape);
        (int passShift, int slopeShift) = Shifts;
        long threshold = AlignedThreshold(operands[0].Type);
        for (int i = 0; i < output.Length; i++)
        {
            long x = inputs[0][i];
            output[i] = x > threshold ? x << passShift : Slope is null ? 0 : x * Slope.Mantissas[at[i]] << slopeShift;
        }
        return 0;
    }

    /// <summary>
    /// The mantissa, on the input's grid, that an input must exceed to pass: x &gt; t exactly where mantissa &gt;
    /// floor(t).
    /// </summary>
    public long AlignedThreshold(FixedPointType input) =>
        Threshold is null ? 0
        : (long)Int128.Clamp(FixedPoint.Round(Threshold.Mantissas[0], Threshold.Fraction - input.Fraction, Rounding.Trn,
            FixedPointType.MaxWidth), long.MinValue, long.MaxValue);

    // Both branches on one grid: the finer of the input's and the product's.
    private (int Pass, int Slope) Shifts => Slope is null ? (0, 0)
        : (Math.Max(Slope.Fraction, 0), Math.Max(-Slope.Fraction, 0));

    private int[] SlopeIndices(Shape shape) => Slope?.Shape.BroadcastIndices(shape) ?? [];
}
