using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Add, Sub, Mul and Div: constant factors and addends where one operand is a constant, else exact operations of two
/// tensors.
/// </summary>
internal static class ArithmeticImporter
{
    public static Operand Add(ImportNode node)
    {
        (Operand x, Operand y, Constant? c, _) = Operands(node);
        return c is null ? node.Emit(new Elementwise(ElementwiseKind.Add), [x, y]) : node.Emit(new Affine(null, c), x);
    }

    public static Operand Sub(ImportNode node)
    {
        (Operand x, Operand y, Constant? c, bool constantFirst) = Operands(node);
        return c is null ? node.Emit(new Elementwise(ElementwiseKind.Sub), [x, y])
            : node.Emit(constantFirst ? new Affine(Constant.Scalar(-1), c) : new Affine(null, c.Map(v => -v)), x);
    }

    public static Operand Mul(ImportNode node)
    {
        (Operand x, Operand y, Constant? c, _) = Operands(node);
        return c is null ? node.Emit(new Elementwise(ElementwiseKind.Mul), [x, y]) : node.Emit(new Affine(c, null), x);
    }

    public static Operand Div(ImportNode node)
    {
        (Operand x, Operand y, Constant? c, bool constantFirst) = Operands(node);
        if (IsInteger(node, 0) || IsInteger(node, 1))
            return IntegerDiv(node);
        if (c is null)
            return node.Emit(new Divide(), [x, y]);
        node.RequireFinite(c);
        if (constantFirst)
        {
            return c.Values.Length == 1 && c.Shape.Rank <= x.Shape.Rank
                ? node.Emit(new ElementwiseFunction(Numerics.UnaryFunction.Power(-1, c.Values[0])), x)
                : node.Emit(new Divide(), [y, x]);
        }
        if (c.Values.Contains(0))
            throw node.Fail(Descriptors.NonFiniteWeight, "divides by a constant that is zero");
        return node.Emit(c.Values.All(v => double.IsPow2(Math.Abs(v))) ? new Affine(c.Map(v => 1 / v), null)
            : new Quotient(c), x);
    }

    // Integers divide towards zero; exporters do so with shapes.
    private static Operand IntegerDiv(ImportNode node)
    {
        (Operand x, Operand y) = ElementwiseImporter.Pair(node);
        if (y.Constant is not null && y.Constant.Values.Contains(0))
            throw node.Fail(Descriptors.NonFiniteWeight, "divides by a constant that is zero");
        return node.Emit(new Divide(Truncates: true), [x, y]);
    }

    private static bool IsInteger(ImportNode node, int index) =>
        node.ElementType(index) is DataType type && !ElementTypes.IsReal(type);

    // The operand that flows comes first; of two constants the first is that operand, so that both are folded.
    private static (Operand X, Operand Y, Constant? Constant, bool ConstantFirst) Operands(ImportNode node)
    {
        (Operand a, Operand b) = ElementwiseImporter.Pair(node);
        return b.Constant is not null ? (a, b, b.Constant, false)
            : a.Constant is not null ? (b, a, a.Constant, true)
            : (a, b, null, false);
    }
}
