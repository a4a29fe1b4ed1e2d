using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>Operators on the bits of integers.</summary>
internal static class BitwiseImporter
{
    public static Operand And(ImportNode node) => Binary(node, BitwiseKind.And);

    public static Operand Or(ImportNode node) => Binary(node, BitwiseKind.Or);

    public static Operand Xor(ImportNode node) => Binary(node, BitwiseKind.Xor);

    /// <summary>Of all bits the other: -1 - x, or the type's largest number less x where it has no sign.</summary>
    public static Operand Not(ImportNode node)
    {
        FixedPointType type = Checked(node, 0) ?? throw node.Fail(Descriptors.UnsupportedForm,
            "does not know how many bits its operand has; cast it to an integer type");
        return node.Emit(new Affine(Constant.Scalar(-1), Constant.Scalar(type.Signed ? -1 : type.MaxValue)),
            node.Input(0));
    }

    private static Operand Binary(ImportNode node, BitwiseKind function)
    {
        Checked(node, 0);
        Checked(node, 1);
        return node.Emit(new Bitwise(function), [node.Input(0), node.Input(1)]);
    }

    // The integer type of an operand, where it is known.
    private static FixedPointType? Checked(ImportNode node, int index)
    {
        if (node.ElementType(index) is not { } type)
            return null;
        if (ElementTypes.Integer(type) is not FixedPointType integer)
            throw node.Fail(Descriptors.UnsupportedForm,
                "works on the bits of integers, and has an operand of real numbers");
        // The floating-point reference has no more digits.
        return integer.Width <= 32 ? integer
            : throw node.Fail(Descriptors.UnsupportedForm, "works on integers of 64 bits; up to 32 are supported");
    }
}
