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
        (double min, double max) = function.Function.Range((double)hull.Min * ulp, (double)hull.Max * ulp);
        if (!double.IsFinite(min) || !double.IsFinite(max))
            throw new ModelException(Descriptors.TooWide, $"layer {node.Name}: {function.Kind} reaches {TypingContext.Number(min)} to {TypingContext.Number(max)} over its input {input.Type}; give its input a smaller range");
        FixedPointType output = context.ResultType(node, new RealRange(min, max), precision.Result);
        (input, FunctionTable table) = Tabulate(context, node, function, input, output);
        if (table.Overflows > 0 && precision.Result is PrecisionSpec.Pinned)
        {
            context.Diagnostics.Add(
                Descriptors.PossibleOverflow,
                $"layer {node.Name}: {function.Kind} reaches {TypingContext.Number(min)} to {TypingContext.Number(max)}, which its pinned type {output} cannot hold; the table saturates there");
        }
        ElementwiseFunction typed = function with { Table = table };
        return context.Emit(node, typed, [input], new Typing(output, typed.Range([input]).Elements));
    }

    // The function's table, and the input that it is for: rounded first where the table would else be too large.
    private static (Value Input, FunctionTable Table) Tabulate(TypingContext context, Node node, ElementwiseFunction function, Value input, FixedPointType output)
    {
        Interval hull = input.Typing!.Hull;
        double ulp = input.Type.Ulp, maxErrorUlp = 1;
        try
        {
            if (hull.Max - hull.Min >= FunctionTable.MaxPoints)
            {
                FixedPointType coarse = FunctionTable.RequantizedInput(input.Type, output, function.Function.SlopeBound((double)hull.Min * ulp, (double)hull.Max * ulp));
                if (coarse != input.Type)
                {
                    input = context.Quantized(node with { Name = $"{node.Name}_input" }, input, coarse with { Overflow = Overflow.Wrap, SaturationBits = 0 }, pinnedByUser: false);
                    maxErrorUlp = 0.75;
                }
                hull = input.Typing!.Hull;
                if (hull.Max - hull.Min >= FunctionTable.MaxPoints)
                {
                    throw new ModelException(
                        Descriptors.TooWide,
                        $"layer {node.Name}: {function.Kind} of {input.Type} would need a table over {hull.Max - hull.Min + 1} values ({FunctionTable.MaxPoints} are supported); give the layer before it a narrower ResultPrecision");
                }
            }
            // Where the function leaves a pinned range, the table saturates: a table that wraps or falls to zero serves nobody.
            FixedPointType entries = output with { Rounding = Rounding.Rnd, Overflow = TypingContext.Saturating(output), SaturationBits = 0 };
            return (input, FunctionTable.Build(function.Function.Evaluate, input.Type, (long)hull.Min, (long)hull.Max, entries, maxErrorUlp));
        }
        catch (ArgumentException e)
        {
            throw TypingContext.NotPossible(node, input, output, e);
        }
    }
}
