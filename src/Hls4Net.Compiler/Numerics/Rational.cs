using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>
/// An exact fraction. Doubles convert without loss, so what is computed with these is what the model's own numbers
/// define.
/// </summary>
public readonly struct Rational : IComparable<Rational>, IEquatable<Rational>
{
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        _numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    public static Rational Zero { get; } = 0;

    public BigInteger Numerator => _numerator;

    /// <summary>Above zero, and without a common divisor with the numerator.</summary>
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    public int Sign => _numerator.Sign;

    /// <summary>The largest integer that is not greater.</summary>
    public BigInteger Floor()
    {
        BigInteger quotient = BigInteger.DivRem(_numerator, Denominator, out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The smallest integer that is not less.</summary>
    public BigInteger Ceiling() => -(-this).Floor();

    /// <summary>2^exponent.</summary>
    public static Rational PowerOfTwo(int exponent) =>
        exponent >= 0 ? new(BigInteger.One << exponent, BigInteger.One)
            : new(BigInteger.One, BigInteger.One << -exponent);

    public static implicit operator Rational(long value) => new(value, BigInteger.One);

    /// <summary>The exact value of a finite number.</summary>
    public static implicit operator Rational(double value)
    {
        (long mantissa, int exponent) = FixedPoint.Decompose(value);
        return exponent >= 0 ? new((BigInteger)mantissa << exponent, BigInteger.One)
            : new(mantissa, BigInteger.One << -exponent);
    }

    public static explicit operator double(Rational value) => (double)value._numerator / (double)value.Denominator;

    public static Rational operator +(Rational a, Rational b) =>
        new((a._numerator * b.Denominator) + (b._numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + -b;

    public static Rational operator -(Rational a) => new(-a._numerator, a.Denominator);

    public static Rational operator *(Rational a, Rational b) =>
        new(a._numerator * b._numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) =>
        new(a._numerator * b.Denominator, a.Denominator * b._numerator);

    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    public int CompareTo(Rational other) => (_numerator * other.Denominator).CompareTo(other._numerator * Denominator);

    public bool Equals(Rational other) => _numerator == other._numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_numerator, Denominator);

    public static bool operator ==(Rational a, Rational b) => a.Equals(b);

    public static bool operator !=(Rational a, Rational b) => !a.Equals(b);

    public static Rational Min(Rational a, Rational b) => a <= b ? a : b;

    public static Rational Max(Rational a, Rational b) => a >= b ? a : b;

    public override string ToString() => Denominator.IsOne ? $"{_numerator}" : $"{_numerator}/{Denominator}";
}
