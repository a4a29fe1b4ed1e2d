using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>Conversion to a type with its rounding and overflow modes; on real numbers the identity.</summary>
/// <param name="To">The type.</param>
/// <param name="Unseen">True if nothing that reads the result can tell what is cut off; then values beyond the type are
/// no overflows.</param>
/// <param name="Wraps">True if the model itself has values beyond the type wrap, which then are no overflows.</param>
public sealed record Quantize(FixedPointType To, bool Unseen = false, bool Wraps = false) : Operation
{
    /// <summary>
    /// True where the values that saturate are those that a function tells no more apart: no overflow.
    /// </summary>
    public bool SaturationIsMeant { get; init; }

    public override string Kind => "Quantize";

    public override bool IsElementwise => true;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        inputs[0].CopyTo(output);

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        ExactRange full = Typing.Full(To, 1).ExactRange;
        // Rounding is monotone, so the ends of the interval bound the rounded values; saturation clips them, wrapping
        // gives up.
        return new ExactRange(To.Fraction, x.Range.Map(r => Convert(r, x.Type.Fraction, full.Hull)));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Quantizer quantizer = new(operands[0].Type.Fraction, To);
        long overflows = 0;
        for (int i = 0; i < output.Length; i++)
            output[i] = quantizer.Apply(inputs[0][i], ref overflows);
        return Unseen || SaturationIsMeant || Wraps ? 0 : overflows;
    }

    private Interval Convert(Interval x, int fraction, Interval full)
    {
        Int128 min = FixedPoint.Convert(x.Min, fraction, To, out bool below),
            max = FixedPoint.Convert(x.Max, fraction, To, out bool above);
        if (!below && !above)
            return new(min, max);
        return To.Overflow switch
        {
            Overflow.Sat or Overflow.SatSym => new(min, max),
            _ => full,
        };
    }
}
