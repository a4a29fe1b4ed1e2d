namespace Hls4Net.Numerics;

/// <summary>
/// Softmax of n fixed-point numbers in integers. All shifts of possibly negative numbers are arithmetic; F is the
/// output's fraction, c = ceil(log2 n), P, K, Q as in <see cref="Exponential"/> and <see cref="Seed"/>.
/// <list type="number">
/// <item>m = the first index of the maximum; d_i = x_m - x_i, unsigned, one bit wider than the input at most.</item>
/// <item>e_i = Exponential(d_i), P + 1 bits, P = F + c + 4; e_m = 2^P. S = Σ e_i, exact, P + 1 + c bits.</item>
/// <item>k, M, r0 = Seed(S).</item>
/// <item>One Newton step: h = (2^(P+K+Q+1) - M · r0) &gt;&gt; (P + K + Q - R - 1), R + 2 bits, R = F + 5 =
/// <see cref="ReciprocalFraction"/>; r = ((r0 · h) &gt;&gt; (Q + 1)) &lt;&lt; (K - k), R + K bits, in units of
/// 2^-(R+K). Newton's value of a reciprocal is never too large, and shifts truncate: r ≤ 1/S.</item>
/// <item>p_i = (e_i · r) &gt;&gt; <see cref="ProductShift"/>, F + G + 1 bits with G = c + 3 =
/// <see cref="ProbabilityGuard"/> bits below the output's unit, product P + R + K + 1 bits.</item>
/// <item>q = (p_m + 2^G - 1) &gt;&gt; G. D = p_m - (q &lt;&lt; G), F + G + 2 bits signed. For each i ≠ m in order:
/// y_i = ceil((D + p_i) / 2^G) - ceil(D / 2^G), D += p_i, where ceil(D / 2^G) = (D + 2^G - 1) &gt;&gt; G, 0 at
/// first.</item>
/// <item>If y_i = q for some i before m, q += 1. y_m = min(q, the output's largest mantissa).</item>
/// </list>
/// <para>
/// Because no p_i is too large, their sum lies in (1 ulp below 1, 1], and the rounding of running sums makes the
/// outputs' sum <em>exactly</em> 1: but for 1 ulp more where step 7 breaks a tie, and 1 ulp less where 1 itself has to
/// be saturated. Each y_i is p_i rounded down or up, 1 ulp more for y_m in the tie. The first maximum of the outputs is
/// at m: y_i ≤ ceil(p_i) ≤ q for all i, by step 7 y_i &lt; y_m for those before m. Without that step two probabilities
/// between the same integers could both be rounded up, the first of them the smaller.
/// </para>
/// </summary>
public sealed record SoftmaxKernel
{
    /// <summary>
    /// The finest output: beyond it the seed's table would exceed <see cref="FunctionTable.MaxEntries"/>.
    /// </summary>
    public const int MaxFraction = 22;

    /// <summary>Most bits of a value that goes in.</summary>
    public const int MaxInputWidth = 32;

    /// <summary>n.</summary>
    public required int Count { get; init; }

    /// <summary>Type of x.</summary>
    public required FixedPointType Input { get; init; }

    /// <summary>Type of y; rounding and overflow are the kernel's own.</summary>
    public required FixedPointType Output { get; init; }

    /// <summary>exp(-d) by d.</summary>
    public required ExponentialProduct Exponential { get; init; }

    /// <summary>The normalisation of S and the first guess of its reciprocal.</summary>
    public required MantissaSeed Seed { get; init; }

    /// <summary>R: fraction bits of the mantissa's reciprocal.</summary>
    public int ReciprocalFraction => Output.Fraction + 5;

    /// <summary>G: bits of p_i below the output's unit.</summary>
    public int ProbabilityGuard => IntegerWidth.CeilLog2(Count) + 3;

    /// <summary>P + K + Q - R - 1: bits that the Newton step's factor h drops.</summary>
    public int FactorShift => Seed.ProductFraction - ReciprocalFraction - 1;

    /// <summary>P + R + K - F - G: bits dropped from e_i · r.</summary>
    public int ProductShift => Exponential.Fraction + ReciprocalFraction + Seed.MaxExponent - Output.Fraction
        - ProbabilityGuard;

