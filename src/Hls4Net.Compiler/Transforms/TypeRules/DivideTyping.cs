using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Quotients of computed values: the type of the result, in which the division is rounded.</summary>
internal static class DivideTyping
{
    public static Value Typed(TypingContext context, Node node, ImmutableArray<Value> inputs, LayerDesign precision)
    {
        Divide divide = (Divide)node.Operation;
        if (divide.Truncates)
            return Integers(context, node, divide, inputs, precision);
        RealRange range = Range(inputs[0], inputs[1]);
        if (divide.Bound is double bound)
            range = range.Intersect(new RealRange(-bound, bound));
        FixedPointType result = context.ResultType(node, range, precision.Result);
        // What a division by zero gives is no matter of wrapping.
        FixedPointType to = result with { Overflow = TypingContext.Saturating(result), SaturationBits = 0 };
        FixedPoint.Convert(range.Min, to, out bool below);
        FixedPoint.Convert(range.Max, to, out bool above);
        if ((below || above) && precision.Result is PrecisionSpec.Pinned)
        {
            context.Diagnostics.Add(
                Descriptors.PossibleOverflow,
                $"layer {node.Name}: the quotient can reach {TypingContext.Number(range.Min)} to "
                + $"{TypingContext.Number(range.Max)}, which its pinned type {result} cannot hold; it saturates there");
        }
        Divide typed = divide with { To = to };
        return context.Emit(node, typed, inputs, new Typing(result, typed.Range(inputs).Elements));
    }

    // No quotient of integers is larger than the dividend.
    private static Value Integers(TypingContext context, Node node, Divide divide, ImmutableArray<Value> inputs,
        LayerDesign precision)
    {
        Interval hull = inputs[0].Typing!.Hull;
        Int128 largest = Int128.Max(Int128.Abs(hull.Min), Int128.Abs(hull.Max)), smallest = hull.Min >= 0
            && inputs[1].Typing!.Hull.Min >= 0 ? 0 : -largest;
        FixedPointType type = ExactRange.TypeFor(new Interval(smallest, largest) << Math.Max(0,
            -inputs[0].Type.Fraction), 0) with
        { Overflow = Overflow.Sat };
        Divide typed = divide with { To = type };
        return ExactTyping.Rounded(context, node,
            context.Emit(node, typed, inputs, new Typing(type, typed.Range(inputs).Elements)), precision.Result);
    }

    // The smallest divisor that is not zero is one unit.
    private static RealRange Range(Value a, Value b)
    {
        Interval x = a.Typing!.Hull, y = b.Typing!.Hull;
        double[] dividends = [(double)x.Min, (double)x.Max, .. x.Min <= 0 && x.Max >= 0 ? new[] { 0.0 } : []];
        double[] divisors = [.. new[] { (double)y.Min, (double)y.Max, -1, 1 }.Where(d => d != 0 && d >= (double)y.Min
            && d <= (double)y.Max)];
        double unit = Math.ScaleB(1, b.Type.Fraction - a.Type.Fraction);
        double[] quotients = [.. dividends.SelectMany(n => divisors.Select(d => n / d * unit)),
            .. divisors.Length == 0 ? new[] { 0.0 } : []];
        return new RealRange(quotients.Min(), quotients.Max());
    }
}
