using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>Quotients of two computed values, a subtraction for each bit of the result.</summary>
internal static class Division
{
    /// <summary><see cref="Divide.Arithmetic.Quotient"/>.</summary>
    public static int Quotient(ProgramBuilder b, Divide.Arithmetic arithmetic, int dividend, int divisor)
    {
        int negative = b.Xor(b.Below(dividend, 0), b.Below(divisor, 0)), byZero = b.Not(IsNonzero(b, divisor));
        // By one instead of by zero, where another result is selected: every remainder is less than the divisor.
        int n = b.Scale(Magnitude(b, dividend), arithmetic.DividendShift),
            m = b.Scale(b.Max(Magnitude(b, divisor), b.Constant(1)), arithmetic.DivisorShift);
        if (!arithmetic.Truncates)
            (n, m) = (b.Terms(new(n, 1, false), new(m, 0, false)), b.Scale(m, 1));
        // Quotients of more bits than the largest result are beyond it.
        int bits = Math.Min(IntegerValue.BitsOf(new(0, Int128.Max(arithmetic.Max, -arithmetic.Min))),
            IntegerValue.BitsOf(b[n].Range));
        (int quotient, _, int beyond) = Magnitudes(b, n, m, bits);
        (int min, int max) = (b.Constant(arithmetic.Min), b.Constant(arithmetic.Max));
        int inside = b.Clamp(b.Select(negative, b.Negate(quotient), quotient), arithmetic.Min, arithmetic.Max);
        int atZero = b.Select(b.Reaches(dividend, 1), max, b.Select(b.Below(dividend, 0), min, b.Constant(0)));
        return b.Select(byZero, atZero, b.Select(beyond, b.Select(negative, min, max), inside));
    }

    /// <summary>
    /// What a division of two numbers in one unit leaves, of the sign of the dividend or, of a modulo, of the divisor;
    /// 0 of one by zero.
    /// </summary>
    public static int Rest(ProgramBuilder b, int dividend, int divisor, bool modulo)
    {
        int n = Magnitude(b, dividend), m = b.Max(Magnitude(b, divisor), b.Constant(1)),
            negative = b.Below(dividend, 0);
        (_, int rest, _) = Magnitudes(b, n, m, IntegerValue.BitsOf(b[n].Range));
        rest = b.Select(negative, b.Negate(rest), rest);
        if (modulo)
        {
            int other = b.And(IsNonzero(b, rest), b.Xor(b.Below(rest, 0), b.Below(divisor, 0)));
            rest = b.Select(other, b.Sum(rest, divisor), rest);
        }
        return b.Select(IsNonzero(b, divisor), rest, b.Constant(0));
    }

    // A step for each bit of the quotient; beyond is 1 where it has more.
    private static (int Quotient, int Left, int Beyond) Magnitudes(ProgramBuilder b, int n, int m, int bits)
    {
        int upper = b.ShiftRight(n, bits), beyond = b.AtLeast(upper, m);
        Interval remainders = new(0, b[m].Range.Max - 1);
        int rest = b.Bounded(b.Select(beyond, b.Constant(0), upper), remainders), quotient = b.Constant(0);
        for (int bit = bits - 1; bit >= 0; bit--)
        {
            int next = b.Terms(new(rest, 1, false), new(b.Bit(n, bit), 0, false)), less = b.Difference(next, m),
                fits = b.Reaches(less, 0);
            rest = b.Bounded(b.Select(fits, less, next), remainders);
            quotient = b.Terms(new(quotient, 1, false), new(fits, 0, false));
        }
        return (quotient, rest, beyond);
    }

    /// <summary>|x|.</summary>
    public static int Magnitude(ProgramBuilder b, int x)
    {
        Interval range = b[x].Range;
        return range.Min >= 0 ? x : range.Max <= 0 ? b.Negate(x)
            : b.Bounded(b.Select(b.Below(x, 0), b.Negate(x), x), new(0, Int128.Max(range.Max, -range.Min)));
    }

    /// <summary>1 if x is not 0, else 0.</summary>
    public static int IsNonzero(ProgramBuilder b, int x) => b.Or(b.Reaches(x, 1), b.Below(x, 0));
}
