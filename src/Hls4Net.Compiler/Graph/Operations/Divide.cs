using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// The quotient of two computed tensors, broadcast to one another, to the nearest value of its type, ties away from
/// zero. Quotients beyond the type saturate, those by zero among them: a / 0 is the largest or smallest value by the
/// sign of a, and 0 / 0 is 0.
/// </summary>
/// <param name="Truncates">True for integers, whose quotient is another, towards zero.</param>
/// <param name="To">The type of the result; null before typing.</param>
/// <param name="Bound">The largest magnitude that a quotient can have for reasons that the operands' ranges do not
/// show; null for none.</param>
public sealed record Divide(bool Truncates = false, FixedPointType? To = null, double? Bound = null) : Operation
{
    // What the C simulation computes with, and a sign.
    private const int MaxExpressionWidth = 120;

    public override string Kind => "Div";

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        inputs.All(i => i.Rank == permutation.Length) ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Elementwise.Broadcast(inputs);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        BroadcastPair pairs = new(shapes[0], shapes[1]);
        for (int i = 0; i < output.Length; i++)
        {
            double x = inputs[0][pairs[i].A], y = inputs[1][pairs[i].B];
            double quotient = x == 0 && y == 0 ? 0 : y == 0 ? x * double.PositiveInfinity : x / y;
            output[i] = Truncates ? Math.Truncate(quotient) : quotient;
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        BroadcastPair pairs = new(inputs[0].Shape, inputs[1].Shape);
        Arithmetic arithmetic = Of(inputs);
        Interval[] result = new Interval[pairs.Size];
        for (int i = 0; i < result.Length; i++)
        {
            Interval x = inputs[0].Typing!.Range[pairs[i].A], y = inputs[1].Typing!.Range[pairs[i].B];
            // On either side of zero a quotient is monotone in both; by zero it is at an end.
            Int128[] divisors = [.. new[] { y.Min, y.Max, -1, 0, 1 }.Where(d => d >= y.Min && d <= y.Max)];
            Int128[] corners =
                [.. divisors.SelectMany(d => new[] { arithmetic.Quotient(x.Min, d), arithmetic.Quotient(x.Max, d) }),
                    .. x.Min <= 0 && x.Max >= 0 ? new[] { Int128.Zero } : []];
            result[i] = new Interval(corners.Min(), corners.Max());
        }
        return new ExactRange(To!.Value.Fraction, ImmutableArray.Create(result));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        BroadcastPair pairs = new(operands[0].Shape, operands[1].Shape);
        Arithmetic arithmetic = Of(operands);
        for (int i = 0; i < output.Length; i++)
            output[i] = (long)arithmetic.Quotient(inputs[0][pairs[i].A], inputs[1][pairs[i].B]);
        return 0;
    }

    /// <summary>The integer arithmetic for typed operands.</summary>
    /// <exception cref="TooWideException">It needs more bits than are supported.</exception>
    public Arithmetic Of(ImmutableArray<Value> operands)
    {
        FixedPointType to = To ?? throw new InvalidOperationException("the quotient has no type yet");
        int shift = operands[1].Type.Fraction - operands[0].Type.Fraction + to.Fraction;
        Arithmetic result = new(
            Truncates, Math.Max(shift, 0), Math.Max(-shift, 0),
            to.Overflow == Overflow.SatSym && to.Signed ? -to.MaxMantissa : to.MinMantissa, to.MaxMantissa,
            1 + Math.Max(operands[0].Type.Width + Math.Max(shift, 0), operands[1].Type.Width + Math.Max(-shift, 0)));
        return result.Width <= MaxExpressionWidth ? result : throw new TooWideException(result.Width);
    }

    /// <summary>
    /// How a mantissa of the result is made: of magnitudes |a| · 2^DividendShift and |b| · 2^DivisorShift.
    /// </summary>
    /// <param name="Truncates">True if the rest is dropped.</param>
    /// <param name="DividendShift">Zeros behind the dividend.</param>
    /// <param name="DivisorShift">Zeros behind the divisor.</param>
    /// <param name="Min">Smallest result.</param>
    /// <param name="Max">Largest result.</param>
    /// <param name="Width">Bits of twice either magnitude.</param>
    public sealed record Arithmetic(bool Truncates, int DividendShift, int DivisorShift, Int128 Min, Int128 Max,
        int Width)
    {
        public Int128 Quotient(Int128 a, Int128 b)
        {
            if (b == 0)
                return a > 0 ? Max : a < 0 ? Min : 0;
            Int128 dividend = Int128.Abs(a) << DividendShift, divisor = Int128.Abs(b) << DivisorShift;
            Int128 magnitude = Truncates ? dividend / divisor : ((dividend << 1) + divisor) / (divisor << 1);
            return Int128.Clamp(a < 0 == b < 0 ? magnitude : -magnitude, Min, Max);
        }
    }
}
