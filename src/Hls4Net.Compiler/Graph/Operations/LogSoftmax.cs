using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>The logarithm of <see cref="Softmax"/>.</summary>
public sealed record LogSoftmax(int Count, int Stride, LogSoftmaxKernel? Kernel = null) : Operation
{
    public override string Kind => "LogSoftmax";

    public override Operation? OnItem(Items items) => items.Channels() % (Count * Stride) == 0 ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        SoftmaxGroups.Evaluate(inputs[0], output, Count, Stride, (x, y) =>
        {
            double max = x.Max(), log = Math.Log(x.Sum(v => Math.Exp(v - max)));
            for (int i = 0; i < x.Length; i++)
                y[i] = x[i] - max - log;
        });

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(Typed.Output.Fraction,
            [.. Enumerable.Repeat(new Interval(Typed.OutMin, Int128.Min(Typed.OutMax, 1)), inputs[0].Shape.Size)]);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        SoftmaxGroups.Evaluate(inputs[0], output, Count, Stride, (x, y) => Typed.Evaluate(x, y));
        return 0;
    }

    private LogSoftmaxKernel Typed => Kernel ?? throw new InvalidOperationException("the softmax has no kernel yet");
}
