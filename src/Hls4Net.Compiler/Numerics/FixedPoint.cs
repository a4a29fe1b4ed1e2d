using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>Conversion to fixed-point types: first rounding, then overflow, each as UG1399 defines its mode.</summary>
public static class FixedPoint
{
    /// <summary>
    /// The mantissa in <paramref name="to"/> of the value <c>mantissa · 2^-fraction</c>.
    /// </summary>
    /// <param name="mantissa">The value in units of 2^-fraction; |mantissa| below 2^126.</param>
    /// <param name="fraction">Binary digits right of the point of <paramref name="mantissa"/>.</param>
    /// <param name="to">The type converted to.</param>
    /// <param name="overflow">True if the rounded value lies beyond the range of <paramref name="to"/>.</param>
    public static Int128 Convert(Int128 mantissa, int fraction, FixedPointType to, out bool overflow)
    {
        Int128 rounded = Round(mantissa, fraction - to.Fraction, to.Rounding, to.Width);
        Int128 min = to.Overflow == Overflow.SatSym && to.Signed ? -to.MaxMantissa : to.MinMantissa;
        overflow = rounded < min || rounded > to.MaxMantissa;
        if (!overflow)
            return rounded;
        bool negative = rounded < 0;
        switch (to.Overflow)
        {
            case Overflow.Sat or Overflow.SatSym:
                return negative ? min : to.MaxMantissa;
            case Overflow.SatZero:
                return 0;
            case Overflow.Wrap:
                return WrapSaturating(rounded, negative, to);
            case Overflow.WrapSm:
                // The lost bit is the one above the sign, of the value before it was rounded.
                bool lostBit = (Shift(mantissa, to.Fraction - fraction, to.Width) >> to.Width & 1) != 0;
                return to.Signed ? WrapSignMagnitude(rounded, negative, lostBit, to)
                    : WrapSaturating(rounded, negative, to with { SaturationBits = 0 });
            default:
                throw new ArgumentOutOfRangeException(nameof(to));
        }
    }

    /// <summary>
    /// As <see cref="Convert(Int128, int, FixedPointType, out bool)"/>, from a real number. NaN gives 0; infinities
    /// give the bound where the type saturates to it, else 0.
    /// </summary>
    public static Int128 Convert(double value, FixedPointType to, out bool overflow)
    {
        if (!double.IsFinite(value))
        {
            overflow = true;
            if (double.IsNaN(value) || to.Overflow is not (Overflow.Sat or Overflow.SatSym))
                return 0;
            return value > 0 ? to.MaxMantissa : to.Overflow == Overflow.SatSym
                && to.Signed ? -to.MaxMantissa : to.MinMantissa;
        }
        (long mantissa, int exponent) = Decompose(value);
        return Convert(mantissa, -exponent, to, out overflow);
    }

    /// <summary>The exact value <c>mantissa · 2^exponent</c> of a finite number.</summary>
    public static (long Mantissa, int Exponent) Decompose(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)(bits >> 52 & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        if (biased != 0)
            mantissa |= 1L << 52;
        else
            biased = 1;
        int zeros = mantissa == 0 ? 0 : BitOperations.TrailingZeroCount(mantissa);
        mantissa >>= zeros;
        return (bits < 0 ? -mantissa : mantissa, mantissa == 0 ? 0 : biased - 1075 + zeros);
    }

    /// <summary>
    /// <c>mantissa · 2^-shift</c> rounded to an integer; a left shift for negative <paramref name="shift"/>.
    /// </summary>
    internal static Int128 Round(Int128 mantissa, int shift, Rounding mode, int width)
    {
        if (shift <= 0)
            return Shift(mantissa, -shift, width);
        if (shift > 126)
            (mantissa, shift) = (mantissa.CompareTo(0), 126);
        Int128 floor = mantissa >> shift;
        Int128 rest = mantissa - (floor << shift);
        if (rest == 0)
            return floor;
        int toHalf = rest.CompareTo(Int128.One << (shift - 1));
        bool up = mode switch
        {
            Rounding.Trn => false,
            Rounding.TrnZero => mantissa < 0,
            Rounding.Rnd => toHalf >= 0,
            Rounding.RndMinInf => toHalf > 0,
            Rounding.RndZero => toHalf > 0 || (toHalf == 0 && mantissa < 0),
            Rounding.RndInf => toHalf > 0 || (toHalf == 0 && mantissa > 0),
            Rounding.RndConv => toHalf > 0 || (toHalf == 0 && !Int128.IsEvenInteger(floor)),
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
        return up ? floor + 1 : floor;
    }

    /// <summary>
    /// The low bits of <paramref name="value"/>, read in two's complement where <paramref name="signed"/>.
    /// </summary>
    public static Int128 Wrap(Int128 value, int width, bool signed)
    {
        int unused = 128 - width;
        return signed ? value << unused >> unused : (Int128)((UInt128)value << unused >> unused);
    }

    // A left shift that keeps sign, being beyond any range, and zero low bits where the product would not fit.
    private static Int128 Shift(Int128 mantissa, int left, int width)
    {
        if (left < 0)
            return left <= -127 ? (mantissa < 0 ? -1 : 0) : mantissa >> -left;
        if (mantissa == 0 || left < 127 - (int)Int128.Log2(Int128.Abs(mantissa)))
            return mantissa << left;
        // The bits that fall into the type are those below width + 1; what lies above only tells the overflow.
        Int128 low = left > width + 1 ? 0 : Wrap(mantissa, width + 2, false) << left;
        Int128 beyond = Int128.One << (width + 3);
        low = Wrap(low, width + 2, false);
        return mantissa < 0 ? low - (beyond << 1) : low + beyond;
    }

    private static Int128 WrapSaturating(Int128 value, bool negative, FixedPointType to)
    {
        Int128 wrapped = Wrap(value, to.Width, to.Signed);
        if (to.SaturationBits == 0)
            return wrapped;
        return Wrap(WithTopBits(wrapped, negative, to), to.Width, to.Signed);
    }

    // The N top bits of a saturated value: the sign and then its opposite; all of them ones where unsigned, as AMD has
    // it.
    private static Int128 WithTopBits(Int128 wrapped, bool negative, FixedPointType to)
    {
        Int128 keep = (Int128.One << (to.Width - to.SaturationBits)) - 1;
        Int128 top = ((Int128.One << to.Width) - 1) & ~keep;
        Int128 sign = Int128.One << (to.Width - 1);
        return (wrapped & keep) | (!to.Signed ? top : negative ? sign : top & ~sign);
    }

    private static Int128 WrapSignMagnitude(Int128 value, bool negative, bool lostBit, FixedPointType to)
    {
        Int128 wrapped = Wrap(value, to.Width, true);
        Int128 sign = Int128.One << (to.Width - 1);
        Int128 result;
        if (to.SaturationBits == 0)
        {
            if (lostBit == wrapped < 0)
                return wrapped;
            result = lostBit ? ~wrapped | sign : ~wrapped & ~sign;
        }
        else if (to.SaturationBits == 1)
        {
            result = negative == wrapped < 0 ? wrapped : ~wrapped;
            result = negative ? result | sign : result & ~sign;
        }
        else
        {
            bool lowestSaturated = (wrapped >> (to.Width - to.SaturationBits) & 1) != 0;
            result = WithTopBits(lowestSaturated == negative ? ~wrapped : wrapped, negative, to);
        }
        return Wrap(result, to.Width, true);
    }
}
