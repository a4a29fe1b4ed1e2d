using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Products with a constant matrix.</summary>
internal static class MatrixImporter
{
    public static Operand MatMul(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant weights = Matrix(node);
        if (weights.Shape.Rank == 2 && node.Input(1).Factors is (Constant stored, Constant scale) && IntegerMatrix.Of(stored, scale) is (Constant integers, Constant unitScale))
            return node.Emit(new Affine(unitScale, null), node.Emit(new Dense(integers, null, IntegerWeights: true), x), "scale");
        switch (weights.Shape.Rank)
        {
            case 0:
                throw node.Fail(Descriptors.InvalidShape, "multiplies with a single number; MatMul needs vectors or matrices");
            case 1:
                // A vector on the right: its axis is dropped from the result.
                Operand column = node.Emit(new Dense(weights.Reshape(new Shape(weights.Shape[0], 1)), null), x);
                return node.Emit(new Reshape(new Shape(column.Shape.Dimensions.AsSpan()[..^1])), column);
            case 2:
                return node.Emit(new Dense(weights, null), x);
            case int rank when weights.Shape.Product(0, rank - 2) == 1:
                Operand product = node.Emit(new Dense(weights.Reshape(new Shape(weights.Shape[rank - 2], weights.Shape[rank - 1])), null), x);
                // The matrix's leading axes, all 1, stay in the result; a vector on the left has no axis of its own there.
                int missing = x.Shape.Rank == 1 ? rank - 2 : rank - x.Shape.Rank;
                return missing <= 0 ? product : node.Emit(new Reshape(new Shape([.. Enumerable.Repeat(1, missing), .. product.Shape.Dimensions])), product);
            default:
                throw node.Fail(Descriptors.UnsupportedForm, $"multiplies with a stack of matrices {weights.Shape}; one constant matrix is supported");
        }
    }

    public static Operand Gemm(ImportNode node)
    {
        double alpha = node.Float("alpha", 1), beta = node.Float("beta", 1);
        bool transposeA = node.Int("transA", 0) != 0, transposeB = node.Int("transB", 0) != 0;
        if (node.Opset < 7)
            node.Ignore("broadcast");
        Operand a = node.Input(0);
        Constant b = Matrix(node);
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2)
            throw node.Fail(Descriptors.InvalidShape, $"needs matrices, but has {a.Shape} and {b.Shape}");
        if (transposeA)
            a = node.Emit(new Transpose([1, 0]), a);
        Constant weights = Scaled(transposeB ? Transposed(b) : b, alpha);
        Operand? c = node.TryInput(2);
        if (node.Input(1).Factors is (Constant stored, Constant scale)
            && (transposeB ? IntegerMatrix.Of(Transposed(stored), Transposed(scale)) : IntegerMatrix.Of(stored, scale)) is (Constant integers, Constant unitScale))
        {
            Operand product = node.Emit(new Dense(integers, null, IntegerWeights: true), a);
            product = node.Emit(new Affine(Scaled(unitScale, alpha), null), product, "scale");
            return c is null ? product : node.Emit(new Affine(null, Scaled(node.RequireConstant(2, "addend"), beta)), product, "bias");
        }
        if (c is null)
            return node.Emit(new Dense(weights, null), a);
        if (c.Constant is null)
            throw node.Fail(Descriptors.UnsupportedForm, $"adds a computed value ('{c.Name}'); only a constant is supported");
        Constant addend = Scaled(c.Constant, beta);
        int units = weights.Shape[1];
        if (Shape.Broadcast(addend.Shape, new Shape(a.Shape[0], units)) is not Shape sum || sum.Size != a.Shape[0] * units)
            throw node.Fail(Descriptors.InvalidShape, $"adds {addend.Shape} to {new Shape(a.Shape[0], units)}");
        return addend.BroadcastTo(sum).AsLastAxis(units) is Constant bias
            ? node.Emit(new Dense(weights, bias), a)
            : node.Emit(new Affine(null, addend), node.Emit(new Dense(weights, null), a));
    }

    private static Constant Matrix(ImportNode node) =>
        node.Input(1).Constant ?? throw node.Fail(
            Descriptors.UnsupportedForm,
            $"multiplies with a computed value ('{node.Input(1).Name}') on the right; only a constant matrix there is supported");

    private static Constant Scaled(Constant c, double factor) => factor == 1 ? c : c.Map(v => v * factor);

    internal static Constant Transposed(Constant c)
    {
        int rows = c.Shape[0], columns = c.Shape[1];
        double[] values = new double[c.Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = c.Values[(i % rows * columns) + (i / rows)];
        return new Constant(new Shape(columns, rows), ImmutableArray.Create(values));
    }
}
