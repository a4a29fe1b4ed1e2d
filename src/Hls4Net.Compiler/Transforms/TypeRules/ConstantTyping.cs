using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>The types of an operation's constants.</summary>
internal static class ConstantTyping
{
    /// <summary>Digits of float, and a sign.</summary>
    public const int FloatWidth = 25;

    // Digits of the finest element's step and the largest one's value.
    private const int MostExactWidth = 48;

    /// <summary>The operation with typed constants, on the values that its inputs can take.</summary>
    public static Operation Typed(TypingContext context, Node node, ImmutableArray<Value> inputs, LayerDesign precision)
    {
        Operation operation = node.Operation.Reduced(inputs);
        ImmutableArray<Constant>.Builder typed = ImmutableArray.CreateBuilder<Constant>();
        int data = inputs.IsEmpty ? 0 : inputs[0].Type.Fraction;
        foreach ((ConstantRole role, Constant constant) in operation.Constants)
        {
            Constant c = role == ConstantRole.Bound
                && IsExcluded(constant) ? MaskTyping.Lowest(context, node, inputs[0])
                : role == ConstantRole.Weight ? Weight(context, node, operation, inputs, constant, precision)
                    : AutoType.OnGrid(constant, data);
            data += role == ConstantRole.Weight ? c.Fraction : 0;
            typed.Add(c);
        }
        // The range of the result, which tells how fine addends and bounds have to be, is that with all of them on the
        // data's grid.
        Operation draft = operation.WithConstants([.. typed]);
        Lazy<RealRange> range = new(() => RangeOf(draft.Range(inputs), data));
        for (int i = 0; i < typed.Count; i++)
        {
            (ConstantRole role, Constant constant) = operation.Constants[i];
            if (role == ConstantRole.Weight || IsExcluded(constant))
                continue;
            typed[i] = role == ConstantRole.Bias && precision.Bias is PrecisionSpec.Pinned pinned
                ? Pinned(context, node, "bias", constant, pinned)
                : ConstantGrid.Typed(context, node, constant, data, range, precision.Result);
        }
        return operation.WithConstants(typed.ToImmutable());
    }

    // A fill that is not to be seen.
    private static bool IsExcluded(Constant constant) => constant.Values is [double.NegativeInfinity];

    /// <summary>A multiplier of data, or a leaf of a tree, in the precision of weights.</summary>
    public static Constant Weight(TypingContext context, Node node, Operation operation, ImmutableArray<Value> inputs,
        Constant constant, LayerDesign precision)
    {
        if (operation.Matrix is { IntegerWeights: true })
            return AutoType.OnGrid(constant, 0);
        // A threshold decides where float's does.
        if (operation is Literal && context.Consumers(node.Output)
            .All(n => n.Operation is Elementwise { IsTruth: true } or Divide { Truncates: true }))
            return AutoType.Exact(constant, 53) ?? AutoType.Weights(constant, FloatWidth);
        if (precision.Weight is PrecisionSpec.Pinned pinned)
            return Pinned(context, node, "weights", constant, pinned);
        // Weights on a grid of their own are not rounded to another.
        if (context.HasFixedTypes && precision.Weight is PrecisionSpec.Auto { Width: null }
            && AutoType.Exact(constant, MostExactWidth) is Constant exact)
            return exact;
        // Scales of a quantized model keep float's digits, and so do factors of integers where the product decides.
        bool keeps = context.IsQuantized || (operation is Affine && inputs[0].Type.Fraction <= 0
            && Decisions.ReadOnlyBy(context, node.Output, all: false));
        if (keeps && precision.Weight is PrecisionSpec.Auto { Width: null })
            return AutoType.Weights(constant, FloatWidth);
        return AutoType.Weights(constant, (precision.Weight as PrecisionSpec.Auto)?.Width ?? AutoType.DefaultWidth);
    }

    // Constants that were rounded to the data's grid are off by half a unit of it.
    private static RealRange RangeOf(ExactRange range, int data)
    {
        double off = Math.ScaleB(0.5, -data);
        double min = Math.ScaleB((double)range.Hull.Min, -range.Fraction),
            max = Math.ScaleB((double)range.Hull.Max, -range.Fraction);
        return new(min < 0 ? min - off : min, max > 0 ? max + off : max);
    }

    /// <summary>A constant in a pinned type; values beyond it are reported.</summary>
    public static Constant Pinned(TypingContext context, Node node, string what, Constant constant,
        PrecisionSpec.Pinned pinned)
    {
        (Constant typed, int overflows) = constant.Quantize(pinned.Type);
        if (overflows > 0)
        {
            context.Diagnostics.Add(
                Descriptors.WeightOverflow,
                $"layer {node.Name}: {overflows} of {constant.Values.Length} {what} do not fit {pinned.Type} "
                + $"({TypingContext.Number(pinned.Type.MinValue)} to {TypingContext.Number(pinned.Type.MaxValue)}); "
                + $"they reach from {TypingContext.Number(constant.Values.Min())} to "
                + $"{TypingContext.Number(constant.Values.Max())}");
        }
        return typed;
    }
}
