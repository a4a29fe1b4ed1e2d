using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// The part of a value's range in which the functions that read it still change: a sigmoid of 20 and one of 2,000 are
/// the same number in any type, so nothing is lost where logits are held at 20.
/// </summary>
internal static class ReadRange
{
    // What a function may still change beyond, as a share of its largest magnitude: a quarter of a unit of 16 bits, and
    // two bits more.
    private const double Unseen = 1.0 / (1 << 20);

    // No end is looked for closer to zero.
    private const double Least = 1.0 / 16;

    /// <summary>
    /// The range, cut on each side to where the last of the readers becomes constant, but not below a unit: of a value
    /// on a coarse grid its sign is left at least.
    /// </summary>
    /// <param name="context">The network.</param>
    /// <param name="value">The value.</param>
    /// <param name="range">Its range.</param>
    /// <param name="unit">The unit in the last place that it will have.</param>
    public static RealRange Of(TypingContext context, Value value, RealRange range, double unit)
    {
        IReadOnlyList<Node> readers = context.Consumers(value);
        if (readers.Count == 0 || readers.Count != context.Readers(value))
            return range;
        double low = unit, high = unit;
        foreach (Node reader in readers)
        {
            if (reader.Operation is not ElementwiseFunction { Function: UnaryFunction function })
                return range;
            // What a reader gives at most says what is small beside it; a pole does not.
            double largest = Math.Max(Math.Abs(function.Evaluate(range.Min)), Math.Abs(function.Evaluate(range.Max)));
            if (!double.IsFinite(largest))
                return range;
            low = Math.Max(low, End(function, -range.Min, -1, largest * Unseen));
            high = Math.Max(high, End(function, range.Max, 1, largest * Unseen));
        }
        return new RealRange(Math.Max(range.Min, -low), Math.Min(range.Max, high));
    }

    // How far from zero the function still changes by more than a unit, at most as far as the range reaches.
    private static double End(UnaryFunction function, double reach, int sign, double unit)
    {
        if (!(reach > Least) || function.Kind is FunctionKind.Sin or FunctionKind.Cos or FunctionKind.Tan)
            return Math.Max(reach, 0);
        double last = function.Evaluate(sign * reach), end = reach;
        // In small steps inwards; a function that is constant there and changes further out is none of those that are
        // read.
        for (double x = reach; x > Least; x *= 0.97)
        {
            if (!(Math.Abs(function.Evaluate(sign * x) - last) <= unit))
                break;
            end = x;
        }
        return end;
    }
}
