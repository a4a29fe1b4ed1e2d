using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>Step functions are what they are defined to be, and each level begins where they say.</summary>
public sealed class StepFunctionTests
{
    [Fact]
    public void Evaluate_is_the_definition()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            RandomStepFunction random = new(seed);
            foreach ((StepFunction f, Interval reach) in random.Functions.Zip(random.Intervals))
            {
                long stride = Math.Max(1, (long)(reach.Max - reach.Min) / 40);
                for (long m = (long)reach.Min; m <= reach.Max; m += stride)
                    Assert.True(ExactStep.Evaluate(f, m) == f.Evaluate(m),
                        $"seed {seed}: {f} of {m} is {f.Evaluate(m)}, by definition {ExactStep.Evaluate(f, m)}");
            }
        }
    }

    [Fact]
    public void Thresholds_in_a_row_are_the_thresholds_one_by_one()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            RandomStepFunction random = new(seed);
            foreach ((StepFunction f, Interval reach) in random.Functions.Zip(random.Intervals))
            {
                long a = f.Level((long)reach.Min), b = f.Level((long)reach.Max);
                (long from, long to) = (Math.Min(a, b) + 1, Math.Min(Math.Max(a, b), Math.Min(a, b) + 300));
                BigInteger[] expected = [.. Enumerable.Range(0, (int)(to - from + 1))
                    .Select(k => f.Threshold(from + k).Mantissa!.Value)];
                Assert.Equal(expected, f.Thresholds(from, to).Select(t => (BigInteger)t));
            }
        }
    }

    [Fact]
    public void Levels_of_a_constant_have_no_thresholds()
    {
        StepFunction f = StepFunction.Start(4).Then(0L, 2L) with { Scale = 1L, Min = -8, Max = 7 };
        Assert.Equal(2, f.Evaluate(-100));
        Assert.Empty(f.Thresholds(3, 2));
        Assert.Equal((null, true), f.Threshold(2));
        Assert.Equal((null, false), f.Threshold(3));
    }

    [Fact]
    public void Factors_addends_and_bounds_follow_one_another()
    {
        // max(min(-(2 x + 1), 3), -1) with x on a grid of quarters.
        StepFunction f = StepFunction.Start(2).Then(2L, 1L).Then(-1L, 0L)
            .Held(-1L, 3L) with
        { Scale = 1L, Min = -100, Max = 100, Rounding = QuantRounding.Floor };
        for (int m = -40; m <= 40; m++)
            Assert.Equal((long)Math.Floor(Math.Clamp(-((m / 4.0 * 2) + 1), -1, 3)), f.Evaluate(m));
    }

    [Fact]
    public void Bounds_that_cross_leave_the_upper_one()
    {
        StepFunction f = StepFunction.Start(0).Held(5L, 2L) with { Scale = 1L, Min = -100, Max = 100 };
        Assert.All(new[] { -10, 0, 3, 10 }, m => Assert.Equal(2, f.Evaluate(m)));
        // A rectifier after a bound below zero.
        StepFunction g = StepFunction.Start(0).Held(null, -3L)
            .Held(0L, null) with
        { Scale = 1L, Min = -100, Max = 100 };
        Assert.All(new[] { -10, 0, 3, 10 }, m => Assert.Equal(0, g.Evaluate(m)));
    }
}
