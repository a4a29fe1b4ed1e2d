using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// Elements moved, repeated or left out along each axis: output element (i0, i1, …) is input element (Axes[0][i0],
/// Axes[1][i1], …), or the fill where one of these is -1. Slices, pads, tiles and the like; what no list for each axis
/// can say is a list for a flattened tensor. Wiring.
/// </summary>
/// <param name="Kind">The ONNX operator.</param>
/// <param name="Axes">For every axis the input's index of each of the output's.</param>
/// <param name="Fill">A scalar for the elements that no input element is moved to; null where there are none.</param>
public sealed record Rearrange(string Kind, ImmutableArray<ImmutableArray<int>> Axes, Constant? Fill = null) : Operation
{
    public override string Kind { get; } = Kind;

    // The other axes are left as they are.
    public override Operation? OnItem(Items items) =>
        items.LastAxis is int last && Axes[..last].Zip(items.Operands[0].Dimensions)
            .All(a => a.First.SequenceEqual(Enumerable.Range(0, a.Second)))
            ? this with { Axes = [[.. Enumerable.Range(0, items.Pixels)], Axes[last]] }
            : null;

    public override bool KeepsType => true;

    // A fill other than zero would have to be divided by the factor.
    public override ScaleRule Scaling => Fill is null || Fill.Values[0] == 0 ? ScaleRule.Common : ScaleRule.None;

    // Beside the data it keeps a grid of its own where that is finer.
    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants => Fill is null ? []
        : [(ConstantRole.Bound, Fill)];

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        this with { Fill = Fill is null ? null : constants[0] };

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        this with { Axes = [.. permutation.Select(axis => Axes[axis])] };

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        if (inputs[0].Rank != Axes.Length)
            throw new ShapeException($"the input {inputs[0]} has {inputs[0].Rank} axes, {Axes.Length} are needed");
        for (int axis = 0; axis < Axes.Length; axis++)
        {
            int size = inputs[0][axis];
            if (Axes[axis].FirstOrDefault(i => i >= size || i < (Fill is null ? 0 : -1)) is int wrong
                && (wrong >= size || wrong < 0))
                throw new ShapeException($"index {wrong} lies outside axis {axis} of {inputs[0]}");
        }
        return new Shape([.. Axes.Select(a => a.Length)]);
    }

    /// <summary>For every element of the output the index of the input's element, -1 for the fill.</summary>
    public int[] SourceIndices(Shape input)
    {
        int[] indices = [0];
        for (int axis = 0; axis < Axes.Length; axis++)
        {
            int size = input[axis];
            ImmutableArray<int> list = Axes[axis];
            int[] next = new int[indices.Length * list.Length];
            for (int i = 0; i < next.Length; i++)
            {
                int outer = indices[i / list.Length], inner = list[i % list.Length];
                next[i] = outer < 0 || inner < 0 ? -1 : (outer * size) + inner;
            }
            indices = next;
        }
        return indices;
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        Move(SourceIndices(shapes[0]), inputs[0], Fill?.Values[0] ?? 0, output);

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        Interval[] result = new Interval[OutputShape([inputs[0].Shape]).Size];
        int fraction = ResultFraction(x.Type);
        Int128 fill = AlignedFill(x.Type);
        Move(SourceIndices(inputs[0].Shape), [.. x.Range.Select(r => r << (fraction - x.Type.Fraction))],
            new Interval(fill, fill), result);
        return new ExactRange(fraction, ImmutableArray.Create(result));
    }

    public override Steps StepsOf(ImmutableArray<Value> inputs)
    {
        Steps steps = inputs[0].Typing!.Steps.Shifted(ResultFraction(inputs[0].Type) - inputs[0].Type.Fraction);
        return steps.Period == 1 ? steps
            : Steps.Of([.. SourceIndices(inputs[0].Shape).Select(i => i < 0 ? 0 : steps[i])]);
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int shift = ResultFraction(operands[0].Type) - operands[0].Type.Fraction;
        long[] moved = shift == 0 ? inputs[0] : [.. inputs[0].Select(x => x << shift)];
        Move(SourceIndices(operands[0].Shape), moved, (long)AlignedFill(operands[0].Type), output);
        return 0;
    }

    /// <summary>Fraction bits of the result for data of a type.</summary>
    public int ResultFraction(FixedPointType x) => Fill is null ? x.Fraction : Math.Max(x.Fraction, Fill.Fraction);

    /// <summary>The mantissa of the fill on the result's grid; zero without one.</summary>
    public Int128 AlignedFill(FixedPointType x) => Fill is null ? 0
        : Interval.Shift(Fill.Mantissas[0], ResultFraction(x) - Fill.Fraction);

    private static void Move<T>(int[] indices, T[] source, T fill, Span<T> output)
    {
        for (int i = 0; i < output.Length; i++)
            output[i] = indices[i] < 0 ? fill : source[indices[i]];
    }
}
