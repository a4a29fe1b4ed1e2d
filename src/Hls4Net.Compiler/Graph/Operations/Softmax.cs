using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// Softmax, or its logarithm, over <paramref name="Count"/> elements that lie <paramref name="Stride"/> apart, for
/// every such group. Typing gives it the kernel that is its meaning on mantissas.
/// </summary>
public sealed record Softmax(int Count, int Stride, SoftmaxKernel? Kernel = null) : Operation
{
    public override string Kind => "Softmax";

    public override Operation? OnItem(Items items) => items.Channels() % (Count * Stride) == 0 ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        SoftmaxGroups.Evaluate(inputs[0], output, Count, Stride, (x, y) =>
        {
            double max = x.Max(), sum = x.Sum(v => Math.Exp(v - max));
            for (int i = 0; i < x.Length; i++)
                y[i] = Math.Exp(x[i] - max) / sum;
        });

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(Typed.Output.Fraction,
            [.. Enumerable.Repeat(new Interval(0,
                Int128.Min(Typed.Output.MaxMantissa, Int128.One << Typed.Output.Fraction)), inputs[0].Shape.Size)]);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        SoftmaxGroups.Evaluate(inputs[0], output, Count, Stride, (x, y) => Typed.Evaluate(x, y));
        return 0;
    }

    private SoftmaxKernel Typed => Kernel ?? throw new InvalidOperationException("the softmax has no kernel yet");
}
