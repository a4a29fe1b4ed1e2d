using System.Collections.Immutable;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A division by a constant, broadcast to x. A quantizer behind it takes it up as the exact fraction it is, which a
/// factor rounded to double is not; anywhere else it becomes that factor.
/// </summary>
public sealed record Quotient(Constant Divisor) : Operation
{
    public override string Kind => "Div";

    public override bool IsElementwise => true;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants =>
        [(ConstantRole.Weight, Divisor)];

    public override Operation WithConstants(ImmutableArray<Constant> constants) => new Quotient(constants[0]);

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        OutputShape(inputs) == inputs[0] ? WithConstants([.. Constants.Select(c => c.Constant.Permuted(permutation))])
            : null;

    /// <summary>The nearest factor.</summary>
    public Affine AsFactor() => new(Divisor.Map(d => 1 / d), null);

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => AsFactor().OutputShape(inputs);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Shape shape = OutputShape(shapes);
        int[] x = shapes[0].BroadcastIndices(shape), divisor = Divisor.Shape.BroadcastIndices(shape);
        for (int i = 0; i < output.Length; i++)
            output[i] = inputs[0][x[i]] / Divisor.Values[divisor[i]];
    }

    // Before typing every one of these has become part of a Requantize, or a factor.
    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        throw new InvalidOperationException("a quotient has no typed meaning of its own");

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        throw new InvalidOperationException("a quotient has no typed meaning of its own");
}
