using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Add, Sub, Mul and Div where at least one operand is a constant.</summary>
internal static class ArithmeticImporter
{
    public static Operand Add(ImportNode node)
    {
        (Operand x, Constant c, _) = Operands(node);
        return node.Emit(new Affine(null, c), x);
    }

    public static Operand Sub(ImportNode node)
    {
        (Operand x, Constant c, bool constantFirst) = Operands(node);
        return node.Emit(constantFirst ? new Affine(Constant.Scalar(-1), c) : new Affine(null, c.Map(v => -v)), x);
    }

    public static Operand Mul(ImportNode node)
    {
        (Operand x, Constant c, _) = Operands(node);
        return node.Emit(new Affine(c, null), x);
    }

    public static Operand Div(ImportNode node)
    {
        (Operand x, Constant c, bool constantFirst) = Operands(node);
        if (constantFirst)
            throw node.Fail(Descriptors.UnsupportedForm, "divides a constant by a computed value; only division by a constant is supported");
        node.RequireFinite(c);
        if (c.Values.Contains(0))
            throw node.Fail(Descriptors.NonFiniteWeight, "divides by a constant that is zero");
        return node.Emit(c.Values.All(v => double.IsPow2(Math.Abs(v))) ? new Affine(c.Map(v => 1 / v), null) : new Quotient(c), x);
    }

    // Of two constants the first is the operand that flows, so that both are folded.
    private static (Operand X, Constant Constant, bool ConstantFirst) Operands(ImportNode node)
    {
        Operand a = node.Input(0), b = node.Input(1);
        if (node.Opset < 7)
            node.Ignore("broadcast", "axis");
        if (b.Constant is not null)
            return (a, b.Constant, false);
        return a.Constant is not null
            ? (b, a.Constant, true)
            : throw node.Fail(Descriptors.UnsupportedForm, $"combines two computed values ('{a.Name}' and '{b.Name}'); one of them must be a constant");
    }
}
