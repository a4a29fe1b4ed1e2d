using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Element-wise operations: an element of the result by the elements of the operands that meet in its place.
/// </summary>
internal static class Elements
{
    /// <summary>The element of the result at some place, by the elements of all operands there.</summary>
    public delegate int Function(ReadOnlySpan<int> x, int place);

    /// <summary>
    /// The exact function of an element-wise layer, before its conversion; null where the operation has no lowering.
    /// </summary>
    public static Function? Of(ProgramBuilder b, Layer layer)
    {
        Value input = layer.Input, output = layer.Main.Output;
        return layer.Operation switch
        {
            Affine affine => Affine(b, affine, input, output),
            Rectifier rectifier => Rectifier(b, rectifier, input),
            Clip clip => Clip(b, clip, input, output),
            Align align => (x, i) => b.LowBits(b.ShiftRight(x[0], align.Place(input.Type, i)), align.To!.Value.Width,
                align.To.Value.Signed),
            Quantize quantize => (x, _) => Conversion.Convert(b, x[0], input.Type.Fraction, quantize.To),
            FixedQuantize quantize => Fixed(b, quantize, input.Type.Fraction),
            FixedTable { Plan: FixedTablePlan plan } => (x, i) => b.Table(
                b.ShiftRight(x[0], input.Type.Fraction - plan.Elements[i].Fraction), plan.Elements[i].First,
                plan.Tables[plan.Elements[i].Table]),
            Requantize { Plan: RequantizePlan plan } => (x, i) => Requantization.Evaluate(b, plan, i, x[0]),
            ElementwiseFunction { Normalised: RangeReducedTable reduced } => (x, _) =>
                RangeReduction.Evaluate(b, reduced, x[0]),
            ElementwiseFunction { Table: FunctionTable table } => (x, _) => Functions.Evaluate(b, table, x[0]),
            ExactFunction function => (x, _) => Exact(b, function, input.Type.Fraction, x[0]),
            Elementwise elementwise => Elementwise(b, elementwise, layer.Inputs, output),
            Bitwise bitwise => Bits(b, bitwise, layer.Inputs),
            Select => Choice(b, layer.Inputs, output),
            Divide divide when divide.Of(layer.Inputs) is { } arithmetic => (x, _) =>
                Division.Quotient(b, arithmetic, x[0], x[1]),
            _ => null,
        };
    }

    private static Function Fixed(ProgramBuilder b, FixedQuantize quantize, int fraction)
    {
        int common = FixedQuantize.CommonFraction(quantize.Types);
        return (x, i) => quantize.Types[i] is { Width: > 0 } type
            ? b.Scale(quantize.Rectifies ? Rectified(b, x[0], fraction, type)
                : Conversion.Convert(b, x[0], fraction, type), common - type.Fraction) : b.Constant(0);
    }

    // Bits are cut before they are masked by the sign. Of numbers below zero, whose result is zero, nothing is held to
    // the type's smallest.
    private static int Rectified(ProgramBuilder b, int x, int fraction, FixedPointType type)
    {
        int passed = type.Overflow is Overflow.Sat or Overflow.SatSym
            ? b.Min(Conversion.Round(b, x, fraction - type.Fraction, type.Rounding), b.Constant(type.MaxMantissa))
            : Conversion.Convert(b, x, fraction, type);
        return b.Bounded(b.Select(b.Reaches(x, 0), passed, b.Constant(0)),
            new(type.MinMantissa, type.MaxMantissa));
    }

    private static Function Affine(ProgramBuilder b, Affine affine, Value input, Value output)
    {
        int[] scales = affine.Scale?.Shape.BroadcastIndices(output.Shape) ?? [],
            shifts = affine.Shift?.Shape.BroadcastIndices(output.Shape) ?? [];
        int product = input.Type.Fraction + (affine.Scale?.Fraction ?? 0);
        int sum = affine.Shift is null ? product : Math.Max(product, affine.Shift.Fraction);
        return (x, i) =>
        {
            Int128 factor = Interval.Shift(affine.Scale is null ? 1 : affine.Scale.Mantissas[scales[i]], sum - product);
            Int128 shift = affine.Shift is null ? 0
                : Interval.Shift(affine.Shift.Mantissas[shifts[i]], sum - affine.Shift.Fraction);
            return b.MultiplyAdd(x[0], factor, shift);
        };
    }

    private static Function Rectifier(ProgramBuilder b, Rectifier rectifier, Value input)
    {
        int[] slopes = rectifier.Slope?.Shape.BroadcastIndices(input.Shape) ?? [];
        int fraction = rectifier.Slope?.Fraction ?? 0;
        Int128 threshold = rectifier.AlignedThreshold(input.Type);
        return (x, i) =>
        {
            int below = rectifier.Slope is null ? b.Constant(0)
                : b.Multiple(x[0], Interval.Shift(rectifier.Slope.Mantissas[slopes[i]], Math.Max(-fraction, 0)));
            // Zero is zero on both sides, so that the sign decides.
            return b.Select(b.Reaches(x[0], threshold == 0 ? 0 : threshold + 1), b.Scale(x[0], Math.Max(fraction, 0)),
                below);
        };
    }

