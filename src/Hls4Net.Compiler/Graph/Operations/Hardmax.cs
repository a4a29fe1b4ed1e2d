using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// 1 for the largest of <paramref name="Count"/> elements that lie <paramref name="Stride"/> apart, of equal ones the
/// first, else 0; for every such group.
/// </summary>
public sealed record Hardmax(int Count, int Stride) : Operation
{
    public override string Kind => "Hardmax";

    public override Operation? OnItem(Items items) => items.Channels() % (Count * Stride) == 0 ? this : null;

    public override bool KeepsType => true;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        SoftmaxGroups.Evaluate(inputs[0], output, Count, Stride, (x, y) =>
        {
            for (int i = 0; i < x.Length; i++)
                y[i] = i == Array.IndexOf(x, x.Max()) ? 1 : 0;
        });

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(0, [.. Enumerable.Repeat(new Interval(0, 1), inputs[0].Shape.Size)]);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        SoftmaxGroups.Evaluate(inputs[0], output, Count, Stride, (x, y) =>
        {
            int maximum = Array.IndexOf(x, x.Max());
            for (int i = 0; i < x.Length; i++)
                y[i] = i == maximum ? 1 : 0;
        });
        return 0;
    }
}
