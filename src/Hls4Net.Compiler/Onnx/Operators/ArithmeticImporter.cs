using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

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
        if (!IsInteger(node.ElementType(0)) && !IsInteger(node.ElementType(1)))
            return node.Emit(c.Values.All(v => double.IsPow2(Math.Abs(v))) ? new Affine(c.Map(v => 1 / v), null) : new Quotient(c), x);
        // Integers divide towards zero; exporters do so with shapes.
        if (x.Constant is null)
            throw node.Fail(Descriptors.UnsupportedForm, "divides integers, which drops the rest; only the division of real numbers is supported");
        Shape shape = Shape.Broadcast(x.Shape, c.Shape) ?? throw node.Fail(Descriptors.InvalidShape, $"has shapes {x.Shape} and {c.Shape}, which do not broadcast");
        return node.Folded(x.Constant.BroadcastTo(shape).Zip(c.BroadcastTo(shape), (a, b) => Math.Truncate(a / b)));
    }

    // Before set 7 the second operand was laid over the first from a named axis on, or over its last axes.
    private static Constant AtAxis(ImportNode node, Shape x, Constant c)
    {
        if (node.Int("axis", -1) is not (>= 0 and long axis))
            return c;
        int behind = x.Rank - node.Axis(axis, x.Rank) - c.Shape.Rank;
        return behind >= 0
            ? c.Reshape(new Shape([.. c.Shape.Dimensions, .. Enumerable.Repeat(1, behind)]))
            : throw node.Fail(Descriptors.InvalidShape, $"lays {c.Shape} over {x} from axis {axis} on");
    }

    private static bool IsInteger(DataType? type) => type is not (null or DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16);

    // Of two constants the first is the operand that flows, so that both are folded.
    private static (Operand X, Constant Constant, bool ConstantFirst) Operands(ImportNode node)
    {
        Operand a = node.Input(0), b = node.Input(1);
        if (node.Opset < 7)
            node.Ignore("broadcast");
        if (b.Constant is not null)
            return (a, node.Opset < 7 ? AtAxis(node, a.Shape, b.Constant) : b.Constant, false);
        return a.Constant is not null
            ? (b, a.Constant, true)
            : throw node.Fail(Descriptors.UnsupportedForm, $"combines two computed values ('{a.Name}' and '{b.Name}'); one of them must be a constant");
    }
}
