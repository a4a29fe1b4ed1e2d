using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A non-linear function of every element. Typing gives it the table that is its meaning on mantissas.
/// </summary>
/// <param name="Function">The function.</param>
/// <param name="Table">The table over the input's mantissas.</param>
/// <param name="Normalised">Where the input has too many values, or a pole: the table over the mantissas of its
/// normalised values.</param>
public sealed record ElementwiseFunction(UnaryFunction Function, FunctionTable? Table = null,
    RangeReducedTable? Normalised = null) : Operation
{
    public override string Kind => Function.Kind.ToString();

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => this;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        for (int i = 0; i < output.Length; i++)
            output[i] = Function.Evaluate(inputs[0][i]);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) => Normalised is RangeReducedTable reduced
        ? new(reduced.Output.Fraction,
            [.. Enumerable.Repeat(new Interval(reduced.OutMin, reduced.OutMax), inputs[0].Shape.Size)])
        : new(Typed.Output.Fraction,
            [.. Enumerable.Repeat(new Interval(Typed.OutMin, Typed.OutMax), inputs[0].Shape.Size)]);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        for (int i = 0; i < output.Length; i++)
            output[i] = Normalised is RangeReducedTable reduced ? reduced.Evaluate(inputs[0][i])
                : Typed.Evaluate(inputs[0][i]);
        return 0;
    }

    private FunctionTable Typed => Table ?? throw new InvalidOperationException("the function has no table yet");
}
