using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// What ONNX Runtime makes of neighbours when it saves an optimized model (domain com.microsoft): products with their
/// activation, gelus with their bias.
/// </summary>
internal static class FusedImporter
{
    private const float QuickAlpha = 1.702f;

    /// <summary>A convolution, an addend of its result's shape, and an activation.</summary>
    public static Operand Conv(ImportNode node)
    {
        Operand result = ConvolutionImporter.Conv(node);
        if (node.TryInput(3) is Operand addend)
            result = addend.Constant is Constant c ? node.Emit(new Affine(null, c), result, "sum")
                : node.Emit(new Elementwise(ElementwiseKind.Add), [result, addend], "sum");
        ImmutableArray<double> parameters = [.. node.Attribute("activation_params",
            AttributeType.Floats)?.Floats.Select(f => (double)f) ?? []];
        return Activated(node, result, (_, index, otherwise) => index < parameters.Length ? parameters[index]
            : otherwise);
    }

    public static Operand Gemm(ImportNode node)
    {
        Operand result = MatrixImporter.Gemm(node);
        return Activated(node, result, (name, _, otherwise) => node.Float($"activation_{name}", (float)otherwise));
    }

    /// <summary>
    /// A product of matrices, either of them transposed in its last two axes, or in all before the last one, times a
    /// factor.
    /// </summary>
    public static Operand MatMul(ImportNode node)
    {
        Operand a = Transposed(node, node.Input(0), "A"), b = Transposed(node, node.Input(1), "B");
        double alpha = node.Float("alpha", 1);
        Operand product = MatrixImporter.Product(node, a, b, null);
        return alpha == 1 ? product : node.Emit(new Affine(Constant.Scalar(alpha), null), product, "alpha");
    }

    public static Operand Gelu(ImportNode node) => Function(node, node.Input(0), new UnaryFunction(FunctionKind.Gelu));

    public static Operand BiasGelu(ImportNode node) =>
        Function(node, Biased(node, node.Input(1)), new UnaryFunction(FunctionKind.Gelu));

    public static Operand FastGelu(ImportNode node) =>
        Function(node, Biased(node, node.TryInput(1)), new UnaryFunction(FunctionKind.GeluTanh));

    public static Operand QuickGelu(ImportNode node) =>
        Function(node, node.Input(0), UnaryFunction.Swish(node.Float("alpha", QuickAlpha)));

    /// <summary>The softmax of a sum, over all axes from the named one on.</summary>
    public static Operand BiasSoftmax(ImportNode node)
    {
        Operand x = node.Input(0), bias = node.Input(1);
        int axis = node.Axis(node.Int("axis", 1), x.Shape.Rank);
        bool inner = node.Int("is_inner_broadcast", 1) != 0;
        // Repeated inside each batch, or one for several neighbours: numpy's broadcast of the shapes that are equal
        // from the right.
        if (Shape.Broadcast(x.Shape, bias.Shape) != x.Shape || !inner && bias.Shape.Rank < x.Shape.Rank)
            throw node.Fail(Descriptors.UnsupportedForm,
                $"repeats its addend {bias.Shape} inside {x.Shape} in a way that no broadcast is");
        Operand sum = Biased(node, bias);
        return node.Emit(new Softmax(x.Shape.Product(axis, x.Shape.Rank), 1), sum);
    }

    /// <summary>The dropout of a sum with a residual, in inference.</summary>
    public static Operand BiasDropout(ImportNode node)
    {
        node.Ignore("seed");
        _ = node.TryInput(3);
        if (node.TryScalar(4, "training mode") is not (null or 0))
            throw node.Fail(Descriptors.UnsupportedForm, "is in training mode; export the model for inference");
        Operand sum = node.TryInput(2) is Operand residual
            ? node.Emit(new Elementwise(ElementwiseKind.Add), [node.Input(0), residual], "residual") : node.Input(0);
        return node.Emit(new Elementwise(ElementwiseKind.Add), [sum, node.Input(1)]);
    }

    private static Operand Biased(ImportNode node, Operand? bias)
    {
        Operand x = node.Input(0);
        return bias is null ? x
            : bias.Constant is Constant c ? node.Emit(new Affine(null, c), x, "bias")
            : node.Emit(new Elementwise(ElementwiseKind.Add), [x, bias], "bias");
    }

    private static Operand Function(ImportNode node, Operand x, UnaryFunction function) =>
        node.Emit(new ElementwiseFunction(function), x);

    private static Operand Transposed(ImportNode node, Operand x, string operand)
    {
        bool matrix = node.Int($"trans{operand}", 0) != 0, batch = node.Int($"transBatch{operand}", 0) != 0;
        int rank = x.Shape.Rank;
        if (rank < (batch ? 3 : 2))
            return matrix || batch ? rank == 1 ? x
                : throw node.Fail(Descriptors.InvalidShape, $"transposes the batches of {x.Shape}") : x;
        // The rows' axis comes first of all, the batches behind it.
        ImmutableArray<int> axes = batch ? [.. Enumerable.Range(1, rank - 2), 0, rank - 1]
            : [.. Enumerable.Range(0, rank)];
        if (matrix)
            axes = [.. axes[..^2], axes[^1], axes[^2]];
        return axes.SequenceEqual(Enumerable.Range(0, rank)) ? x
            : node.Emit(new Transpose(axes), x, $"transposed{operand}");
    }

    private delegate double Parameter(string name, int index, double otherwise);

    // The names and defaults of ONNX's own operators.
    private static Operand Activated(ImportNode node, Operand x, Parameter parameter)
    {
        string activation = node.Text("activation", "");
        return activation switch
        {
            "" => x,
            "Relu" => Emit(new Rectifier("Relu", null, null)),
            "LeakyRelu" => Emit(new Rectifier("LeakyRelu", null, Constant.Scalar(parameter("alpha", 0, 0.01f)))),
            "ThresholdedRelu" =>
                Emit(new Rectifier("ThresholdedRelu", Constant.Scalar(parameter("alpha", 0, 1)), null)),
            "Tanh" => Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Tanh))),
            "Sigmoid" => Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Sigmoid))),
            "Softplus" => Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Softplus))),
            "Softsign" => Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Softsign))),
            "Gelu" => Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Gelu))),
            "HardSwish" => Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.HardSwish))),
            "QuickGelu" => Emit(new ElementwiseFunction(UnaryFunction.Swish(parameter("alpha", 0, QuickAlpha)))),
            "Elu" => Emit(new ElementwiseFunction(UnaryFunction.Elu(parameter("alpha", 0, 1)))),
            "Selu" =>
                Emit(new ElementwiseFunction(UnaryFunction.Selu(parameter("alpha", 0, 1.67326319217681884765625f),
                    parameter("gamma", 1, 1.05070102214813232421875f)))),
            "HardSigmoid" => node.Emit(
                new Clip(Constant.Scalar(0), Constant.Scalar(1)),
                node.Emit(new Affine(Constant.Scalar(parameter("alpha", 0, 0.2f)),
                    Constant.Scalar(parameter("beta", 1, 0.5f))), x, "line"), "activation"),
            "Clip" => Emit(new Clip(Constant.Scalar(parameter("min", 0, float.MinValue)),
                Constant.Scalar(parameter("max", 1, float.MaxValue)))),
            _ => throw node.Fail(Descriptors.UnsupportedForm,
                $"has the activation '{activation}', which is not supported in a fused operator; save the model with "
                + "less optimization"),
        };

        Operand Emit(Operation operation) => node.Emit(operation, x, "activation");
    }
}
