using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

public sealed class LogSoftmaxKernelTests
{
    private static readonly FixedPointType[] Outputs =
    [
        new(16, 6, true, Rounding.Rnd, Overflow.Sat), new(18, 8), new(8, 4, true, Rounding.Trn, Overflow.Sat),
            new(24, 8), new(9, 9), new(12, 3, true, Rounding.Rnd, Overflow.SatSym),
    ];

    [Fact]
    public void Results_are_rounded_almost_correctly_for_random_logits()
    {
        Random random = new(21);
        double worst = 0;
        for (int trial = 0; trial < 3000; trial++)
        {
            int n = random.Next(1, 65);
            (FixedPointType input, long[] x) = RandomLogits.Next(random, n);
            LogSoftmaxKernel kernel = LogSoftmaxKernel.Build(n, input, x.Min() - 40, x.Max() + 40,
                Outputs[random.Next(Outputs.Length)]);
            for (int k = 0; k < 8; k++)
            {
                RandomLogits.Perturb(random, x, k);
                worst = Math.Max(worst, Error(kernel, x));
            }
        }
        // Half a unit is the rounding's (measured: 0.531).
        Assert.InRange(worst, 0.5, 0.6);
    }

    private static double Error(LogSoftmaxKernel kernel, long[] x)
    {
        long[] y = new long[x.Length];
        kernel.Evaluate(x, y);
        double m = x.Max() * kernel.Input.Ulp;
        double log = Math.Log(x.Sum(v => Math.Exp(v * kernel.Input.Ulp - m)));
        double error = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Math.ScaleB(x[i] * kernel.Input.Ulp - m - log, kernel.Output.Fraction);
            error = Math.Max(error, Math.Abs(y[i] - Math.Clamp(exact, kernel.OutMin, kernel.OutMax)));
        }
        return error;
    }

    [Fact]
    public void One_value_gives_zero()
    {
        foreach (FixedPointType output in Outputs)
        {
            long[] y = new long[1];
            LogSoftmaxKernel.Build(1, new(16, 6), -32768, -32768, output).Evaluate([-32768], y);
            Assert.Equal(0, y[0]);
        }
    }

    [Fact]
    public void Logarithms_of_every_power_and_of_numbers_beside_it()
    {
        LogSoftmaxKernel kernel = LogSoftmaxKernel.Build(64, new(16, 6), -32768, 32767, new(24, 8));
        int fraction = kernel.Exponential.Fraction;
        for (int k = 0; k <= 6; k++)
            foreach (long offset in new long[] { 0, 1, 12345, (1L << (fraction - 1)) - 1 })
            {
                long sum = (1L << (fraction + k)) + (k < 6 ? offset : 0);
                double exact = Math.ScaleB(Math.Log(Math.ScaleB(sum, -fraction)), kernel.LogFraction);
                Assert.InRange(Math.Abs(kernel.Logarithm(sum) - exact), 0, 8);
            }
    }

    [Fact]
    public void Outputs_too_narrow_must_saturate()
    {
        Assert.Throws<TypeLimitException>(() => LogSoftmaxKernel.Build(4, new(8, 8), -128, 127, new(8, 4)));
        LogSoftmaxKernel kernel = LogSoftmaxKernel.Build(4, new(8, 8), -128, 127,
            new(8, 4, true, Rounding.Rnd, Overflow.Sat));
        long[] y = new long[4];
        kernel.Evaluate([-128, 127, -128, 0], y);
        Assert.Equal([-128, 0, -128, -128], y);
    }
}
