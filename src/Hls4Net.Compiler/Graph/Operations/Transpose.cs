using System.Collections.Immutable;

namespace Hls4Net.Graph.Operations;

/// <summary>Axes in another order: output axis k is input axis Permutation[k].</summary>
public sealed record Transpose(ImmutableArray<int> Permutation) : Operation
{
    public override string Kind => "Transpose";

    public override bool KeepsType => true;

    public override ScaleRule Scaling => ScaleRule.Common;

    public bool Equals(Transpose? other) => other is not null && Permutation.SequenceEqual(other.Permutation);

    public override int GetHashCode() => Permutation.Aggregate(0, HashCode.Combine);

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape x = inputs[0];
        if (!Permutation.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
            throw new ShapeException($"[{string.Join(", ", Permutation)}] is not a permutation of the axes of {x}");
        return new Shape([.. Permutation.Select(axis => x[axis])]);
    }

    /// <summary>For every element of the output the index of the input's element.</summary>
    public int[] SourceIndices(Shape input)
    {
        int[] strides = input.Strides();
        Shape output = OutputShape([input]);
        int[] indices = new int[output.Size];
        for (int i = 0; i < indices.Length; i++)
        {
            for (int axis = output.Rank - 1, rest = i; axis >= 0; rest /= output[axis--])
                indices[i] += rest % output[axis] * strides[Permutation[axis]];
        }
        return indices;
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        Gather(SourceIndices(shapes[0]), inputs[0], output);

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        return new ExactRange(x.Type.Fraction, [.. SourceIndices(inputs[0].Shape).Select(i => x.Range[i])]);
    }

    public override Steps StepsOf(ImmutableArray<Value> inputs) => inputs[0].Typing!.Steps is { Period: > 1 } steps
            ? Steps.Of([.. SourceIndices(inputs[0].Shape).Select(i => steps[i])]) : inputs[0].Typing!.Steps;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Gather(SourceIndices(operands[0].Shape), inputs[0], output);
        return 0;
    }

    private static void Gather<T>(int[] indices, T[] source, Span<T> output)
    {
        for (int i = 0; i < output.Length; i++)
            output[i] = source[indices[i]];
    }
}
