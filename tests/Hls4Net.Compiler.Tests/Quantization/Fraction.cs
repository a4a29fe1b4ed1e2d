using System.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// An exact fraction in lowest terms. The compiler has one of its own; what holds it to account shares nothing with it.
/// </summary>
internal readonly record struct Fraction : IComparable<Fraction>
{
    private readonly BigInteger _denominatorLessOne;

    public Fraction(BigInteger numerator, BigInteger denominator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(denominator);
        if (!denominator.IsOne)
        {
            BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
            numerator /= denominator.Sign * common;
            denominator /= denominator.Sign * common;
        }
        (Numerator, _denominatorLessOne) = (numerator, denominator - 1);
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator => _denominatorLessOne + 1;

    public int Sign => Numerator.Sign;

    public static Fraction Half { get; } = new(1, 2);

    public Fraction Abs => new(BigInteger.Abs(Numerator), Denominator);

    public bool IsInteger => Denominator.IsOne;

    public BigInteger Floor => Numerator.Sign >= 0 ? Numerator / Denominator
        : -((-Numerator + Denominator - 1) / Denominator);

    public BigInteger Ceiling => -(-this).Floor;

    public static Fraction Min(Fraction a, Fraction b) => a < b ? a : b;

    public static Fraction Max(Fraction a, Fraction b) => a > b ? a : b;

    /// <summary>mantissa · 2^-fraction.</summary>
    public static Fraction Scaled(BigInteger mantissa, int fraction) =>
        fraction >= 0 ? new(mantissa, BigInteger.One << fraction) : new(mantissa << -fraction, 1);

    public static implicit operator Fraction(long value) => new(value, 1);

    public static implicit operator Fraction(BigInteger value) => new(value, 1);

    public static implicit operator Fraction(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"{value} is no fraction", nameof(value));
        // Scaling by powers of two is exact: up until the number is whole.
        int fraction = 0;
        while (value != Math.Truncate(value))
        {
            value *= 2;
            fraction++;
        }
        return Scaled(new BigInteger(value), fraction);
    }

    public static explicit operator double(Fraction value) => (double)value.Numerator / (double)value.Denominator;

    public static Fraction operator +(Fraction a, Fraction b) => a.Denominator == b.Denominator
        ? new(a.Numerator + b.Numerator, a.Denominator)
        : new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Fraction operator -(Fraction a) => new(-a.Numerator, a.Denominator);

    public static Fraction operator -(Fraction a, Fraction b) => a + -b;

    public static Fraction operator *(Fraction a, Fraction b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Fraction operator /(Fraction a, Fraction b) =>
        new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    public int CompareTo(Fraction other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public override string ToString() => IsInteger ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}
