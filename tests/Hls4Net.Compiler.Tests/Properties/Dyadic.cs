using System.Numerics;
using Hls4Net.Numerics;
using Hls4Net.Tests.Runtime;

namespace Hls4Net.Tests.Properties;

/// <summary>The exact number <c>Numerator · 2^-Fraction</c>, without any bound.</summary>
internal readonly record struct Dyadic(BigInteger Numerator, int Fraction) : IComparable<Dyadic>
{
    public static Dyadic Zero => new(0, 0);

    public static Dyadic From(double value)
    {
        (BigInteger numerator, int fraction) = ExactArithmetic.Exact(value);
        return new(numerator, fraction);
    }

    public static Dyadic operator +(Dyadic a, Dyadic b)
    {
        int fraction = Math.Max(a.Fraction, b.Fraction);
        return new(a.At(fraction) + b.At(fraction), fraction);
    }

    public static Dyadic operator *(Dyadic a, Dyadic b) => new(a.Numerator * b.Numerator, a.Fraction + b.Fraction);

    public static Dyadic Min(Dyadic a, Dyadic b) => a.CompareTo(b) <= 0 ? a : b;

    public static Dyadic Max(Dyadic a, Dyadic b) => a.CompareTo(b) >= 0 ? a : b;

    public int CompareTo(Dyadic other) => At(Math.Max(Fraction, other.Fraction))
        .CompareTo(other.At(Math.Max(Fraction, other.Fraction)));

    /// <summary>The value in a type, by UG1399.</summary>
    public Dyadic Convert(FixedPointType type) =>
        new(ExactArithmetic.Mantissa(ExactArithmetic.Convert(Numerator, Fraction, type), type.Width, type.Signed),
            type.Fraction);

    /// <summary>In units of 2^-fraction; fails where that is no integer.</summary>
    public BigInteger Mantissa(int fraction)
    {
        if (fraction >= Fraction)
            return At(fraction);
        BigInteger mantissa = BigInteger.DivRem(Numerator, BigInteger.One << (Fraction - fraction),
            out BigInteger rest);
        return rest.IsZero ? mantissa : throw new InvalidOperationException($"{this} is no multiple of 2^-{fraction}");
    }

    private BigInteger At(int fraction) => Numerator << (fraction - Fraction);
}
