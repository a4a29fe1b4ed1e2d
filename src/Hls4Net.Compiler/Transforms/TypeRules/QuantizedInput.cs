using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>The type of an input that the model quantizes at once.</summary>
internal static class QuantizedInput
{
    // An input is this much finer than its quantizer's step, so that converting to it moves only values within 1e-5
    // steps of a tie.
    private const int GuardBits = 16;

    /// <summary>
    /// The quantizer's own type where a power of two is its scale: the conversion at the interface is the quantizer.
    /// Else a type that is fine and wide enough for the quantizer to decide as on real numbers. Null where something
    /// else reads the input.
    /// </summary>
    public static FixedPointType? TypeFor(TypingContext context, Value input)
    {
        if (Readers(context, input) is not Node[] readers || readers.Length == 0)
            return null;
        if (readers.All(n => n.Operation is FixedQuantize))
            return FixedQuantizeTyping.OfInput(
                [.. readers.Select(n => ((FixedQuantize)n.Operation, n.Inputs[0].Shape))]);
        if (!readers.All(n => n.Operation is Requantize { Chain.IsEmpty: true, Quantizer.Bipolar: false }))
            return null;
        IntegerQuantize[] quantizers = [.. readers.Select(n => ((Requantize)n.Operation).Quantizer)];
        if (quantizers.Length == 1 && Own(quantizers[0]) is FixedPointType own)
            return own;
        double step = quantizers.Min(q => q.Scale.Values.Min());
        double reach = quantizers.Max(q =>
            q.Scale.Values.Max() * Math.Max(Math.Abs(q.Min - q.ZeroPoint.Values.Max()) + 1,
                Math.Abs(q.Max - q.ZeroPoint.Values.Min()) + 1));
        if (reach / step > 1L << 24)
            return null;
        int fraction = GuardBits - Math.ILogB(step), integer = Math.ILogB(reach) + 2;
        return new FixedPointType(integer + fraction, integer, true, Rounding.Rnd, Overflow.Sat);
    }

    // Those behind moves are the input's too: a layout's transpose changes no number. Null where the input itself is
    // shown.
    private static Node[]? Readers(TypingContext context, Value value)
    {
        IReadOnlyList<Node> direct = context.Consumers(value);
        if (direct.Count != context.Readers(value))
            return null;
        List<Node> all = [];
        foreach (Node node in direct)
        {
            if (node.Operation is not (Reshape or Transpose or Rearrange { Fill: null }))
                all.Add(node);
            else if (Readers(context, node.Output) is Node[] behind)
                all.AddRange(behind);
            else
                return null;
        }
        return [.. all];
    }

    private static FixedPointType? Own(IntegerQuantize q)
    {
        // A quantizer of a single level has no type of its own.
        if (q.Bounds is not null || q.Max <= Math.Max(q.Min, 0) || q.Scale.Values.Distinct().Count() != 1
            || q.ZeroPoint.Values.Any(z => z != 0) || q.Rounding.AsFixedPoint() is not Rounding rounding)
            return null;
        int exponent = Math.ILogB(q.Scale.Values[0]);
        if (Math.ScaleB(1, exponent) != q.Scale.Values[0])
            return null;
        bool signed = q.Min < 0;
        int bits = IntegerWidth.BitLength(q.Max) + (signed ? 1 : 0);
        bool full = q.Max == (1L << (bits - (signed ? 1 : 0))) - 1, symmetric = q.Min == -q.Max;
        if (!full || (signed && !symmetric && q.Min != -q.Max - 1))
            return null;
        return new FixedPointType(bits, bits + exponent, signed, rounding, signed
            && symmetric ? Overflow.SatSym : Overflow.Sat);
    }
}
