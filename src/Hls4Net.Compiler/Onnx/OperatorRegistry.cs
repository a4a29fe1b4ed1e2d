using System.Collections.Immutable;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Operators;

namespace Hls4Net.Onnx;

/// <summary>Turns one ONNX node into operations of the network, or folds it to a constant.</summary>
internal delegate Operand OperatorImporter(ImportNode node);

/// <summary>
/// An ONNX operator that is read, with what docs/operators.md says of it; what it refuses is among
/// <see cref="OperatorLimits"/>.
/// </summary>
/// <param name="Name">ONNX's name.</param>
/// <param name="Import">Reads a node.</param>
/// <param name="Becomes">What becomes of it in hardware.</param>
/// <param name="Attributes">The attributes that are honoured.</param>
/// <param name="Since">The operator set that brought it.</param>
/// <param name="Accuracy">How its firmware compares with the same operator on the same fixed-point inputs.</param>
/// <param name="Strategies">The strategies that it can take; none where it has no choice.</param>
/// <param name="Streams">True if io_stream has it.</param>
internal sealed record OnnxOperator(
    string Name, OperatorImporter Import, string Becomes, string Attributes = "", int Since = 1,
        string Accuracy = "exact", string Strategies = "", bool Streams = true);

/// <summary>Every ONNX operator that is read, by name.</summary>
internal static class OperatorRegistry
{
    /// <summary>Operator sets of the default domain whose definitions the importers follow.</summary>
    public const int MinOpset = 6, MaxOpset = 27;

    private const string Products = "Latency, Resource, DistributedArithmetic";

    private const string Trees = "comparators that all trees share, a table of votes for each tree, adders";

    private const string Forest = "thresholds are exact; votes are weights, and their sum is exact";

    private const string Table = "correctly rounded for few inputs, else 1 unit in the last place";

    private const string Softmax = "about 1 unit in the last place; the outputs of a softmax sum to 1 within 2";

    private const string Recurrent = "one product with all inputs, then products, tables and adders for each step";

    private const string Steps = "products and sums exact, one rounding of each state a step; functions as tables";

