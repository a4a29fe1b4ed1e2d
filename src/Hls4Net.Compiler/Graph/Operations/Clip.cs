using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>The input, held within constant bounds: <c>min(max(x, lower), upper)</c>.</summary>
public sealed record Clip(Constant? Lower, Constant? Upper) : Operation
{
    public override string Kind => "Clip";

    public override bool IsElementwise => true;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants =>
    [
        .. Lower is null ? [] : new[] { (ConstantRole.Bound, Lower) },
        .. Upper is null ? [] : new[] { (ConstantRole.Bound, Upper) },
    ];

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        new Clip(Lower is null ? null : constants[0], Upper is null ? null : constants[^1]);

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => this;

    public override Operation Reduced(ImmutableArray<Value> inputs)
    {
        // The next doubles, since a mantissa of 64 bits may have been rounded to one.
        Interval hull = inputs[0].Typing!.Hull;
        double min = Math.BitDecrement((double)hull.Min) * inputs[0].Type.Ulp,
            max = Math.BitIncrement((double)hull.Max) * inputs[0].Type.Ulp;
        double lower = Lower?.Values[0] ?? double.NegativeInfinity, upper = Upper?.Values[0] ?? double.PositiveInfinity;
        return new Clip(lower <= min ? null : Lower, upper >= Math.Max(max, lower) ? null : Upper);
    }

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        double lower = Lower?.Values[0] ?? double.NegativeInfinity, upper = Upper?.Values[0] ?? double.PositiveInfinity;
        for (int i = 0; i < output.Length; i++)
            output[i] = Math.Min(Math.Max(inputs[0][i], lower), upper);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        int fraction = ResultFraction(x.Type);
        (Int128 lower, Int128 upper) = Bounds(fraction);
        return new ExactRange(fraction, x.Range.Map(r => Held(r << (fraction - x.Type.Fraction), lower, upper)));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int fraction = ResultFraction(operands[0].Type), shift = fraction - operands[0].Type.Fraction;
        (Int128 lower, Int128 upper) = Bounds(fraction);
        for (int i = 0; i < output.Length; i++)
            output[i] = (long)Int128.Min(Int128.Max((Int128)inputs[0][i] << shift, lower), upper);
        return 0;
    }

    private int ResultFraction(FixedPointType x) =>
        Math.Max(x.Fraction, Math.Max(Lower?.Fraction ?? x.Fraction, Upper?.Fraction ?? x.Fraction));

    private (Int128 Lower, Int128 Upper) Bounds(int fraction) => (
        Lower is null ? Int128.MinValue : Interval.Shift(Lower.Mantissas[0], fraction - Lower.Fraction),
        Upper is null ? Int128.MaxValue : Interval.Shift(Upper.Mantissas[0], fraction - Upper.Fraction));

    private static Interval Held(Interval r, Int128 lower, Int128 upper) =>
        new(Int128.Min(Int128.Max(r.Min, lower), upper), Int128.Min(Int128.Max(r.Max, lower), upper));
}
