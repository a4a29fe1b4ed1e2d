using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>The types of the network's inputs.</summary>
internal static class InputTyping
{
    public static Value Typed(TypingContext context, Value input)
    {
        LayerDesign precision = context.Settings.ForInput(input);
        if (precision.Result is PrecisionSpec.Auto { Width: null } && AlignTyping.OfPort(context, input) is Typing port)
            return new Value(input.Name, input.Shape, port);
        if (precision.Result is PrecisionSpec.Auto { Width: null }
            && ForestTyping.OfPort(context, input) is Typing features)
            return new Value(input.Name, input.Shape, features);
        FixedPointType type = precision.Result switch
        {
            PrecisionSpec.Auto when input.Typing is Typing given => given.Type,
            PrecisionSpec.Auto when QuantizedInput.TypeFor(context, input) is FixedPointType quantized => quantized,
            PrecisionSpec.Pinned pinned => pinned.Type,
            // Nothing but zeros tells no range.
            PrecisionSpec.Auto auto when context.Calibrated(input) is RealRange seen && seen != default =>
                auto.Width is null && context.Plan?.Fraction(input) is int fraction
                    ? AutoType.WithFraction(seen.Widened(), fraction)
                    : AutoType.For(seen.Widened(), auto.Width ?? context.InputWidth, finest: 64),
            PrecisionSpec.Auto auto => Assumed(context, input, auto.Width ?? context.InputWidth),
            _ => Assumed(context, input, context.InputWidth),
        };
        // Any bits can lie on a port, the smallest mantissa of a symmetric type among them, which no conversion gives.
        bool quantizes = precision.Result is PrecisionSpec.Auto && input.Typing is null
            && QuantizedInput.TypeFor(context, input) is not null;
        return new Value(input.Name, input.Shape, new Typing(
            type, Intervals.Repeat([new Interval(type.MinMantissa, type.MaxMantissa)], input.Shape.Size))
        { SaturationIsMeant = quantizes });
    }

    private static FixedPointType Assumed(TypingContext context, Value input, int width)
    {
        FixedPointType type = new(width, Math.Min(AutoType.DefaultIntegerBits, width), true, Rounding.Rnd,
            Overflow.Sat);
        context.Diagnostics.Add(
            Descriptors.AssumedInputType,
            $"nothing is known of the range of the input '{input.Name}': {type} is assumed, values from "
            + $"{type.MinValue} to {type.MaxValue:G6}, and every automatic type has {width} bits by its range alone: "
            + "what that costs the outputs is not known. Give TestInputs to choose types by, or Precision for the "
            + $"input (HlsLayer Include=\"{input.Name}\")");
        return type;
    }
}
