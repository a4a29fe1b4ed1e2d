using System.Collections.Immutable;
using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>
/// Chooses the cheapest integer arithmetic that equals a set of step functions, one a channel, on their reachable
/// intervals.
/// </summary>
public static class RequantizePlanner
{
    // Up to so many levels above the first a few comparators are smaller than a multiplier.
    private const int FewThresholds = 3, MostThresholds = 255;

    // Digits of a factor up to which rounding by a fixed-point conversion is tried first; beyond, a shorter factor may
    // do.
    private const int FewFactorBits = 10, MostFactorBits = 40;

    private const int MostShift = 62;

    // Beyond every mantissa.
    private static readonly BigInteger s_far = BigInteger.One << 100;

    /// <param name="functions">The step functions by channel.</param>
    /// <param name="intervals">The reachable mantissas by channel.</param>
    /// <param name="channels">The channel of each element.</param>
    /// <returns>Null where no method fits: too many levels that no line of a supported size meets.</returns>
    public static RequantizePlan? Plan(IReadOnlyList<StepFunction> functions, IReadOnlyList<Interval> intervals,
        ImmutableArray<int> channels)
    {
        long most = functions.Max(f => f.Last - f.First);
        // Rounding alone needs no list of levels, which for 16 bits is long.
        if (most > FewThresholds && Rounded(functions, intervals, channels, FewFactorBits) is RequantizePlan rounded)
            return rounded;
        StepLevels?[] listed = [.. functions.Select((f, c) => StepLevels.Of(f, intervals[c]))];
        if (listed.Contains(null))
            return Rounded(functions, intervals, channels, MostFactorBits);
        StepLevels[] levels = [.. listed.Select(l => l!)];
        long thresholds = ThresholdCount(functions, levels);
        if (thresholds <= FewThresholds)
            return Compared(functions, levels, channels);
        return Multiplied(functions, levels, channels)
            ?? MultipliedBySign(functions, levels, channels)
            ?? Rounded(functions, intervals, channels, MostFactorBits)
            ?? MultipliedByParity(functions, intervals, levels, channels)
            ?? (thresholds <= MostThresholds ? Compared(functions, levels, channels) : null);
    }

    // One smallest result for all channels: those that begin higher get thresholds that always count.
    private static long ThresholdCount(IReadOnlyList<StepFunction> functions, StepLevels[] levels)
    {
        long min = functions.Select((f, c) => f.Result(levels[c].First)).Min(),
            max = functions.Select((f, c) => f.Result(levels[c].Last)).Max();
        return (max - min) / StepOf(functions);
    }

    private static long StepOf(IReadOnlyList<StepFunction> functions) => functions[0].Bipolar ? 2 : 1;

