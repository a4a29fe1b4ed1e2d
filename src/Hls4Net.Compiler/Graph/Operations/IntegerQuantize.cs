using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A quantizer of the model, without the scale that makes real numbers of its integers again:
/// <c>y = clip(round(x / scale + zeroPoint), Min, Max) - zeroPoint</c>; with <paramref name="Bipolar"/> +1 where x /
/// scale + zeroPoint ≥ 0, else -1. Scale and zero-point broadcast to x.
/// </summary>
/// <param name="Scale">Above zero.</param>
/// <param name="ZeroPoint">Integers.</param>
/// <param name="Min">Smallest integer that is stored.</param>
/// <param name="Max">Largest.</param>
/// <param name="Rounding">How the quantizer rounds.</param>
/// <param name="Bipolar">True for -1 and +1.</param>
/// <param name="RoundsFirst">
/// True if the zero-point is added to what has been rounded, as ONNX's QuantizeLinear does, and not before as QONNX's
/// Quant does: with an odd zero-point ties go to other neighbours.
/// </param>
/// <param name="Bounds">The integers that single channels are held to, which broadcast to x; null where
/// <paramref name="Min"/> and <paramref name="Max"/> hold all.</param>
public sealed record IntegerQuantize(
    Constant Scale, Constant ZeroPoint, long Min, long Max, QuantRounding Rounding, bool Bipolar,
        bool RoundsFirst = false, ChannelBounds? Bounds = null) : Operation
{
    public override string Kind => "Quant";

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        this with
        {
            Scale = Scale.Permuted(permutation),
            ZeroPoint = ZeroPoint.Permuted(permutation),
            Bounds = Bounds is null ? null : new(Bounds.Min.Permuted(permutation), Bounds.Max.Permuted(permutation)),
        };

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        foreach ((string what,
            Shape shape) in new[] { ("scale", Scale.Shape), ("zero-point", ZeroPoint.Shape),
                ("bit width", Bounds?.Min.Shape ?? new Shape()) })
        {
            if (Shape.Broadcast(inputs[0], shape) != inputs[0])
                throw new ShapeException($"the {what} {shape} does not broadcast to {inputs[0]}");
        }
        return inputs[0];
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int[] scale = Scale.Shape.BroadcastIndices(shapes[0]), zero = ZeroPoint.Shape.BroadcastIndices(shapes[0]);
        int[] bounds = Bounds?.Min.Shape.BroadcastIndices(shapes[0]) ?? [];
        for (int i = 0; i < output.Length; i++)
        {
            (double min, double max) = Bounds is null ? (Min, Max)
                : (Bounds.Min.Values[bounds[i]], Bounds.Max.Values[bounds[i]]);
            output[i] = Evaluate(inputs[0][i], Scale.Values[scale[i]], ZeroPoint.Values[zero[i]], min, max);
        }
    }

    private double Evaluate(double x, double scale, double zeroPoint, double min, double max)
    {
        double real = x / scale;
        if (RoundsFirst)
            return Math.Clamp(Rounding.Apply(real), min - zeroPoint, max - zeroPoint);
        real += zeroPoint;
        if (Bipolar)
            return real >= 0 ? 1 : -1;
        return Math.Clamp(Rounding.Apply(Math.Clamp(real, min, max)), min, max) - zeroPoint;
    }

    // Typing replaces every one of these by a Requantize, alone or with what stands before it.
    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        throw new InvalidOperationException("a quantizer has no typed meaning of its own");

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        throw new InvalidOperationException("a quantizer has no typed meaning of its own");
}

/// <summary>Smallest and largest integer of each channel of a quantizer; both of one shape.</summary>
public sealed record ChannelBounds(Constant Min, Constant Max);
