using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Conversions to fixed-point types in integer operations:
/// <see cref="FixedPoint.Convert(Int128, int, FixedPointType, out bool)"/>, mode by mode.
/// </summary>
internal static class Conversion
{
    // Beyond this distance below the type's unit only a value's sign matters to any rounding mode.
    private const int FarBelow = 100;

    /// <summary>A value in units of 2^-fraction as a mantissa of a type.</summary>
    public static int Convert(ProgramBuilder b, int value, int fraction, FixedPointType to)
    {
        int shift = fraction - to.Fraction;
        int rounded = Round(b, value, shift, to.Rounding);
        Int128 min = to.Overflow == Overflow.SatSym && to.Signed ? -to.MaxMantissa : to.MinMantissa;
        Interval range = b[rounded].Range;
        if (range.Min >= min && range.Max <= to.MaxMantissa)
            return rounded;
        if (to.Overflow is Overflow.Sat or Overflow.SatSym)
            return b.Clamp(rounded, min, to.MaxMantissa);
        if (to.Overflow == Overflow.Wrap && to.SaturationBits == 0)
            return b.LowBits(rounded, to.Width, to.Signed);
        int overflows = b.Or(b.Below(rounded, min), b.Reaches(rounded, to.MaxMantissa + 1));
        int otherwise = to.Overflow switch
        {
            Overflow.SatZero => b.Constant(0),
            Overflow.WrapSm
                when to.Signed => WrapSignMagnitude(b, rounded, b.Bit(b.ShiftRight(value, shift), to.Width), to),
            Overflow.WrapSm => b.LowBits(rounded, to.Width, false),
            _ => WithTopBits(b, rounded, b.Below(rounded, 0), to),
        };
        return b.Bounded(b.Select(overflows, otherwise, rounded), new(min, to.MaxMantissa));
    }

    /// <summary>value · 2^-shift rounded to an integer.</summary>
    public static int Round(ProgramBuilder b, int value, int shift, Rounding mode)
    {
        if (shift <= b[value].Zeros)
            return b.Scale(value, -shift);
        if (shift > FarBelow)
            (value, shift) = (b.Difference(b.Reaches(value, 1), b.Below(value, 0)), FarBelow);
        Int128 half = Int128.One << (shift - 1);
        return mode switch
        {
            Rounding.Trn => b.ShiftRight(value, shift),
            Rounding.TrnZero => b.ShiftRight(b.Sum(value, b.Multiple(Negative(), (half << 1) - 1)), shift),
            Rounding.Rnd => Offset(half),
            Rounding.RndMinInf => Offset(half - 1),
            Rounding.RndZero => Offset(half - 1, Negative()),
            Rounding.RndInf => Offset(half - 1, b.Reaches(value, 0)),
            Rounding.RndConv => ToEven(),
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };

        int Negative() => b.Below(value, 0);

        // Up at ties, where an odd result then loses its last bit: a single adder, whose carry waits for nothing.
        int ToEven()
        {
            int raised = b.Sum(value, b.Constant(half)), up = b.ShiftRight(raised, shift);
            int tie = b.Below(b.LowBits(raised, shift, signed: false), 1);
            int width = ExactRange.TypeFor(b[up].Range, 0).Width;
            int[] bits = [.. Enumerable.Range(0, width).Select(i => b.Bit(up, i))];
            bits[0] = b.Select(tie, b.Constant(0), bits[0]);
            int even = b.LowBits(b.Concatenation(bits), width, b[up].Range.Min < 0);
            return b.Bounded(even, new(Nearest(b[value].Range.Min), Nearest(b[value].Range.Max)));
        }

        Int128 Nearest(Int128 x) => FixedPoint.Round(x, shift, Rounding.RndConv, FixedPointType.MaxWidth);

        int Offset(Int128 constant, int? bit = null) =>
            b.ShiftRight(b.Terms([new(value, 0, false), .. bit is int c ? new[] { new SumTerm(c, 0, false) } : [],
                new(b.Constant(constant), 0, false)]), shift);
    }

    /// <summary>⌈value · 2^-shift⌉.</summary>
    public static int Ceil(ProgramBuilder b, int value, int shift) => shift <= b[value].Zeros || shift > FarBelow
        ? b.Negate(Round(b, b.Negate(value), shift, Rounding.Trn))
        : b.ShiftRight(b.Sum(value, b.Constant((Int128.One << shift) - 1)), shift);

    // The low bits below N saturated ones: the sign and then its opposite; all of them ones where unsigned.
    private static int WithTopBits(ProgramBuilder b, int value, int negative, FixedPointType to)
    {
        Int128 unit = Int128.One << (to.Width - to.SaturationBits),
            top = Int128.One << (to.Signed ? to.Width - 1 : to.Width);
        int saturated = to.Signed ? b.Select(negative, b.Constant(-top), b.Constant(top - unit))
            : b.Constant(top - unit);
        return b.Sum(b.LowBits(value, to.Width - to.SaturationBits, false), saturated);
    }

    private static int WrapSignMagnitude(ProgramBuilder b, int rounded, int lostBit, FixedPointType to)
    {
        int wrapped = b.LowBits(rounded, to.Width, true), inverted = b.Difference(b.Constant(-1), wrapped);
        int negative = b.Below(rounded, 0), wrappedNegative = b.Below(wrapped, 0);
        if (to.SaturationBits > 1)
        {
            int lowestSaturated = b.Bit(wrapped, to.Width - to.SaturationBits);
            return WithTopBits(b, b.Select(b.Xor(lowestSaturated, negative), wrapped, inverted), negative, to);
        }
        int sign = to.SaturationBits == 0 ? lostBit : negative;
        int magnitude = b.LowBits(b.Select(b.Xor(sign, wrappedNegative), inverted, wrapped), to.Width - 1, false);
        return b.Difference(magnitude, b.Scale(sign, to.Width - 1));
    }
}
