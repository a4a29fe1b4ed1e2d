using System.Collections.Immutable;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A function with nothing but a quantizer behind it: one function whose results are the quantizer's integers. Typing
/// tabulates it where its input has few values, each entry the quantizer of the function in double precision; else it
/// makes two layers of it.
/// </summary>
/// <param name="Function">The node of the function, whose settings hold for it.</param>
/// <param name="Quantizer">The quantizer, one for all elements.</param>
public sealed record QuantizedFunction(Node Function, Requantize Quantizer) : Operation
{
    public override string Kind => Quantizer.Kind;

    public override bool IsElementwise => true;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    /// <summary>The integer that one number becomes.</summary>
    public double Evaluate(double x, int rank)
    {
        Shape one = new([.. Enumerable.Repeat(1, rank)]);
        double[] result = new double[1];
        Evaluate([one], [[x]], result);
        return result[0];
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        double[] values = new double[output.Length];
        Function.Operation.Evaluate(shapes, inputs, values);
        Quantizer.Evaluate(shapes, [values], output);
    }

    // Typing replaces every one of these.
    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        throw new InvalidOperationException("a quantized function has no typed meaning of its own");

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        throw new InvalidOperationException("a quantized function has no typed meaning of its own");
}