    /// <summary>Softmax of <paramref name="x"/>; <paramref name="y"/> may be the same memory.</summary>
    public void Evaluate(ReadOnlySpan<long> x, Span<long> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, Count);
        int m = FirstMaximum(x);
        long largest = x[m], sum = 0;
        // The exponentials stay in y until probabilities take their places.
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = Exponential.Evaluate(largest - x[i]);
            sum += y[i];
        }
        long r = Reciprocal(sum);
        int g = ProbabilityGuard;
        long p = y[m] * r >> ProductShift;
        long q = Ceil(p, g);
        long d = p - (q << g);
        bool tie = false;
        for (int i = 0; i < y.Length; i++)
        {
            if (i == m)
                continue;
            long before = Ceil(d, g);
            d += y[i] * r >> ProductShift;
            y[i] = Ceil(d, g) - before;
            tie |= i < m && y[i] == q;
        }
        y[m] = Math.Min(tie ? q + 1 : q, (long)Output.MaxMantissa);
    }

    /// <summary>Not above 1/S, in units of 2^-(R+K).</summary>
    public long Reciprocal(long sum)
    {
        (int exponent, long mantissa, long seed) = Seed.Evaluate(sum);
        long h = ((2L << Seed.ProductFraction) - mantissa * seed) >> FactorShift;
        return seed * h >> (Seed.SeedFraction + 1) << (Seed.MaxExponent - exponent);
    }

    /// <summary>
    /// Builds the kernel for <paramref name="count"/> mantissas of <paramref name="input"/> in [<paramref name="min"/>,
    /// <paramref name="max"/>].
    /// </summary>
    /// <param name="output">2 to <see cref="MaxFraction"/> fraction bits; holds 1, or 1 less one unit, to which 1 is
    /// saturated then.</param>
    /// <exception cref="TypeLimitException">The input is too wide, the output is unfit, or too fine for so many values:
    /// F + c ≤ 27 and 2F + c + K ≤ 53 keep all integers in 63 bits.</exception>
    public static SoftmaxKernel Build(int count, FixedPointType input, long min, long max, FixedPointType output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        if (input.Width > MaxInputWidth)
            throw new TypeLimitException($"softmax takes at most {MaxInputWidth} bits");
        int fraction = output.Fraction;
        if (fraction is < 2 or > MaxFraction || output.MaxMantissa < (Int128.One << fraction) - 1)
            throw new TypeLimitException(
                $"softmax needs an output type with 2 to {MaxFraction} fraction bits and a range up to 1, not {output}");
        int exponentialFraction = ExponentialFraction(count, output);
        int maxExponent = IntegerWidth.BitLength(count) - 1;
        if (exponentialFraction + fraction + 5 + maxExponent > 62)
            throw TooFine(count, output);
        return new()
        {
            Count = count,
            Input = input,
            Output = output,
            Exponential = ExponentialProduct.Build(input.Fraction, max - min, exponentialFraction),
            // The Newton step squares the seed's error: 2^-(2B + 0.8) is 1/7 unit at most.
            Seed = MantissaSeed.Build(exponentialFraction, maxExponent, (fraction + 3) / 2),
        };
    }

    /// <summary>
    /// P for sums of <paramref name="count"/> exponentials: each may be wrong by a few units of 2^-P
    /// (<see cref="ExponentialProduct.MaxErrorUnits"/>), all in the same direction, and S by n times that; hence c bits
    /// more than the output's and 4 to make it small.
    /// </summary>
    internal static int ExponentialFraction(int count, FixedPointType output)
    {
        int fraction = output.Fraction + IntegerWidth.CeilLog2(count) + 4;
        return fraction <= ExponentialProduct.MaxFraction ? fraction : throw TooFine(count, output);
    }

    /// <summary>
    /// The most fraction bits of a softmax over <paramref name="count"/> values: F + c ≤ 27 and 2F + c + K ≤ 53.
    /// </summary>
    public static int FinestFraction(int count)
    {
        int sums = IntegerWidth.CeilLog2(count), maxExponent = IntegerWidth.BitLength(count) - 1;
        return Math.Min(MaxFraction,
            Math.Min(ExponentialProduct.MaxFraction - 4 - sums, (53 - sums - maxExponent) / 2));
    }

    internal static int FirstMaximum(ReadOnlySpan<long> x)
    {
        int m = 0;
        for (int i = 1; i < x.Length; i++)
            if (x[i] > x[m])
                m = i;
        return m;
    }

    private static TypeLimitException TooFine(int count, FixedPointType output) =>
        new($"{output} is too fine for the softmax of {count} values: its integers would exceed 63 bits");

    private static long Ceil(long value, int guard) => (value + (1L << guard) - 1) >> guard;
}
