using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Softmax and its logarithm: the type of the result, and the kernel for the reachable inputs.</summary>
internal static class SoftmaxTyping
{
    public static Value Typed(TypingContext context, Node node, Value input, LayerDesign precision)
    {
        // Logarithms reach as far down as logits differ; probabilities need no integer bit, and 1 itself is saturated
        // to the next lower value.
        double lowest = ((double)(input.Typing!.Hull.Min - input.Typing.Hull.Max) * input.Type.Ulp) - 64;
        FixedPointType output = node.Operation is LogSoftmax
            ? context.ResultType(node, new RealRange(lowest, 0), precision.Result)
            : precision.Result is PrecisionSpec.Auto auto
                ? new FixedPointType(Math.Clamp(auto.Width ?? context.Plan?.Fraction(node) ?? Width(context, node), 1,
                    SoftmaxKernel.MaxFraction), 0, Signed: false, Rounding.Rnd, Overflow.Sat)
                : context.ResultType(node, new RealRange(0, 1), precision.Result);
        if (node.Operation is LogSoftmax && precision.Result is PrecisionSpec.Auto)
            output = WithinKernel(output);
        // Digits of the logits far below the probabilities' own change nothing that these could show.
        int fraction = Math.Min(input.Type.Fraction, output.Fraction + 6);
        if (input.Type.Width > SoftmaxKernel.MaxInputWidth && fraction < input.Type.Fraction)
            input = context.Quantized(node with { Name = $"{node.Name}_input" }, input,
                new FixedPointType(input.Type.Integer + fraction, input.Type.Integer, input.Type.Signed, Rounding.Rnd,
                    Overflow.Sat), pinnedByUser: false);
        Interval hull = input.Typing!.Hull;
        try
        {
            FixedPointType saturating = output with { Overflow = TypingContext.Saturating(output) };
            Operation typed = node.Operation switch
            {
                Softmax s =>
                    s with
                    {
                        Kernel = SoftmaxKernel.Build(s.Count, input.Type, (long)hull.Min, (long)hull.Max,
                        saturating)
                    },
                LogSoftmax s =>
                    s with
                    {
                        Kernel = LogSoftmaxKernel.Build(s.Count, input.Type, (long)hull.Min, (long)hull.Max,
                        saturating)
                    },
                _ => throw new InvalidOperationException(),
            };
            return context.Emit(node, typed, [input], new Typing(output, typed.Range([input]).Elements));
        }
        catch (TypeLimitException e)
        {
            throw TypingContext.NotPossible(node, input, output, e);
        }
    }

    // The kernel's results are no coarser than integers, and no finer than its tables: where the vectors leave nothing
    // but zero, of one class, a width alone would go beyond.
    private static FixedPointType WithinKernel(FixedPointType output)
    {
        int fraction = Math.Clamp(output.Fraction, 0, LogSoftmaxKernel.MaxFraction);
        int integer = Math.Max(output.Integer, 1 - fraction);
        return output with { Width = integer + fraction, Integer = integer };
    }

    // A quantizer behind it decides as on real numbers but next to ties, as near to them as the kernel can come.
    private static int Width(TypingContext context, Node node) =>
        node.Operation is Softmax softmax && context.Consumers(node.Output) is { Count: > 0 } readers
            && readers.All(n => n.Operation is Requantize)
            ? Math.Max(AutoType.DefaultWidth, SoftmaxKernel.FinestFraction(softmax.Count)) : AutoType.DefaultWidth;
}
