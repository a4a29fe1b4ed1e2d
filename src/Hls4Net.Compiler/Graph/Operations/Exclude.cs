using System.Collections.Immutable;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A mask: elements of x that whatever follows is not to see, which looks at the largest elements or their exponentials
/// alone. On real numbers they are what the model makes of them; typing puts a number in their place that is low enough
/// among the others.
/// </summary>
/// <param name="Excluded">
/// The low numbers of the elements that are excluded, zero for the others, broadcast to x; null where the first operand
/// says which are.
/// </param>
/// <param name="WhenTrue">With a first operand: true if its elements other than zero exclude, false if its zeros
/// do.</param>
/// <param name="Low">With a first operand: the low number.</param>
/// <param name="Adds">True if the low number is added to an element, false if it takes its place.</param>
public sealed record Exclude(Constant? Excluded, bool WhenTrue, double Low, bool Adds) : Operation
{
    public override string Kind => "Where";

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        OutputShape(inputs).Rank != permutation.Length || inputs.Any(i => i.Rank != permutation.Length) ? null
        : this with { Excluded = Excluded?.Permuted(permutation) };

    public override Shape OutputShape(ImmutableArray<Shape> inputs) =>
        Elementwise.Broadcast(Excluded is null ? inputs : [.. inputs, Excluded.Shape]);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Shape shape = OutputShape(shapes);
        int[] x = shapes[^1].BroadcastIndices(shape), at = (Excluded?.Shape ?? shapes[0]).BroadcastIndices(shape);
        for (int i = 0; i < output.Length; i++)
        {
            double value = inputs[^1][x[i]], low = Excluded is not null ? Excluded.Values[at[i]]
                : inputs[0][at[i]] != 0 == WhenTrue ? Low : 0;
            output[i] = low == 0 ? value : Adds ? value + low : low;
        }
    }

    // Typing replaces every one of these by a choice.
    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        throw new InvalidOperationException("a mask has no typed meaning of its own");

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        throw new InvalidOperationException("a mask has no typed meaning of its own");
}
