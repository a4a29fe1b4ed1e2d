using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Transforms;

/// <summary>
/// Takes the half step that rounding half up adds into the bias of the product before: <c>FixedQuant RND(Dense W,
/// b)</c> → <c>FixedQuant TRN(Dense W, b + ½)</c>, a half of each element's own step. What then lies below a rectifier
/// by less than that half is zero either way. Only where nothing else reads the product, and where an element is
/// rounded.
/// </summary>
internal static class HalvesInSums
{
    // What is finer is no grid of a quantized network.
    private const int MostDigits = 48;

    public static Network Apply(Network network)
    {
        Dictionary<Value, int> readers = network.CountReaders();
        return RemoveUnused.Apply(Rewriter.Run(network, (rewriter, node) =>
        {
            if (node.Operation is not FixedQuantize { Rounding: Rounding.Rnd } quantize
                || rewriter.Maker(node.Inputs[0]) is not Node { Operation.Matrix: Dense matrix } product
                || readers[product.Output] != 1
                || Raised(rewriter, product, matrix, quantize) is not (Dense raised, FixedQuantize cut))
                return rewriter.Keep(node);
            Value sum = rewriter.Add(product, product.Operation.WithMatrix(raised), product.Inputs);
            return rewriter.Add(node, cut, sum);
        }));
    }

    // Null where a unit's elements are rounded in several ways, or none is.
    private static (Dense, FixedQuantize)? Raised(Rewriter rewriter, Node product, Dense matrix, FixedQuantize quantize)
    {
        Shape shape = product.Output.Shape;
        if (matrix is not { Accumulator: null, IntegerWeights: false } || shape[shape.Rank - 1] != matrix.Units
            || rewriter.Maker(product.Inputs[0]) is not Node { Operation: FixedQuantize input } from)
            return null;
        ImmutableArray<FixedPointType> given = input.TypesFor(from.Output.Shape), types = quantize.TypesFor(shape);
        int fraction = FixedQuantize.CommonFraction(given) + Math.Max(ConstantGrid.ExactFraction(matrix.Weights), 0);
        if (matrix.Bias is Constant bias)
            fraction = Math.Max(fraction, ConstantGrid.ExactFraction(bias));
        if (fraction > MostDigits)
            return null;
        double[] largest = Largest(matrix, given.Where(t => t.Width > 0)
            .Select(t => Math.Max(-t.MinValue, t.MaxValue)).DefaultIfEmpty().Max());
        // A step that no sum comes halfway to gives zeros, which is what an element without bits is.
        bool[] zero = [.. types.Select((t, e) => t.Width == 0 || largest[e % matrix.Units] < t.Ulp / 2)];
        double?[] halves = new double?[matrix.Units];
        for (int e = 0; e < zero.Length; e++)
        {
            if (zero[e])
                continue;
            // A step that is no coarser than the sum's rounds nothing.
            double half = types[e].Fraction < fraction ? types[e].Ulp / 2 : 0;
            if (halves[e % matrix.Units] is double other && other != half)
                return null;
            halves[e % matrix.Units] = half;
        }
        if (halves.All(h => h is null or 0))
            return null;
        Dense raised = matrix with
        {
            Bias = new Constant(new Shape(matrix.Units),
                [.. halves.Select((h, j) => (h ?? 0) + (matrix.Bias?.Values[j] ?? 0))]),
        };
        return (raised, quantize with
        {
            Rounding = Rounding.Trn,
            Keep = Cut(quantize.Keep),
            Integer = Cut(quantize.Integer),
            Fraction = Cut(quantize.Fraction),
        });

        Constant Cut(Constant bits)
        {
            int[] places = bits.Shape.BroadcastIndices(shape);
            return !zero.Contains(true) ? bits
                : new Constant(shape, [.. zero.Select((z, e) => z ? 0 : bits.Values[places[e]])]);
        }
    }

    // How far from zero each unit's sums can be.
    private static double[] Largest(Dense matrix, double input)
    {
        double[] largest = new double[matrix.Units];
        for (int j = 0; j < largest.Length; j++)
        {
            largest[j] = Math.Abs(matrix.Bias?.Values[j] ?? 0);
            for (int i = 0; i < matrix.Columns; i++)
                largest[j] += input * Math.Abs(matrix.Weights.Values[(i * matrix.Units) + j]);
        }
        return largest;
    }
}
