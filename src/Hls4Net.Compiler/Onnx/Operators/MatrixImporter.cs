using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Products of matrices, one of them constant or both computed.</summary>
internal static class MatrixImporter
{
    public static Operand MatMul(ImportNode node)
    {
        Operand x = node.Input(0), y = node.Input(1);
        if (x.Shape.Rank == 0 || y.Shape.Rank == 0)
            throw node.Fail(Descriptors.InvalidShape,
                "multiplies with a single number; MatMul needs vectors or matrices");
        return Product(node, x, y, null);
    }

    /// <summary>numpy.matmul of two operands; where one is a single constant matrix, the product with that.</summary>
    public static Operand Product(ImportNode node, Operand x, Operand y, string? part, bool inner = false)
    {
        if (y.Constant is Constant weights
            && (weights.Shape.Rank == 1 || weights.Shape.Product(0, weights.Shape.Rank - 2) == 1))
            return OnRight(node, x, weights, y.Factors, part, inner);
        // A constant matrix on the left of columns: the transposed product.
        if (x.Constant is Constant { Shape.Rank: 2 } left && y.Shape.Rank == 2)
        {
            Operand columns = node.Emit(new Transpose([1, 0]), y, Part(part, "columns"), inner);
            Operand transposed = node.Emit(new Dense(Transposed(left), null), columns, Part(part, "product"), inner);
            return node.Emit(new Transpose([1, 0]), transposed, part, inner);
        }
        // A vector has no axis of its own in the result.
        Operand a = x.Shape.Rank > 1 ? x : node.Emit(new Reshape(new Shape(1, x.Shape.Size)), x, Part(part, "row"),
            inner);
        Operand b = y.Shape.Rank > 1 ? y : node.Emit(new Reshape(new Shape(y.Shape.Size, 1)), y, Part(part, "column"),
            inner);
        Operand product = node.Emit(new MatrixProduct(), [a, b], part, inner);
        if (x.Shape.Rank > 1 && y.Shape.Rank > 1)
            return product;
        IEnumerable<int> kept = product.Shape.Dimensions.Where((_, axis) => !(x.Shape.Rank == 1
            && axis == product.Shape.Rank - 2) && !(y.Shape.Rank == 1 && axis == product.Shape.Rank - 1));
        return node.Emit(new Reshape(new Shape([.. kept])), product, Part(part, "vector"), inner);
    }

    private static string? Part(string? part, string step) => part is null ? step : $"{part}_{step}";

    private static Operand OnRight(ImportNode node, Operand x, Constant weights,
        (Constant Integers, Constant Scale)? factors, string? part, bool inner)
    {
        if (weights.Shape.Rank == 2 && factors is (Constant stored, Constant scale)
            && IntegerMatrix.Of(stored, scale) is (Constant integers, Constant unitScale))
            return node.Emit(new Affine(unitScale, null),
                node.Emit(new Dense(integers, null, IntegerWeights: true), x, part, inner), Part(part, "scale"), inner);
        switch (weights.Shape.Rank)
        {
            case 1:
                // A vector on the right: its axis is dropped from the result.
                Operand column = node.Emit(new Dense(weights.Reshape(new Shape(weights.Shape[0], 1)), null), x, part,
                    inner);
                return node.Emit(new Reshape(new Shape(column.Shape.Dimensions.AsSpan()[..^1])), column, null, inner);
            case 2:
                return node.Emit(new Dense(weights, null), x, part, inner);
            case int rank:
                Operand product = node.Emit(
                    new Dense(weights.Reshape(new Shape(weights.Shape[rank - 2], weights.Shape[rank - 1])), null), x,
                    part, inner);
                // The matrix's leading axes, all 1, stay in the result; a vector on the left has no axis of its own
                // there.
                int missing = x.Shape.Rank == 1 ? rank - 2 : rank - x.Shape.Rank;
                return missing <= 0 ? product
                    : node.Emit(new Reshape(new Shape([.. Enumerable.Repeat(1, missing), .. product.Shape.Dimensions])),
                        product, null, inner);
        }
    }

    public static Operand Gemm(ImportNode node)
    {
        double alpha = node.Float("alpha", 1), beta = node.Float("beta", 1);
        bool transposeA = node.Int("transA", 0) != 0, transposeB = node.Int("transB", 0) != 0;
        if (node.Opset < 7)
            node.Ignore("broadcast");
        Operand a = node.Input(0), right = node.Input(1);
        if (a.Shape.Rank != 2 || right.Shape.Rank != 2)
            throw node.Fail(Descriptors.InvalidShape, $"needs matrices, but has {a.Shape} and {right.Shape}");
        if (transposeA)
            a = node.Emit(new Transpose([1, 0]), a);
        if (right.Constant is not Constant b)
        {
            if (transposeB)
                right = node.Emit(new Transpose([1, 0]), right);
            return WithAddend(node, Product(node, a, right, null), alpha, beta);
        }
        Constant weights = Scaled(transposeB ? Transposed(b) : b, alpha);
        Operand? c = node.TryInput(2);
        if (node.Input(1).Factors is (Constant stored, Constant scale)
            && (transposeB ? IntegerMatrix.Of(Transposed(stored), Transposed(scale))
                : IntegerMatrix.Of(stored, scale)) is (Constant integers, Constant unitScale))
        {
            Operand product = node.Emit(new Dense(integers, null, IntegerWeights: true), a);
            product = node.Emit(new Affine(Scaled(unitScale, alpha), null), product, "scale");
            return c is null ? product : node.Emit(new Affine(null, Scaled(node.RequireConstant(2, "addend"), beta)),
                product, "bias");
        }
        if (c is null)
            return node.Emit(new Dense(weights, null), a);
        if (c.Constant is null)
            return WithAddend(node, node.Emit(new Dense(weights, null), a), 1, beta);
        Constant addend = Scaled(c.Constant, beta);
        int units = weights.Shape[1];
        if (Shape.Broadcast(addend.Shape, new Shape(a.Shape[0], units)) is not Shape sum
            || sum.Size != a.Shape[0] * units)
            throw node.Fail(Descriptors.InvalidShape, $"adds {addend.Shape} to {new Shape(a.Shape[0], units)}");
        return addend.AsLastAxis(sum, units) is Constant bias
            ? node.Emit(new Dense(weights, bias), a)
            : node.Emit(new Affine(null, addend), node.Emit(new Dense(weights, null), a));
    }

    // alpha · product + beta · C, where something of it is computed.
    private static Operand WithAddend(ImportNode node, Operand product, double alpha, double beta)
    {
        if (alpha != 1)
            product = node.Emit(new Affine(Constant.Scalar(alpha), null), product, "alpha");
        if (node.TryInput(2) is not Operand c)
            return product;
        if (Shape.Broadcast(product.Shape, c.Shape) != product.Shape)
            throw node.Fail(Descriptors.InvalidShape, $"adds {c.Shape} to {product.Shape}");
        if (c.Constant is Constant addend)
            return node.Emit(new Affine(null, Scaled(addend, beta)), product, "addend");
        if (beta != 1)
            c = node.Emit(new Affine(Constant.Scalar(beta), null), c, "beta");
        return node.Emit(new Elementwise(ElementwiseKind.Add), [product, c], "addend");
    }

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
