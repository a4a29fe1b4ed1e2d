using System.Collections.Immutable;

namespace Hls4Net.Numerics;

/// <summary>
/// Fits the segments of a <see cref="FunctionTable"/>. Each segment takes its chord's slope and the base that centres
/// what the chord leaves, which is the best line under a convex or concave arc; whether it is good enough is then
/// measured at every input with the integer arithmetic of the table itself, so the bound holds whatever the function
/// is.
/// </summary>
internal sealed class SegmentFit
{
    // A slope rounded to Shift + 3 bits is off by at most 1/16 unit at the far end, half of which centring takes away.
    private const int SlopeGuard = 3;

    private readonly double[] _target;
    private readonly long _min;
    private readonly long _outMin;
    private readonly long _outMax;
    private readonly long _trimLo;
    private readonly long _trimHi;
    private readonly int _overflows;

    // What the inputs behind the ends may differ from the innermost of them, in units, where sharing one result is not
    // near enough.
    private const double NearlyFlat = 1.0 / 8;

    private SegmentFit(double[] values, long min, FixedPointType output, bool nearlyFlat)
    {
        _min = min;
        _outMax = (long)output.MaxMantissa;
        _outMin = output.Overflow == Overflow.SatSym && output.Signed ? -_outMax : (long)output.MinMantissa;
        _target = new double[values.Length];
        for (int j = 0; j < values.Length; j++)
        {
            double units = Math.ScaleB(values[j], output.Fraction);
            double rounded = Math.Floor(units + 0.5);
            _overflows += rounded < _outMin || rounded > _outMax ? 1 : 0;
            _target[j] = Math.Clamp(units, _outMin, _outMax);
        }
        int first = 0, last = values.Length - 1;
        while (first < last && Alike(first + 1, 0))
            first++;
        while (last > first && Alike(last - 1, values.Length - 1))
            last--;
        (_trimLo, _trimHi) = (min + first, min + last);

        bool Alike(int j, int end) => nearlyFlat ? Math.Abs(_target[j] - _target[end]) <= NearlyFlat
            : Rounded(j) == Rounded(end);
    }

    /// <summary>
    /// The table with the fewest segments, or null if one entry per input is all that meets the bound.
    /// </summary>
    public static FunctionTable? Fit(double[] values, FixedPointType input, long min, FixedPointType output,
        double maxErrorUlp)
    {
        if (output.Width > FunctionTable.MaxSegmentOutputWidth)
            throw new TypeLimitException(
                $"results of line segments have at most {FunctionTable.MaxSegmentOutputWidth} bits");
        // A line that is near enough at an end's innermost input may round to the other side of what all behind it are.
        return Fit(new SegmentFit(values, min, output, nearlyFlat: false), input, output, maxErrorUlp)
            ?? Fit(new SegmentFit(values, min, output, nearlyFlat: true), input, output, maxErrorUlp);
    }

    private static FunctionTable? Fit(SegmentFit fit, FixedPointType input, FixedPointType output, double maxErrorUlp)
    {
        if (fit._overflows > 0 && output.Overflow is not (Overflow.Sat or Overflow.SatSym))
            throw OverflowsWithoutSaturation(output);
        // A slope is below 2^(Width + Guard), a product and a base continued to its segment's begin below 2^(Width +
        // Guard + Shift): 62 bits with this.
        int largest = Math.Min(IntegerWidth.BitLength(fit._trimHi - fit._trimLo), (61 - output.Width - SlopeGuard) / 2);
        for (int shift = largest; shift > 0; shift--)
            if (fit.Try(shift, input, output, maxErrorUlp) is { } table)
                return table;
        return null;
    }

    public static TypeLimitException OverflowsWithoutSaturation(FixedPointType output) =>
        new($"the function leaves the range of {output}, which does not saturate, and has more than "
            + $"{FunctionTable.MaxEntries} inputs: let the output saturate or widen it");

    private double Rounded(int j) => Math.Floor(_target[j] + 0.5);

    private FunctionTable? Try(int shift, FixedPointType input, FixedPointType output, double maxErrorUlp)
    {
        // A grid through zero: functions with a kink have it there.
        long lo = _trimLo >> shift << shift;
        int segments = (int)((_trimHi - lo) >> shift) + 1;
        int guard = shift + SlopeGuard;
        long[] bases = new long[segments];
        long[] slopes = new long[segments];
        double error = 0;
        bool clamps = false;
        for (int i = 0; i < segments; i++)
        {
            long begin = lo + ((long)i << shift);
            int first = (int)(Math.Max(begin, _min) - _min);
            int last = (int)(Math.Min(begin + (1L << shift) - 1, _trimHi) - _min);
            (bases[i], slopes[i]) = Line(first, last, (int)(_min + first - begin), guard);
            for (int j = first; j <= last; j++)
            {
                long y = (bases[i] + slopes[i] * (_min + j - begin)) >> guard;
                clamps |= y < _outMin || y > _outMax;
                error = Math.Max(error, Math.Abs(Math.Clamp(y, _outMin, _outMax) - _target[j]));
            }
            if (error > maxErrorUlp)
                return null;
        }
        FunctionTable table = new()
        {
            Input = input,
            Min = _min,
            Max = _min + _target.Length - 1,
            Output = output,
            Lo = lo,
            Hi = _trimHi,
            Shift = shift,
            Guard = guard,
            Base = ImmutableArray.Create(bases),
            Slope = ImmutableArray.Create(slopes),
            OutMin = _outMin,
            OutMax = _outMax,
            ClampsOutput = clamps,
            MaxErrorUlp = 0,
            Overflows = _overflows,
        };
        // The clamped ends share a result that was rounded for the innermost of them only.
        double ends = Math.Max(ErrorOf(table, 0, lo - _min), ErrorOf(table, _trimHi - _min + 1, _target.Length));
        error = Math.Max(error, ends);
        return error <= maxErrorUlp ? table with { MaxErrorUlp = error } : null;
    }

    private double ErrorOf(FunctionTable table, long first, long end)
    {
        double error = 0;
        for (long j = first; j < end; j++)
            error = Math.Max(error, Math.Abs(table.Evaluate(_min + j) - _target[j]));
        return error;
    }

    // The line over the points first to last, the first of which is offset inputs into its segment.
    private (long Base, long Slope) Line(int first, int last, int offset, int guard)
    {
        double scale = 1L << guard;
        double slope = first == last ? 0 : Math.Round((_target[last] - _target[first]) / (last - first) * scale);
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (int j = first; j <= last; j++)
        {
            double rest = _target[j] * scale - slope * (j - first + offset);
            low = Math.Min(low, rest);
            high = Math.Max(high, rest);
        }
        return ((long)Math.Round((low + high) / 2) + (1L << (guard - 1)), (long)slope);
    }
}
