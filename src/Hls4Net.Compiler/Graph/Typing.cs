using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>A value's type, with the range its mantissas keep.</summary>
/// <param name="Type">The fixed-point type.</param>
/// <param name="Range">The interval of each element's mantissas.</param>
/// <param name="Step">Any two mantissas of one element differ by a multiple of it; 2 for the -1 and +1 of a bipolar
/// quantizer.</param>
public sealed record Typing(FixedPointType Type, Intervals Range, long Step = 1)
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

    /// <summary>The step of an element in whatever item: where items differ, so may their offsets.</summary>
    internal long StepOf(int pack)
    {
        int distinct = Intervals.CommonPeriod(Range.Length, Range.Period, pack);
        for (int i = pack; i < distinct; i++)
        {
            if (Range[i] != Range[i % pack])
                return 1;
        }
        return Step;
    }

    public ExactRange ExactRange => new(Type.Fraction, Range);

    /// <summary>The interval that holds every element's.</summary>
    public Interval Hull => Range.Hull;
}
