using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

public sealed class SoftmaxKernelTests
{
    private static readonly FixedPointType[] Outputs =
    [
        new(16, 1, false), new(16, 0, false), new(18, 2), new(8, 1), new(8, 0, false), new(16, 6), new(12, 2),
            new(5, 2),
    ];

    [Fact]
    public void Sums_errors_and_argmax_hold_for_random_logits()
    {
        Random random = new(20);
        double worst = 0, worstAtTie = 0;
        int ties = 0;
        for (int trial = 0; trial < 3000; trial++)
        {
            int n = trial % 10 == 0 ? random.Next(1, 4) : random.Next(1, 65);
            (FixedPointType input, long[] x) = RandomLogits.Next(random, n);
            FixedPointType output = Outputs[random.Next(Outputs.Length)];
            SoftmaxKernel kernel = SoftmaxKernel.Build(n, input, x.Min(), x.Max(), output);
            for (int k = 0; k < 8; k++)
            {
                RandomLogits.Perturb(random, x, k);
                kernel = k == 0 ? SoftmaxKernel.Build(n, input, x.Min() - 40, x.Max() + 40, output) : kernel;
                (double error, bool tie) = Check(kernel, x);
                ties += tie ? 1 : 0;
                worst = Math.Max(worst, tie ? 0 : error);
                worstAtTie = Math.Max(worstAtTie, error);
            }
        }
        // Rounding down or up costs one unit at most, breaking a tie one more; what precedes it, a few hundredths
        // (measured: 1.014 and 1.96).
        Assert.InRange(worst, 0.5, 1.05);
        Assert.InRange(worstAtTie, 0.5, 2.05);
        Assert.True(ties > 0, "no tie was tried");
    }

    // The largest error in units, and whether an earlier equal probability had to be overtaken.
    private static (double Error, bool Tie) Check(SoftmaxKernel kernel, long[] x)
    {
        long[] y = new long[x.Length];
        kernel.Evaluate(x, y);
        long one = 1L << kernel.Output.Fraction, max = (long)kernel.Output.MaxMantissa;
        int m = Array.IndexOf(x, x.Max());
        long excess = y.Sum() - one;
        string what = $"{kernel.Input} -> {kernel.Output}: {string.Join(' ', x)} -> {string.Join(' ', y)}";
        Assert.True(Array.IndexOf(y, y.Max()) == m, $"argmax not at {m}, {what}");
        Assert.True(excess is 0 or 1 || (excess == -1 && y[m] == max), $"sum {excess} units beyond 1, {what}");
        Assert.True(y.Min() >= 0, what);
        double[] exact = Exact(kernel.Input, x);
        double error = 0;
        for (int i = 0; i < x.Length; i++)
            error = Math.Max(error, Math.Abs(y[i] - Math.Min(exact[i] * one, max)));
        return (error, excess == 1);
    }

    private static double[] Exact(FixedPointType input, long[] x)
    {
        long m = x.Max();
        double sum = x.Sum(v => Math.Exp((v - m) * input.Ulp));
        return [.. x.Select(v => Math.Exp((v - m) * input.Ulp) / sum)];
    }

    [Fact]
    public void Every_pair_of_small_logits()
    {
        FixedPointType input = new(6, 4);
        foreach (FixedPointType output in Outputs)
        {
            SoftmaxKernel kernel = SoftmaxKernel.Build(3, input, -32, 31, output);
            for (long a = -32; a < 32; a++)
                for (long b = -32; b < 32; b++)
                    Check(kernel, [a, b, -a]);
        }
    }

    [Fact]
    public void One_value_gives_one()
    {
        foreach (FixedPointType output in Outputs)
        {
            long[] y = new long[1];
            SoftmaxKernel.Build(1, new(16, 6), -32768, 32767, output).Evaluate([-77], y);
            Assert.Equal(Math.Min(1L << output.Fraction, (long)output.MaxMantissa), y[0]);
        }
    }

    [Fact]
    public void Equal_values_share_one_and_the_first_is_not_behind()
    {
        long[] y = new long[3];
        SoftmaxKernel.Build(3, new(8, 4), -128, 127, new(8, 0, false)).Evaluate([5, 5, 5], y);
        Assert.Equal([86, 85, 85], y);
        SoftmaxKernel.Build(3, new(8, 4), -128, 127, new(9, 1, false)).Evaluate([5, 5, 5], y);
        Assert.Equal([86, 85, 85], y);
    }

    [Fact]
    public void Large_sizes_and_extreme_spreads()
    {
        FixedPointType input = new(32, 12), output = new(16, 1);
        SoftmaxKernel kernel = SoftmaxKernel.Build(1000, input, int.MinValue, int.MaxValue, output);
        long[] x = new long[1000];
        Array.Fill(x, int.MinValue);
        x[500] = int.MaxValue;
        Check(kernel, x);
        Array.Fill(x, 17);
        Check(kernel, x);
    }

    [Fact]
    public void May_work_in_place()
    {
        SoftmaxKernel kernel = SoftmaxKernel.Build(4, new(8, 4), -128, 127, new(16, 1));
        long[] x = [1, 20, -5, 19], y = new long[4];
        kernel.Evaluate(x, y);
        kernel.Evaluate(x, x);
        Assert.Equal(y, x);
    }

    [Theory]
    [InlineData(8, 7, true)]
    [InlineData(8, -1, false)]
    [InlineData(40, 1, true)]
    public void Unfit_outputs_are_refused(int width, int integer, bool signed) =>
        Assert.Throws<TypeLimitException>(() =>
            SoftmaxKernel.Build(8, new(8, 4), -128, 127, new(width, integer, signed)));

    [Theory]
    [InlineData(0, 200, 12)]
    [InlineData(6, 1000, 20)]
    [InlineData(10, 40_000, 25)]
    [InlineData(18, 9_000_000, 27)]
    [InlineData(26, 4_000_000_000, 31)]
    [InlineData(40, 4_000_000_000, 26)]
    [InlineData(-3, 100, 26)]
    public void Products_of_digits_keep_their_bound(int inputFraction, long max, int fraction)
    {
        ExponentialProduct exponential = ExponentialProduct.Build(inputFraction, max, fraction);
        Random random = new(3);
        Assert.Equal(1L << fraction, exponential.Evaluate(0));
        for (int k = 0; k < 20_000; k++)
        {
            long d = k < 1000 ? Math.Min(k, max) : k % 2 == 0 ? random.NextInt64(max + 1)
                : random.NextInt64(Math.Min(exponential.Limit + 5, max) + 1);
            double exact = Math.Exp(-Math.ScaleB(d, -inputFraction)) * (1L << fraction);
            Assert.InRange(Math.Abs(exponential.Evaluate(d) - exact), 0, exponential.MaxErrorUnits + 1e-6);
        }
    }
}
