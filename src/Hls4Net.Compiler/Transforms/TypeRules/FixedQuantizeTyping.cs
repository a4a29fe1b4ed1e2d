using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Types by quantizers that have one for each element.</summary>
internal static class FixedQuantizeTyping
{
    // A value below a quantizer's unit decides ties that its rounding breaks by a rule; to nearest it is this many bits
    // finer.
    private const int GuardBits = 16;

    public static Value Typed(TypingContext context, Node node, FixedQuantize quantize, Value input)
    {
        FixedQuantize typed = quantize.TypedFor(input.Shape);
        return context.Emit(node, typed, [input], Typing.Exact(typed.Range([input])));
    }

    /// <summary>
    /// A type of an input from which quantizers give what they give of the real number: as fine as their rounding asks
    /// for, and wrapping where all of them wrap. Null where some wrap and some saturate, or ask for the sign of what
    /// wraps.
    /// </summary>
    public static FixedPointType? OfInput(ImmutableArray<(FixedQuantize Quantize, Shape Shape)> readers)
    {
        bool wraps = readers.All(r => r.Quantize.Overflow == Overflow.Wrap);
        if (!wraps && readers.Any(r => r.Quantize.Overflow is not (Overflow.Sat or Overflow.SatSym)))
            return null;
        // What has wrapped may have another sign, by which these modes round, and rectifiers decide.
        if (wraps && readers.Any(r => r.Quantize.Rectifies
            || r.Quantize.Rounding is Rounding.TrnZero or Rounding.RndZero or Rounding.RndInf))
            return null;
        int fraction = int.MinValue, integer = int.MinValue;
        foreach ((FixedQuantize quantize, Shape shape) in readers)
        {
            foreach (FixedPointType type in quantize.TypesFor(shape).Where(t => t.Width > 0))
            {
                fraction = Math.Max(fraction, type.Fraction + Below(quantize.Rounding));
                integer = Math.Max(integer, type.Integer + (type.Signed ? 0 : 1));
            }
        }
        if (fraction == int.MinValue)
            return new FixedPointType(1, 1, true, Rounding.Trn, wraps ? Overflow.Wrap : Overflow.Sat);
        // Beyond the range of a type that saturates, and of its rounding.
        integer += wraps ? 0 : 1;
        bool cuts = readers.All(r => r.Quantize.Rounding is Rounding.Trn or Rounding.Rnd);
        return integer + fraction is > 0 and <= TypingContext.ExactWidth
            ? new FixedPointType(integer + fraction, integer, true, cuts ? Rounding.Trn : Rounding.Rnd,
                wraps ? Overflow.Wrap : Overflow.Sat)
            : null;
    }

    // Half a unit is a bit; what rounds ties by a rule has to see that there is a tie.
    private static int Below(Rounding rounding) => rounding switch
    {
        Rounding.Trn => 0,
        Rounding.Rnd => 1,
        _ => GuardBits,
    };
}
