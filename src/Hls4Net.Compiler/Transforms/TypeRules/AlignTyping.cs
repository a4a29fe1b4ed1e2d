using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>The types of aligned features, and of the ports that these are slices of.</summary>
internal static class AlignTyping
{
    /// <summary>The aligned features in the type that auto chooses for all of them.</summary>
    public static Value Typed(TypingContext context, Node node, Align align, Value input)
    {
        Align typed = align with { To = Slices(context, node) };
        return context.Emit(node, typed, [input], new Typing(typed.To.Value, typed.Range([input]).Elements));
    }

    /// <summary>
    /// The port: a type that holds every element's own, which is the slices' moved by its exponent, rounding to nearest
    /// and saturating. Null where the input is not aligned.
    /// </summary>
    public static Typing? OfPort(TypingContext context, Value input)
    {
        if (context.Consumers(input) is not [Node { Operation: Align align } node] || context.Readers(input) != 1)
            return null;
        FixedPointType slices = Slices(context, node);
        ImmutableArray<FixedPointType> elements =
        [
            .. align.Exponents.Select(e =>
                new FixedPointType(slices.Width, slices.Integer - e, slices.Signed, Rounding.Rnd, Overflow.Sat)),
        ];
        int fraction = elements.Max(e => e.Fraction), integer = elements.Max(e => e.Integer);
        FixedPointType port = new(integer + fraction, integer, slices.Signed, Rounding.Rnd, Overflow.Sat);
        Interval[] ranges =
            [.. elements.Select(e => new Interval(e.MinMantissa, e.MaxMantissa) << (fraction - e.Fraction))];
        return new Typing(port, Intervals.Repeat(ranges, input.Shape.Size)) { Elements = elements };
    }

    private static FixedPointType Slices(TypingContext context, Node node)
    {
        RealRange range = context.Calibrated(node.Output)!.Value.Widened();
        FixedPointType type = context.Plan?.Fraction(node) is int fraction
            ? AutoType.WithFraction(range, fraction)
            : AutoType.For(range, AutoType.DefaultWidth, finest: 64);
        return type with { Rounding = Rounding.Trn, Overflow = Overflow.Wrap };
    }
}
