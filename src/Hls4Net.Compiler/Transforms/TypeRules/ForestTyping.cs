using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// Forests. Thresholds become integers of the features' grid without any error, and branches that no row reaches
/// vanish; the leaves have the precision of weights, and their sum, as wide as its terms make it, is not rounded.
/// </summary>
internal static class ForestTyping
{
    public static Value Typed(TypingContext context, Node node, Forest forest, Value input, LayerDesign precision)
    {
        Forest reduced = (Forest)Snapped((Forest)forest.Reduced([input]), input).Reduced([input]);
        Constant leaves = reduced.IsLookup ? Exact(reduced.Leaves)
            : precision.Weight is PrecisionSpec.Auto { Width: null } && Decides(context, node)
                ? AutoType.Weights(reduced.Leaves, ConstantTyping.FloatWidth)
            : ConstantTyping.Weight(context, node, reduced, [input], reduced.Leaves, precision);
        Forest typed = reduced with { Leaves = leaves, Base = null };
        if (reduced.Base is Constant addends)
        {
            Forest draft = typed with { Base = AutoType.OnGrid(addends, leaves.Fraction) };
            Lazy<RealRange> range = new(() => RangeOf(draft.Range([input])));
            typed = typed with
            {
                Base = precision.Bias is PrecisionSpec.Pinned pinned
                    ? ConstantTyping.Pinned(context, node, "base values", addends, pinned)
                    : ConstantGrid.Typed(context, node, addends, leaves.Fraction, range, precision.Result),
            };
        }
        Value exact = context.Emit(node, typed, [input], Typing.Exact(typed.Range([input])));
        return precision.Result is PrecisionSpec.Auto { Width: null } ? exact
            : ExactTyping.Rounded(context, node, exact, precision.Result);
    }

    /// <summary>
    /// The port: a type that holds every feature's own. Null where an input's grids were not looked for.
    /// </summary>
    public static Typing? OfPort(TypingContext context, Value input)
    {
        if (context.Consumers(input) is not [Node { Operation: Forest { Features: [_, ..] types } }, ..])
            return null;
        int fraction = types.Max(t => t.Fraction), integer = types.Max(t => t.Integer);
        FixedPointType port = new(integer + fraction, integer, types[0].Signed, Rounding.Rnd, Overflow.Sat);
        Interval[] ranges =
            [.. types.Select(t => new Interval(t.MinMantissa, t.MaxMantissa) << (fraction - t.Fraction))];
        return new Typing(port, Intervals.Repeat(ranges, input.Shape.Size))
        {
            Elements = types,
            SaturationIsMeant = true,
        };
    }

    // On a feature's own grid of fewer digits than its port has a threshold may be any number between two points: that
    // with the most zeros compares the fewest bits.
    private static Forest Snapped(Forest forest, Value input)
    {
        if (input.Typing!.Elements.IsEmpty)
            return forest;
        int fraction = input.Type.Fraction;
        return forest with
        {
            Trees = new DecisionTrees([.. forest.Trees.Select(t => t with
            {
                Branches = [.. t.Branches.Select(b => b with { Split = Snapped(b.Split) })],
            })]),
        };

        Split Snapped(Split split)
        {
            int zeros = fraction - input.Typing!.TypeOf(split.Feature).Fraction;
            if (zeros == 0 || split.On(fraction).Bound is not long bound)
                return split;
            long first = ((bound >> zeros) + 1) << zeros;
            return new Split(split.Feature, SplitKind.AtMost, [Math.ScaleB(first - 1, -fraction)]);
        }
    }

    // A class is decided as float's digits decide it.
    private static bool Decides(TypingContext context, Node node) =>
        Decisions.ReadOnlyBy(context, node.Output, all: false)
        || context.Consumers(node.Output).Any(n => n.Operation is ArgExtreme);

    // Labels and codes are told apart whatever else is rounded.
    private static Constant Exact(Constant entries) =>
        AutoType.Exact(entries, 53) ?? AutoType.Weights(entries, AutoType.WidestChosen);

    private static RealRange RangeOf(ExactRange range) =>
        new(Math.ScaleB((double)range.Hull.Min, -range.Fraction), Math.ScaleB((double)range.Hull.Max, -range.Fraction));
}
