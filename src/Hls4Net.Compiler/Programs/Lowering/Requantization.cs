using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>Plans of requantization in integer operations.</summary>
internal static class Requantization
{
    // A table of as many entries costs less than what it replaces.
    private const int MaxTableEntries = 256;

    /// <summary>The result for element <paramref name="element"/> of mantissa <paramref name="x"/>.</summary>
    public static int Evaluate(ProgramBuilder b, RequantizePlan plan, int element, int x)
    {
        Interval range = b[x].Range;
        if (range.Max - range.Min < MaxTableEntries)
        {
            long first = (long)range.Min;
            return b.Table(x, first, [.. Enumerable.Range(0, (int)(range.Max - range.Min) + 1)
                .Select(i => plan.Evaluate(element, first + i))]);
        }
        int c = plan.Channels[element];
        return plan.Method switch
        {
            RequantizeMethod.Rounded => Held(Rounded()),
            RequantizeMethod.MultiplyShift => Line(),
            RequantizeMethod.Thresholds => Count(),
            _ => throw new ArgumentOutOfRangeException(nameof(plan)),
        };

        int Rounded() => b.Difference(Conversion.Round(b, b.MultiplyAdd(x, plan.Factor[c], plan.Addend[c]), plan.Shift,
            plan.Rounding), b.Constant(plan.ZeroPoint));

        int Line()
        {
            if (plan.LowerAddend.IsEmpty)
                return OnLine(plan.Addend[c]);
            int upper = OnLine(plan.Addend[c]), lower = OnLine(plan.LowerAddend[c]);
            return b.Select(plan.Knees.IsEmpty ? b.Not(b.Xor(b.Bit(upper, 0), b.Constant(plan.Odd[c])))
                : Reached(plan.Knees[c]), upper, lower);
        }

        int OnLine(long addend) =>
            Held(b.Sum(b.ShiftRight(b.MultiplyAdd(x, plan.Factor[c], addend), plan.Shift),
                b.Constant(plan.Base.IsEmpty ? 0 : plan.Base[c])));

        int Held(int value) => b.Clamp(value, plan.Lowest.IsEmpty ? plan.Min : plan.Lowest[c],
            plan.Highest.IsEmpty ? plan.Max : plan.Highest[c]);

        int Count()
        {
            int[] reached = [.. Enumerable.Range(0, plan.ThresholdCount)
                .Select(k => Reached(plan.Thresholds[(c * plan.ThresholdCount) + k]))];
            return reached.Length == 0 ? b.Constant(plan.Min)
                : b.MultiplyAdd(Reductions.Sum(b, reached), plan.Step, plan.Min);
        }

        int Reached(long threshold) => plan.Rising[c] ? b.Reaches(x, threshold) : b.Below(x, (Int128)threshold + 1);
    }
}
