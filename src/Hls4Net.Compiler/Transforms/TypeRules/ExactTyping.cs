using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Operations with an exact result, which is then rounded where it is wider than wanted.</summary>
internal static class ExactTyping
{
    public static Value Typed(TypingContext context, Node node, ImmutableArray<Value> inputs, LayerDesign precision)
    {
        Operation operation = ConstantTyping.Typed(context, node, inputs, precision);
        if (operation.Matrix is Dense matrix && precision.Accumulator is PrecisionSpec.Pinned accumulator)
        {
            ReportAccumulator(context, node, operation, inputs[0], accumulator.Type);
            operation = operation.WithMatrix(matrix with { Accumulator = accumulator.Type });
        }
        ExactRange range = operation.Range(inputs);
        // A pinned accumulator has its own type, not the narrowest for its range.
        Typing exact = operation.Matrix?.Accumulator is FixedPointType pinned ? new Typing(pinned, range.Elements)
            : Typing.Exact(range);
        return Rounded(context, node, context.Emit(node, operation, inputs, exact), precision.Result);
    }

    /// <summary>An exact result in the type that the settings give it.</summary>
    public static Value Rounded(TypingContext context, Node node, Value exact, PrecisionSpec spec)
    {
        if (node.Operation.KeepsType)
            return exact;
        switch (spec)
        {
            case PrecisionSpec.Pinned pinned:
                return Holds(pinned.Type, exact) ? exact
                    : context.Quantized(node, exact, pinned.Type, pinnedByUser: true);
            case PrecisionSpec.Auto auto when exact.Type.Width > context.MostBits(node, auto)
                && !LeavesRoundingToReader(context, node, exact):
                Interval hull = exact.Typing!.Hull;
                RealRange range = new(Math.ScaleB((double)hull.Min, -exact.Type.Fraction),
                    Math.ScaleB((double)hull.Max, -exact.Type.Fraction));
                if (context.Calibrated(node.Output) is RealRange seen)
                    range = range.Intersect(seen.Widened());
                if (node.Operation is Elementwise { Bound: double bound })
                    range = range.Intersect(new RealRange(-bound, bound));
                return Narrowed(context, node, exact, range, auto);
            default:
                return exact;
        }
    }

    private static Value Narrowed(TypingContext context, Node node, Value exact, RealRange range,
        PrecisionSpec.Auto auto)
    {
        int? planned = auto.Width is null ? context.Plan?.Fraction(node) : null;
        if (exact.Type.Fraction <= planned && exact.Type.Width <= context.DefaultWidth)
            return exact;
        int finest = Math.Min(planned ?? exact.Type.Fraction, exact.Type.Fraction);
        RealRange seen = ReadRange.Of(context, node.Output, range, Math.ScaleB(1, -finest));
        FixedPointType type = planned is null ? AutoType.For(seen, context.MostBits(node, auto), finest)
            : AutoType.WithFraction(seen, finest);
        if (type.Width >= exact.Type.Width)
            return exact;
        return context.Quantized(node, exact, type, pinnedByUser: false, unseen: seen != range);
    }

    // What a quantizer's step function gets must not have been rounded before it, not even the terms of a sum; but
    // nothing wider than this is kept.
    private const int MaxUnroundedWidth = 48;

    // A rectifier or clip right behind is exact and gives the rounding a smaller range: one rounding, after it.
    private static bool LeavesRoundingToReader(TypingContext context, Node node, Value exact)
    {
        IReadOnlyList<Node> all = context.Consumers(node.Output);
        if (all.Count > 0 && all.Count == context.Readers(node.Output)
            && all.All(n => n.Operation is Requantize or FixedQuantize))
            return true;
        // Nor what decides.
        if (exact.Type.Width <= (context.HasFixedTypes ? TypingContext.ExactWidth : MaxUnroundedWidth)
            && (OnlyQuantized(context, node.Output) || Decisions.ReadOnlyBy(context, node.Output, all: true)))
            return true;
        return context.Readers(node.Output) == 1 && all.Count == 1
            && all[0].Operation is Rectifier { Slope: null } or Clip
            && context.Settings.For(all[0]).Result is PrecisionSpec.Auto;
    }

    // True if every path from a value leads to a quantizer, through nothing but exact operations that keep widths
    // within a few bits.
    private static bool OnlyQuantized(TypingContext context, Value value)
    {
        IReadOnlyList<Node> readers = context.Consumers(value);
        return readers.Count > 0 && readers.Count == context.Readers(value)
            && readers.All(n => n.Operation is Requantize or FixedQuantize
                || (KeepsDigits(n.Operation) && context.Settings.For(n).Result is PrecisionSpec.Auto { Width: null }
                    && OnlyQuantized(context, n.Output)));
    }

    private static bool KeepsDigits(Operation operation) =>
        operation.KeepsType
            || operation is Elementwise
            {
                Function: ElementwiseKind.Add or ElementwiseKind.Sub or ElementwiseKind.Min
                or ElementwiseKind.Max
            } or Affine { Scale: null }
        or Concatenate or Pool { Scale: null } or Rectifier { Slope: null } or Clip;

    private static bool Holds(FixedPointType type, Value exact) =>
        exact.Type.Width == type.Width && exact.Type.Integer == type.Integer && exact.Type.Signed == type.Signed;

    private static void ReportAccumulator(TypingContext context, Node node, Operation exact, Value input,
        FixedPointType pinned)
    {
        FixedPointType needed = exact.AccumulatorType(input)!.Value;
        bool holds = pinned.Fraction >= needed.Fraction && pinned.Integer >= needed.Integer
            + (pinned.Signed && !needed.Signed ? 1 : 0) && (pinned.Signed || !needed.Signed);
        if (!holds)
            context.ReportOverflow(node, "accumulator", exact.Range([input]).Hull, needed.Fraction, pinned);
    }
}
