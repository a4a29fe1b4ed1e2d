using System.Collections.Immutable;
using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>Chooses the cheapest integer arithmetic that equals a set of step functions, one a channel, on their reachable intervals.</summary>
public static class RequantizePlanner
{
    // Up to so many levels above the first a few comparators are smaller than a multiplier.
    private const int FewThresholds = 3, MostThresholds = 255;

    // A multiplier wider than this is worth no search.
    private const int MaxFactorBits = 30;

    /// <param name="functions">The step functions by channel.</param>
    /// <param name="intervals">The reachable mantissas by channel.</param>
    /// <param name="channels">The channel of each element.</param>
    /// <returns>Null where no method fits: too many levels that no line meets.</returns>
    public static RequantizePlan? Plan(IReadOnlyList<StepFunction> functions, IReadOnlyList<Interval> intervals, ImmutableArray<int> channels)
    {
        long most = functions.Max(f => f.Last - f.First);
        // Rounding alone needs no list of levels, which for 16 bits is long.
        if (most > FewThresholds && Rounded(functions, intervals, channels) is RequantizePlan rounded)
            return rounded;
        Levels[] levels = [.. functions.Select((f, c) => Levels.Of(f, intervals[c]))];
        int reached = levels.Max(l => l.Thresholds.Count);
        if (reached <= FewThresholds)
            return Compared(functions, levels, channels);
        return Multiplied(functions, levels, channels) ?? (reached <= MostThresholds ? Compared(functions, levels, channels) : null);
    }

    /// <summary>Where the reachable levels of one function begin.</summary>
    private sealed record Levels(long First, IReadOnlyList<BigInteger> Thresholds, bool Rising, Interval Reach)
    {
        public static Levels Of(StepFunction f, Interval reach)
        {
            bool rising = f.A.Sign >= 0;
            (long from, long to) = rising ? ((long)reach.Min, (long)reach.Max) : ((long)reach.Max, (long)reach.Min);
            long first = Level(f, f.Evaluate(from)), last = Level(f, f.Evaluate(to));
            return new Levels(first, f.Thresholds(first + 1, last), rising, reach);
        }

        private static long Level(StepFunction f, long result) => f.Bipolar ? (result + 1) / 2 : result + f.ZeroPoint;
    }

    private static RequantizePlan Compared(IReadOnlyList<StepFunction> functions, Levels[] levels, ImmutableArray<int> channels)
    {
        long min = functions.Select((f, c) => f.Result(levels[c].First)).Min();
        // One smallest result for all channels: those that begin higher get thresholds that always count.
        int width = functions.Select((f, c) => (int)((f.Result(levels[c].First) - min) / (f.Bipolar ? 2 : 1)) + levels[c].Thresholds.Count).Max();
        List<long> thresholds = [];
        for (int c = 0; c < levels.Length; c++)
        {
            int always = (int)((functions[c].Result(levels[c].First) - min) / (functions[c].Bipolar ? 2 : 1));
            (long everywhere, long nowhere) = levels[c].Rising
                ? ((long)levels[c].Reach.Min, (long)levels[c].Reach.Max + 1)
                : ((long)levels[c].Reach.Max, (long)levels[c].Reach.Min - 1);
            thresholds.AddRange(Enumerable.Repeat(everywhere, always));
            thresholds.AddRange(levels[c].Thresholds.Select(t => (long)t));
            thresholds.AddRange(Enumerable.Repeat(nowhere, width - always - levels[c].Thresholds.Count));
        }
        long step = functions[0].Bipolar ? 2 : 1;
        return new RequantizePlan
        {
            Method = RequantizeMethod.Thresholds,
            Channels = channels,
            Factor = [],
            Addend = [],
            Shift = 0,
            Min = min,
            Max = min + (width * step),
            Thresholds = [.. thresholds],
            Rising = [.. levels.Select(l => l.Rising)],
            Step = step,
        };
    }

    // A and B on one binary grid, with a factor of few bits: nothing to prove, rounding does it.
    private static RequantizePlan? Rounded(IReadOnlyList<StepFunction> functions, IReadOnlyList<Interval> intervals, ImmutableArray<int> channels)
    {
        if (functions[0].Bipolar || functions[0].Rounding.AsFixedPoint() is not Rounding rounding)
            return null;
        int shift = 0;
        foreach (StepFunction f in functions)
        {
            foreach (Rational r in new[] { f.A / f.Scale, f.B / f.Scale })
            {
                if (!r.Denominator.IsPowerOfTwo)
                    return null;
                shift = Math.Max(shift, (int)(r.Denominator.GetBitLength() - 1));
            }
        }
        ImmutableArray<long>.Builder factors = ImmutableArray.CreateBuilder<long>(), addends = ImmutableArray.CreateBuilder<long>();
        for (int c = 0; c < functions.Count; c++)
        {
            StepFunction f = functions[c];
            BigInteger factor = (f.A / f.Scale * Rational.PowerOfTwo(shift)).Floor();
            BigInteger addend = (((f.B / f.Scale) + f.ZeroPoint) * Rational.PowerOfTwo(shift)).Floor();
            if ((factor / BigInteger.Max(1, factor & -factor)).GetBitLength() > 10 || addend.GetBitLength() > 60 || factor.GetBitLength() > 40)
                return null;
            factors.Add((long)factor);
            addends.Add((long)addend);
        }
        // Bounds before the quantizer become bounds of the result: rounding is monotone.
        (long min, long max) = Ends(functions[0]);
        if (functions.Any(f => Ends(f) != Ends(functions[0])))
            return null;
        RequantizePlan plan = new()
        {
            Method = RequantizeMethod.Rounded,
            Channels = channels,
            Factor = factors.ToImmutable(),
            Addend = addends.ToImmutable(),
            Shift = shift,
            Min = min,
            Max = max,
            Rounding = rounding,
            ZeroPoint = functions[0].ZeroPoint,
        };
        return FitsLong(plan, intervals) ? plan : null;
    }

