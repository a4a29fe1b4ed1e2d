using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>
/// The exact meaning of a requantization of one element: <c>level(clamp(A · m + B, Low, High))</c> for mantissas m,
/// with A and B exact fractions. It is monotone, so it is given by where each level begins.
/// </summary>
/// <param name="A">Slope in real units a mantissa step.</param>
/// <param name="B">Offset in real units.</param>
/// <param name="Low">What rectifiers and bounds before the quantizer raise the value to; null where nothing
/// does.</param>
/// <param name="High">What they lower it to.</param>
/// <param name="Scale">The quantizer's scale, above zero.</param>
/// <param name="ZeroPoint">The quantizer's zero-point.</param>
/// <param name="Min">Smallest level, before the zero-point is taken off.</param>
/// <param name="Max">Largest level.</param>
/// <param name="Rounding">How the quantizer rounds.</param>
/// <param name="Bipolar">True for levels -1 and +1 that part at zero.</param>
public sealed record StepFunction(
    Rational A, Rational B, Rational? Low, Rational? High, Rational Scale, long ZeroPoint, long Min, long Max,
        QuantRounding Rounding, bool Bipolar)
{
    /// <summary>The identity before any operation.</summary>
    public static StepFunction Start(int fraction) =>
        new(Rational.PowerOfTwo(-fraction), 0, null, null, 1, 0, 0, 0, QuantRounding.HalfEven, false);

    /// <summary>This function with x · scale + shift behind it.</summary>
    public StepFunction Then(Rational scale, Rational shift)
    {
        Rational? low = Low is Rational l ? (l * scale) + shift : null,
            high = High is Rational h ? (h * scale) + shift : null;
        return this with
        {
            A = A * scale,
            B = (B * scale) + shift,
            Low = scale.Sign < 0 ? high : low,
            High = scale.Sign < 0 ? low : high
        };
    }

    /// <summary>
    /// This function held within bounds; where they cross, the upper one wins, as ONNX's Clip has it.
    /// </summary>
    public StepFunction Held(Rational? low, Rational? high)
    {
        // One after the other, each moving the earlier bound where it lies beyond it.
        Rational? newLow = Both(Low, low, Rational.Max), newHigh = High;
        if (newHigh < newLow)
            newHigh = newLow;
        newHigh = Both(newHigh, high, Rational.Min);
        if (newLow > newHigh)
            newLow = newHigh;
        return this with { Low = newLow, High = newHigh };
    }

    /// <summary>The result for a mantissa, zero-point taken off, by the definition.</summary>
    public long Evaluate(long mantissa) => Result(Level(mantissa));

    /// <summary>The level of a mantissa.</summary>
    public long Level(long mantissa)
    {
        long low = First, high = Last;
        // The largest level that is reached; every level is reached wherever a higher one is.
        while (low < high)
        {
            long middle = low + ((high - low + 1) / 2);
            if (Reaches(mantissa, middle))
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /// <summary>The smallest level.</summary>
    public long First => Bipolar ? 0 : Min;

    /// <summary>The largest level.</summary>
    public long Last => Bipolar ? 1 : Max;

    /// <summary>A level as a result: zero-point taken off, or -1 and +1.</summary>
    public long Result(long level) => Bipolar ? (2 * level) - 1 : level - ZeroPoint;

    /// <summary>
    /// For slope above zero the smallest mantissa, below zero the largest, at which <paramref name="level"/> is
    /// reached; null where it is reached everywhere or nowhere.
    /// </summary>
    public (BigInteger? Mantissa, bool Everywhere) Threshold(long level)
    {
        (Rational boundary, bool inclusive) = Boundary(level);
        if (Low is Rational low && (low > boundary || (inclusive && low >= boundary)))
            return (null, true);
        if (High is Rational high && (high < boundary || (!inclusive && high <= boundary)))
            return (null, false);
        if (A.Sign == 0)
            return (null, inclusive ? B >= boundary : B > boundary);
        Rational at = (boundary - B) / A;
        if (A.Sign > 0)
            return (inclusive ? at.Ceiling() : at.Floor() + 1, false);
        return (inclusive ? at.Floor() : at.Ceiling() - 1, false);
    }

    /// <summary>
    /// The function that differs from this one, which rounds to nearest, in that ties go up, or down.
    /// </summary>
    public StepFunction WithTies(bool up)
    {
        Rational half = (up ? Scale : -Scale) / 2L;
        return this with
        {
            B = B + half,
            Low = Low + half,
            High = High + half,
            Rounding = up ? QuantRounding.Floor : QuantRounding.Ceil
        };
    }

    /// <summary>The first mantissa, from below, at which what is rounded is above zero; zero for slope zero.</summary>
    public BigInteger AboveZero()
    {
        if (A.Sign == 0)
            return 0;
        Rational zero = ((-(Rational)ZeroPoint * Scale) - B) / A;
        return A.Sign > 0 ? zero.Floor() + 1 : zero.Ceiling() - 1;
    }

    /// <summary>
    /// The thresholds of levels that are reached somewhere and not everywhere, as <see cref="Threshold"/> gives them
    /// one by one.
    /// </summary>
    public long[] Thresholds(long from, long to)
    {
        long[] result = new long[Math.Max(0, to - from + 1)];
        if (result.Length == 0)
            return result;
        if (Bipolar)
            return [(long)Threshold(1).Mantissa!.Value];
        // m = (level + d - zero) · scale / A - B / A on one denominator, d being the boundary's place below its level,
        // which changes at most once.
        Rational slope = Scale / A;
        for (long level = from; level <= to;)
        {
            Rational below = Rounding.Boundary(level).Boundary - level;
            long last = level <= 0 && Rounding.Boundary(1).Boundary - 1 != below ? Math.Min(0, to) : to;
            Rational start = (slope * (level + below - ZeroPoint)) - (B / A);
            BigInteger denominator = slope.Denominator * start.Denominator, first = start.Numerator * slope.Denominator,
                step = slope.Numerator * start.Denominator;
            Span<long> run = result.AsSpan((int)(level - from), (int)(last - level + 1));
            BigInteger floor = Floor(first, denominator, out BigInteger rest),
                stepFloor = Floor(step, denominator, out BigInteger stepRest);
            // Nearly always 128 bits hold the denominator, and walking along the line is many times faster.
            if (denominator.GetBitLength() < 126 && floor.GetBitLength() < 126 && stepFloor.GetBitLength() < 126)
                Walk(run, level, (Int128)floor, (Int128)rest, (Int128)stepFloor, (Int128)stepRest, (Int128)denominator);
            else
                Walk(run, level, floor, rest, stepFloor, stepRest, denominator);
            level = last + 1;
        }
        return result;
    }

    // Adds the step to quotient and rest, level by level, in place of a division for each.
    private void Walk<T>(Span<long> thresholds, long level, T floor, T rest, T step, T stepRest, T denominator)
        where T : IBinaryInteger<T>
    {
        foreach (ref long threshold in thresholds)
        {
            long below = long.CreateChecked(floor), above = T.IsZero(rest) ? below : below + 1;
            bool inclusive = Rounding.Inclusive(level++);
            threshold = A.Sign > 0 ? (inclusive ? above : below + 1) : (inclusive ? below : above - 1);
            (floor, rest) = (floor + step, rest + stepRest);
            if (rest >= denominator)
                (floor, rest) = (floor + T.One, rest - denominator);
        }
    }

    private static BigInteger Floor(BigInteger numerator, BigInteger denominator, out BigInteger rest)
    {
        BigInteger floor = BigInteger.DivRem(numerator, denominator, out rest);
        if (rest.Sign >= 0)
            return floor;
        rest += denominator;
        return floor - 1;
    }

    private bool Reaches(long mantissa, long level)
    {
        (BigInteger? threshold, bool everywhere) = Threshold(level);
        return threshold is BigInteger t ? (A.Sign > 0 ? mantissa >= t : mantissa <= t) : everywhere;
    }

    private (Rational Boundary, bool Inclusive) Boundary(long level)
    {
        if (Bipolar)
            return (-(Rational)ZeroPoint * Scale, true);
        (Rational boundary, bool inclusive) = Rounding.Boundary(level);
        return ((boundary - ZeroPoint) * Scale, inclusive);
    }

    private static Rational? Both(Rational? a, Rational? b, Func<Rational, Rational, Rational> choose) =>
        a is null ? b : b is null ? a : choose(a.Value, b.Value);
}
