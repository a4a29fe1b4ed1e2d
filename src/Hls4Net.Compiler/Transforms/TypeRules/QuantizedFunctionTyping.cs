using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// Functions with a quantizer behind: an exact table of few inputs, else the function rounded to a type and the
/// quantizer on that.
/// </summary>
internal static class QuantizedFunctionTyping
{
    public static Value Typed(TypingContext context, Node node, QuantizedFunction operation, Value input)
    {
        ElementwiseFunction function = (ElementwiseFunction)operation.Function.Operation;
        LayerDesign precision = context.Settings.ForInner(node, operation.Function);
        if (precision.Result is PrecisionSpec.Auto && Table(operation, input) is FunctionTable table)
        {
            ElementwiseFunction tabulated = function with { Table = table };
            return context.Emit(node, tabulated, [input], Typing.Exact(tabulated.Range([input])));
        }
        Value rounded = FunctionTyping.Typed(context, operation.Function, function, input, precision);
        return RequantizeTyping.Typed(context, node, operation.Quantizer, rounded);
    }

    private static FunctionTable? Table(QuantizedFunction operation, Value input)
    {
        Interval hull = input.Typing!.Hull;
        if (hull.Max - hull.Min >= FunctionTable.MaxEntries)
            return null;
        double[] results = [.. Enumerable.Range(0, (int)(hull.Max - hull.Min) + 1)
            .Select(i => operation.Evaluate((double)(hull.Min + i) * input.Type.Ulp, input.Shape.Rank))];
        if (!results.All(double.IsFinite))
            return null;
        FixedPointType type = ExactRange.TypeFor(new Interval((long)results.Min(), (long)results.Max()),
            0) with
        { Rounding = Rounding.Rnd, Overflow = Overflow.Sat };
        return FunctionTable.Build(x => operation.Evaluate(x, input.Shape.Rank), input.Type, (long)hull.Min,
            (long)hull.Max, type);
    }
}
