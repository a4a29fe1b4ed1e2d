using System.Globalization;
using System.Numerics;
using Hls4Net.Numerics;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Quantization;

/// <summary>Plans of integer arithmetic are their step functions at every mantissa.</summary>
public sealed class RequantizePlannerTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_plans_equal_their_step_functions()
    {
        Dictionary<string, int> methods = [];
        for (int seed = 0; seed < 600; seed++)
        {
            RandomStepFunction random = new(seed);
            RequantizePlan? plan = Plan(random.Functions, random.Intervals);
            Assert.NotNull(plan);
            string method = plan.LowerAddend.IsEmpty ? $"{plan.Method}" : plan.Odd.IsEmpty ? "MultiplyShift by sign"
                : "MultiplyShift by parity";
            methods[method] = methods.GetValueOrDefault(method) + 1;
            for (int c = 0; c < random.Functions.Count; c++)
            {
                if (Difference(plan, c, random.Functions[c], random.Intervals[c]) is string difference)
                    Assert.Fail($"seed {seed}, channel {c}: {difference}");
            }
        }
        output.WriteLine(string.Join(", ", methods.OrderBy(m => m.Key).Select(m => $"{m.Key} {m.Value}")));
        Assert.All(Enum.GetNames<RequantizeMethod>(),
            method => Assert.InRange(methods.GetValueOrDefault(method), 50, int.MaxValue));
        Assert.InRange(methods.GetValueOrDefault("MultiplyShift by sign"), 10, int.MaxValue);
        Assert.InRange(methods.GetValueOrDefault("MultiplyShift by parity"), 3, int.MaxValue);
    }

    [Theory]
    [InlineData(QuantRounding.HalfEven, 1 / 1024.0)]
    [InlineData(QuantRounding.HalfEven, 0.0013)]
    [InlineData(QuantRounding.Floor, 0.0013)]
    [InlineData(QuantRounding.Up, 0.0013)]
    [InlineData(QuantRounding.Ceil, 1 / 1024.0)]
    public void Sixteen_bits_on_64_channels_take_little_work(QuantRounding rounding, double slope)
    {
        Random random = new(1);
        StepFunction[] functions = [.. Enumerable.Range(0, 64).Select(_ => new StepFunction(
            (float)(slope * (1 + random.NextDouble())), (float)random.NextDouble(), null, null, 1L, 0, -32768, 32767,
                rounding, false))];
        Interval[] intervals = [.. functions.Select(_ => new Interval(-(1 << 25), (1 << 25) - 1))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        RequantizePlan? plan = Plan(functions, intervals);
        double megabytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1e6;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{plan?.Method} with a shift of {plan?.Shift}: {megabytes:F0} MB"));
        Assert.NotNull(plan);
        // Memory allocated stands for work: unlike time it is the same on every machine.
        Assert.InRange(megabytes, 0, 2000);
        for (int c = 0; c < functions.Length; c += 21)
            Assert.Null(Difference(plan, c, functions[c], intervals[c]));
    }

    private static RequantizePlan? Plan(IReadOnlyList<StepFunction> functions, IReadOnlyList<Interval> intervals) =>
        RequantizePlanner.Plan(functions, intervals, [.. Enumerable.Range(0, functions.Count)]);

    // Every mantissa of a short interval; of a long one those around every threshold, and its ends.
    private static string? Difference(RequantizePlan plan, int channel, StepFunction f, Interval reach)
    {
        foreach (long m in reach.Max - reach.Min < 1 << 12 ? LongRange(reach) : Mantissas(f, reach))
        {
            long actual = plan.Evaluate(channel, m), expected = ExactStep.Evaluate(f, m);
            if (actual != expected)
                return $"{plan.Method} gives {actual} at {m} in {reach}, {f} is {expected}";
        }
        return null;
    }

    private static IEnumerable<long> LongRange(Interval reach)
    {
        for (long m = (long)reach.Min; m <= reach.Max; m++)
            yield return m;
    }

    private static HashSet<long> Mantissas(StepFunction f, Interval reach)
    {
        HashSet<long> result = [(long)reach.Min, (long)reach.Max];
        long levels = f.Last - f.First, stride = Math.Max(1, levels / 2000);
        for (long level = f.First + 1; level <= f.Last; level += stride)
        {
            if (f.Threshold(level).Mantissa is not BigInteger threshold)
                continue;
            for (int near = -2; near <= 2; near++)
            {
                if (threshold + near >= (BigInteger)reach.Min && threshold + near <= (BigInteger)reach.Max)
                    result.Add((long)threshold + near);
            }
        }
        return result;
    }
}
