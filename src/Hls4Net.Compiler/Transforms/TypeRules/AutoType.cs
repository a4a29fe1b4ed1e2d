using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>The types that Precision=auto chooses.</summary>
internal static class AutoType
{
    /// <summary>Bits of a value where the user names no number.</summary>
    public const int DefaultWidth = 16;

    /// <summary>Bits of a value that a search gives at most.</summary>
    public const int WidestChosen = 40;

    /// <summary>Integer bits of an input of which nothing is known; hls4ml's default.</summary>
    public const int DefaultIntegerBits = 6;

    /// <summary>
    /// The type of at most <paramref name="width"/> bits for values of a range: as many integer bits as the range
    /// needs, the rest fraction, but none finer than <paramref name="finest"/>; to nearest, saturating.
    /// </summary>
    public static FixedPointType For(RealRange range, int width, int finest) =>
        Covering(range, integer => Math.Min(width - integer, finest));

    /// <summary>
    /// The type of a resolution of 2^-<paramref name="fraction"/> for values of a range; to nearest, saturating; at
    /// most
    /// <see cref="WidestChosen"/> bits, of which the lowest are given up first.
    /// </summary>
    public static FixedPointType WithFraction(RealRange range, int fraction) =>
        Covering(range, integer => Math.Min(fraction, WidestChosen - integer));

    private static FixedPointType Covering(RealRange range, Func<int, int> fractionBeside)
    {
        bool signed = range.Min < 0;
        int integer = Math.Max(BitsLeftOfPoint(range.Max), BitsOfNegative(range.Min)) + (signed ? 1 : 0);
        // Rounding may carry the largest value over a power of two.
        FixedPointType type = Make(integer);
        FixedPoint.Convert(range.Max, type, out bool above);
        FixedPoint.Convert(range.Min, type, out bool below);
        return above || below ? Make(integer + 1) : type;

        FixedPointType Make(int i)
        {
            int fraction = fractionBeside(i);
            return new FixedPointType(Math.Max(1, i + fraction), Math.Max(1, i + fraction) - fraction, signed,
                Rounding.Rnd, Overflow.Sat);
        }
    }

    /// <summary>
    /// A constant in the narrowest type that holds its values rounded to <paramref name="width"/> bits.
    /// </summary>
    public static Constant Weights(Constant constant, int width)
    {
        RealRange range = new(Math.Min(0, constant.Values.Min()), Math.Max(0, constant.Values.Max()));
        return range is { Min: 0, Max: 0 }
            ? constant.Quantize(new FixedPointType(1, 1, Signed: false)).Typed
            : Narrowest(constant.Quantize(For(range, width, finest: int.MaxValue / 2)).Typed);
    }

    /// <summary>
    /// A constant as it is, in the narrowest type; null where that has more than <paramref name="width"/> bits.
    /// </summary>
    public static Constant? Exact(Constant constant, int width)
    {
        int fraction = ConstantGrid.ExactFraction(constant), integer = BitsLeftOfPoint(constant.Values.Max(Math.Abs));
        return integer + fraction < width && Math.Abs(fraction) < FixedPointType.MaxPoint ? OnGrid(constant, fraction)
            : null;
    }

    /// <summary>
    /// A constant on a grid of 2^-<paramref name="fraction"/>, in the narrowest type; at most 63 bits.
    /// </summary>
    public static Constant OnGrid(Constant constant, int fraction)
    {
        double largest = constant.Values.Max(Math.Abs);
        int integer = Math.Max(1 - fraction, BitsLeftOfPoint(largest) + 2);
        return Narrowest(constant.Quantize(new FixedPointType(Math.Min(integer + fraction, 64), integer, true,
            Rounding.Rnd, Overflow.Sat)).Typed);
    }

    // Drops what no value uses: the sign, leading bits, and trailing zeros common to all.
    private static Constant Narrowest(Constant constant)
    {
        long all = constant.Mantissas.Aggregate(0L, (bits, m) => bits | m);
        int zeros = all == 0 ? 0 : System.Numerics.BitOperations.TrailingZeroCount(all);
        Interval hull = new(constant.Mantissas.Min() >> zeros, constant.Mantissas.Max() >> zeros);
        FixedPointType type = ExactRange.TypeFor(hull, constant.Fraction - zeros);
        return constant.Retype(type, zeros);
    }

    // The smallest b with -2^b <= x: a power of two is the lowest value itself.
    private static int BitsOfNegative(double x) => x < 0
        && Math.ScaleB(-1, Math.ILogB(x)) == x ? Math.ILogB(x) : BitsLeftOfPoint(-x);

    // The smallest b with |x| < 2^b; far below zero for tiny values, so that these keep their digits.
    private static int BitsLeftOfPoint(double x) => x <= 0 ? -1000 : Math.ILogB(x) + 1;
}
