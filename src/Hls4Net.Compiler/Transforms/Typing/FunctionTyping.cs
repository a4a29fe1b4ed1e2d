using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms;

/// <summary>Non-linear functions: the type of the result, and the table for the reachable inputs.</summary>
internal static class FunctionTyping
{
    public static Value Typed(TypingContext context, Node node, ElementwiseFunction function, Value input, LayerPrecision precision)
    {
        Interval hull = input.Typing!.Hull;
        double ulp = input.Type.Ulp;
        (double min, double max) = function.Function.Range((double)hull.Min * ulp, (double)hull.Max * ulp, ulp);
        if (!double.IsFinite(min) || !double.IsFinite(max))
            throw new ModelException(Descriptors.TooWide, $"layer {node.Name}: {function.Kind} reaches {TypingContext.Number(min)} to {TypingContext.Number(max)} over its input {input.Type}; give its input a smaller range");
        FixedPointType output = context.ResultType(node, new RealRange(min, max), precision.Result);
        try
        {
            if (Reduced(function.Function, input, output) is RangeReducedTable reduced)
            {
                if (precision.Result is PrecisionSpec.Pinned && (min < output.MinValue - (output.Ulp / 2) || max >= output.MaxValue + (output.Ulp / 2)))
                    ReportSaturation(context, node, function, min, max, output);
                ElementwiseFunction normalised = function with { Normalised = reduced };
                return context.Emit(node, normalised, [input], new Typing(output, normalised.Range([input]).Elements));
            }
            input = Narrowed(context, node, function, input, output);
            hull = input.Typing!.Hull;
            double error = input.Type.Rounding == Rounding.Trn && hull.Max - hull.Min < FunctionTable.MaxPoints ? 1 : 0.75;
            // Where the function leaves a pinned range, the table saturates: a table that wraps or falls to zero serves nobody.
            FunctionTable table = FunctionTable.Build(function.Function.Evaluate, input.Type, (long)hull.Min, (long)hull.Max, Saturating(output), error);
            if (table.Overflows > 0 && precision.Result is PrecisionSpec.Pinned)
                ReportSaturation(context, node, function, min, max, output);
            ElementwiseFunction typed = function with { Table = table };
            return context.Emit(node, typed, [input], new Typing(output, typed.Range([input]).Elements));
        }
        catch (ArgumentException e)
        {
            throw TypingContext.NotPossible(node, input, output, e);
        }
    }

    private static FixedPointType Saturating(FixedPointType output) => output with { Rounding = Rounding.Rnd, Overflow = TypingContext.Saturating(output), SaturationBits = 0 };

    private static void ReportSaturation(TypingContext context, Node node, ElementwiseFunction function, double min, double max, FixedPointType output) => context.Diagnostics.Add(
        Descriptors.PossibleOverflow,
        $"layer {node.Name}: {function.Kind} reaches {TypingContext.Number(min)} to {TypingContext.Number(max)}, which its pinned type {output} cannot hold; the table saturates there");

    // Powers and logarithms of inputs with many values: by the mantissa, unless that is less exact than a table of all of them can be.
    private static RangeReducedTable? Reduced(UnaryFunction function, Value input, FixedPointType output)
    {
        Interval hull = input.Typing!.Hull;
        if (hull.Max - hull.Min < FunctionTable.MaxEntries)
            return null;
        RangeReducedTable? reduced = RangeReducedTable.Build(function, input.Type, Saturating(output));
        bool tabulates = hull.Max - hull.Min < FunctionTable.MaxPoints && output.Width <= FunctionTable.MaxSegmentOutputWidth;
        return reduced is { MaxErrorUlp: <= 1 } || !tabulates || output.Width > 24 ? reduced : null;
    }

    // The input with no more values than a table can be measured at: cut where that cannot show, else rounded.
    private static Value Narrowed(TypingContext context, Node node, ElementwiseFunction function, Value input, FixedPointType output)
    {
        Interval hull = input.Typing!.Hull;
        if (hull.Max - hull.Min < FunctionTable.MaxPoints)
            return input;
        Node narrowing = node with { Name = $"{node.Name}_input" };
        double ulp = input.Type.Ulp, slope = function.Function.SlopeBound((double)hull.Min * ulp, (double)hull.Max * ulp);
        if (double.IsFinite(slope) && slope > 0 && FunctionTable.InputFractionNeeded(output, slope) is int needed && needed < input.Type.Fraction)
        {
            FixedPointType coarse = FunctionTable.RequantizedInput(input.Type, output, slope);
            if ((hull.Max - hull.Min) >> (input.Type.Fraction - needed) < FunctionTable.MaxPoints - 1)
                return context.Quantized(narrowing, input, coarse with { Overflow = Overflow.Wrap, SaturationBits = 0 }, pinnedByUser: false);
        }
        int drop = (int)Int128.Log2(hull.Max - hull.Min) - PointBits + 1;
        FixedPointType rounded = new(Math.Max(1, input.Type.Width - drop), input.Type.Width - drop < 1 ? input.Type.Integer + 1 - (input.Type.Width - drop) : input.Type.Integer, input.Type.Signed, Rounding.Rnd, Overflow.Sat);
        return context.Quantized(narrowing, input, rounded, pinnedByUser: false);
    }

    // A bit less than FunctionTable.MaxPoints has, which rounding may add.
    private const int PointBits = 19;
}
