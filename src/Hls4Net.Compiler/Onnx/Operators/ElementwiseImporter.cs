using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Exact element-wise operators of several tensors, whatever of them is computed: sums, extremes, comparisons, logic,
/// choices.
/// </summary>
internal static class ElementwiseImporter
{
    public static Operand Sum(ImportNode node) => Sum(node, inner: false);

    public static Operand Mean(ImportNode node) =>
        node.Emit(new Affine(Constant.Scalar(1.0 / node.AllInputs().Length), null), Sum(node, inner: true));

    public static Operand Min(ImportNode node) => Extreme(node, ElementwiseKind.Min, bound => new Clip(null, bound));

    public static Operand Max(ImportNode node) => Extreme(node, ElementwiseKind.Max, bound => new Clip(bound, null));

    public static Operand Equal(ImportNode node) => Binary(node, ElementwiseKind.Equal);

    /// <summary>What a division leaves: of the sign of the divisor, or with fmod of the dividend.</summary>
    public static Operand Mod(ImportNode node) =>
        Binary(node, node.Int("fmod", 0) != 0 ? ElementwiseKind.Remainder : ElementwiseKind.Modulo);

    public static Operand Less(ImportNode node) => Binary(node, ElementwiseKind.Less);

    public static Operand LessOrEqual(ImportNode node) => Binary(node, ElementwiseKind.LessOrEqual);

    public static Operand Greater(ImportNode node) => Binary(node, ElementwiseKind.Greater);

    public static Operand GreaterOrEqual(ImportNode node) => Binary(node, ElementwiseKind.GreaterOrEqual);

    public static Operand And(ImportNode node) => Binary(node, ElementwiseKind.And);

    public static Operand Or(ImportNode node) => Binary(node, ElementwiseKind.Or);

    public static Operand Xor(ImportNode node) => Binary(node, ElementwiseKind.Xor);

    public static Operand Where(ImportNode node) =>
        node.Emit(new Select(), [node.Input(0), node.Input(1), node.Input(2)]);

    public static Operand Not(ImportNode node) => Exact(node, ExactFunctionKind.Not);

    public static Operand Abs(ImportNode node) => Exact(node, ExactFunctionKind.Abs);

    public static Operand Sign(ImportNode node) => Exact(node, ExactFunctionKind.Sign);

    public static Operand Floor(ImportNode node) => Exact(node, ExactFunctionKind.Floor);

    public static Operand Ceil(ImportNode node) => Exact(node, ExactFunctionKind.Ceil);

    public static Operand Round(ImportNode node) => Exact(node, ExactFunctionKind.Round);

    public static Operand Neg(ImportNode node) => node.Emit(new Affine(Constant.Scalar(-1), null), node.Input(0));

    private static Operand Exact(ImportNode node, ExactFunctionKind function) =>
        node.Emit(new ExactFunction(function), node.Input(0));

    private static Operand Sum(ImportNode node, bool inner)
    {
        ImmutableArray<Operand> operands = Operands(node);
        return operands.Length == 1 ? operands[0]
            : node.Emit(new Elementwise(ElementwiseKind.Add), operands, inner ? "sum" : null, inner);
    }

    // A single number among the operands is a bound.
    private static Operand Extreme(ImportNode node, ElementwiseKind function, Func<Constant, Clip> clip)
    {
        ImmutableArray<Operand> operands = Operands(node);
        ImmutableArray<Operand> bounds = [.. operands.Where(o => o.Constant is { Values.Length: 1 })],
            others = [.. operands.Where(o => o.Constant is not { Values.Length: 1 })];
        Shape shape = Elementwise.Broadcast([.. operands.Select(o => o.Shape)]);
        if (others.All(o => o.Constant is not null) || others.Length == 0 || bounds.Length == 0
            || Elementwise.Broadcast([.. others.Select(o => o.Shape)]) != shape)
            return operands.Length == 1 ? operands[0] : node.Emit(new Elementwise(function), operands);
        Operand rest = others.Length == 1 ? others[0] : node.Emit(new Elementwise(function), others, "rest");
        double[] values = [.. bounds.Select(b => b.Constant!.Values[0])];
        return node.Emit(clip(Constant.Scalar(function == ElementwiseKind.Min ? values.Min() : values.Max())), rest);
    }

    private static Operand Binary(ImportNode node, ElementwiseKind function)
    {
        (Operand a, Operand b) = Pair(node);
        return node.Emit(new Elementwise(function), [a, b]);
    }

    /// <summary>
    /// Two operands that broadcast to one another; before set 7 the second was laid over the first from a named axis
    /// on, or over its last axes.
    /// </summary>
    public static (Operand A, Operand B) Pair(ImportNode node)
    {
        Operand a = node.Input(0), b = node.Input(1);
        if (node.Opset >= 7)
            return (a, b);
        node.Ignore("broadcast");
        if (node.Int("axis", -1) is not (>= 0 and long axis))
            return (a, b);
        int behind = a.Shape.Rank - node.Axis(axis, a.Shape.Rank) - b.Shape.Rank;
        return behind >= 0
            ? (a, behind == 0 ? b
                : node.Emit(new Reshape(new Shape([.. b.Shape.Dimensions, .. Enumerable.Repeat(1, behind)])), b,
                    "broadcast"))
            : throw node.Fail(Descriptors.InvalidShape, $"lays {b.Shape} over {a.Shape} from axis {axis} on");
    }

    private static ImmutableArray<Operand> Operands(ImportNode node)
    {
        ImmutableArray<Operand> operands = node.AllInputs();
        return operands.Length is > 0 and <= Elementwise.MaxOperands ? operands
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"has {operands.Length} operands; 1 to {Elementwise.MaxOperands} are supported");
    }
}
