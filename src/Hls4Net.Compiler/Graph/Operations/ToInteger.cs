using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A cast to an integer type: towards zero, then modulo 2^W into the type's range, as ONNX casts between integers.
/// Typing makes an
/// <see cref="ExactFunction"/> or a <see cref="Quantize"/> of it.
/// </summary>
/// <param name="To">The integer type, without fraction bits.</param>
public sealed record ToInteger(FixedPointType To) : Operation
{
    public override string Kind => "Cast";

    public override bool IsElementwise => true;

    public override bool KeepsType => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => this;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        double period = Math.ScaleB(1, To.Width);
        for (int i = 0; i < output.Length; i++)
        {
            double x = Math.Truncate(inputs[0][i]);
            output[i] = x >= To.MinValue && x <= To.MaxValue ? x
                : x - (Math.Floor((x - To.MinValue) / period) * period);
        }
    }

    /// <summary>The same as a conversion between fixed-point types.</summary>
    public Quantize AsConversion() => new(To with { Rounding = Rounding.TrnZero, Overflow = Overflow.Wrap },
        Wraps: true);

    public override ExactRange Range(ImmutableArray<Value> inputs) => AsConversion().Range(inputs);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        AsConversion().Execute(operands, inputs, output);
}
