using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>A value's type, with the range its mantissas keep.</summary>
/// <param name="Type">The fixed-point type.</param>
/// <param name="Range">The interval of each element's mantissas.</param>
/// <param name="Steps">What any two mantissas of an element differ by a multiple of.</param>
public sealed record Typing(FixedPointType Type, Intervals Range, Steps Steps = default)
{
    /// <summary>
    /// The types of an input's elements along the last axis, each with the grid and the range of its own that the type
    /// of all holds; empty where every element has that one.
    /// </summary>
    public ImmutableArray<FixedPointType> Elements { get; init; } = [];

    /// <summary>The type that values of an element are converted to at a port.</summary>
    public FixedPointType TypeOf(int element) => Elements.IsEmpty ? Type : Elements[element % Elements.Length];

    /// <summary>
    /// A real value as a mantissa of <see cref="Type"/>, rounded and held as the element's own type does.
    /// </summary>
    public long Convert(double value, int element, out bool overflow)
    {
        FixedPointType own = TypeOf(element);
        return (long)(FixedPoint.Convert(value, own, out overflow) << (Type.Fraction - own.Fraction));
    }

    /// <summary>The exact type and range of an operation's result.</summary>
    public static Typing Exact(ExactRange range) => new(range.Type, range.Elements);

    /// <summary>The whole range of a type, for each of <paramref name="size"/> elements.</summary>
    public static Typing Full(FixedPointType type, int size)
    {
        Interval all = new(type.Overflow == Overflow.SatSym && type.Signed ? -type.MaxMantissa : type.MinMantissa,
            type.MaxMantissa);
        return new(type, Intervals.Repeat([all], size));
    }

    /// <summary>
    /// True of an input whose conversion is a quantizer of the model: what it saturates is no overflow.
    /// </summary>
    public bool SaturationIsMeant { get; init; }

    /// <summary>
    /// For each element of an item of <paramref name="pack"/> elements the interval that holds it in every item.
    /// </summary>
    internal Interval[] HullsOf(int pack) => Range.ColumnHulls(pack);

    /// <summary>The steps of the elements of an item of <paramref name="pack"/> elements, in whatever item.</summary>
    internal Steps StepsOf(int pack)
    {
        long[] steps = new long[pack];
        int distinct = Intervals.CommonPeriod(Range.Length, Range.Period, Steps.Period, pack);
        // Items that begin at different numbers are a multiple of the step apart, or of less.
        for (int i = 0; i < distinct; i++)
            steps[i % pack] = Joined(steps[i % pack], i, i % pack);
        return Steps.Of(steps);
    }

    /// <summary>What any two mantissas of the whole tensor differ by a multiple of.</summary>
    internal long CommonStep
    {
        get
        {
            long step = 0;
            int distinct = Intervals.CommonPeriod(Range.Length, Range.Period, Steps.Period);
            for (int i = 0; i < distinct && step != 1; i++)
                step = Joined(step, i, 0);
            return Math.Max(step, 1);
        }
    }

    private long Joined(long step, int element, int first)
    {
        Int128 apart = Range[element].Min - Range[first].Min;
        return Int128.Abs(apart) > long.MaxValue ? 1
            : Steps.Divisor(Steps.Divisor(step, Steps[element]), (long)apart);
    }

    public ExactRange ExactRange => new(Type.Fraction, Range);

    /// <summary>The interval that holds every element's.</summary>
    public Interval Hull => Range.Hull;
}
