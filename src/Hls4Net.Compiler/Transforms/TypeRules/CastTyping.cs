using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// Casts to integers: dropped digits where every value fits, else a conversion that wraps as ONNX says.
/// </summary>
internal static class CastTyping
{
    public static Value Typed(TypingContext context, Node node, ToInteger cast, ImmutableArray<Value> inputs)
    {
        ExactFunction truncate = new(ExactFunctionKind.Truncate);
        ExactRange whole = truncate.Range(inputs);
        double unit = Math.ScaleB(1, -whole.Fraction), least = (double)whole.Hull.Min * unit,
            most = (double)whole.Hull.Max * unit;
        if (least >= cast.To.MinValue && most <= cast.To.MaxValue)
            return context.Emit(node, truncate, inputs, Typing.Exact(whole));
        // Between integers the definition says what becomes of values beyond the type; of real numbers it leaves that
        // open.
        RealRange seen = context.Calibrated(node.Inputs[0]) ?? new RealRange(least, most);
        if (inputs[0].Type.Fraction > 0
            && (Math.Truncate(seen.Min) < cast.To.MinValue || Math.Truncate(seen.Max) > cast.To.MaxValue))
        {
            context.Diagnostics.Add(
                Descriptors.PossibleOverflow,
                $"layer {node.Name}: what it casts to {cast.To.Width} bits can reach {TypingContext.Number(seen.Min)} "
                + $"to {TypingContext.Number(seen.Max)}, beyond "
                + $"{TypingContext.Number(cast.To.MinValue)} to {TypingContext.Number(cast.To.MaxValue)}; ONNX does "
                + "not define such casts of real numbers, and the firmware wraps. Clip the values first");
        }
        Quantize conversion = cast.AsConversion();
        return context.Emit(node, conversion, inputs, new Typing(conversion.To, conversion.Range(inputs).Elements));
    }
}
