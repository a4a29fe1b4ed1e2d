namespace Hls4Net.Numerics;

/// <summary>
/// Logarithm of the softmax of n fixed-point numbers in integers, within one unit in the last place of the output.
/// All shifts of possibly negative numbers are arithmetic; F is the output's fraction, Fi the input's, c = ceil(log2
/// n), P, K, Q as in
/// <see cref="Exponential"/> and <see cref="Seed"/>, U = F + 6 = <see cref="LogFraction"/>, X = max(Fi, U).
/// <list type="number">
/// <item>m, d_i, e_i, S as in <see cref="SoftmaxKernel"/>, P = F + c + 4.</item>
/// <item>k, M, r0 = Seed(S), i its index.</item>
/// <item>u = (M · r0 - 2^(P+K+Q)) &gt;&gt; (P + K + Q - U), signed, |u| ≤ 1.5 · 2^(U-B-1) + 1 with B the seed's index
/// bits: log(m) = -log(r0) + log(1 + u).</item>
/// <item>l = Powers(k) + Logs(i) + u - (u · u &gt;&gt; (U + 1)), log(S) in units of 2^-U: Powers(k) = k · ln 2 and
/// Logs(i) = -log(r0), correctly rounded; the series of log(1 + u) ends at its square since B makes the cube
/// negligible.</item>
/// <item>y_i = (2^(X-F-1) - (d_i &lt;&lt; (X - Fi)) - (l &lt;&lt; (X - U))) &gt;&gt; (X - F), clamped to
/// [<see cref="OutMin"/>, <see cref="OutMax"/>] if
/// <see cref="ClampsOutput"/>; the sum is signed, <see cref="SumWidth"/> bits.</item>
/// </list>
/// Rounded to nearest, ties up, whatever the output's mode.
/// </summary>
public sealed record LogSoftmaxKernel
{
    /// <summary>The finest output.</summary>
    public const int MaxFraction = 24;

    /// <summary>n.</summary>
    public required int Count { get; init; }

    /// <summary>Type of x.</summary>
    public required FixedPointType Input { get; init; }

    /// <summary>Type of y.</summary>
    public required FixedPointType Output { get; init; }

    /// <summary>exp(-d) by d.</summary>
    public required ExponentialProduct Exponential { get; init; }

    /// <summary>The normalisation of S and the first guess of its reciprocal.</summary>
    public required MantissaSeed Seed { get; init; }

    /// <summary>-log(r0) by the seed's index, in units of 2^-U, unsigned, U bits.</summary>
    public required FunctionTable Logs { get; init; }

    /// <summary>k · ln 2 by k, in units of 2^-U, unsigned.</summary>
    public required FunctionTable Powers { get; init; }

    /// <summary>Smallest result.</summary>
    public required long OutMin { get; init; }

    /// <summary>Largest result.</summary>
    public required long OutMax { get; init; }

    /// <summary>True if a reachable result lies beyond the output's range.</summary>
    public required bool ClampsOutput { get; init; }

    /// <summary>Bits of the signed sum of step 5.</summary>
    public required int SumWidth { get; init; }

    /// <summary>U: fraction bits of log(S).</summary>
    public int LogFraction => Output.Fraction + 6;

    /// <summary>X: fraction bits of the sum.</summary>
    public int SumFraction => Math.Max(Input.Fraction, LogFraction);

