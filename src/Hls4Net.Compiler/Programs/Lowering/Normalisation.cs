using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// The kernels of softmax and its logarithm in integer operations, step by step as they define themselves.
/// </summary>
internal static class Normalisation
{
    public static int[] Softmax(ProgramBuilder b, SoftmaxKernel kernel, int[] x)
    {
        (int[] distances, int[] isFirst, int[] isBefore) = Maximum(b, x);
        int[] e = [.. distances.Select(d => Exponential(b, kernel.Exponential, d))];
        Sum sum = Normalise(b, kernel.Seed, e);
        int r = Reciprocal(b, kernel, sum);
        int g = kernel.ProbabilityGuard;
        int largest = b.ShiftRight(b.Scale(r, kernel.Exponential.Fraction), kernel.ProductShift);
        int q = Ceil(largest);
        int d = b.Difference(largest, b.Scale(q, g)), before = b.Constant(0), tie = b.Constant(0);
        d = b.Bounded(d, new(1 - (Int128.One << g), 0));
        int[] y = new int[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int p = b.ShiftRight(b.Product(e[i], r), kernel.ProductShift);
            d = b.Sum(d, b.Select(isFirst[i], b.Constant(0), p));
            int after = Ceil(d);
            y[i] = b.Difference(after, before);
            before = after;
            tie = b.Or(tie, b.And(isBefore[i], b.And(b.AtLeast(y[i], q), b.AtLeast(q, y[i]))));
        }
        int most = b.Min(b.Sum(q, tie), b.Constant(kernel.Output.MaxMantissa));
        Interval range = new(0, Int128.Min(kernel.Output.MaxMantissa, Int128.One << kernel.Output.Fraction));
        return [.. y.Select((v, i) => b.Bounded(b.Select(isFirst[i], most, v), range))];

        int Ceil(int value) => b.ShiftRight(b.Sum(value, b.Constant((Int128.One << g) - 1)), g);
    }

    public static int[] LogSoftmax(ProgramBuilder b, LogSoftmaxKernel kernel, int[] x)
    {
        (int[] distances, _, _) = Maximum(b, x);
        Sum sum = Normalise(b, kernel.Seed, [.. distances.Select(d => Exponential(b, kernel.Exponential, d))]);
        int u = b.ShiftRight(
            b.Difference(b.Product(sum.Mantissa, sum.Seed), b.Constant(Int128.One << kernel.Seed.ProductFraction)),
                kernel.Seed.ProductFraction - kernel.LogFraction);
        int square = b.ShiftRight(b.Product(u, u), kernel.LogFraction + 1);
        int exponent = Reductions.Sum(b, sum.Reached);
        int log = b.Sum(
            b.Sum(Functions.Evaluate(b, kernel.Powers, exponent), Functions.Evaluate(b, kernel.Logs, sum.Index)),
            b.Difference(u, square));
        int shift = kernel.SumFraction - kernel.Output.Fraction;
        int subtract = b.Difference(b.Scale(log, kernel.SumFraction - kernel.LogFraction),
            b.Constant(Int128.One << (shift - 1)));
        return [.. distances.Select(d =>
        {
            int y = b.ShiftRight(b.Terms(new(d, kernel.SumFraction - kernel.Input.Fraction, true),
                new(subtract, 0, true)), shift);
            return kernel.ClampsOutput ? b.Clamp(y, kernel.OutMin, kernel.OutMax) : y;
        })];
    }

    // Distances from the maximum; which element is the first maximum, and which come before it.
    public static (int[] Distances, int[] IsFirst, int[] IsBefore) Maximum(ProgramBuilder b, int[] x)
    {
        int[] level = x;
        while (level.Length > 1)
            level = [.. level.Chunk(2).Select(pair => pair.Length == 2 ? b.Max(pair[0], pair[1]) : pair[0])];
        int maximum = level[0];
        int seen = b.Constant(0);
        int[] distances = new int[x.Length], isFirst = new int[x.Length], isBefore = new int[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            distances[i] = b.Bounded(b.Difference(maximum, x[i]), new(0, Int128.MaxValue));
            int isMaximum = b.AtLeast(x[i], maximum);
            isFirst[i] = b.And(b.Not(seen), isMaximum);
            seen = b.Or(seen, isMaximum);
            isBefore[i] = b.Not(seen);
        }
        return (distances, isFirst, isBefore);
    }

    private static int Exponential(ProgramBuilder b, ExponentialProduct exponential, int d)
    {
        int c = b.Min(d, b.Constant(exponential.Limit));
        int? e = null;
        foreach (ExponentialDigit digit in exponential.Digits)
        {
            int factor = Functions.Evaluate(b, digit.Table, b.LowBits(b.ShiftRight(c, digit.Shift), digit.Bits, false));
            e = e is int product
                ? b.Bounded(
                    b.ShiftRight(b.Sum(b.Product(product, factor),
                        b.Constant(Int128.One << (exponential.Fraction - 1))), exponential.Fraction),
                        new(0, Int128.One << exponential.Fraction))
                : factor;
        }
        return e!.Value;
    }

    // A sum of exponentials; which powers of two above 1 it reaches, and its mantissa with the seed of its reciprocal.
    private sealed record Sum(int[] Reached, int Mantissa, int Index, int Seed);

    private static Sum Normalise(ProgramBuilder b, MantissaSeed seed, int[] exponentials)
    {
        // The largest of them is 1.
        int total = b.Bounded(Reductions.Sum(b, exponentials), new(Int128.One << seed.Fraction, Int128.MaxValue));
        int[] reached = [.. Enumerable.Range(1, seed.MaxExponent)
            .Select(k => b.Reaches(total, Int128.One << (seed.Fraction + k)))];
        int mantissa = b.Scale(total, seed.MaxExponent);
        for (int k = 1; k <= seed.MaxExponent; k++)
            mantissa = b.Select(reached[k - 1], b.Scale(total, seed.MaxExponent - k), mantissa);
        mantissa = b.Bounded(mantissa,
            new(Int128.One << seed.MantissaFraction, (Int128.One << (seed.MantissaFraction + 1)) - 1));
        int index = b.LowBits(b.ShiftRight(mantissa, seed.MantissaFraction - seed.IndexBits), seed.IndexBits, false);
        return new Sum(reached, mantissa, index, Functions.Evaluate(b, seed.Table, index));
    }

    private static int Reciprocal(ProgramBuilder b, SoftmaxKernel kernel, Sum sum)
    {
        MantissaSeed seed = kernel.Seed;
        int h = b.ShiftRight(b.Difference(b.Constant(Int128.One << (seed.ProductFraction + 1)),
            b.Product(sum.Mantissa, sum.Seed)), kernel.FactorShift);
        int r = b.ShiftRight(b.Product(sum.Seed, h), seed.SeedFraction + 1);
        int result = b.Scale(r, seed.MaxExponent);
        for (int k = 1; k <= seed.MaxExponent; k++)
            result = b.Select(sum.Reached[k - 1], b.Scale(r, seed.MaxExponent - k), result);
        return result;
    }
}
