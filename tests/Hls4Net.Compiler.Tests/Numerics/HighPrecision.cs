using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

/// <summary>
/// Exponential and functions made of it in 256-bit fixed point, sharing no code with <see cref="UnaryFunction"/>.
/// </summary>
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
            FunctionKind.Selu => Multiply(From(function.Gamma),
                v > 0 ? v : Multiply(From(function.Alpha), Exp(v) - One)),
            FunctionKind.Celu => BigInteger.Max(v, 0) + BigInteger.Min(0,
                Multiply(From(function.Alpha), Exp(Divide(v, From(function.Alpha))) - One)),
            FunctionKind.Exp => Exp(v),
            FunctionKind.Log => Log(v),
            FunctionKind.Reciprocal => Divide(One, v),
            FunctionKind.Sqrt => SquareRoot(v),
            FunctionKind.Power => Multiply(From(function.Gamma), function.Alpha switch
            {
                -0.5 => Divide(One, SquareRoot(v)),
                -1 => Divide(One, v),
                3 => Multiply(v, Multiply(v, v)),
                _ => throw new ArgumentOutOfRangeException(nameof(function)),
            }),
            FunctionKind.Erf => Erf(v),
            FunctionKind.Sin => Wave(v, cosine: false),
            FunctionKind.Cos => Wave(v, cosine: true),
            FunctionKind.Atan => Atan(v),
            FunctionKind.Sinh => (Exp(v) - Exp(-v)) / 2,
            FunctionKind.Cosh => (Exp(v) + Exp(-v)) / 2,
            FunctionKind.Asinh => v < 0 ? -Log(SquareRoot(One + Multiply(v, v)) - v)
                : Log(SquareRoot(One + Multiply(v, v)) + v),
            FunctionKind.Gelu => Multiply(v, One + Erf(Divide(v, SquareRoot(2 * One)))) / 2,
            FunctionKind.GeluTanh =>
                Divide(v,
                    One + Exp(-2 * Multiply(SquareRoot(Divide(2 * One, Pi)),
                        v + (Multiply(v, Multiply(v, v)) * 44715 / 1000000)))),
            FunctionKind.HardSwish => Multiply(v, BigInteger.Clamp((v / 6) + (One / 2), 0, One)),
            FunctionKind.Swish => Divide(v, One + Exp(-Multiply(From(function.Alpha), v))),
            FunctionKind.Mish => Multiply(v, Tanh(Log(One + Exp(v)))),
            _ => throw new ArgumentOutOfRangeException(nameof(function)),
        });
    }

    // Machin's formula.
    private static BigInteger Pi => 4 * ((4 * AtanOfReciprocal(5)) - AtanOfReciprocal(239));

    private static BigInteger Tanh(BigInteger v) => Divide(Exp(2 * v) - One, Exp(2 * v) + One);

    private static BigInteger AtanOfReciprocal(int n)
    {
        BigInteger term = One / n, sum = 0;
        for (int k = 1; term != 0; k += 2)
        {
            sum += (k % 4 == 1 ? term : -term) / k;
            term /= n * n;
        }
        return sum;
    }

    // Newton's, from above.
    private static BigInteger SquareRoot(BigInteger v)
    {
        if (v <= 0)
            return 0;
        BigInteger square = v << Bits, root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2 + 1);
        for (BigInteger next = (root + (square / root)) / 2; next < root; next = (root + (square / root)) / 2)
            root = next;
        return root;
    }

    // The alternating series, which loses 120 of 256 bits at 9; beyond, the continued fraction of the complement.
    private static BigInteger Erf(BigInteger v)
    {
        if (BigInteger.Abs(v) > 9 * One)
        {
            BigInteger x = BigInteger.Abs(v), tail = x;
            for (int k = 100; k > 0; k--)
                tail = x + Divide(k * One / 2, tail);
            return v.Sign * (One - Divide(Exp(-Multiply(v, v)), Multiply(SquareRoot(Pi), tail)));
        }
        BigInteger power = v, sum = 0;
        for (int n = 0; power != 0; n++)
        {
            sum += (n % 2 == 0 ? power : -power) / ((2 * n) + 1);
            power = Multiply(Multiply(power, v), v) / (n + 1);
        }
        return Multiply(Divide(2 * One, SquareRoot(Pi)), sum);
    }

    private static BigInteger Wave(BigInteger v, bool cosine)
    {
        BigInteger term = cosine ? One : v, sum = 0;
        for (int k = cosine ? 0 : 1; term != 0; k += 2)
        {
            sum += term;
            term = -Multiply(Multiply(term, v), v) / ((k + 1) * (k + 2));
        }
        return sum;
    }

    // Half angles until the series converges fast.
    private static BigInteger Atan(BigInteger v)
    {
        int halves = 0;
        for (; BigInteger.Abs(v) > One >> 8; halves++)
            v = Divide(v, One + SquareRoot(One + Multiply(v, v)));
        BigInteger power = v, sum = 0;
        for (int k = 1; power != 0; k += 2)
        {
            sum += (k % 4 == 1 ? power : -power) / k;
            power = Multiply(Multiply(power, v), v);
        }
        return sum << halves;
    }

    private static BigInteger From(double value)
    {
        (long mantissa, int exponent) = FixedPoint.Decompose(value);
        return Bits + exponent >= 0 ? (BigInteger)mantissa << (Bits + exponent)
            : throw new ArgumentOutOfRangeException(nameof(value));
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