    /// <summary>Log-softmax of <paramref name="x"/>; <paramref name="y"/> may be the same memory.</summary>
    public void Evaluate(ReadOnlySpan<long> x, Span<long> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, Count);
        long largest = x[SoftmaxKernel.FirstMaximum(x)], sum = 0;
        foreach (long value in x)
            sum += Exponential.Evaluate(largest - value);
        int shift = SumFraction - Output.Fraction;
        long subtract = (Logarithm(sum) << (SumFraction - LogFraction)) - (1L << (shift - 1));
        for (int i = 0; i < x.Length; i++)
        {
            long result = -((largest - x[i]) << (SumFraction - Input.Fraction)) - subtract >> shift;
            y[i] = ClampsOutput ? Math.Clamp(result, OutMin, OutMax) : result;
        }
    }

    /// <summary>log(S) in units of 2^-U.</summary>
    public long Logarithm(long sum)
    {
        (int exponent, long mantissa, long seed) = Seed.Evaluate(sum);
        long u = (mantissa * seed - (1L << Seed.ProductFraction)) >> (Seed.ProductFraction - LogFraction);
        return Powers.Evaluate(exponent) + Logs.Evaluate(Seed.Index(mantissa)) + u - (u * u >> (LogFraction + 1));
    }

    /// <summary>
    /// Builds the kernel for <paramref name="count"/> mantissas of <paramref name="input"/> in [<paramref name="min"/>,
    /// <paramref name="max"/>].
    /// </summary>
    /// <param name="output">0 to <see cref="MaxFraction"/> fraction bits; results are negative, so a signed type is
    /// expected.</param>
    /// <exception cref="TypeLimitException">A type is too wide, the output does not saturate but is too narrow, or
    /// integers would exceed 63 bits.</exception>
    public static LogSoftmaxKernel Build(int count, FixedPointType input, long min, long max, FixedPointType output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        if (input.Width > SoftmaxKernel.MaxInputWidth || output.Width > 63)
            throw new TypeLimitException(
                $"log-softmax takes at most {SoftmaxKernel.MaxInputWidth} bits and gives at most 63");
        int fraction = output.Fraction;
        if (fraction is < 0 or > MaxFraction)
            throw new TypeLimitException(
                $"log-softmax needs an output type with 0 to {MaxFraction} fraction bits, not {output}");
        int logFraction = fraction + 6;
        int exponentialFraction = SoftmaxKernel.ExponentialFraction(count, output);
        int maxExponent = IntegerWidth.BitLength(count) - 1;
        // The cube left out is 2^-(3B + 2.8): a few units of 2^-U.
        MantissaSeed seed = MantissaSeed.Build(exponentialFraction, maxExponent, (fraction + 4) / 3);
        FixedPointType index = seed.Table.Input;
        FixedPointType exponent = IntegerWidth.Covering(0, maxExponent);
        FixedPointType log = new(logFraction + exponent.Width, exponent.Width, Signed: false, Rounding.Rnd,
            Overflow.Sat);

        // The smallest result: the largest distance and the largest sum.
        double lowest = -Math.ScaleB(max - min, -input.Fraction) - Math.Log(count);
        int sumFraction = Math.Max(input.Fraction, logFraction);
        int sumWidth = (int)Math.Ceiling(Math.Log2(Math.ScaleB(1 - lowest, sumFraction))) + 1;
        if (sumWidth > 62)
            throw new TypeLimitException($"log-softmax of {input} in {output} would need integers of {sumWidth} bits");
        long outMax = (long)output.MaxMantissa;
        long outMin = output.Overflow == Overflow.SatSym && output.Signed ? -outMax : (long)output.MinMantissa;
        // One unit more for the error.
        bool clamps = Math.ScaleB(lowest, fraction) - 1 < outMin;
        if (clamps && output.Overflow is not (Overflow.Sat or Overflow.SatSym))
            throw new TypeLimitException(
                $"log-softmax goes down to {lowest:F1}, beyond {output}, which does not saturate");
        return new()
        {
            Count = count,
            Input = input,
            Output = output,
            Exponential = ExponentialProduct.Build(input.Fraction, max - min, exponentialFraction),
            Seed = seed,
            Logs = FunctionTable.Build(
                v => -Math.Log(Math.ScaleB(seed.Table.Evaluate((long)Math.ScaleB(v, seed.IndexBits)),
                    -seed.SeedFraction)),
                index, 0, (long)index.MaxMantissa, log with { Width = logFraction, Integer = 0 }),
            Powers = FunctionTable.Build(v => v * Math.Log(2), exponent, 0, maxExponent, log),
            OutMin = outMin,
            OutMax = outMax,
            ClampsOutput = clamps,
            SumWidth = sumWidth,
        };
    }
}