    /// <summary>The operators of ONNX's own domain, in order.</summary>
    public static ImmutableArray<OnnxOperator> Default { get; } =
    [
        new("Abs", ElementwiseImporter.Abs, "a selection"),
        new("Acos", FunctionImporter.Of(FunctionKind.Acos), "a table", Since: 7,
            Accuracy: Table),
        new("Acosh", FunctionImporter.Of(FunctionKind.Acosh), "a table", Since: 9,
            Accuracy: Table),
        new("Add", ArithmeticImporter.Add, "adders, or constant addends, which join the product before them",
            "axis, broadcast (set 6)"),
        new("And", ElementwiseImporter.And, "a gate", Since: 7),
        new("ArgMax", ReductionImporter.ArgMax, "comparator trees", "axis, keepdims, select_last_index"),
        new("ArgMin", ReductionImporter.ArgMin, "comparator trees", "axis, keepdims, select_last_index"),
        new("Asin", FunctionImporter.Of(FunctionKind.Asin), "a table", Since: 7,
            Accuracy: Table),
        new("Asinh", FunctionImporter.Of(FunctionKind.Asinh), "a table", Since: 9,
            Accuracy: Table),
        new("Atan", FunctionImporter.Of(FunctionKind.Atan), "a table", Since: 7,
            Accuracy: Table),
        new("Atanh", FunctionImporter.Of(FunctionKind.Atanh), "a table", Since: 9,
            Accuracy: Table),
        new("AveragePool", PoolImporter.AveragePool, "adder trees and a factor",
            "auto_pad, ceil_mode, count_include_pad, dilations, kernel_shape, pads, strides",
            Accuracy: "exact sum; the factor is a weight"),
        new("BatchNormalization", BatchNormalizationImporter.Import,
            "a factor and an addend for each channel, which join the product before them",
            "epsilon; is_test = 1, training_mode = 0"),
        new("BitwiseAnd", BitwiseImporter.And, "gates", Since: 18),
        new("BitwiseNot", BitwiseImporter.Not, "an addend", Since: 18),
        new("BitwiseOr", BitwiseImporter.Or, "gates", Since: 18),
        new("BitwiseXor", BitwiseImporter.Xor, "gates", Since: 18),
        new("Cast", ConstantImporter.Cast,
            "nothing between real types; to integers dropped digits, modulo the type's range", "to"),
        new("CastLike", ConstantImporter.CastLike, "as Cast, to the type of the other operand", Since: 15),
        new("Ceil", ElementwiseImporter.Ceil, "an addition"),
        new("Celu", ActivationImporter.Celu, "a table", "alpha", Since: 12, Accuracy: Table),
        new("Clip", ActivationImporter.Clip, "comparisons and selections", "min, max"),
        new("Compress", MovementImporter.Compress, "wiring", "axis", Since: 9),
        new("Concat", MovementImporter.Concat, "wiring", "axis"),
        new("ConcatFromSequence", SequenceImporter.Concat, "wiring", "axis, new_axis", Since: 11),
        new("Constant", ConstantImporter.Constant, "a constant",
            "sparse_value, value, value_float, value_floats, value_int, value_ints"),
        new("ConstantOfShape", ShapeImporter.ConstantOfShape, "a constant", "value", Since: 9),
        new("Conv", ConvolutionImporter.Conv, "a constant matrix on every window",
            "auto_pad, dilations, group, kernel_shape, pads, strides", Strategies: Products),
        new("ConvInteger", ConvolutionImporter.ConvInteger, "a product of integers",
            "auto_pad, dilations, group, kernel_shape, pads, strides", Since: 10, Strategies: Products),
        new("ConvTranspose", ConvolutionImporter.ConvTranspose,
            "a constant matrix on every window, which gives a block of outputs",
            "auto_pad, dilations, group, kernel_shape, output_padding, output_shape, pads, strides",
            Strategies: Products),
        new("Cos", FunctionImporter.Of(FunctionKind.Cos), "a table", Since: 7,
            Accuracy: Table),
        new("Cosh", FunctionImporter.Of(FunctionKind.Cosh), "a table", Since: 9,
            Accuracy: Table),
        new("CumSum", ReductionImporter.CumSum, "sums", "exclusive, reverse", Since: 11),
        new("DepthToSpace", MovementImporter.DepthToSpace, "wiring", "blocksize, mode"),
        new("DequantizeLinear", QuantImporter.DequantizeLinear, "the scale of a quantizer",
            "axis, block_size, output_dtype", Since: 10),
        new("Div", ArithmeticImporter.Div, "constant factors; of two computed tensors a divider",
            "axis, broadcast (set 6)", Accuracy: "a constant divisor: its inverse is a weight; else rounded once"),
        new("Dropout", LayoutImporter.Dropout, "nothing", "ratio, seed"),
        new("DynamicQuantizeLinear", QuantImporter.DynamicQuantizeLinear, "constants, of a constant", Since: 11),
        new("Einsum", EinsumImporter.Import, "transposes and a product of matrices", "equation", Since: 12),
        new("Elu", ActivationImporter.Elu, "a table", "alpha", Accuracy: Table),
        new("Equal", ElementwiseImporter.Equal, "comparators"),
        new("Erf", FunctionImporter.Of(FunctionKind.Erf), "a table", Since: 9,
            Accuracy: Table),
        new("Exp", FunctionImporter.Of(FunctionKind.Exp), "a table",
            Accuracy: Table),
        new("Expand", MovementImporter.Expand, "wiring", Since: 8),
        new("EyeLike", ShapeImporter.EyeLike, "a constant", "dtype, k", Since: 9),
        new("Flatten", LayoutImporter.Flatten, "nothing: elements under another shape", "axis"),
        new("Floor", ElementwiseImporter.Floor, "dropped bits"),
        new("GRU", RecurrentImporter.Gru, Recurrent,
            "activation_alpha, activation_beta, activations, clip, direction, hidden_size, layout, linear_before_reset",
            Accuracy: Steps),
        new("Gather", MovementImporter.Gather, "wiring", "axis"),
        new("GatherElements", MovementImporter.GatherElements, "wiring", "axis", Since: 11),
        new("GatherND", MovementImporter.GatherND, "wiring", "batch_dims", Since: 11),
        new("Gelu", FunctionImporter.Gelu, "a table", "approximate", Since: 20, Accuracy: Table),
        new("Gemm", MatrixImporter.Gemm, "a matrix product", "alpha, beta, transA, transB",
            Strategies: "Latency; with a constant matrix Resource too"),
        new("GlobalAveragePool", PoolImporter.GlobalAveragePool, "adder trees and a factor",
            Accuracy: "exact sum; the factor is a weight"),
        new("GlobalMaxPool", PoolImporter.GlobalMaxPool, "comparator trees"),
        new("Greater", ElementwiseImporter.Greater, "comparators"),
        new("GreaterOrEqual", ElementwiseImporter.GreaterOrEqual, "comparators", Since: 12),
        new("GroupNormalization", NormalizationImporter.GroupNormalization,
            "exact sums and squares, a table of the inverse square root", "epsilon, num_groups, stash_type", Since: 18,
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("HardSigmoid", ActivationImporter.HardSigmoid, "a factor, an addend and bounds", "alpha, beta"),
        new("HardSwish", FunctionImporter.Of(FunctionKind.HardSwish), "a table",
            Since: 14, Accuracy: Table),
        new("Hardmax", SoftmaxImporter.Hardmax, "comparisons", "axis"),
        new("Identity", LayoutImporter.Identity, "nothing"),
        new("If", ControlImporter.If,
            "the branch that a constant condition takes; both and selections where it is computed",
            "else_branch, then_branch"),
        new("InstanceNormalization", NormalizationImporter.InstanceNormalization,
            "exact sums and squares, a table of the inverse square root", "epsilon",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("LSTM", RecurrentImporter.Lstm, Recurrent,
            "activation_alpha, activation_beta, activations, clip, direction, hidden_size, input_forget, layout",
            Accuracy: Steps),
        new("LayerNormalization", NormalizationImporter.LayerNormalization,
            "exact sums and squares, a table of the inverse square root", "axis, epsilon, stash_type", Since: 17,
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("LeakyRelu", ActivationImporter.LeakyRelu, "a comparison and a selection", "alpha"),
        new("Less", ElementwiseImporter.Less, "comparators"),
        new("LessOrEqual", ElementwiseImporter.LessOrEqual, "comparators", Since: 12),
        new("Log", FunctionImporter.Of(FunctionKind.Log), "a table; of wide numbers by range reduction",
            Accuracy: Table),
        new("LogSoftmax", SoftmaxImporter.LogSoftmax,
            "the maximum subtracted, exponentials and the logarithm from tables", "axis", Accuracy: Softmax),
        new("Loop", ControlImporter.Loop, "its body once for each iteration", "body"),
        new("LpNormalization", NormalizationImporter.LpNormalization,
            "exact sums and squares, a table of the inverse square root", "axis, p",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("MatMul", MatrixImporter.MatMul, "a matrix product",
            Strategies: "Latency; with a constant matrix Resource too"),
        new("MatMulInteger", IntegerProductImporter.MatMulInteger, "a product of integers", Since: 10,
            Strategies: Products),
        new("Max", ElementwiseImporter.Max, "comparisons and selections"),
        new("MaxPool", PoolImporter.MaxPool, "comparator trees",
            "auto_pad, ceil_mode, dilations, kernel_shape, pads, strides; storage_order has no effect"),
        new("Mean", ElementwiseImporter.Mean, "adders and a factor"),
        new("MeanVarianceNormalization", NormalizationImporter.MeanVarianceNormalization,
            "exact sums and squares, a table of the inverse square root", "axes", Since: 9,
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("Min", ElementwiseImporter.Min, "comparisons and selections"),
        new("Mish", FunctionImporter.Of(FunctionKind.Mish), "a table", Since: 18,
            Accuracy: Table),
        new("Mod", ElementwiseImporter.Mod, "a divider", "fmod", Since: 10),
        new("Mul", ArithmeticImporter.Mul, "multipliers, or constant factors, which join the product before them",
            "axis, broadcast (set 6)"),
        new("Neg", ElementwiseImporter.Neg, "a factor of -1"),
        new("NonZero", ShapeImporter.NonZero, "a constant", Since: 9),
        new("Not", ElementwiseImporter.Not, "a gate"),
        new("Optional", SequenceImporter.Optional, "nothing", "type", Since: 15),
        new("OptionalGetElement", SequenceImporter.GetElement, "nothing", Since: 15),
        new("OptionalHasElement", SequenceImporter.HasElement, "a constant", Since: 15),
        new("Or", ElementwiseImporter.Or, "a gate"),
        new("PRelu", ActivationImporter.PRelu, "a comparison and a selection"),
        new("Pad", MovementImporter.Pad, "wiring", "mode (constant, edge, reflect, wrap); pads, value (before set 11)"),
        new("Pow", FunctionImporter.Pow, "products, or a table", Accuracy: Table),
        new("QLinearConv", ConvolutionImporter.QLinearConv, "a product of integers and a requantization",
            "auto_pad, dilations, group, kernel_shape, pads, strides", Since: 10, Strategies: Products),
        new("QLinearMatMul", IntegerProductImporter.QLinearMatMul, "a product of integers and a requantization",
            Since: 10, Strategies: Products),
        new("QuantizeLinear", QuantImporter.QuantizeLinear, "a quantizer",
            "axis, block_size, output_dtype, precision, saturate", Since: 10),
        new("RMSNormalization", NormalizationImporter.RmsNormalization,
            "exact sums and squares, a table of the inverse square root", "axis, epsilon, stash_type", Since: 23,
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("RNN", RecurrentImporter.Rnn, Recurrent,
            "activation_alpha, activation_beta, activations, clip, direction, hidden_size, layout", Accuracy: Steps),
        new("Range", ShapeImporter.Range, "a constant", Since: 11),
        new("Reciprocal", FunctionImporter.Of(FunctionKind.Reciprocal), "a table; of wide numbers by range reduction",
            Accuracy: Table),
        new("ReduceL1", ReductionImporter.ReduceL1, "selections and adder trees",
            "keepdims, noop_with_empty_axes; axes (before set 18)"),
        new("ReduceL2", ReductionImporter.ReduceL2, "squares, adder trees and a table",
            "keepdims, noop_with_empty_axes; axes (before set 18)", Accuracy: Table),
        new("ReduceLogSum", ReductionImporter.ReduceLogSum, "adder trees and a table",
            "keepdims, noop_with_empty_axes; axes (before set 18)", Accuracy: Table),
        new("ReduceLogSumExp", ReductionImporter.ReduceLogSumExp, "the maximum subtracted, tables and adder trees",
            "keepdims, noop_with_empty_axes; axes (before set 18)", Accuracy: Table),
        new("ReduceMax", ReductionImporter.ReduceMax, "comparator trees",
            "keepdims, noop_with_empty_axes; axes (before set 18)"),
        new("ReduceMean", ReductionImporter.ReduceMean, "adder trees and a factor",
            "keepdims, noop_with_empty_axes; axes (before set 18)", Accuracy: "exact sum; the factor is a weight"),
        new("ReduceMin", ReductionImporter.ReduceMin, "comparator trees",
            "keepdims, noop_with_empty_axes; axes (before set 18)"),
        new("ReduceProd", ReductionImporter.ReduceProd, "trees of products",
            "keepdims, noop_with_empty_axes; axes (before set 18)", Accuracy: "each product rounded once"),
        new("ReduceSum", ReductionImporter.ReduceSum, "adder trees",
            "keepdims, noop_with_empty_axes; axes (before set 13)"),
        new("ReduceSumSquare", ReductionImporter.ReduceSumSquare, "squares and adder trees",
            "keepdims, noop_with_empty_axes; axes (before set 18)"),
        new("Relu", ActivationImporter.Relu, "a comparison and a selection"),
        new("Reshape", LayoutImporter.Reshape, "nothing: elements under another shape", "allowzero"),
        new("Resize", ResizeImporter.Resize,
            "nearest: wiring; linear and cubic: a product with a constant matrix along each axis",
            "antialias, axes, coordinate_transformation_mode, cubic_coeff_a, exclude_outside, extrapolation_value, "
            + "keep_aspect_ratio_policy, mode, nearest_mode", Since: 10,
            Accuracy: "nearest: exact; else the matrix's numbers are weights"),
        new("ReverseSequence", MovementImporter.ReverseSequence, "wiring", "batch_axis, time_axis", Since: 10),
        new("Round", ElementwiseImporter.Round, "an addition", Since: 11),
        new("Scan", ControlImporter.Scan, "its body once for each element of the axis",
            "body, directions (set 8), num_scan_inputs, scan_input_axes, scan_input_directions, scan_output_axes, "
                + "scan_output_directions",
            Since: 8),
        new("Selu", ActivationImporter.Selu, "a table", "alpha, gamma", Accuracy: Table),
        new("SequenceAt", SequenceImporter.At, "nothing", Since: 11),
        new("SequenceConstruct", SequenceImporter.Construct, "nothing", Since: 11),
        new("SequenceEmpty", SequenceImporter.Empty, "nothing", "dtype", Since: 11),
        new("SequenceErase", SequenceImporter.Erase, "nothing", Since: 11),
        new("SequenceInsert", SequenceImporter.Insert, "nothing", Since: 11),
        new("SequenceLength", SequenceImporter.Length, "a constant", Since: 11),
        new("SequenceMap", SequenceImporter.Map, "its body once for each element", "body", Since: 17),
        new("Shape", ShapeImporter.Shape, "a constant", "start, end"),
        new("Shrink", FunctionImporter.Shrink, "comparisons and selections", "bias, lambd", Since: 9),
        new("Sigmoid", ActivationImporter.Sigmoid, "a table", Accuracy: Table),
        new("Sign", ElementwiseImporter.Sign, "a selection", Since: 9),
        new("SimplifiedLayerNormalization", NormalizationImporter.RmsNormalization,
            "exact sums and squares, a table of the inverse square root", "axis, epsilon, stash_type",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("Sin", FunctionImporter.Of(FunctionKind.Sin), "a table", Since: 7,
            Accuracy: Table),
        new("Sinh", FunctionImporter.Of(FunctionKind.Sinh), "a table", Since: 9,
            Accuracy: Table),
        new("Size", ShapeImporter.Size, "a constant"),
        new("Slice", MovementImporter.Slice, "wiring", "starts, ends, axes (before set 10)"),
        new("Softmax", SoftmaxImporter.Softmax, "the maximum subtracted, exponentials from tables, one Newton step",
            "axis", Accuracy: Softmax),
        new("Softplus", ActivationImporter.Softplus, "a table", Accuracy: Table),
        new("Softsign", ActivationImporter.Softsign, "a table", Accuracy: Table),
        new("SpaceToDepth", MovementImporter.SpaceToDepth, "wiring", "blocksize"),
        new("Split", MovementImporter.Split, "wiring", "axis, num_outputs; split (before set 13)"),
        new("SplitToSequence", SequenceImporter.Split, "wiring", "axis, keepdims", Since: 11),
        new("Sqrt", FunctionImporter.Of(FunctionKind.Sqrt), "a table; of wide numbers by range reduction",
            Accuracy: Table),
        new("Squeeze", LayoutImporter.Squeeze, "nothing: elements under another shape", "axes"),
        new("Sub", ArithmeticImporter.Sub, "subtractors, or constant addends, which join the product before them",
            "axis, broadcast (set 6)"),
        new("Sum", ElementwiseImporter.Sum, "adders"),
        new("Swish", FunctionImporter.Swish, "a table", "alpha", Since: 24, Accuracy: Table),
        new("Tan", FunctionImporter.Of(FunctionKind.Tan), "a table", Since: 7,
            Accuracy: Table),
        new("Tanh", ActivationImporter.Tanh, "a table", Accuracy: Table),
        new("ThresholdedRelu", ActivationImporter.ThresholdedRelu, "a comparison and a selection", "alpha", Since: 10),
        new("Tile", MovementImporter.Tile, "wiring"),
        new("TopK", ReductionImporter.TopK, "a sorting insertion for each element",
            "axis, largest, sorted; k (before set 10)"),
        new("Transpose", LayoutImporter.Transpose, "wiring", "perm"),
        new("Trilu", MovementImporter.Trilu, "wiring", "upper", Since: 14),
        new("Unsqueeze", LayoutImporter.Unsqueeze, "nothing: elements under another shape", "axes"),
        new("Upsample", ResizeImporter.Upsample, "as Resize", "mode, scales",
            Accuracy: "nearest: exact; else the matrix's numbers are weights"),
        new("Where", ElementwiseImporter.Where, "selections", Since: 9),
        new("Xor", ElementwiseImporter.Xor, "a gate"),
    ];

    /// <summary>The quantizers of QONNX.</summary>
    public static ImmutableArray<OnnxOperator> Quantizers { get; } =
    [
        new("BipolarQuant", QuantImporter.BipolarQuant, "a quantizer to -1 and +1"),
        new("FloatQuant", FloatQuantImporter.FloatQuant, "a quantizer", "rounding_mode, saturation"),
        new("IntQuant", QuantImporter.Quant, "a quantizer", "narrow, rounding_mode, signed"),
        new("MultiThreshold", ThresholdImporter.MultiThreshold,
            "comparisons and their sum; of thresholds at equal distances a quantizer",
            "data_layout, out_bias, out_dtype, out_scale"),
        new("Quant", QuantImporter.Quant, "a quantizer", "narrow, rounding_mode, signed"),
        new("Trunc", QuantImporter.Trunc, "low bits dropped", "narrow, rounding_mode, signed"),
    ];

    /// <summary>Operators of ONNX Runtime's domain.</summary>
    public static ImmutableArray<OnnxOperator> Microsoft { get; } =
    [
        new("BiasDropout", FusedImporter.BiasDropout, "adders"),
        new("BiasGelu", FusedImporter.BiasGelu, "an addend and a table", Accuracy: Table),
        new("BiasSoftmax", FusedImporter.BiasSoftmax, "an addend and a softmax", "axis, is_inner_broadcast",
            Accuracy: Softmax),
        new("DequantizeLinear", QuantImporter.DequantizeLinear, "the scale of a quantizer", "axis, block_size"),
        new("FastGelu", FusedImporter.FastGelu, "an addend and a table", Accuracy: Table),
        new("FusedConv", FusedImporter.Conv, "a constant matrix on every window, an addend, an activation",
            "activation, activation_params; those of Conv", Strategies: Products),
        new("FusedGemm", FusedImporter.Gemm, "a matrix product and an activation",
            "activation, activation_alpha, activation_beta, activation_gamma; those of Gemm",
            Strategies: "Latency; with a constant matrix Resource too"),
        new("FusedMatMul", FusedImporter.MatMul, "a matrix product and a factor",
            "alpha, transA, transB, transBatchA, transBatchB",
            Strategies: "Latency; with a constant matrix Resource too"),
        new("Gelu", FusedImporter.Gelu, "a table", Accuracy: Table),
        new("LayerNormalization", NormalizationImporter.LayerNormalization,
            "exact sums and squares, a table of the inverse square root", "axis, epsilon, stash_type",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("QGemm", IntegerProductImporter.QGemm, "a product of integers", "alpha, transA, transB",
            Strategies: Products),
        new("QLinearAdd", QLinearImporter.Add, "the real operator between scales, and a requantization"),
        new("QLinearAveragePool", QLinearImporter.AveragePool, "the real operator between scales, and a requantization",
            "auto_pad, ceil_mode, channels_last, count_include_pad, kernel_shape, pads, strides"),
        new("QLinearConcat", QLinearImporter.Concat, "the real operator between scales, and a requantization", "axis"),
        new("QLinearGlobalAveragePool", QLinearImporter.GlobalAveragePool,
            "the real operator between scales, and a requantization", "channels_last"),
        new("QLinearLeakyRelu", QLinearImporter.LeakyRelu, "the real operator between scales, and a requantization",
            "alpha", Accuracy: "the slope's product is rounded to 24 bits"),
        new("QLinearMul", QLinearImporter.Mul, "the real operator between scales, and a requantization"),
        new("QLinearSigmoid", QLinearImporter.Sigmoid, "the real operator between scales, and a requantization",
            Accuracy: "the sigmoid is a table"),
        new("QuantizeLinear", QuantImporter.QuantizeLinear, "a quantizer", "axis, block_size"),
        new("QuickGelu", FusedImporter.QuickGelu, "a table", "alpha", Accuracy: Table),
        new("SimplifiedLayerNormalization", NormalizationImporter.RmsNormalization,
            "exact sums and squares, a table of the inverse square root", "axis, epsilon, stash_type",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("SkipLayerNormalization", NormalizationImporter.SkipLayerNormalization,
            "adders, exact sums and squares, a table of the inverse square root", "epsilon",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("SkipSimplifiedLayerNormalization", NormalizationImporter.SkipRmsNormalization,
            "adders, exact sums and squares, a table of the inverse square root", "epsilon",
            Accuracy: "the sums are exact; the inverse square root is a table"),
        new("TransposeMatMul", FusedImporter.MatMul, "as FusedMatMul", "alpha, transA, transB",
            Strategies: "Latency; with a constant matrix Resource too"),
    ];

    /// <summary>ONNX's domain of classical machine learning, ai.onnx.ml.</summary>
    public static ImmutableArray<OnnxOperator> MachineLearning { get; } =
    [
        new("ArrayFeatureExtractor", FeatureImporter.ArrayFeatureExtractor, "wiring"),
        new("Binarizer", FeatureImporter.Binarizer, "comparators", "threshold"),
        new("FeatureVectorizer", FeatureImporter.FeatureVectorizer, "wiring", "inputdimensions"),
        new("Imputer", FeatureImporter.Imputer, "a comparison and a selection; nothing where NaN is replaced",
            "imputed_value_floats, imputed_value_int64s, replaced_value_float, replaced_value_int64"),
        new("LabelEncoder", FeatureImporter.LabelEncoder, "comparators and a table",
            "default_float, default_int64, default_tensor, keys_*, values_* of numbers"),
        new("Normalizer", FeatureImporter.Normalizer, "sums or the largest element, and a divider", "norm",
            Accuracy: "the quotient is rounded once; L2 as LpNormalization"),
        new("Scaler", FeatureImporter.Scaler, "a factor and an addend for each feature", "offset, scale"),
        new("TreeEnsemble", TreeEnsembleImporter.Ensemble, Trees,
            "aggregate_function, leaf_targetids, leaf_weights, membership_values, n_targets, nodes_*, post_transform, "
            + "tree_roots", Since: 5, Accuracy: Forest),
        new("TreeEnsembleClassifier", TreeEnsembleImporter.Classifier, Trees,
            "base_values, class_*, classlabels_int64s, classlabels_strings (by their places), nodes_*, post_transform",
            Accuracy: Forest),
        new("TreeEnsembleRegressor", TreeEnsembleImporter.Regressor, Trees,
            "aggregate_function, base_values, n_targets, nodes_*, post_transform, target_*", Accuracy: Forest),
        new("ZipMap", FeatureImporter.ZipMap, "nothing: the scores, in the order of the classes",
            "classlabels_int64s, classlabels_strings"),
    ];

    /// <summary>QONNX's operators on channels-last data.</summary>
    public static ImmutableArray<OnnxOperator> ChannelsLast { get; } =
    [
        new("BatchNormalization", BatchNormalizationImporter.ImportChannelsLast,
            "a factor and an addend for each channel, which join the product before them",
            "epsilon; is_test = 1, training_mode = 0"),
        new("Conv", ConvolutionImporter.ConvChannelsLast, "a constant matrix on every window",
            "auto_pad, dilations, group, kernel_shape, pads, strides", Strategies: Products),
        new("MaxPool", PoolImporter.MaxPoolChannelsLast, "comparator trees",
            "auto_pad, ceil_mode, dilations, kernel_shape, pads, strides"),
    ];

    /// <summary>The domain of operators that readers of other files than ONNX write.</summary>
    public const string InternalDomain = "hls4net";

    /// <summary>Operators that readers of other files than ONNX write.</summary>
    public static ImmutableArray<OnnxOperator> Internal { get; } =
    [
        new("FixedQuant", FixedQuantImporter.Import, "a quantizer with a type for each element",
            "overflow, rounding"),
        new("Table", FixedTableImporter.Import, "a table for each element"),
    ];

    /// <summary>The domains that exporters have given the quantizers of QONNX.</summary>
    public static ImmutableArray<string> QuantizerDomains { get; } = ["qonnx.custom_op.general", "onnx.brevitas",
        "finn.custom_op.general", "finn"];

    private static readonly Dictionary<string, OnnxOperator> s_default = ByName(Default),
        s_quantizers = ByName(Quantizers), s_microsoft = ByName(Microsoft), s_channelsLast = ByName(ChannelsLast),
        s_machineLearning = ByName(MachineLearning), s_internal = ByName(Internal);

    /// <summary>What reads an operator; null where nothing does.</summary>
    public static OperatorImporter? Find(string domain, string operatorType) => Operator(domain, operatorType)?.Import;

    /// <summary>An operator that is read; null where it is not.</summary>
    public static OnnxOperator? Operator(string domain, string operatorType) =>
        // Old exporters wrote quantizers without a domain.
        domain is "" or "ai.onnx" ? s_default.GetValueOrDefault(operatorType)
            ?? s_quantizers.GetValueOrDefault(operatorType)
        : domain is "com.microsoft" ? s_microsoft.GetValueOrDefault(operatorType)
        : domain is "ai.onnx.ml" ? s_machineLearning.GetValueOrDefault(operatorType)
        : domain is "qonnx.custom_op.channels_last" ? s_channelsLast.GetValueOrDefault(operatorType)
        : domain is InternalDomain ? s_internal.GetValueOrDefault(operatorType)
        : QuantizerDomains.Contains(domain) ? s_quantizers.GetValueOrDefault(operatorType)
        : null;

    private static Dictionary<string, OnnxOperator> ByName(ImmutableArray<OnnxOperator> operators) =>
        operators.ToDictionary(o => o.Name, StringComparer.Ordinal);
}
