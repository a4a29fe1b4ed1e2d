namespace Hls4Net.Numerics;

/// <summary>
/// A value with its type, and the arithmetic of ap_fixed on it: results of operators are exact, in the type that UG1399
/// gives them; only <see cref="ConvertTo(FixedPointType)"/> rounds.
/// </summary>
/// <param name="Mantissa">The value in units of 2^-Fraction of <paramref name="Type"/>.</param>
/// <param name="Type">The type; result types of arithmetic may be wider than <see cref="FixedPointType.MaxWidth"/>, up
/// to 120 bits.</param>
public readonly record struct FixedPointValue(Int128 Mantissa, FixedPointType Type)
{
    /// <summary>This value in another type.</summary>
    public FixedPointValue ConvertTo(FixedPointType type) =>
        new(FixedPoint.Convert(Mantissa, Type.Fraction, type, out _), type);

    /// <summary>The nearest double.</summary>
    public double ToDouble() => Math.ScaleB((double)Mantissa, -Type.Fraction);

    /// <summary>The integer part, rounded towards zero.</summary>
    public Int128 ToInteger() => FixedPoint.Round(Mantissa, Type.Fraction, Rounding.TrnZero, 126);

    /// <summary>The sum, in a type that holds it.</summary>
    public static FixedPointValue operator +(FixedPointValue a, FixedPointValue b) =>
        Aligned(a, b, SumType(a.Type, b.Type), (x, y) => x + y);

    /// <summary>The difference, in a signed type that holds it.</summary>
    public static FixedPointValue operator -(FixedPointValue a, FixedPointValue b) =>
        Aligned(a, b, SumType(a.Type, b.Type) with { Signed = true }, (x, y) => x - y);

    /// <summary>The product, in a type that holds it.</summary>
    public static FixedPointValue operator *(FixedPointValue a, FixedPointValue b) =>
        new(a.Mantissa * b.Mantissa, ProductType(a.Type, b.Type));

    /// <summary>
    /// The quotient rounded towards zero, in the type AMD gives it: Fa + Ib fraction bits before the divisor's scale,
    /// as wide as any result of it.
    /// </summary>
    public static FixedPointValue operator /(FixedPointValue a, FixedPointValue b)
    {
        FixedPointType type = QuotientType(a.Type, b.Type);
        int shift = Math.Max(b.Type.Fraction, 0);
        Int128 quotient = (a.Mantissa << shift) / b.Mantissa;
        return new(FixedPoint.Wrap(FixedPoint.Round(quotient, a.Type.Fraction + shift - b.Type.Fraction - type.Fraction,
            Rounding.TrnZero, type.Width), type.Width, type.Signed), type);
    }

    /// <summary>The negated value, in a signed type one bit wider.</summary>
    public static FixedPointValue operator -(FixedPointValue a) =>
        new(-a.Mantissa, new FixedPointType(a.Type.Width + 1, a.Type.Integer + 1));

    /// <summary>
    /// Negative, zero or positive as this value is less than, equal to or greater than <paramref name="other"/>.
    /// </summary>
    public int CompareTo(FixedPointValue other)
    {
        int fraction = Math.Max(Type.Fraction, other.Type.Fraction);
        return (Mantissa << (fraction - Type.Fraction)).CompareTo(other.Mantissa << (fraction - other.Type.Fraction));
    }

    /// <summary>
    /// The type of a sum: one integer bit more than the larger addend, counted for signed values where one is.
    /// </summary>
    public static FixedPointType SumType(FixedPointType a, FixedPointType b)
    {
        bool signed = a.Signed || b.Signed;
        int integer = 1 + Math.Max(a.Integer + (signed && !a.Signed ? 1 : 0),
            b.Integer + (signed && !b.Signed ? 1 : 0));
        return new(integer + Math.Max(a.Fraction, b.Fraction), integer, signed);
    }

    /// <summary>The type of a product: the sums of widths and integer bits.</summary>
    public static FixedPointType ProductType(FixedPointType a, FixedPointType b) =>
        new(a.Width + b.Width, a.Integer + b.Integer, a.Signed || b.Signed);

    /// <summary>The type of a quotient.</summary>
    public static FixedPointType QuotientType(FixedPointType a, FixedPointType b) =>
        new((b.Signed ? 1 : 0) + a.Width + Math.Max(b.Fraction, 0), (b.Signed ? 1 : 0) + a.Integer + b.Fraction,
            a.Signed || b.Signed);

    private static FixedPointValue Aligned(FixedPointValue a, FixedPointValue b, FixedPointType type,
        Func<Int128, Int128, Int128> operation) =>
        new(operation(a.Mantissa << (type.Fraction - a.Type.Fraction), b.Mantissa << (type.Fraction - b.Type.Fraction)),
            type);
}
