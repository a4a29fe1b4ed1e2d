using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Products of stored integers: each becomes a product of integers, its scale and zero-points as factors and addends,
/// and a quantizer.
/// </summary>
internal static class IntegerProductImporter
{
    /// <summary>a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point.</summary>
    public static Operand QLinearMatMul(ImportNode node)
    {
        Operand a = Centred(node, node.Input(0), 2);
        Operand product = node.Emit(new Dense(Weights(node, 3, 5), null, IntegerWeights: true), a);
        product = node.Emit(new Affine(Scale(node), null), product);
        return Quantized(node, product, 6, 7);
    }

    /// <summary>a, b and their optional zero-points; the result is integers.</summary>
    public static Operand MatMulInteger(ImportNode node) =>
        node.Emit(new Dense(Weights(node, 1, 3), null, IntegerWeights: true), Centred(node, node.Input(0), 2));

    /// <summary>
    /// com.microsoft: a, a_scale, a_zero_point, b, b_scale, b_zero_point, c, y_scale, y_zero_point; without the last
    /// two the result is real.
    /// </summary>
    public static Operand QGemm(ImportNode node)
    {
        double alpha = node.Float("alpha", 1);
        if (node.Int("transA", 0) != 0)
            throw node.Fail(Descriptors.UnsupportedForm, "transposes its data; only the weights may be");
        Constant weights = Weights(node, 3, 5, transposed: node.Int("transB", 0) != 0);
        Operand product = node.Emit(new Dense(weights, null, IntegerWeights: true), Centred(node, node.Input(0), 2));
        // The addend is stored in units of the product's scale.
        if (node.TryConstant(6, "addend") is Constant c)
            product = node.Emit(new Affine(null, c), product);
        product = node.Emit(new Affine(Scale(node).Map(s => s * alpha), null), product);
        return node.TryInput(7) is null ? product : Quantized(node, product, 7, 8);
    }

    /// <summary>Stored integers without their zero-point.</summary>
    internal static Operand Centred(ImportNode node, Operand x, int zeroPoint)
    {
        if (node.TryConstant(zeroPoint, "zero-point") is not Constant z || z.Values.All(v => v == 0))
            return x;
        return z.Values.Length == 1
            ? node.Emit(new Affine(null, Scalar(z).Map(v => -v)), x)
            : throw node.Fail(Descriptors.UnsupportedForm,
                "has a zero-point for each row of its data; one for all is supported");
    }

    private static Constant Weights(ImportNode node, int index, int zeroPoint, bool transposed = false)
    {
        Constant b = node.RequireConstant(index, "weights");
        if (b.Shape.Rank != 2)
            throw node.Fail(Descriptors.UnsupportedForm, $"multiplies with {b.Shape}; a matrix is supported");
        if (transposed)
            b = MatrixImporter.Transposed(b);
        if (node.TryConstant(zeroPoint, "zero-point") is not Constant z)
            return b;
        return Shape.Broadcast(b.Shape, z.Shape) == b.Shape || z.Values.Length == 1
            ? b.Zip(Scalar(z).BroadcastTo(b.Shape), (w, zero) => w - zero)
            : throw node.Fail(Descriptors.InvalidShape, $"has zero-points {z.Shape} for weights {b.Shape}");
    }

    /// <summary>A product, rounded to stored integers of a scale and zero-point.</summary>
    internal static Operand Quantized(ImportNode node, Operand x, int scale, int zeroPoint)
    {
        Constant zero = node.TryConstant(zeroPoint, "zero-point") is Constant z ? Scalar(z) : Constant.Scalar(0);
        (long min, long max) = QuantImporter.IntegerRange(node, QuantImporter.StoredType(node, zeroPoint));
        Operand integers = node.Emit(
            new IntegerQuantize(Scalar(node.RequireConstant(scale, "y_scale")), zero, min, max, QuantRounding.HalfEven,
                Bipolar: false, RoundsFirst: true), x);
        return zero.Values.All(v => v == 0) ? integers : node.Emit(new Affine(null, zero), integers);
    }

    // The product's scale: that of a times that of b.
    private static Constant Scale(ImportNode node)
    {
        Constant a = Scalar(node.RequireConstant(1, "a_scale")), b = Scalar(node.RequireConstant(4, "b_scale"));
        Shape shape = Shape.Broadcast(a.Shape, b.Shape)
            ?? throw node.Fail(Descriptors.InvalidShape, $"has the scales {a.Shape} and {b.Shape}");
        return a.BroadcastTo(shape).Zip(b.BroadcastTo(shape), (x, y) => x * y);
    }

    private static Constant Scalar(Constant c) => c.Values.Length == 1 ? c.Reshape(new Shape()) : c;
}
