using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx.Operators;

/// <summary>Element-wise activations.</summary>
internal static class ActivationImporter
{
    public static Operand Relu(ImportNode node) => node.Emit(new Rectifier("Relu", null, null), node.Input(0));

    public static Operand LeakyRelu(ImportNode node) =>
        node.Emit(new Rectifier("LeakyRelu", null, Constant.Scalar(node.Float("alpha", 0.01f))), node.Input(0));

    public static Operand PRelu(ImportNode node)
    {
        Operand x = node.Input(0);
        if (node.Input(1).Constant is not Constant slope)
        {
            Operand below = node.Emit(new Elementwise(ElementwiseKind.Less), [x, Operand.Number(0)], "below",
                inner: true);
            return node.Emit(new Select(),
                [below, node.Emit(new Elementwise(ElementwiseKind.Mul), [x, node.Input(1)], "scaled", inner: true), x]);
        }
        // Before set 7 a vector was one slope a channel, which is axis 1.
        if (node.Opset < 7 && slope.Shape.Rank == 1 && x.Shape.Rank > 2 && slope.Shape[0] == x.Shape[1])
            slope = slope.Reshape(new Shape([slope.Shape[0], .. Enumerable.Repeat(1, x.Shape.Rank - 2)]));
        return node.Emit(new Rectifier("PRelu", null, slope), x);
    }

    public static Operand ThresholdedRelu(ImportNode node)
    {
        float alpha = node.Float("alpha", 1);
        // x > alpha passes; a negative threshold would let values pass that the rectifier's zero branch exceeds, which
        // is what ONNX says too.
        return node.Emit(new Rectifier("ThresholdedRelu", Constant.Scalar(alpha), null), node.Input(0));
    }

    public static Operand Clip(ImportNode node)
    {
        if (node.Opset >= 11 && (node.TryInput(1) is { Constant: null } || node.TryInput(2) is { Constant: null }))
        {
            Operand raised = node.TryInput(1) is Operand low
                ? node.Emit(new Elementwise(ElementwiseKind.Max), [node.Input(0), low], "lower") : node.Input(0);
            return node.TryInput(2) is Operand high ? node.Emit(new Elementwise(ElementwiseKind.Min), [raised, high])
                : raised;
        }
        double? lower = node.Opset < 11 ? Attribute("min") : node.TryScalar(1, "lower bound");
        double? upper = node.Opset < 11 ? Attribute("max") : node.TryScalar(2, "upper bound");
        // Exporters write the ends of float for "no bound".
        Clip clip = new(
            lower is null or <= float.MinValue ? null : Constant.Scalar(lower.Value),
            upper is null or >= float.MaxValue ? null : Constant.Scalar(upper.Value));
        return clip is { Lower: null, Upper: null } ? node.Input(0) : node.Emit(clip, node.Input(0));

        float? Attribute(string name) => node.Attribute(name, AttributeProto.Types.AttributeType.Float)?.F;
    }

    public static Operand HardSigmoid(ImportNode node)
    {
        Constant alpha = Constant.Scalar(node.Float("alpha", 0.2f)), beta = Constant.Scalar(node.Float("beta", 0.5f));
        return node.Emit(new Clip(Constant.Scalar(0), Constant.Scalar(1)),
            node.Emit(new Affine(alpha, beta), node.Input(0)));
    }

    public static Operand Sigmoid(ImportNode node) => Function(node, new UnaryFunction(FunctionKind.Sigmoid));

    public static Operand Tanh(ImportNode node) => Function(node, new UnaryFunction(FunctionKind.Tanh));

    public static Operand Softplus(ImportNode node) => Function(node, new UnaryFunction(FunctionKind.Softplus));

    public static Operand Softsign(ImportNode node) => Function(node, new UnaryFunction(FunctionKind.Softsign));

    public static Operand Elu(ImportNode node) => Function(node, UnaryFunction.Elu(node.Float("alpha", 1)));

    public static Operand Celu(ImportNode node)
    {
        float alpha = node.Float("alpha", 1);
        return alpha != 0 ? Function(node, UnaryFunction.Celu(alpha))
            : throw node.Fail(Descriptors.UnsupportedForm, "divides by alpha = 0");
    }

    public static Operand Selu(ImportNode node) =>
        Function(node, UnaryFunction.Selu(node.Float("alpha", 1.67326319217681884765625f),
            node.Float("gamma", 1.05070102214813232421875f)));

    private static Operand Function(ImportNode node, UnaryFunction function) =>
        node.Emit(new ElementwiseFunction(function), node.Input(0));
}
