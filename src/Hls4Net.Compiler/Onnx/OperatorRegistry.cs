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
        ["AveragePool"] = PoolImporter.AveragePool,
        ["BatchNormalization"] = BatchNormalizationImporter.Import,
        ["Cast"] = ConstantImporter.Cast,
        ["Celu"] = ActivationImporter.Celu,
        ["Clip"] = ActivationImporter.Clip,
        ["Concat"] = FoldedImporter.Concat,
        ["Constant"] = ConstantImporter.Constant,
        ["Conv"] = ConvolutionImporter.Conv,
        ["ConvInteger"] = ConvolutionImporter.ConvInteger,
        ["ConvTranspose"] = ConvolutionImporter.ConvTranspose,
        ["DequantizeLinear"] = QuantImporter.DequantizeLinear,
        ["Div"] = ArithmeticImporter.Div,
        ["Dropout"] = LayoutImporter.Dropout,
        ["Elu"] = ActivationImporter.Elu,
        ["Flatten"] = LayoutImporter.Flatten,
        ["Gather"] = FoldedImporter.Gather,
        ["Gemm"] = MatrixImporter.Gemm,
        ["GlobalAveragePool"] = PoolImporter.GlobalAveragePool,
        ["GlobalMaxPool"] = PoolImporter.GlobalMaxPool,
        ["HardSigmoid"] = ActivationImporter.HardSigmoid,
        ["Identity"] = LayoutImporter.Identity,
        ["LeakyRelu"] = ActivationImporter.LeakyRelu,
        ["LogSoftmax"] = SoftmaxImporter.LogSoftmax,
        ["MatMul"] = MatrixImporter.MatMul,
        ["MatMulInteger"] = IntegerProductImporter.MatMulInteger,
        ["MaxPool"] = PoolImporter.MaxPool,
        ["Mul"] = ArithmeticImporter.Mul,
        ["Neg"] = FoldedImporter.Neg,
        ["PRelu"] = ActivationImporter.PRelu,
        ["Pow"] = FoldedImporter.Pow,
        ["QLinearConv"] = ConvolutionImporter.QLinearConv,
        ["QLinearMatMul"] = IntegerProductImporter.QLinearMatMul,
        ["QuantizeLinear"] = QuantImporter.QuantizeLinear,
        ["Relu"] = ActivationImporter.Relu,
        ["Reshape"] = LayoutImporter.Reshape,
        ["Selu"] = ActivationImporter.Selu,
        ["Shape"] = ConstantImporter.Shape,
        ["Sigmoid"] = ActivationImporter.Sigmoid,
        ["Softmax"] = SoftmaxImporter.Softmax,
        ["Softplus"] = ActivationImporter.Softplus,
        ["Softsign"] = ActivationImporter.Softsign,
        ["Sqrt"] = FoldedImporter.Sqrt,
        ["Squeeze"] = LayoutImporter.Squeeze,
        ["Sub"] = ArithmeticImporter.Sub,
        ["Tanh"] = ActivationImporter.Tanh,
        ["ThresholdedRelu"] = ActivationImporter.ThresholdedRelu,
        ["Transpose"] = LayoutImporter.Transpose,
        ["Unsqueeze"] = LayoutImporter.Unsqueeze,
    };

    // The quantizers of QONNX, under every domain that exporters have given them.
    private static readonly string[] s_quantizerDomains = ["qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general"];

    private static readonly Dictionary<string, OperatorImporter> s_quantizers = new(StringComparer.Ordinal)
    {
        ["BipolarQuant"] = QuantImporter.BipolarQuant,
        ["FloatQuant"] = FloatQuantImporter.FloatQuant,
        ["IntQuant"] = QuantImporter.Quant,
        ["Quant"] = QuantImporter.Quant,
        ["Trunc"] = QuantImporter.Trunc,
    };

    // QONNX's operators on channels-last data.
    private static readonly Dictionary<string, OperatorImporter> s_channelsLast = new(StringComparer.Ordinal)
    {
        ["BatchNormalization"] = BatchNormalizationImporter.ImportChannelsLast,
        ["Conv"] = ConvolutionImporter.ConvChannelsLast,
        ["MaxPool"] = PoolImporter.MaxPoolChannelsLast,
    };

    /// <summary>The names of all operators, in order.</summary>
    public static IEnumerable<string> Names => s_importers.Keys.Order(StringComparer.Ordinal);

    public static OperatorImporter? Find(string domain, string operatorType) =>
        domain is "" or "ai.onnx" ? s_importers.GetValueOrDefault(operatorType)
        : domain is "com.microsoft" && operatorType == "QGemm" ? IntegerProductImporter.QGemm
        : domain is "qonnx.custom_op.channels_last" ? s_channelsLast.GetValueOrDefault(operatorType)
        : s_quantizerDomains.Contains(domain) ? s_quantizers.GetValueOrDefault(operatorType)
        : null;
}
