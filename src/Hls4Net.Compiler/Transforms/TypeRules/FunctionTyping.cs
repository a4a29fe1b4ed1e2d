using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Non-linear functions: the type of the result, and the table for the reachable inputs.</summary>
internal static class FunctionTyping
{
    public static Value Typed(TypingContext context, Node node, ElementwiseFunction function, Value input,
        LayerDesign precision)
    {
        Interval hull = input.Typing!.Hull;
        double ulp = input.Type.Ulp;
        (double min, double max) = function.Function.Range((double)hull.Min * ulp, (double)hull.Max * ulp, ulp);
        if (!double.IsFinite(min) || !double.IsFinite(max))
            throw new ModelException(Descriptors.TooWide,
                $"layer {node.Name}: {function.Kind} reaches {TypingContext.Number(min)} to "
                + $"{TypingContext.Number(max)} over its input {input.Type}; give its input a smaller range");
        FixedPointType output = context.ResultType(node, new RealRange(min, max), precision.Result);
        try
        {
            if (Reduced(function.Function, input, output) is RangeReducedTable reduced)
            {
                if (precision.Result is PrecisionSpec.Pinned
                    && (min < output.MinValue - (output.Ulp / 2) || max >= output.MaxValue + (output.Ulp / 2)))
                    ReportSaturation(context, node, function, min, max, output);
                ElementwiseFunction normalised = function with { Normalised = reduced };
                return context.Emit(node, normalised, [input], new Typing(output, normalised.Range([input]).Elements));
            }
            (input, output, double error) = Narrowed(context, node, function, input, output);
            hull = input.Typing!.Hull;
            // Where the function leaves a pinned range, the table saturates: a table that wraps or falls to zero serves
            // nobody.
            FunctionTable table = FunctionTable.Build(function.Function.Evaluate, input.Type, (long)hull.Min,
                (long)hull.Max, Saturating(output), error);
            if (table.Overflows > 0 && precision.Result is PrecisionSpec.Pinned)
                ReportSaturation(context, node, function, min, max, output);
            ElementwiseFunction typed = function with { Table = table };
            return context.Emit(node, typed, [input], new Typing(output, typed.Range([input]).Elements));
        }
        catch (TypeLimitException e)
        {
            throw TypingContext.NotPossible(node, input, output, e);
        }
    }

    private static FixedPointType Saturating(FixedPointType output) =>
        output with { Rounding = Rounding.Rnd, Overflow = TypingContext.Saturating(output), SaturationBits = 0 };

    private static void ReportSaturation(TypingContext context, Node node, ElementwiseFunction function, double min,
        double max, FixedPointType output) => context.Diagnostics.Add(
        Descriptors.PossibleOverflow,
        $"layer {node.Name}: {function.Kind} reaches {TypingContext.Number(min)} to {TypingContext.Number(max)}, which "
        + $"its pinned type {output} cannot hold; the table saturates there");

    // Powers and logarithms of inputs with many values: by the mantissa, unless that is less exact than a table of all
    // of them can be.
    private static RangeReducedTable? Reduced(UnaryFunction function, Value input, FixedPointType output)
    {
        Interval hull = input.Typing!.Hull;
        if (hull.Max - hull.Min < FunctionTable.MaxEntries)
            return null;
        RangeReducedTable? reduced = RangeReducedTable.Build(function, input.Type, Saturating(output));
        bool tabulates = hull.Max - hull.Min < FunctionTable.MaxPoints
            && output.Width <= FunctionTable.MaxSegmentOutputWidth;
        return reduced is { MaxErrorUlp: <= 1 } || !tabulates || output.Width > 24 ? reduced : null;
    }

    // The input with no more values than a table can be measured at, and the error that is left for the table. A step
    // within an operator, whose width nobody asked for, has as many digits as that gives it.
    private static (Value Input, FixedPointType Output, double MaxErrorUlp) Narrowed(TypingContext context, Node node,
        ElementwiseFunction function, Value input, FixedPointType output)
    {
        Interval hull = input.Typing!.Hull;
        if (hull.Max - hull.Min < FunctionTable.MaxPoints)
            return (input, output, 1);
        Node narrowing = node with { Name = $"{node.Name}_input" };
        FixedPointType held = Held(function.Function, input, output);
        double ulp = input.Type.Ulp,
            slope = function.Function.SlopeBound(Math.Max((double)hull.Min * ulp, held.MinValue),
                Math.Min((double)hull.Max * ulp, held.MaxValue));
        if (double.IsFinite(slope) && slope > 0)
        {
            FixedPointType cut = FunctionTable.RequantizedInput(held, output, slope);
            Interval left = new Quantize(cut).Range([input]).Hull;
            if (left.Max - left.Min < FunctionTable.MaxPoints)
                return (context.Quantized(narrowing, input, cut, pinnedByUser: false, narrows: true), output, 0.75);
        }
        // As fine as a table can be, rounded.
        FixedPointType rounded = held with { Rounding = Rounding.Rnd };
        for (Interval left = hull; left.Max - left.Min >= FunctionTable.MaxPoints; left = new Quantize(rounded)
            .Range([input]).Hull)
            rounded = rounded with { Width = rounded.Width - 1 };
        double cost = slope * rounded.Ulp / 2 / output.Ulp;
        int excess = double.IsFinite(slope) && cost > MostRounding ? (int)Math.Ceiling(Math.Log2(cost / MostRounding))
            : 0;
        if (node.IsInner && excess < output.Width)
            output = output with { Width = output.Width - excess };
        else if (excess > 0)
        {
            throw new ModelException(
                Descriptors.TooWide,
                $"layer {node.Name}: {function.Kind} of {input.Type} in {output} would need a table over more than "
                + $"{FunctionTable.MaxPoints} values; give the layer before it a narrower ResultPrecision");
        }
        return (context.Quantized(narrowing, input, rounded, pinnedByUser: false, narrows: true), output, 0.75);
    }

    // Units in the last place that the rounding of an input may cost.
    private const double MostRounding = 2;

    // The input's type with the integer bits beyond which the function no longer changes by a quarter of a unit;
    // saturating.
    private static FixedPointType Held(UnaryFunction function, Value input, FixedPointType output)
    {
        FixedPointType type = input.Type with { Rounding = Rounding.Trn, Overflow = Overflow.Sat, SaturationBits = 0 };
        if (function.Kind is FunctionKind.Sin or FunctionKind.Cos or FunctionKind.Tan)
            return type;
        // A value of each sign is left, however large a unit is.
        const int Smallest = 3;
        int narrowest = type.Signed ? 2 : 1;
        while (type.Integer > Smallest && type.Width > narrowest && Flat(type.MaxValue, 1) && Flat(type.MinValue, -1))
            type = type with { Width = type.Width - 1, Integer = type.Integer - 1 };
        return type;

        // From half the end outwards; an unsigned type has nothing below zero.
        bool Flat(double end, int sign)
        {
            if (end == 0)
                return true;
            double last = function.Evaluate(end);
            for (double x = Math.Abs(end); x >= Math.Abs(end) / 2; x *= 0.75)
            {
                if (!(Math.Abs(function.Evaluate(sign * x) - last) <= output.Ulp / 4))
                    return false;
            }
            return true;
        }
    }
}
