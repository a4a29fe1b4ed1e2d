using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// ONNX Runtime's operators on stored integers (domain com.microsoft): each is the real operator between the
/// dequantization of its operands and the quantization of its result, which is how its documentation defines it.
/// </summary>
internal static class QLinearImporter
{
    public static Operand Add(ImportNode node) => Combined(node, ElementwiseKind.Add);

    public static Operand Mul(ImportNode node) => Combined(node, ElementwiseKind.Mul);

    public static Operand LeakyRelu(ImportNode node) =>
        Mapped(node, x => node.Emit(new Rectifier("LeakyRelu", null, Constant.Scalar(node.Float("alpha", 0.01f))), x,
            "real"));

    public static Operand Sigmoid(ImportNode node) =>
        Mapped(node, x => node.Emit(new ElementwiseFunction(new Numerics.UnaryFunction(Numerics.FunctionKind.Sigmoid)),
            x, "real"));

    public static Operand Concat(ImportNode node)
    {
        ImmutableArray<Operand> parts = [.. Enumerable.Range(0, (node.Proto.Input.Count - 2) / 3)
            .Select(i => Real(node, 2 + (3 * i), 3 + (3 * i), 4 + (3 * i), $"part{i}"))];
        Operand joined = node.Emit(new Concatenate(node.Axis(node.Int("axis", 0), parts[0].Shape.Rank)), parts, "real");
        return IntegerProductImporter.Quantized(node, joined, 0, 1);
    }

    public static Operand AveragePool(ImportNode node) => Pooled(node, PoolImporter.AveragePool);

    public static Operand GlobalAveragePool(ImportNode node) => Pooled(node, PoolImporter.GlobalAveragePool);

    private static Operand Pooled(ImportNode node, Func<ImportNode, Operand, bool, Operand> pool) =>
        Mapped(node, x => pool(node, x, node.Int("channels_last", 0) != 0));

    // a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point.
    private static Operand Combined(ImportNode node, ElementwiseKind kind)
    {
        Operand result = node.Emit(new Elementwise(kind), [Real(node, 0, 1, 2, "left"), Real(node, 3, 4, 5, "right")],
            "real");
        return IntegerProductImporter.Quantized(node, result, 6, 7);
    }

    // x, x_scale, x_zero_point, y_scale, y_zero_point.
    private static Operand Mapped(ImportNode node, Func<Operand, Operand> operation) =>
        IntegerProductImporter.Quantized(node, operation(Real(node, 0, 1, 2, "input")), 3, 4);

    private static Operand Real(ImportNode node, int data, int scale, int zeroPoint, string part)
    {
        Operand x = node.Input(data);
        if (node.TryScalar(zeroPoint, "zero-point") is double zero and not 0)
            x = node.Emit(new Affine(null, Constant.Scalar(-zero)), x, $"{part}_centred");
        double factor = node.TryScalar(scale, "scale") ?? 1;
        return node.Emit(new Affine(Constant.Scalar(factor), null), x, $"{part}_scale");
    }
}
