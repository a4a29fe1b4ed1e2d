using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// The product of two computed stacks of matrices, <c>y[…, r, j] = Σ_k a[…, r, k] · b[…, k, j]</c>; the leading axes
/// broadcast to one another. Sums are exact.
/// </summary>
public sealed record MatrixProduct : Operation
{
    public override string Kind => "MatMul";

    public override ScaleRule Scaling => ScaleRule.Product;

    /// <summary>Matrices in another order; rows and columns must stay.</summary>
    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        inputs.All(i => i.Rank == permutation.Length) && permutation[^1] == permutation.Length - 1
            && permutation[^2] == permutation.Length - 2 ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => new Geometry(inputs[0], inputs[1]).Output;

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Geometry g = new(shapes[0], shapes[1]);
        output.Clear();
        for (int row = 0; row < g.Batches * g.Rows; row++)
        {
            for (int k = 0; k < g.Length; k++)
            {
                double a = inputs[0][g.Left(row, k)];
                for (int j = 0; j < g.Columns; j++)
                    output[(row * g.Columns) + j] += a * inputs[1][g.Right(row, k) + j];
            }
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        new(inputs[0].Type.Fraction + inputs[1].Type.Fraction, Sums(inputs, envelope: false));

    /// <summary>The narrowest type that holds every partial sum, whatever the order of addition.</summary>
    public static FixedPointType AccumulatorType(ImmutableArray<Value> inputs) =>
        new ExactRange(inputs[0].Type.Fraction + inputs[1].Type.Fraction, Sums(inputs, envelope: true)).Type;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Geometry g = new(operands[0].Shape, operands[1].Shape);
        output.Clear();
        for (int row = 0; row < g.Batches * g.Rows; row++)
        {
            Span<long> y = output.Slice(row * g.Columns, g.Columns);
            for (int k = 0; k < g.Length; k++)
            {
                long a = inputs[0][g.Left(row, k)];
                ReadOnlySpan<long> b = inputs[1].AsSpan(g.Right(row, k), g.Columns);
                for (int j = 0; a != 0 && j < y.Length; j++)
                    y[j] += a * b[j];
            }
        }
        return 0;
    }

    private static ImmutableArray<Interval> Sums(ImmutableArray<Value> inputs, bool envelope)
    {
        Geometry g = new(inputs[0].Shape, inputs[1].Shape);
        Interval[] result = new Interval[g.Output.Size];
        for (int row = 0; row < g.Batches * g.Rows; row++)
        {
            for (int k = 0; k < g.Length; k++)
            {
                Interval a = inputs[0].Typing!.Range[g.Left(row, k)];
                for (int j = 0; j < g.Columns; j++)
                {
                    Interval term = a * inputs[1].Typing!.Range[g.Right(row, k) + j];
                    result[(row * g.Columns) + j] += envelope ? new(Int128.Min(term.Min, 0), Int128.Max(term.Max, 0))
                        : term;
                }
            }
        }
        return ImmutableArray.Create(result);
    }

    /// <summary>The sizes of a product, and where its factors lie.</summary>
    public sealed class Geometry
    {
        public Geometry(Shape left, Shape right)
        {
            if (left.Rank < 2 || right.Rank < 2 || left[left.Rank - 1] != right[right.Rank - 2])
                throw new ShapeException($"the matrices {left} and {right} have no product");
            Rows = left[left.Rank - 2];
            Length = left[left.Rank - 1];
            Columns = right[right.Rank - 1];
            Shape a = new(left.Dimensions.AsSpan()[..^2]), b = new(right.Dimensions.AsSpan()[..^2]);
            Shape batch = Shape.Broadcast(a, b)
                ?? throw new ShapeException($"the stacks of matrices {left} and {right} do not broadcast");
            Batches = batch.Size;
            LeftBatch = a.BroadcastIndices(batch);
            RightBatch = b.BroadcastIndices(batch);
            Output = new Shape([.. batch.Dimensions, Rows, Columns]);
        }

        /// <summary>How many matrices there are.</summary>
        public int Batches { get; }

        /// <summary>Rows of the left matrix and the result.</summary>
        public int Rows { get; }

        /// <summary>Columns of the left matrix, rows of the right one.</summary>
        public int Length { get; }

        /// <summary>Columns of the right matrix and the result.</summary>
        public int Columns { get; }

        public Shape Output { get; }

        /// <summary>For every matrix of the result the left one.</summary>
        public int[] LeftBatch { get; }

        /// <summary>For every matrix of the result the right one.</summary>
        public int[] RightBatch { get; }

        /// <summary>
        /// Where element k lies of the left row that makes a row of the result, rows counted through all matrices.
        /// </summary>
        public int Left(int row, int k) => (((LeftBatch[row / Rows] * Rows) + (row % Rows)) * Length) + k;

        /// <summary>Where row k of the right matrix begins.</summary>
        public int Right(int row, int k) => ((RightBatch[row / Rows] * Length) + k) * Columns;
    }
}