    private static RequantizePlan Compared(IReadOnlyList<StepFunction> functions, StepLevels[] levels,
        ImmutableArray<int> channels)
    {
        long min = functions.Select((f, c) => f.Result(levels[c].First)).Min(), step = StepOf(functions);
        int width = (int)ThresholdCount(functions, levels);
        List<long> thresholds = [];
        for (int c = 0; c < levels.Length; c++)
        {
            int always = (int)((functions[c].Result(levels[c].First) - min) / step);
            thresholds.AddRange(Enumerable.Repeat(levels[c].Start, always));
            thresholds.AddRange(levels[c].Thresholds.Span);
            thresholds.AddRange(Enumerable.Repeat(levels[c].End - levels[c].Back,
                width - always - levels[c].Thresholds.Length));
        }
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
    private static RequantizePlan? Rounded(IReadOnlyList<StepFunction> functions, IReadOnlyList<Interval> intervals,
        ImmutableArray<int> channels, int factorBits)
    {
        if (functions[0].Bipolar || functions[0].Rounding.AsFixedPoint() is not Rounding rounding
            || functions.Any(f => f.ZeroPoint != functions[0].ZeroPoint))
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
        ImmutableArray<long>.Builder factors = ImmutableArray.CreateBuilder<long>(),
            addends = ImmutableArray.CreateBuilder<long>();
        for (int c = 0; c < functions.Count; c++)
        {
            StepFunction f = functions[c];
            BigInteger factor = (f.A / f.Scale * Rational.PowerOfTwo(shift)).Floor();
            BigInteger addend = (((f.B / f.Scale) + f.ZeroPoint) * Rational.PowerOfTwo(shift)).Floor();
            if ((factor / BigInteger.Max(1, factor & -factor)).GetBitLength() > factorBits || addend.GetBitLength() > 60
                || factor.GetBitLength() > 40)
                return null;
            factors.Add((long)factor);
            addends.Add((long)addend);
        }
        // Bounds before the quantizer become bounds of the result: rounding is monotone.
        (long Min, long Max)[] ends = [.. functions.Select(Ends)];
        if (AsFloor(rounding, shift) is long half && functions.Select((f, c) => (Function: f, Channel: c))
            .All(f => IsPositive(f.Function, f.Channel)))
            (rounding, shift) = Floored(factors, addends, shift, half);
        bool same = ends.Distinct().Count() == 1;
        RequantizePlan plan = new()
        {
            Method = RequantizeMethod.Rounded,
            Channels = channels,
            Factor = factors.ToImmutable(),
            Addend = addends.ToImmutable(),
            Shift = shift,
            Min = ends.Min(e => e.Min),
            Max = ends.Max(e => e.Max),
            Lowest = same ? [] : [.. ends.Select(e => e.Min)],
            Highest = same ? [] : [.. ends.Select(e => e.Max)],
            Rounding = rounding,
            ZeroPoint = functions[0].ZeroPoint,
        };
        return FitsLong(plan, intervals) ? plan : null;

        // Below zero every result is the lowest: modes that differ there give the same.
        bool IsPositive(StepFunction f, int c)
        {
            if (ends[c].Min + f.ZeroPoint >= 0)
                return true;
            BigInteger least = BigInteger.Min((BigInteger)intervals[c].Min * factors[c],
                (BigInteger)intervals[c].Max * factors[c]) + addends[c];
            return least >= 0;
        }
    }

    // What is added before the lower digits are dropped rounds positive numbers in a mode that looks at the sign; null
    // where nothing does.
    private static long? AsFloor(Rounding rounding, int shift) => rounding switch
    {
        _ when shift is 0 or > 60 => shift == 0 ? 0 : null,
        Rounding.RndInf => 1L << (shift - 1),
        Rounding.RndZero => (1L << (shift - 1)) - 1,
        Rounding.TrnZero or Rounding.Trn => 0,
        _ => null,
    };

    // With the half step in the addends, and without the digits that no factor reaches.
    private static (Rounding Rounding, int Shift) Floored(IList<long> factors, IList<long> addends, int shift,
        long half)
    {
        long all = factors.Aggregate(0L, (bits, f) => bits | f);
        int zeros = all == 0 ? 0 : Math.Min(shift, BitOperations.TrailingZeroCount(all));
        for (int c = 0; c < factors.Count; c++)
            (factors[c], addends[c]) = (factors[c] >> zeros, (addends[c] + half) >> zeros);
        return (Rounding.Trn, shift - zeros);
    }

    // Multiplier and shift: for each shift the factor nearest to the slope, and an addend with which every level begins
    // where it should.
    private static RequantizePlan? Multiplied(IReadOnlyList<StepFunction> functions, StepLevels[] levels,
        ImmutableArray<int> channels)
    {
        RequantizePlan frame = Frame(functions, levels, channels);
        int factorBits = FactorBits(levels);
        for (int shift = 0; shift <= MostShift; shift++)
        {
            List<long> factors = [];
            List<Int128> addends = [];
            for (int c = 0; c < functions.Count && factors.Count == c; c++)
            {
                if (FactorOf(functions[c], levels[c], shift, factorBits) is long factor
                    && Addend(frame, functions, levels[c], c, factor, shift) is Int128 addend)
                {
                    factors.Add(factor);
                    addends.Add(addend);
                }
            }
            if (factors.Count == functions.Count)
                return WithAddends(frame with { Factor = [.. factors], Shift = shift }, addends, []);
        }
        return null;
    }

    // Modes that look at the sign leave a level at zero that is wider or narrower than the others, or ties that go
    // either way: a line for each side.
    private static RequantizePlan? MultipliedBySign(IReadOnlyList<StepFunction> functions, StepLevels[] levels,
        ImmutableArray<int> channels)
    {
        if (functions[0].Bipolar
            || functions[0].Rounding is not (
                QuantRounding.Up or QuantRounding.Down or QuantRounding.HalfUp or QuantRounding.HalfDown))
            return null;
        (StepLevels? Lower, StepLevels? Upper)[] sides =
            [.. levels.Select((l, c) => l.At((Int128)BigInteger.Clamp(functions[c].AboveZero(), -s_far, s_far)))];
        RequantizePlan frame = Frame(functions, levels, channels) with
        {
            Knees = [
                .. levels.Select((l, c) =>
                    sides[c] switch { (null, _) => l.Start, (_, null) => l.End - l.Back,
                        (_, StepLevels upper) => upper.Start })],
            Rising = [.. levels.Select(l => l.Rising)],
        };
        return MultipliedTwice(functions, levels, sides, frame);
    }

    // Ties to even: a line on which ties go up and one on which they go down, of which the even result is the right
    // one.
    private static RequantizePlan? MultipliedByParity(IReadOnlyList<StepFunction> functions,
        IReadOnlyList<Interval> intervals, StepLevels[] levels, ImmutableArray<int> channels)
    {
        if (functions[0].Bipolar || functions[0].Rounding is not QuantRounding.HalfEven)
            return null;
        (StepLevels? Lower, StepLevels? Upper)[] lines =
            [.. functions.Select((f, c) =>
                (StepLevels.Of(f.WithTies(up: false), intervals[c]),
                    StepLevels.Of(f.WithTies(up: true), intervals[c])))];
        return MultipliedTwice(functions, levels, lines,
            Frame(functions, levels, channels) with { Odd = [.. functions.Select(f => f.ZeroPoint & 1)] });
    }

    // Two lines of one slope for every channel; a line that is nowhere needed takes the other's place.
    private static RequantizePlan? MultipliedTwice(
        IReadOnlyList<StepFunction> functions, StepLevels[] levels, (StepLevels? Lower, StepLevels? Upper)[] lines,
            RequantizePlan frame)
    {
        int factorBits = FactorBits(levels);
        for (int shift = 0; shift <= MostShift; shift++)
        {
            List<long> factors = [];
            List<Int128> uppers = [], lowers = [];
            for (int c = 0; c < functions.Count && factors.Count == c; c++)
            {
                if (FactorOf(functions[c], levels[c], shift, factorBits) is not long factor)
                    continue;
                Int128? upper = lines[c].Upper is StepLevels above ? Addend(frame, functions, above, c, factor, shift)
                    : null;
                Int128? lower = lines[c].Lower is StepLevels below ? Addend(frame, functions, below, c, factor, shift)
                    : null;
                if ((upper is null && lines[c].Upper is not null) || (lower is null && lines[c].Lower is not null))
                    continue;
                factors.Add(factor);
                uppers.Add((upper ?? lower)!.Value);
                lowers.Add((lower ?? upper)!.Value);
            }
            if (factors.Count == functions.Count)
                return WithAddends(frame with { Factor = [.. factors], Shift = shift }, uppers, lowers);
        }
        return null;
    }

    // A single level needs no factor.
    private static long? FactorOf(StepFunction f, StepLevels levels, int shift, int bits) => levels.Thresholds.IsEmpty
        ? 0 : LineFit.Factor(f, shift, bits);

    // What products leave to factors beside the widest mantissa of any channel.
    private static int FactorBits(StepLevels[] levels) =>
        LineFit.MaxBits - levels.Max(l => IntegerWidth.BitLength(Math.Max(Math.Abs(l.Start), Math.Abs(l.End))));

    private static Int128? Addend(RequantizePlan frame, IReadOnlyList<StepFunction> functions, StepLevels levels,
        int channel, long factor, int shift) => LineFit.Addend(
        levels,
        functions[channel].Result(0),
        frame.Lowest.IsEmpty ? frame.Min : frame.Lowest[channel],
        frame.Highest.IsEmpty ? frame.Max : frame.Highest[channel],
        factor,
        shift);

    // What is above the shifted digits of an addend that a long does not hold is added behind the shift.
    private static RequantizePlan WithAddends(RequantizePlan plan, List<Int128> addends, List<Int128> lower)
    {
        Int128 most = addends.Concat(lower).Max(Int128.Abs);
        if (most >> 62 == 0)
            return plan with
            {
                Addend = [.. addends.Select(a => (long)a)],
                LowerAddend = [.. lower.Select(a => (long)a)]
            };
        long[] bases = [.. addends.Select(a => (long)(a >> plan.Shift))];
        return plan with
        {
            Base = [.. bases],
            Addend = [.. addends.Select((a, c) => (long)(a - ((Int128)bases[c] << plan.Shift)))],
            LowerAddend = [.. lower.Select((a, c) => (long)(a - ((Int128)bases[c] << plan.Shift)))],
        };
    }

    // A plan that lacks its line. Where bounds before the quantizer leave channels different ranges, each is held to
    // its own.
    private static RequantizePlan Frame(IReadOnlyList<StepFunction> functions, StepLevels[] levels,
        ImmutableArray<int> channels)
    {
        long[] lowest = [.. functions.Select((f, c) => f.Result(levels[c].First))],
            highest = [.. functions.Select((f, c) => f.Result(levels[c].Last))];
        bool same = functions.All(f => Ends(f) == Ends(functions[0]));
        return new RequantizePlan
        {
            Method = RequantizeMethod.MultiplyShift,
            Channels = channels,
            Factor = [],
            Addend = [],
            Shift = 0,
            Min = lowest.Min(),
            Max = highest.Max(),
            Lowest = same ? [] : [.. lowest],
            Highest = same ? [] : [.. highest],
        };
    }

    // The results that bounds and the quantizer's own range leave.
    private static (long Min, long Max) Ends(StepFunction f)
    {
        long low = f.Low is Rational l ? Constant(f, l) : f.Result(f.First),
            high = f.High is Rational h ? Constant(f, h) : f.Result(f.Last);
        return (low, high);
    }

    private static long Constant(StepFunction f, Rational value) =>
        (f with { A = 0, B = value, Low = null, High = null }).Evaluate(0);

    private static bool FitsLong(RequantizePlan plan, IReadOnlyList<Interval> intervals)
    {
        for (int c = 0; c < intervals.Count; c++)
        {
            foreach (Int128 m in new[] { intervals[c].Min, intervals[c].Max })
            {
                if (BigInteger.Abs(((BigInteger)m * plan.Factor[c]) + plan.Addend[c]).GetBitLength() > 62
                    || BigInteger.Abs((BigInteger)m * plan.Factor[c]).GetBitLength() > 62)
                    return false;
            }
        }
        return true;
    }
}
