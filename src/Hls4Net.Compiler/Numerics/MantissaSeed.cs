namespace Hls4Net.Numerics;

/// <summary>
/// What reciprocal and logarithm of a sum S begin with: its normalised form and a first guess of the mantissa's
/// reciprocal.
/// <para>
/// S, of P = <see cref="Fraction"/> fraction bits, lies in [2^P, 2^(P+K+1)), K = <see cref="MaxExponent"/>. k =
/// floor(log2 S) - P, 0 to K; M = S &lt;&lt; (K - k), P + K + 1 bits with the highest one set, is m · 2^(P+K) with m in
/// [1, 2) and S = m · 2^(P+k), exactly. i, the <see cref="IndexBits"/> bits below M's highest, addresses
/// <see cref="Table"/>, whose entry r0, in units of 2^-Q with Q = IndexBits + 2, is the reciprocal of the middle of i's
/// interval, Q bits wide in (1/2, 1).
/// </para>
/// |1 - m · r0| ≤ 1.5 · 2^-(IndexBits + 1): half an interval and the rounding of r0.
/// </summary>
public sealed record MantissaSeed
{
    /// <summary>P: fraction bits of S.</summary>
    public required int Fraction { get; init; }

    /// <summary>K: the largest exponent of S, floor(log2 n) for a sum of n terms up to 1.</summary>
    public required int MaxExponent { get; init; }

    /// <summary>Address bits of <see cref="Table"/>.</summary>
    public required int IndexBits { get; init; }

    /// <summary>r0 by i, one entry per input.</summary>
    public required FunctionTable Table { get; init; }

    /// <summary>Q: fraction bits of r0.</summary>
    public int SeedFraction => IndexBits + 2;

    /// <summary>P + K: fraction bits of M.</summary>
    public int MantissaFraction => Fraction + MaxExponent;

    /// <summary>P + K + Q: fraction bits of the exact product M · r0, which is P + K + Q + 1 bits wide.</summary>
    public int ProductFraction => MantissaFraction + SeedFraction;

    /// <summary>k, M and r0 of a sum.</summary>
    public (int Exponent, long Mantissa, long Seed) Evaluate(long sum)
    {
        int exponent = IntegerWidth.BitLength(sum) - 1 - Fraction;
        long mantissa = sum << (MaxExponent - exponent);
        return (exponent, mantissa, Table.Evaluate(Index(mantissa)));
    }

    /// <summary>i of an M.</summary>
    public long Index(long mantissa) => (mantissa >> (MantissaFraction - IndexBits)) & ((1L << IndexBits) - 1);

    internal static MantissaSeed Build(int fraction, int maxExponent, int indexBits)
    {
        FixedPointType index = new(indexBits, 0, Signed: false);
        FixedPointType entry = new(indexBits + 2, 0, Signed: false, Rounding.Rnd, Overflow.Sat);
        double middle = index.Ulp / 2;
        return new()
        {
            Fraction = fraction,
            MaxExponent = maxExponent,
            IndexBits = indexBits,
            Table = FunctionTable.Build(v => 1 / (1 + v + middle), index, 0, (long)index.MaxMantissa, entry),
        };
    }
}
