using System.Collections.Immutable;

namespace Hls4Net.Graph.Operations;

/// <summary>The same elements in the same order under another shape; no hardware.</summary>
public sealed record Reshape(Shape To) : Operation
{
    public override string Kind => "Reshape";

    public override bool KeepsType => true;

    public override ScaleRule Scaling => ScaleRule.Common;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) =>
        inputs[0].Size == To.Size ? To
            : throw new ShapeException($"the input {inputs[0]} has {inputs[0].Size} elements, {To} has {To.Size}");

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        inputs[0].CopyTo(output);

    public override ExactRange Range(ImmutableArray<Value> inputs) => inputs[0].Typing!.ExactRange;

    public override Steps StepsOf(ImmutableArray<Value> inputs) => inputs[0].Typing!.Steps;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        inputs[0].CopyTo(output);
        return 0;
    }
}
