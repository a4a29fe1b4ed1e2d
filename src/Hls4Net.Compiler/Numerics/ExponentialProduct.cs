using System.Collections.Immutable;

namespace Hls4Net.Numerics;

/// <summary>
/// exp(-d) for d ≥ 0 of many bits: the bits of d are cut into digits, each digit looks its factor up, and the factors
/// are multiplied. A few small ROMs and a multiplier between them replace one table of 2^bits entries, with an error
/// that follows from the rounding alone.
/// <para>
/// c = min(d, <see cref="Limit"/>); e = Digits[0](c); for each further digit e = (e · Digits[j](c) + 2^(P-1)) &gt;&gt;
/// P with P = <see cref="Fraction"/>, where Digits[j](c) = Table[(c &gt;&gt; Shift) &amp; (2^Bits - 1)]. Factors and e
/// are P + 1 bits wide, from 0 to 2^P, which is 1; products 2P + 1 bits.
/// </para>
/// d = 0 gives exactly 1, and the error is at most <see cref="MaxErrorUnits"/> · 2^-P.
/// </summary>
public sealed record ExponentialProduct
{
    /// <summary>The largest P: products then fit 63 bits.</summary>
    public const int MaxFraction = 31;

    private const int MaxDigitBits = 10;

    /// <summary>P: fraction bits of the factors and of the result.</summary>
    public required int Fraction { get; init; }

    /// <summary>d is lowered to this first; where reachable d go beyond, the result there is 0.</summary>
    public required long Limit { get; init; }

    /// <summary>True if some reachable d lies above <see cref="Limit"/>.</summary>
    public required bool ClampsHigh { get; init; }

    /// <summary>
    /// The digits, from the most significant one; digits too small to matter are left out. All of their tables have one
    /// entry per input.
    /// </summary>
    public required ImmutableArray<ExponentialDigit> Digits { get; init; }

    /// <summary>
    /// A bound of the error in units of 2^-P: half a unit for each digit, left out or not, and for each product's
    /// rounding.
    /// </summary>
    public required double MaxErrorUnits { get; init; }

    /// <summary>exp(-d) in units of 2^-P.</summary>
    public long Evaluate(long d)
    {
        long c = Math.Min(d, Limit);
        long e = Digits[0].Evaluate(c);
        for (int j = 1; j < Digits.Length; j++)
            e = (e * Digits[j].Evaluate(c) + (1L << (Fraction - 1))) >> Fraction;
        return e;
    }

    /// <summary>Builds the tables.</summary>
    /// <param name="inputFraction">Fraction bits of d; may be negative or exceed its width.</param>
    /// <param name="max">The largest d that can occur.</param>
    /// <param name="fraction">P, 1 to <see cref="MaxFraction"/>.</param>
    public static ExponentialProduct Build(int inputFraction, long max, int fraction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        ArgumentOutOfRangeException.ThrowIfLessThan(fraction, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, MaxFraction);
        // Below half a unit, which is 2^-(P+1), the exponential is 0.
        double vanishes = Math.ScaleB((fraction + 1) * Math.Log(2), inputFraction);
        long limit = vanishes < max ? (long)vanishes + 1 : max;
        int bits = Math.Max(IntegerWidth.BitLength(limit), 1);
        int count = (bits + MaxDigitBits - 1) / MaxDigitBits;
        int top = (count - 1) * (bits / count);
        if (limit < max)
            // Up to where the first digit's own entry is 0 whatever the others say.
            limit = Math.Min(max, ((limit >> top) + 1) << top);
        ImmutableArray<ExponentialDigit>.Builder digits = ImmutableArray.CreateBuilder<ExponentialDigit>(count);
        digits.Add(Digit(inputFraction, top, IntegerWidth.BitLength(limit >> top), limit >> top, fraction));
        for (int j = count - 2; j >= 0; j--)
        {
            int width = bits / count;
            ExponentialDigit digit = Digit(inputFraction, j * width, width, (1L << width) - 1, fraction);
            if (digit.Table.OutMin < 1L << fraction)
                digits.Add(digit);
        }
        return new()
        {
            Fraction = fraction,
            Limit = limit,
            ClampsHigh = limit < max,
            Digits = digits.ToImmutable(),
            MaxErrorUnits = count - 0.5,
        };
    }

    private static ExponentialDigit Digit(int inputFraction, int shift, int bits, long max, int fraction)
    {
        bits = Math.Max(bits, 1);
        FixedPointType input = new(bits, bits - (inputFraction - shift), Signed: false);
        FixedPointType output = new(fraction + 1, 1, Signed: false, Rounding.Rnd, Overflow.Sat);
        return new(shift, bits, FunctionTable.Build(v => Math.Exp(-v), input, 0, max, output));
    }
}

/// <summary>One digit of an <see cref="ExponentialProduct"/>.</summary>
/// <param name="Shift">Position of the digit's lowest bit.</param>
/// <param name="Bits">Width of the digit.</param>
/// <param name="Table">The factor by the digit's value.</param>
public sealed record ExponentialDigit(int Shift, int Bits, FunctionTable Table)
{
    /// <summary>The factor that the digit of <paramref name="value"/> contributes.</summary>
    public long Evaluate(long value) => Table.Evaluate((value >> Shift) & ((1L << Bits) - 1));
}
