using Hls4Net.Onnx.Operators;

namespace Hls4Net.Onnx;

/// <summary>Turns one ONNX node into operations of the network, or folds it to a constant.</summary>
internal delegate Operand OperatorImporter(ImportNode node);

/// <summary>Every ONNX operator that is read, by name.</summary>
internal static class OperatorRegistry
{
    /// <summary>Operator sets of the default domain whose definitions the importers follow.</summary>
    public const int MinOpset = 6, MaxOpset = 27;

    private static readonly Dictionary<string, OperatorImporter> s_importers = new(StringComparer.Ordinal)
    {
        ["Add"] = ArithmeticImporter.Add,
        ["BatchNormalization"] = BatchNormalizationImporter.Import,
        ["Cast"] = ConstantImporter.Cast,
        ["Celu"] = ActivationImporter.Celu,
        ["Clip"] = ActivationImporter.Clip,
        ["Constant"] = ConstantImporter.Constant,
        ["Div"] = ArithmeticImporter.Div,
        ["Dropout"] = LayoutImporter.Dropout,
        ["Elu"] = ActivationImporter.Elu,
        ["Flatten"] = LayoutImporter.Flatten,
        ["Gemm"] = MatrixImporter.Gemm,
        ["HardSigmoid"] = ActivationImporter.HardSigmoid,
        ["Identity"] = LayoutImporter.Identity,
        ["LeakyRelu"] = ActivationImporter.LeakyRelu,
        ["LogSoftmax"] = SoftmaxImporter.LogSoftmax,
        ["MatMul"] = MatrixImporter.MatMul,
        ["Mul"] = ArithmeticImporter.Mul,
        ["PRelu"] = ActivationImporter.PRelu,
        ["Relu"] = ActivationImporter.Relu,
        ["Reshape"] = LayoutImporter.Reshape,
        ["Selu"] = ActivationImporter.Selu,
        ["Shape"] = ConstantImporter.Shape,
        ["Sigmoid"] = ActivationImporter.Sigmoid,
        ["Softmax"] = SoftmaxImporter.Softmax,
        ["Softplus"] = ActivationImporter.Softplus,
        ["Softsign"] = ActivationImporter.Softsign,
        ["Squeeze"] = LayoutImporter.Squeeze,
        ["Sub"] = ArithmeticImporter.Sub,
        ["Tanh"] = ActivationImporter.Tanh,
        ["ThresholdedRelu"] = ActivationImporter.ThresholdedRelu,
        ["Transpose"] = LayoutImporter.Transpose,
        ["Unsqueeze"] = LayoutImporter.Unsqueeze,
    };

    /// <summary>The names of all operators, in order.</summary>
    public static IEnumerable<string> Names => s_importers.Keys.Order(StringComparer.Ordinal);

    public static OperatorImporter? Find(string domain, string operatorType) =>
        domain is "" or "ai.onnx" && s_importers.TryGetValue(operatorType, out OperatorImporter? importer) ? importer : null;
}
