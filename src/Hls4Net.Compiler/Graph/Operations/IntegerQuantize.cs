using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A quantizer of the model, without the scale that makes real numbers of its integers again:
/// <c>y = clip(round(x / scale + zeroPoint), Min, Max) - zeroPoint</c>; with <paramref name="Bipolar"/> +1 where x / scale + zeroPoint ≥ 0, else -1.
/// Scale and zero-point broadcast to x.
/// </summary>
/// <param name="Scale">Above zero.</param>
/// <param name="ZeroPoint">Integers.</param>
/// <param name="Min">Smallest integer that is stored.</param>
/// <param name="Max">Largest.</param>
/// <param name="Rounding">How the quantizer rounds.</param>
/// <param name="Bipolar">True for -1 and +1.</param>
/// <param name="RoundsFirst">
/// True if the zero-point is added to what has been rounded, as ONNX's QuantizeLinear does, and not before as QONNX's Quant does: with an odd
/// zero-point ties go to other neighbours.
/// </param>
public sealed record IntegerQuantize(
    Constant Scale, Constant ZeroPoint, long Min, long Max, QuantRounding Rounding, bool Bipolar, bool RoundsFirst = false) : Operation
{
    public override string Kind => "Quant";

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        this with { Scale = Scale.Permuted(permutation), ZeroPoint = ZeroPoint.Permuted(permutation) };

    public override Shape OutputShape(ImmutableArray<Shape> inputs) =>
        Shape.Broadcast(inputs[0], Scale.Shape) == inputs[0] && Shape.Broadcast(inputs[0], ZeroPoint.Shape) == inputs[0]
            ? inputs[0]
            : throw new ShapeException($"the scale {Scale.Shape} or the zero-point {ZeroPoint.Shape} does not broadcast to {inputs[0]}");

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int[] scale = Scale.Shape.BroadcastIndices(shapes[0]), zero = ZeroPoint.Shape.BroadcastIndices(shapes[0]);
        for (int i = 0; i < output.Length; i++)
            output[i] = Evaluate(inputs[0][i], Scale.Values[scale[i]], ZeroPoint.Values[zero[i]]);
    }

    private double Evaluate(double x, double scale, double zeroPoint)
    {
        double real = x / scale;
        if (RoundsFirst)
            return Math.Clamp(Rounding.Apply(real), Min - zeroPoint, Max - zeroPoint);
        real += zeroPoint;
        if (Bipolar)
            return real >= 0 ? 1 : -1;
        return Math.Clamp(Rounding.Apply(Math.Clamp(real, Min, Max)), Min, Max) - zeroPoint;
    }

    // Typing replaces every one of these by a Requantize, alone or with what stands before it.
    public override ExactRange Range(ImmutableArray<Value> inputs) => throw new InvalidOperationException("a quantizer has no typed meaning of its own");

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        throw new InvalidOperationException("a quantizer has no typed meaning of its own");
}
