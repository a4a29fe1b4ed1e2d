using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Runtime;

/// <summary>
/// What conversion to a fixed-point type means, on integers of any size, after UG1399's description of the modes. It
/// shares nothing with the code it is compared with.
/// </summary>
internal static class ExactArithmetic
{
    /// <summary>
    /// The raw bits of <paramref name="numerator"/> · 2^-<paramref name="fraction"/> as <paramref name="type"/>.
    /// </summary>
    public static BigInteger Convert(BigInteger numerator, int fraction, FixedPointType type)
    {
        // Both are multiples of one unit, 2^-fraction or the type's own, whichever is finer.
        int shift = fraction - type.Fraction;
        BigInteger unit = shift > 0 ? BigInteger.One << shift : BigInteger.One;
        BigInteger value = shift > 0 ? numerator : numerator << -shift;
        BigInteger rounded = Round(value, unit, type.Rounding);
        return Bits(Overflowed(rounded, Floor(value, unit), type), type.Width);
    }

    /// <summary>The number that <paramref name="bits"/> of a type spell, in units of 2^-Fraction.</summary>
    public static BigInteger Mantissa(BigInteger bits, int width, bool signed) =>
        signed && !(bits >> (width - 1)).IsZero ? bits - (BigInteger.One << width) : bits;

    /// <summary>The <paramref name="width"/> low bits in two's complement.</summary>
    public static BigInteger Bits(BigInteger x, int width) => x & ((BigInteger.One << width) - 1);

    /// <summary>The double as an integer over a power of two.</summary>
    public static (BigInteger Numerator, int Fraction) Exact(double d)
    {
        long bits = BitConverter.DoubleToInt64Bits(d);
        int exponent = (int)(bits >> 52 & 0x7FF);
        long significand = bits & 0xFFFFFFFFFFFFF;
        if (exponent != 0)
            significand |= 1L << 52;
        BigInteger n = bits < 0 ? -significand : significand;
        int fraction = 1075 - Math.Max(exponent, 1);
        return fraction >= 0 ? (n, fraction) : (n << -fraction, 0);
    }

    private static BigInteger Floor(BigInteger value, BigInteger unit)
    {
        BigInteger quotient = BigInteger.DivRem(value, unit, out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    private static BigInteger Round(BigInteger value, BigInteger unit, Rounding mode)
    {
        BigInteger floor = Floor(value, unit);
        BigInteger rest = value - floor * unit;
        if (rest.IsZero)
            return floor;
        if (mode == Rounding.Trn)
            return floor;
        if (mode == Rounding.TrnZero)
            return value.Sign < 0 ? floor + 1 : floor;
        int toHalf = (2 * rest).CompareTo(unit);
        if (toHalf != 0)
            return toHalf > 0 ? floor + 1 : floor;
        bool up = mode switch
        {
            Rounding.Rnd => true,
            Rounding.RndZero => value.Sign < 0,
            Rounding.RndMinInf => false,
            Rounding.RndInf => value.Sign > 0,
            Rounding.RndConv => !floor.IsEven,
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
        return up ? floor + 1 : floor;
    }

    private static BigInteger Overflowed(BigInteger x, BigInteger beforeRounding, FixedPointType type)
    {
        int w = type.Width;
        BigInteger max = (BigInteger.One << (type.Signed ? w - 1 : w)) - 1;
        BigInteger min = !type.Signed ? 0 : type.Overflow == Overflow.SatSym ? -max : -max - 1;
        if (x >= min && x <= max)
            return x;
        switch (type.Overflow)
        {
            case Overflow.Sat or Overflow.SatSym:
                return x.Sign < 0 ? min : max;
            case Overflow.SatZero:
                return 0;
            case Overflow.Wrap when type.SaturationBits == 0:
                return x;
        }

        // The modes that are described by bits, most significant first: sign, the other saturated bits, the kept ones.
        int n = type.SaturationBits;
        bool negative = x.Sign < 0;
        bool[] bits = [.. Enumerable.Range(0, w).Select(i => Bit(x, w - 1 - i))];
        if (type.Overflow == Overflow.WrapSm)
        {
            // The sign is the lost bit nearest to it, or the value's own with N > 0; where the bit that is replaced
            // differs (with N > 1: where the lowest replaced bit is not the saturated one) all others are inverted.
            bool sign = n == 0 ? Bit(beforeRounding, w) : negative;
            bool invert = n <= 1 ? bits[0] != sign : bits[n - 1] == negative;
            for (int i = 0; i < w; i++)
                bits[i] ^= invert;
            bits[0] = sign;
        }
        for (int i = 0; i < n; i++)
            bits[i] = !type.Signed || (i == 0 ? negative : !negative);
        return bits.Aggregate(BigInteger.Zero, (sum, bit) => (sum << 1) + (bit ? 1 : 0));
    }

    private static bool Bit(BigInteger x, int i) => !(x >> i).IsEven;
}
