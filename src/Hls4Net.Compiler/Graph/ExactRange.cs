using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>
/// What values of an exact result can be: mantissas in units of 2^-Fraction, one interval an element.
/// </summary>
public sealed record ExactRange(int Fraction, Intervals Elements)
{
    /// <summary>The interval that holds every element's.</summary>
    public Interval Hull { get; } = Elements.Hull;

    /// <summary>The narrowest type that holds every value.</summary>
    /// <exception cref="TooWideException">That type has more than <see cref="FixedPointType.MaxWidth"/>
    /// bits.</exception>
    public FixedPointType Type => TypeFor(Hull, Fraction);

    /// <summary>The narrowest type of a resolution that holds an interval.</summary>
    /// <exception cref="TooWideException">That type has more than <see cref="FixedPointType.MaxWidth"/>
    /// bits.</exception>
    public static FixedPointType TypeFor(Interval interval, int fraction)
    {
        bool signed = interval.Min < 0;
        int width = Math.Max(1,
            Math.Max(BitsFor(interval.Max), signed ? BitsFor(-(interval.Min + 1)) : 0) + (signed ? 1 : 0));
        return width <= FixedPointType.MaxWidthOf(signed) ? new FixedPointType(width, width - fraction, signed)
            : throw new TooWideException(width);
    }

    private static int BitsFor(Int128 magnitude) => magnitude <= 0 ? 0 : (int)Int128.Log2(magnitude) + 1;
}
