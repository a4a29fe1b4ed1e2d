using System.Numerics;

namespace Hls4Net.Numerics;

/// <summary>
/// The exact meaning of a requantization of one element: <c>level(clamp(A · m + B, Low, High))</c> for mantissas m, with A and B exact fractions. It is
/// monotone, so it is given by where each level begins.
/// </summary>
/// <param name="A">Slope in real units a mantissa step.</param>
/// <param name="B">Offset in real units.</param>
/// <param name="Low">What rectifiers and bounds before the quantizer raise the value to; null where nothing does.</param>
/// <param name="High">What they lower it to.</param>
/// <param name="Scale">The quantizer's scale, above zero.</param>
/// <param name="ZeroPoint">The quantizer's zero-point.</param>
/// <param name="Min">Smallest level, before the zero-point is taken off.</param>
/// <param name="Max">Largest level.</param>
/// <param name="Rounding">How the quantizer rounds.</param>
/// <param name="Bipolar">True for levels -1 and +1 that part at zero.</param>
public sealed record StepFunction(
    Rational A, Rational B, Rational? Low, Rational? High, Rational Scale, long ZeroPoint, long Min, long Max, QuantRounding Rounding, bool Bipolar)
{
    /// <summary>The identity before any operation.</summary>
    public static StepFunction Start(int fraction) =>
        new(Rational.PowerOfTwo(-fraction), 0, null, null, 1, 0, 0, 0, QuantRounding.HalfEven, false);

    /// <summary>This function with x · scale + shift behind it.</summary>
    public StepFunction Then(Rational scale, Rational shift)
    {
        Rational? low = Low is Rational l ? (l * scale) + shift : null, high = High is Rational h ? (h * scale) + shift : null;
        return this with { A = A * scale, B = (B * scale) + shift, Low = scale.Sign < 0 ? high : low, High = scale.Sign < 0 ? low : high };
    }

    /// <summary>This function held within bounds; where they cross, the upper one wins, as ONNX's Clip has it.</summary>
    public StepFunction Held(Rational? low, Rational? high)
    {
        Rational? newLow = Both(Low, low, Rational.Max), newHigh = Both(High, high, Rational.Min);
        // Bounds that were there already must hold against new ones beyond them.
        if (low is Rational l && newHigh is Rational h && h < l)
            newHigh = l;
        if (high is Rational u && newLow is Rational n && n > u)
            newLow = u;
        return this with { Low = newLow, High = newHigh };
    }

    /// <summary>The result for a mantissa, zero-point taken off, by the definition.</summary>
    public long Evaluate(long mantissa)
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
        return Result(low);
    }

    /// <summary>The smallest level.</summary>
    public long First => Bipolar ? 0 : Min;

    /// <summary>The largest level.</summary>
    public long Last => Bipolar ? 1 : Max;

    /// <summary>A level as a result: zero-point taken off, or -1 and +1.</summary>
    public long Result(long level) => Bipolar ? (2 * level) - 1 : level - ZeroPoint;

    /// <summary>
    /// For slope above zero the smallest mantissa, below zero the largest, at which <paramref name="level"/> is reached; null where it is reached everywhere or nowhere.
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

    /// <summary>The thresholds of levels that are reached somewhere and not everywhere, as <see cref="Threshold"/> gives them one by one.</summary>
    public IReadOnlyList<BigInteger> Thresholds(long from, long to)
    {
        List<BigInteger> result = [];
        if (Bipolar)
        {
            for (long level = from; level <= to; level++)
                result.Add(Threshold(level).Mantissa!.Value);
            return result;
        }
        // m = (level + d - zero) · scale / A - B / A on one denominator, d being the boundary's place below its level.
        Rational slope = Scale / A;
        Dictionary<Rational, (BigInteger Step, BigInteger Start, BigInteger Denominator)> lines = [];
        for (long level = from; level <= to; level++)
        {
            (Rational boundary, bool inclusive) = Rounding.Boundary(level);
            Rational below = boundary - level;
            if (!lines.TryGetValue(below, out (BigInteger Step, BigInteger Start, BigInteger Denominator) line))
            {
                Rational start = (slope * (below - ZeroPoint)) - (B / A);
                line = (slope.Numerator * start.Denominator, start.Numerator * slope.Denominator, slope.Denominator * start.Denominator);
                lines[below] = line;
            }
            BigInteger floor = BigInteger.DivRem((level * line.Step) + line.Start, line.Denominator, out BigInteger rest);
            if (rest.Sign < 0)
                floor--;
            BigInteger ceiling = rest.IsZero ? floor : floor + 1;
            result.Add(A.Sign > 0 ? (inclusive ? ceiling : floor + 1) : (inclusive ? floor : ceiling - 1));
        }
        return result;
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
