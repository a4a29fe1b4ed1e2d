using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

/// <summary>Exponential and functions made of it in 256-bit fixed point, sharing no code with <see cref="UnaryFunction"/>.</summary>
internal static class HighPrecision
{
    private const int Bits = 256;
    private static readonly BigInteger One = BigInteger.One << Bits;

    /// <summary>The function at <paramref name="x"/>, |x| ≤ 64, to double's precision.</summary>
    public static double Evaluate(UnaryFunction function, double x)
    {
        BigInteger v = From(x);
        return ToDouble(function.Kind switch
        {
            FunctionKind.Sigmoid => Divide(One, One + Exp(-v)),
            FunctionKind.Tanh => Divide(Exp(2 * v) - One, Exp(2 * v) + One),
            FunctionKind.Softplus => Log(One + Exp(v)),
            FunctionKind.Softsign => Divide(v, One + BigInteger.Abs(v)),
            FunctionKind.Elu => v >= 0 ? v : Multiply(From(function.Alpha), Exp(v) - One),
            FunctionKind.Selu => Multiply(From(function.Gamma), v > 0 ? v : Multiply(From(function.Alpha), Exp(v) - One)),
            FunctionKind.Celu => BigInteger.Max(v, 0) + BigInteger.Min(0, Multiply(From(function.Alpha), Exp(Divide(v, From(function.Alpha))) - One)),
            FunctionKind.Exp => Exp(v),
            FunctionKind.Log => Log(v),
            FunctionKind.Reciprocal => Divide(One, v),
            _ => throw new ArgumentOutOfRangeException(nameof(function)),
        });
    }

    private static BigInteger From(double value)
    {
        (long mantissa, int exponent) = FixedPoint.Decompose(value);
        return Bits + exponent >= 0 ? (BigInteger)mantissa << (Bits + exponent) : throw new ArgumentOutOfRangeException(nameof(value));
    }

    private static double ToDouble(BigInteger value)
    {
        int drop = Math.Max((int)BigInteger.Abs(value).GetBitLength() - 62, 0);
        return Math.ScaleB((double)(long)(value >> drop), drop - Bits);
    }

    private static BigInteger Multiply(BigInteger a, BigInteger b) => a * b >> Bits;

    private static BigInteger Divide(BigInteger a, BigInteger b) => (a << Bits) / b;

    // exp(x) = exp(x / 2^12)^(2^12), the inner one by its series.
    private static BigInteger Exp(BigInteger x)
    {
        if (x < 0)
            return Divide(One, Exp(-x));
        BigInteger small = x >> 12, term = One, sum = One;
        for (int k = 1; term != 0; k++)
        {
            term = Multiply(term, small) / k;
            sum += term;
        }
        for (int k = 0; k < 12; k++)
            sum = Multiply(sum, sum);
        return sum;
    }

    // Newton on exp, from double's logarithm.
    private static BigInteger Log(BigInteger x)
    {
        BigInteger y = From(Math.ScaleB(Math.Round(BigInteger.Log(x) * 1048576 - Bits * Math.Log(2) * 1048576), -20));
        for (int k = 0; k < 5; k++)
            y += Multiply(x, Exp(-y)) - One;
        return y;
    }
}