    // Multiplier and shift: for each shift the factor nearest to the slope, and the addends for which every level begins where it should.
    private static RequantizePlan? Multiplied(IReadOnlyList<StepFunction> functions, Levels[] levels, ImmutableArray<int> channels)
    {
        (long min, long max) = (long.MaxValue, long.MinValue);
        for (int c = 0; c < functions.Count; c++)
        {
            min = Math.Min(min, functions[c].Result(levels[c].First));
            max = Math.Max(max, functions[c].Result(levels[c].First + levels[c].Thresholds.Count));
        }
        for (int shift = 0; shift <= 48; shift++)
        {
            long[] factors = new long[functions.Count], addends = new long[functions.Count];
            bool all = true;
            for (int c = 0; c < functions.Count && all; c++)
                all = Fit(functions[c], levels[c], min, max, shift, out factors[c], out addends[c]);
            if (!all)
                continue;
            RequantizePlan plan = new()
            {
                Method = RequantizeMethod.MultiplyShift,
                Channels = channels,
                Factor = [.. factors],
                Addend = [.. addends],
                Shift = shift,
                Min = min,
                Max = max,
            };
            return FitsLong(plan, [.. levels.Select(l => l.Reach)]) ? plan : null;
        }
        return null;
    }

    private static bool Fit(StepFunction f, Levels levels, long min, long max, int shift, out long factor, out long addend)
    {
        (factor, addend) = (0, 0);
        long first = f.Result(levels.First);
        int count = levels.Thresholds.Count;
        BigInteger one = BigInteger.One << shift;
        if (count == 0)
        {
            addend = (long)(first * one);
            return true;
        }
        // The slope of the levels themselves, which is the function's own unless bounds cut it.
        Rational slope = f.A / f.Scale * Rational.PowerOfTwo(shift);
        BigInteger near = (slope + new Rational(1, 2)).Floor();
        if (near.IsZero || near.GetBitLength() > MaxFactorBits)
            return false;
        // m reaches result r exactly where m · factor + addend ≥ r · 2^shift: two bounds of the addend for each threshold.
        BigInteger low = -(BigInteger.One << 62), high = BigInteger.One << 62;
        for (int k = 0; k < count; k++)
        {
            BigInteger level = (first + k + 1) * one, t = levels.Thresholds[k], before = levels.Rising ? t - 1 : t + 1;
            low = BigInteger.Max(low, level - (t * near));
            high = BigInteger.Min(high, level - (before * near) - 1);
        }
        // Outside the reached levels the line must not come back into the common range.
        BigInteger start = levels.Rising ? (BigInteger)levels.Reach.Min : (BigInteger)levels.Reach.Max, end = levels.Rising ? (BigInteger)levels.Reach.Max : (BigInteger)levels.Reach.Min;
        if (first > min)
            low = BigInteger.Max(low, (first * one) - (start * near));
        if (first + count < max)
            high = BigInteger.Min(high, ((first + count + 1) * one) - (end * near) - 1);
        if (low > high)
            return false;
        factor = (long)near;
        // The addend with the most trailing zeros in between is the cheapest.
        addend = (long)Roundest(low, high);
        return true;
    }

    private static BigInteger Roundest(BigInteger low, BigInteger high)
    {
        if (low.Sign <= 0 && high.Sign >= 0)
            return 0;
        for (int zeros = 62; zeros > 0; zeros--)
        {
            BigInteger candidate = -((-low) >> zeros) << zeros;
            if (candidate >= low && candidate <= high)
                return candidate;
        }
        return low;
    }

    // The results that bounds and the quantizer's own range leave.
    private static (long Min, long Max) Ends(StepFunction f)
    {
        long low = f.Low is Rational l ? Constant(f, l) : f.Result(f.First), high = f.High is Rational h ? Constant(f, h) : f.Result(f.Last);
        return (low, high);
    }

    private static long Constant(StepFunction f, Rational value) => (f with { A = 0, B = value, Low = null, High = null }).Evaluate(0);

    private static bool FitsLong(RequantizePlan plan, IReadOnlyList<Interval> intervals)
    {
        for (int c = 0; c < intervals.Count; c++)
        {
            foreach (Int128 m in new[] { intervals[c].Min, intervals[c].Max })
            {
                if (BigInteger.Abs(((BigInteger)m * plan.Factor[c]) + plan.Addend[c]).GetBitLength() > 62 || BigInteger.Abs((BigInteger)m * plan.Factor[c]).GetBitLength() > 62)
                    return false;
            }
        }
        return true;
    }
}