    private static Function Clip(ProgramBuilder b, Clip clip, Value input, Value output)
    {
        int fraction = output.Type.Fraction;
        (Int128? lower, Int128? upper) = (Bound(clip.Lower), Bound(clip.Upper));
        return (x, _) =>
        {
            int y = b.Scale(x[0], fraction - input.Type.Fraction);
            return (lower, upper) switch
            {
                (Int128 min, Int128 max) when min <= max => b.Clamp(y, min, max),
                // ONNX: the upper bound wins.
                (not null, Int128 max) => b.Constant(max),
                (null, Int128 max) => b.Min(y, b.Constant(max)),
                (Int128 min, null) => b.Max(y, b.Constant(min)),
                _ => y,
            };
        };

        Int128? Bound(Constant? bound) => bound is null ? null
            : Interval.Shift(bound.Mantissas[0], fraction - bound.Fraction);
    }

    private static Function Elementwise(ProgramBuilder b, Elementwise operation, ImmutableArray<Value> inputs,
        Value output)
    {
        int fraction = operation.IsTruth ? inputs.Max(v => v.Type.Fraction) : output.Type.Fraction;
        int[] shifts = [.. inputs.Select(v => operation.Function == ElementwiseKind.Mul ? 0
            : fraction - v.Type.Fraction)];
        return (x, _) =>
        {
            int y = b.Scale(x[0], shifts[0]);
            for (int k = 1; k < x.Length; k++)
                y = Joined(y, b.Scale(x[k], shifts[k]));
            return y;
        };

        int Joined(int left, int right) => operation.Function switch
        {
            ElementwiseKind.Add => b.Sum(left, right),
            ElementwiseKind.Sub => b.Difference(left, right),
            ElementwiseKind.Mul => b.Product(left, right),
            ElementwiseKind.Min => b.Min(left, right),
            ElementwiseKind.Max => b.Max(left, right),
            ElementwiseKind.Remainder => Inside(Division.Rest(b, left, right, modulo: false)),
            ElementwiseKind.Modulo => Inside(Division.Rest(b, left, right, modulo: true)),
            ElementwiseKind.Equal => b.And(b.AtLeast(left, right), b.AtLeast(right, left)),
            ElementwiseKind.Less => b.Not(b.AtLeast(left, right)),
            ElementwiseKind.LessOrEqual => b.AtLeast(right, left),
            ElementwiseKind.Greater => b.Not(b.AtLeast(right, left)),
            ElementwiseKind.GreaterOrEqual => b.AtLeast(left, right),
            ElementwiseKind.And => b.And(Division.IsNonzero(b, left), Division.IsNonzero(b, right)),
            ElementwiseKind.Or => b.Or(Division.IsNonzero(b, left), Division.IsNonzero(b, right)),
            ElementwiseKind.Xor => b.Xor(Division.IsNonzero(b, left), Division.IsNonzero(b, right)),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };

        // What the steps of a division cannot show: a rest is in the range that the operation states.
        int Inside(int rest) => b.Bounded(rest, output.Typing!.Hull);
    }

    private static int Exact(ProgramBuilder b, ExactFunction function, int fraction, int x) => function.Function switch
    {
        ExactFunctionKind.Abs => Division.Magnitude(b, x),
        ExactFunctionKind.Sign => b.Difference(b.Reaches(x, 1), b.Below(x, 0)),
        ExactFunctionKind.Not => b.Not(Division.IsNonzero(b, x)),
        ExactFunctionKind.IsNonzero => Division.IsNonzero(b, x),
        _ when fraction <= 0 => x,
        ExactFunctionKind.Ceil => Conversion.Ceil(b, x, fraction),
        _ => Conversion.Round(b, x, fraction, function.Rounding!.Value),
    };

    private static Function Bits(ProgramBuilder b, Bitwise operation, ImmutableArray<Value> inputs) => (x, _) =>
    {
        int left = b.ShiftRight(x[0], inputs[0].Type.Fraction), right = b.ShiftRight(x[1], inputs[1].Type.Fraction);
        Interval hull = Interval.Hull(b[left].Range, b[right].Range);
        int[] bits = [.. Enumerable.Range(0, IntegerValue.BitsOf(hull))
            .Select(i => Joined(b.Bit(left, i), b.Bit(right, i)))];
        return b.LowBits(b.Concatenation(bits), bits.Length, hull.Min < 0);

        int Joined(int one, int other) => operation.Function switch
        {
            BitwiseKind.And => b.And(one, other),
            BitwiseKind.Or => b.Or(one, other),
            BitwiseKind.Xor => b.Xor(one, other),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
    };

    private static Function Choice(ProgramBuilder b, ImmutableArray<Value> inputs, Value output)
    {
        (int set, int clear) = (output.Type.Fraction - inputs[1].Type.Fraction,
            output.Type.Fraction - inputs[2].Type.Fraction);
        return (x, _) => b.Select(Division.IsNonzero(b, x[0]), b.Scale(x[1], set), b.Scale(x[2], clear));
    }
}
