using Hls4Net.Numerics;
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
        ["Abs"] = ElementwiseImporter.Abs,
        ["Acos"] = FunctionImporter.Of(FunctionKind.Acos),
        ["Acosh"] = FunctionImporter.Of(FunctionKind.Acosh),
        ["Add"] = ArithmeticImporter.Add,
        ["And"] = ElementwiseImporter.And,
        ["Asin"] = FunctionImporter.Of(FunctionKind.Asin),
        ["Asinh"] = FunctionImporter.Of(FunctionKind.Asinh),
        ["Atan"] = FunctionImporter.Of(FunctionKind.Atan),
        ["Atanh"] = FunctionImporter.Of(FunctionKind.Atanh),
        ["BatchNormalization"] = BatchNormalizationImporter.Import,
        ["Cast"] = ConstantImporter.Cast,
        ["Ceil"] = ElementwiseImporter.Ceil,
        ["Celu"] = ActivationImporter.Celu,
        ["Clip"] = ActivationImporter.Clip,
        ["Concat"] = FoldedImporter.Concat,
        ["Constant"] = ConstantImporter.Constant,
        ["Cos"] = FunctionImporter.Of(FunctionKind.Cos),
        ["Cosh"] = FunctionImporter.Of(FunctionKind.Cosh),
        ["DequantizeLinear"] = QuantImporter.DequantizeLinear,
        ["Div"] = ArithmeticImporter.Div,
        ["Dropout"] = LayoutImporter.Dropout,
        ["Einsum"] = EinsumImporter.Import,
        ["Elu"] = ActivationImporter.Elu,
        ["Equal"] = ElementwiseImporter.Equal,
        ["Erf"] = FunctionImporter.Of(FunctionKind.Erf),
        ["Exp"] = FunctionImporter.Of(FunctionKind.Exp),
        ["Flatten"] = LayoutImporter.Flatten,
        ["Floor"] = ElementwiseImporter.Floor,
        ["Gather"] = FoldedImporter.Gather,
        ["Gelu"] = FunctionImporter.Gelu,
        ["Gemm"] = MatrixImporter.Gemm,
        ["Greater"] = ElementwiseImporter.Greater,
        ["GreaterOrEqual"] = ElementwiseImporter.GreaterOrEqual,
        ["GroupNormalization"] = NormalizationImporter.GroupNormalization,
        ["HardSigmoid"] = ActivationImporter.HardSigmoid,
        ["HardSwish"] = FunctionImporter.Of(FunctionKind.HardSwish),
        ["Hardmax"] = SoftmaxImporter.Hardmax,
        ["Identity"] = LayoutImporter.Identity,
        ["InstanceNormalization"] = NormalizationImporter.InstanceNormalization,
        ["LayerNormalization"] = NormalizationImporter.LayerNormalization,
        ["LeakyRelu"] = ActivationImporter.LeakyRelu,
        ["Less"] = ElementwiseImporter.Less,
        ["LessOrEqual"] = ElementwiseImporter.LessOrEqual,
        ["Log"] = FunctionImporter.Of(FunctionKind.Log),
        ["LogSoftmax"] = SoftmaxImporter.LogSoftmax,
        ["LpNormalization"] = NormalizationImporter.LpNormalization,
        ["MatMul"] = MatrixImporter.MatMul,
        ["MatMulInteger"] = IntegerProductImporter.MatMulInteger,
        ["Max"] = ElementwiseImporter.Max,
        ["Mean"] = ElementwiseImporter.Mean,
        ["MeanVarianceNormalization"] = NormalizationImporter.MeanVarianceNormalization,
        ["Min"] = ElementwiseImporter.Min,
        ["Mish"] = FunctionImporter.Of(FunctionKind.Mish),
        ["Mul"] = ArithmeticImporter.Mul,
        ["Neg"] = ElementwiseImporter.Neg,
        ["Not"] = ElementwiseImporter.Not,
        ["Or"] = ElementwiseImporter.Or,
        ["PRelu"] = ActivationImporter.PRelu,
        ["Pow"] = FunctionImporter.Pow,
        ["QLinearMatMul"] = IntegerProductImporter.QLinearMatMul,
        ["QuantizeLinear"] = QuantImporter.QuantizeLinear,
        ["RMSNormalization"] = NormalizationImporter.RmsNormalization,
        ["Reciprocal"] = FunctionImporter.Of(FunctionKind.Reciprocal),
        ["Relu"] = ActivationImporter.Relu,
        ["Reshape"] = LayoutImporter.Reshape,
        ["Round"] = ElementwiseImporter.Round,
        ["Selu"] = ActivationImporter.Selu,
        ["Shape"] = ConstantImporter.Shape,
        ["Shrink"] = FunctionImporter.Shrink,
        ["Sigmoid"] = ActivationImporter.Sigmoid,
        ["Sign"] = ElementwiseImporter.Sign,
        ["Sin"] = FunctionImporter.Of(FunctionKind.Sin),
        ["Sinh"] = FunctionImporter.Of(FunctionKind.Sinh),
        ["Softmax"] = SoftmaxImporter.Softmax,
        ["Softplus"] = ActivationImporter.Softplus,
        ["Softsign"] = ActivationImporter.Softsign,
        ["Sqrt"] = FunctionImporter.Of(FunctionKind.Sqrt),
        ["Squeeze"] = LayoutImporter.Squeeze,
        ["Sub"] = ArithmeticImporter.Sub,
        ["Sum"] = ElementwiseImporter.Sum,
        ["Swish"] = FunctionImporter.Swish,
        ["Tan"] = FunctionImporter.Of(FunctionKind.Tan),
        ["Tanh"] = ActivationImporter.Tanh,
        ["ThresholdedRelu"] = ActivationImporter.ThresholdedRelu,
        ["Transpose"] = LayoutImporter.Transpose,
        ["Unsqueeze"] = LayoutImporter.Unsqueeze,
        ["Where"] = ElementwiseImporter.Where,
        ["Xor"] = ElementwiseImporter.Xor,
    };

    // The quantizers of QONNX, under every domain that exporters have given them.
    private static readonly string[] s_quantizerDomains = ["qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general"];

    private static readonly Dictionary<string, OperatorImporter> s_quantizers = new(StringComparer.Ordinal)
    {
        ["BipolarQuant"] = QuantImporter.BipolarQuant,
        ["IntQuant"] = QuantImporter.Quant,
        ["Quant"] = QuantImporter.Quant,
        ["Trunc"] = QuantImporter.Trunc,
    };

    /// <summary>The names of all operators, in order.</summary>
    public static IEnumerable<string> Names => s_importers.Keys.Order(StringComparer.Ordinal);

    public static OperatorImporter? Find(string domain, string operatorType) =>
        domain is "" or "ai.onnx" ? s_importers.GetValueOrDefault(operatorType)
        : domain is "com.microsoft" && operatorType == "QGemm" ? IntegerProductImporter.QGemm
        : s_quantizerDomains.Contains(domain) ? s_quantizers.GetValueOrDefault(operatorType)
        : null;
}
