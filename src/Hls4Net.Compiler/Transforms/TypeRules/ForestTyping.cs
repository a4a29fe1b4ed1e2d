using Hls4Net.Configuration;
using Hls4Net.Graph;
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
        Forest reduced = (Forest)forest.Reduced([input]);
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
