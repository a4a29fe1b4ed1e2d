using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>Non-linear functions that become tables, and those made of exact steps.</summary>
internal static class FunctionImporter
{
    // Each costs an operation on all elements.
    private const int MaxExponents = 8;

    /// <summary>The importer of an operator that is one function without attributes.</summary>
    public static OperatorImporter Of(FunctionKind kind) => node => Function(node, new UnaryFunction(kind));

    public static Operand Gelu(ImportNode node) => Function(node, node.Text("approximate", "none") switch
    {
        "none" => new UnaryFunction(FunctionKind.Gelu),
        "tanh" => new UnaryFunction(FunctionKind.GeluTanh),
        string other => throw node.Fail(Descriptors.UnsupportedForm,
            $"has the approximation '{other}', which ONNX does not define"),
    });

    public static Operand Swish(ImportNode node) => Function(node, UnaryFunction.Swish(node.Float("alpha", 1)));

    /// <summary>x - bias above lambda, x + bias below -lambda, else zero: exact.</summary>
    public static Operand Shrink(ImportNode node)
    {
        double bias = node.Float("bias", 0), lambda = node.Float("lambd", 0.5f);
        Operand x = node.Input(0);
        Operand lowered = Shifted(-bias, "lowered"), raised = Shifted(bias, "raised");
        Operand above = node.Emit(new Elementwise(ElementwiseKind.Greater), [x, Operand.Number(lambda)], "above",
            inner: true);
        Operand below = node.Emit(new Elementwise(ElementwiseKind.Less), [x, Operand.Number(-lambda)], "below",
            inner: true);
        Operand rest = node.Emit(new Select(), [below, raised, Operand.Number(0)], "rest", inner: true);
        return node.Emit(new Select(), [above, lowered, rest]);

        Operand Shifted(double by, string part) => bias == 0 ? x
            : node.Emit(new Affine(null, Constant.Scalar(by)), x, part, inner: true);
    }

    /// <summary>Powers with a constant exponent, and of a constant base.</summary>
    public static Operand Pow(ImportNode node)
    {
        Operand x = node.Input(0), y = node.Input(1);
        Shape shape = Shape.Broadcast(x.Shape, y.Shape)
            ?? throw node.Fail(Descriptors.InvalidShape, $"has shapes {x.Shape} and {y.Shape}, which do not broadcast");
        if (x.Constant is not null && y.Constant is not null)
            return node.Folded(x.Constant.BroadcastTo(shape).Zip(y.Constant.BroadcastTo(shape), Math.Pow));
        if (y.Constant is Constant exponent)
        {
            node.RequireFinite(exponent);
            double[] exponents = [.. exponent.Values.Distinct().Order()];
            if (exponents.Length > MaxExponents)
                throw node.Fail(Descriptors.UnsupportedForm,
                    $"has {exponents.Length} different exponents; {MaxExponents} are supported");
            // Each power of all elements, and the one that every element needs of them.
            Operand result = Power(node, x, exponents[0], exponents.Length == 1 ? null : "power0");
            for (int k = 1; k < exponents.Length; k++)
            {
                Operand own = new("", exponent.Map(e => e == exponents[k] ? 1 : 0));
                result = node.Emit(new Select(), [own, Power(node, x, exponents[k], $"power{k}"), result],
                    k == exponents.Length - 1 ? null : $"choice{k}");
            }
            return shape == result.Shape ? result : throw node.Fail(Descriptors.UnsupportedForm,
                $"has one exponent for {exponent.Shape} and a base {x.Shape}; the base must have the result's shape");
        }
        if (x.Constant is not { Values.Length: 1 } || x.Constant.Values[0] <= 0 || shape != y.Shape)
            throw node.Fail(Descriptors.UnsupportedForm,
                "has a computed exponent; a constant exponent, or one constant base above zero, is supported");
        node.RequireFinite(x.Constant);
        Operand scaled = node.Emit(new Affine(Constant.Scalar(Math.Log(x.Constant.Values[0])), null), y, "scaled",
            inner: true);
        return node.Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Exp)), scaled);
    }

    private static Operand Power(ImportNode node, Operand x, double exponent, string? part)
    {
        Elementwise product = new(ElementwiseKind.Mul);
        return exponent switch
        {
            0 => new Operand("", new Constant(x.Shape, [.. Enumerable.Repeat(1.0, x.Shape.Size)])),
            1 => x,
            2 => node.Emit(product, [x, x], part),
            3 => node.Emit(product, [node.Emit(product, [x, x], "square", inner: true), x], part),
            _ => node.Emit(new ElementwiseFunction(UnaryFunction.Power(exponent)), x, part),
        };
    }

    private static Operand Function(ImportNode node, UnaryFunction function) =>
        node.Emit(new ElementwiseFunction(function), node.Input(0));
}
