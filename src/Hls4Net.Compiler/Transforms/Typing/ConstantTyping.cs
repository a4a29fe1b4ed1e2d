using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>The types of an operation's constants.</summary>
internal static class ConstantTyping
{
    /// <summary>The operation with typed constants, on the values that its inputs can take.</summary>
    public static Operation Typed(TypingContext context, Node node, ImmutableArray<Value> inputs, LayerPrecision precision)
    {
        Operation operation = node.Operation.Reduced(inputs);
        ImmutableArray<Constant>.Builder typed = ImmutableArray.CreateBuilder<Constant>();
        int inputFraction = inputs.IsEmpty ? 0 : inputs[0].Type.Fraction, productFraction = inputFraction;
        foreach ((ConstantRole role, Constant constant) in operation.Constants)
        {
            Constant c = role switch
            {
                ConstantRole.Weight when operation.Matrix is { IntegerWeights: true } => AutoType.OnGrid(constant, 0),
                // Scales of a quantized model keep float's 24 bits.
                ConstantRole.Weight when context.IsQuantized && precision.Weight is PrecisionSpec.Auto { Width: null } => AutoType.Weights(constant, 25),
                // A threshold decides where float's does, as far as float has digits.
                ConstantRole.Weight when operation is Literal && context.Consumers(node.Output).All(n => n.Operation is Elementwise { IsTruth: true } or Divide { Truncates: true }) =>
                    AutoType.Weights(constant, constant.Values.All(double.IsInteger) ? 53 : 25),
                ConstantRole.Weight => TypeConstant(context, node, "weights", constant, precision.Weight, width => AutoType.Weights(constant, width)),
                // Nor are a quantized model's addends rounded.
                ConstantRole.Bias when context.IsQuantized && precision.Bias is PrecisionSpec.Auto { Width: null } =>
                    AutoType.OnGrid(constant, Math.Max(productFraction, AutoType.Weights(constant, 25).Fraction)),
                // What is added on the way to a result, the epsilon of a normalization, may be far below a unit of the sum.
                ConstantRole.Bias when node.IsInner && precision.Bias is PrecisionSpec.Auto => AutoType.OnGrid(constant, Math.Max(productFraction, AutoType.Weights(constant, 12).Fraction)),
                // Finer digits of a bias than the products have would widen the sum and change little.
                ConstantRole.Bias => TypeConstant(context, node, "bias", constant, precision.Bias, _ => AutoType.OnGrid(constant, productFraction)),
                ConstantRole.Bound => AutoType.OnGrid(constant, inputFraction),
                _ => throw new InvalidOperationException($"unknown role {role}"),
            };
            productFraction += role == ConstantRole.Weight ? c.Fraction : 0;
            typed.Add(c);
        }
        return operation.WithConstants(typed.ToImmutable());
    }

    private static Constant TypeConstant(TypingContext context, Node node, string what, Constant constant, PrecisionSpec spec, Func<int, Constant> automatic)
    {
        if (spec is not PrecisionSpec.Pinned pinned)
            return automatic((spec as PrecisionSpec.Auto)?.Width ?? AutoType.DefaultWidth);
        (Constant typed, int overflows) = constant.Quantize(pinned.Type);
        if (overflows > 0)
        {
            context.Diagnostics.Add(
                Descriptors.WeightOverflow,
                $"layer {node.Name}: {overflows} of {constant.Values.Length} {what} do not fit {pinned.Type} ({TypingContext.Number(pinned.Type.MinValue)} to {TypingContext.Number(pinned.Type.MaxValue)}); they reach from {TypingContext.Number(constant.Values.Min())} to {TypingContext.Number(constant.Values.Max())}");
        }
        return typed;
    }
}
