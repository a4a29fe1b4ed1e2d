using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>A constant tensor that an operation on several operands reads like a value that flows.</summary>
public sealed record Literal(Constant Tensor) : Operation
{
    public override string Kind => "Constant";

    public override bool KeepsType => true;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants => [(ConstantRole.Weight, Tensor)];

    public override Operation WithConstants(ImmutableArray<Constant> constants) => new Literal(constants[0]);

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Tensor.Shape;

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        Tensor.Values.AsSpan().CopyTo(output);

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(Tensor.Fraction, [.. Tensor.Mantissas.Select(m => new Interval(m, m))]);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Tensor.Mantissas.AsSpan().CopyTo(output);
        return 0;
    }
}
