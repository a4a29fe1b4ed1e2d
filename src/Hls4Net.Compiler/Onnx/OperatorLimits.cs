using System.Collections.Immutable;
using Hls4Net.Diagnostics;

namespace Hls4Net.Onnx;

/// <summary>A form of an operator that is refused.</summary>
/// <param name="Operators">The operators that are refused so, most of them at least; empty for what holds for
/// all.</param>
/// <param name="Code">The diagnostic.</param>
/// <param name="Message">A part of the diagnostic's text by which it is known.</param>
/// <param name="Meaning">What is not supported, in words.</param>
internal sealed record OperatorLimit(string Operators, DiagnosticDescriptor Code, string Message, string Meaning);

/// <summary>An operator that is not read, and what stands in its way.</summary>
internal sealed record UnreadOperator(string Name, string Reason);

/// <summary>
/// What is refused: docs/operators.md is written from it, and the node tests hold every refusal against it.
/// </summary>
internal static class OperatorLimits
{
    private const string Trees = "TreeEnsemble, TreeEnsembleClassifier, TreeEnsembleRegressor";

    /// <summary>Forms of operators that are read.</summary>
    public static ImmutableArray<OperatorLimit> Forms { get; } =
    [
        new("", Descriptors.UnsupportedOpset, "is not supported",
            "operator sets before 6 and after 27, of the model and of its functions"),
        new("", Descriptors.TooWide, "the entries of its tables need",
            "tables of a Keras layer whose entries need more than 48 bits"),
        new("", Descriptors.UnsupportedOpset, "names no version", "models that do not say which set they follow"),
        new("BatchNormalization, Clip, Compress, ConstantOfShape, Conv, ConvInteger, ConvTranspose, CumSum, Expand, "
            + "FusedConv, GRU, IntQuant, LSTM, Loop, MatMulInteger, MultiThreshold, NonZero, Pad, QGemm, QLinearConv, "
            + "QLinearMatMul, Quant, QuantizeLinear, RNN, Range, ReduceMax, ReduceSum, Reshape, Resize, "
            + "ReverseSequence, SequenceAt, Slice, Split, SplitToSequence, Tile, TopK, Trilu, Trunc, Unsqueeze, "
            + "Upsample",
            Descriptors.UnsupportedForm, "only a constant is supported",
            "parameters that are computed: weights, statistics, shapes, axes, counts, thresholds, scales, zero-points"),
        new("", Descriptors.UnsupportedForm, "has the attribute '", "attributes that the operator's row does not name"),
        new("", Descriptors.UnsupportedForm, "has an input ", "inputs that the operator's set does not define"),
        new("", Descriptors.UnsupportedForm, "functions and bodies deep",
            "functions, branches and loops inside one another, more than 64 deep"),
        new("", Descriptors.UnsupportedForm, "once its functions and loops",
            "more than 262144 nodes once functions are read in the places of their calls and loops are unrolled"),
        new("", Descriptors.UnsupportedForm, "is a sequence or an optional",
            "sequences and optionals as outputs of the graph"),
        new("", Descriptors.UnsupportedElementType, "is no tensor",
            "sequences, maps and optionals as inputs of the graph"),
        new("", Descriptors.UnsupportedElementType, "integers and truth values are supported",
            "inputs of texts, complex numbers and 8-bit or shorter floating point"),
        new("", Descriptors.UnsupportedElementType, "which is not supported", "constants of these types"),
        new("", Descriptors.UnsupportedElementType, "where integers are needed",
            "real numbers where ONNX wants integers"),
        new("", Descriptors.UnsupportedElementType, "the largest integer supported", "integers beyond 2^63 - 1"),
        new("", Descriptors.DynamicShape, "give the shape of one sample",
            "inputs without elements, or of a dimension that is not known and not given"),
        new("", Descriptors.DynamicShape, "has no shape in the model",
            "inputs without a shape, where InputShape gives none"),
        new("", Descriptors.NonFiniteWeight, "NaN or infinite", "constants that are NaN or infinite"),
        new("", Descriptors.NonFiniteWeight, "has the attribute ", "attributes that are NaN or infinite"),
        new("", Descriptors.InvalidShape, "elements are the most",
            "shapes of more than 2^24 elements that a constant asks for; a network's values may have 2^27 together"),
        new("", Descriptors.TooWide, "its exact result needs ",
            "results of more than 64 bits, and sums of numbers of which some are more than 2^63 times finer than others"),
        new("", Descriptors.TooWide, "too far from one", "numbers whose binary point is more than 320 bits away"),
        new("", Descriptors.TooWide, "which can only be a mask",
            "masks of -1e30 or lower of which more is seen than a softmax or the largest elements"),
        new("BatchNormalization", Descriptors.UnsupportedForm, "is in training mode, which normalizes by the batch",
            "training mode: training_mode = 1, outputs beside the first (before set 14), is_test = 0 (set 6)"),
        new("BatchNormalization", Descriptors.UnsupportedForm, "normalizes every element on its own",
            "spatial = 0 (before set 9)"),
        new("BiasDropout, Dropout", Descriptors.UnsupportedForm, "is in training mode; export", "training mode"),
        new("BiasSoftmax", Descriptors.UnsupportedForm, "in a way that no broadcast is",
            "addends that are repeated inside the batches"),
        new("Cast, CastLike", Descriptors.UnsupportedForm,
            "; casts to real numbers, integers and truth values are supported", "casts to other types"),
        new("CastLike", Descriptors.UnsupportedForm, "which is not known; cast to a named type",
            "the type of a value whose type is not known"),
        new("Celu", Descriptors.UnsupportedForm, "divides by alpha = 0", "alpha = 0"),
        new("Constant", Descriptors.UnsupportedForm, "has no numeric value", "texts"),
        new("Conv, ConvInteger, ConvTranspose, FusedConv, MaxPool, AveragePool, QLinearConv, QLinearAveragePool",
            Descriptors.UnsupportedForm, "has the auto_pad '", "paddings that ONNX does not define"),
        new("DepthToSpace", Descriptors.UnsupportedForm, "which ONNX does not define",
            "modes that ONNX does not define"),
        new("BitwiseAnd, BitwiseNot, BitwiseOr, BitwiseXor", Descriptors.UnsupportedForm,
            "works on integers of 64 bits", "integers of 64 bits, whose digits the floating-point reference has not"),
        new("BitwiseAnd, BitwiseNot, BitwiseOr, BitwiseXor", Descriptors.UnsupportedForm,
            "works on the bits of integers", "bits of real numbers"),
        new("BitwiseNot", Descriptors.UnsupportedForm, "does not know how many bits",
            "an operand whose integer type the model does not show"),
        new("Div", Descriptors.NonFiniteWeight, "divides by a constant that is zero", "a constant divisor of zero"),
        new("DynamicQuantizeLinear", Descriptors.UnsupportedForm, "has a scale that the data decide",
            "a scale that the data decide; of constants it is read"),
        new("Einsum", Descriptors.UnsupportedForm, "takes a diagonal", "diagonals"),
        new("Einsum", Descriptors.UnsupportedForm, "one and two operands are supported", "more than two operands"),
        new("Einsum", Descriptors.UnsupportedForm, "equal ones are supported", "sizes of one that are repeated"),
        new("FloatQuant", Descriptors.UnsupportedForm, "makes infinities or NaN of large values",
            "quantizers of data that do not saturate"),
        new("FloatQuant", Descriptors.UnsupportedForm, "has magnitudes of several steps",
            "data of more than one exponent, which are no fixed-point numbers"),
        new("FloatQuant", Descriptors.UnsupportedForm, "makes infinities or NaN of weights",
            "weights beyond the format that does not saturate"),
        new("FloatQuant", Descriptors.UnsupportedForm, "which need a fixed-point type of more than",
            "weights of exponents too far apart for 32 bits"),
        new("FloatQuant", Descriptors.UnsupportedForm, "it must be above zero",
            "a largest magnitude that is not above zero"),
        new("FloatQuant", Descriptors.UnsupportedForm, "which no format has",
            "widths and exponent biases out of range"),
        new("FusedConv, FusedGemm", Descriptors.UnsupportedForm, "which is not supported in a fused operator",
            "other activations than ONNX Runtime's"),
        new("Gather, GatherElements, GatherND", Descriptors.UnsupportedForm, "only a constant is supported",
            "computed indices"),
        new("Gelu", Descriptors.UnsupportedForm, "has the approximation '", "approximations that ONNX does not define"),
        new("If", Descriptors.UnsupportedForm, "; both must give tensors of one shape",
            "branches of a computed condition whose results have different shapes, or are sequences"),
        new("Loop", Descriptors.UnsupportedForm, "computes whether it goes on", "a condition that the data decide"),
        new("Loop, Scan", Descriptors.DynamicShape, "runs no iteration",
            "stacked outputs of no iteration whose shape the graph does not say"),
        new("LpNormalization", Descriptors.UnsupportedForm, "normalizes by the norm of p", "other norms than 1 and 2"),
        new("MaxPool", Descriptors.UnsupportedForm, "gives the indices", "the indices of the results (second output)"),
        new("MaxPool, AveragePool, QLinearAveragePool", Descriptors.UnsupportedForm,
            "has windows that lie in padding altogether", "windows that lie in padding altogether"),
        new("Max, Mean, Min, Sum", Descriptors.UnsupportedForm, " operands; 1 to ", "more than 64 operands"),
        new("MultiThreshold", Descriptors.UnsupportedForm, "has the data_layout '",
            "layouts in which channels are neither the second nor the last axis"),
        new("Pad", Descriptors.UnsupportedForm, "which ONNX does not define", "modes that ONNX does not define"),
        new("Pow", Descriptors.UnsupportedForm, "has a computed exponent", "a computed exponent of a computed base"),
        new("Pow", Descriptors.UnsupportedForm, "different exponents", "more than 8 different exponents"),
        new("Pow", Descriptors.UnsupportedForm, "has one exponent for", "exponents that repeat the base"),
        new("QGemm", Descriptors.UnsupportedForm, "transposes its data", "transposed data"),
        new("QLinearConv", Descriptors.UnsupportedForm, "has a scale for each channel of its data",
            "scales of the data by channel"),
        new("MatMulInteger, QGemm, QLinearConv, QLinearMatMul, ConvInteger", Descriptors.UnsupportedForm,
            "has a zero-point for each row of its data", "zero-points of the data by row"),
        new("MatMulInteger, QGemm, QLinearMatMul", Descriptors.UnsupportedForm, "a matrix is supported",
            "a stack of matrices"),
        new("IntQuant, Quant", Descriptors.UnsupportedForm, "has signed channels of one bit",
            "signed channels of one bit beside wider ones"),
        new("BipolarQuant, DequantizeLinear, FloatQuant, IntQuant, Quant, QuantizeLinear, Trunc",
            Descriptors.UnsupportedForm, "that is not above zero", "scales that are not above zero"),
        new("IntQuant, Quant, Trunc", Descriptors.UnsupportedForm, "that is no integer of at most",
            "zero-points that are no integers of 32 bits"),
        new("IntQuant, Quant, Trunc", Descriptors.UnsupportedForm, "; 1 to ", "widths out of range"),
        new("LabelEncoder", Descriptors.UnsupportedForm, "encodes texts",
            "texts as keys, unless they are labels that an operator before it gives"),
        new("Normalizer", Descriptors.UnsupportedForm, "has the norm '", "norms that ONNX does not define"),
        new(Trees, Descriptors.UnsupportedForm, "lists the nodes of its tree ",
            "trees whose nodes stand in two places of the list"),
        new(Trees, Descriptors.UnsupportedForm, "which is no leaf", "votes of nodes that are no leaves"),
        new(Trees, Descriptors.UnsupportedForm, "has the mode ", "comparisons that ONNX does not define"),
        new(Trees, Descriptors.UnsupportedForm, "branches one below the other", "trees of more than 256 levels"),
        new(Trees, Descriptors.UnsupportedForm, "on two ways", "graphs that are no trees"),
        new(Trees, Descriptors.UnsupportedForm, "has the aggregate_function", "aggregates that ONNX does not define"),
        new(Trees, Descriptors.UnsupportedForm, ", which ONNX does not define",
            "aggregates and transforms by numbers that ONNX does not define"),
        new(Trees, Descriptors.UnsupportedForm, "has the post_transform '",
            "transforms of scores that ONNX does not define"),
        new(Trees, Descriptors.UnsupportedForm, "has the post_transform PROBIT",
            "PROBIT, which is infinite at 0 and 1"),
        new("TreeEnsembleClassifier", Descriptors.UnsupportedForm, "has two base values beside votes",
            "two base values where leaves vote for the second of two classes"),
        new("TreeEnsembleClassifier", Descriptors.UnsupportedForm, "has a single class", "a single class"),
        new("Trunc", Descriptors.UnsupportedForm, "by channel; one for the tensor is supported",
            "scales, zero-points and widths by channel"),
        new("IntQuant, Quant, Trunc, FloatQuant", Descriptors.UnsupportedForm, "has the rounding mode '",
            "rounding modes that QONNX does not define"),
        new("QuantizeLinear, QLinearConv, QLinearMatMul, QGemm", Descriptors.UnsupportedForm,
            "has a computed zero-point", "a computed zero-point of unknown type"),
        new("QuantizeLinear, QLinearConv, QLinearMatMul, QGemm", Descriptors.UnsupportedForm,
            "int4 to int16, signed and unsigned, are supported", "other stored types"),
        new("QuantizeLinear", Descriptors.TooWide, "no integer arithmetic",
            "a scale of which no integer arithmetic of a supported size is exact; Quant likewise"),
        new("GRU, LSTM, RNN", Descriptors.UnsupportedForm, "has the direction '",
            "directions that ONNX does not define"),
        new("GRU, LSTM, RNN", Descriptors.UnsupportedForm, "has the activation '",
            "activations that ONNX does not define"),
        new("Resize, Upsample", Descriptors.UnsupportedForm, "which ONNX does not define",
            "modes that ONNX does not define"),
        new("Resize", Descriptors.UnsupportedForm, "has the coordinate_transformation_mode '",
            "coordinate transformations that ONNX does not define"),
        new("Resize", Descriptors.UnsupportedForm, "has the nearest_mode '", "roundings that ONNX does not define"),
        new("Resize", Descriptors.UnsupportedForm, "has the keep_aspect_ratio_policy '",
            "policies that ONNX does not define"),
        new("Scan", Descriptors.UnsupportedForm, "has sequences that end before",
            "sequences of different lengths (set 8)"),
        new("Exp, Log, Reciprocal, Softmax, Tan", Descriptors.TooWide, "give its input a smaller range",
            "functions that reach beyond every fixed-point number over their input's range"),
        new("Exp, Gelu, Tanh, Sigmoid, Pow", Descriptors.TooWide, "would need a table over more than",
            "functions of inputs wider than tables and range reduction reach"),
    ];

    /// <summary>What the diagnostic of an operator that is not read says of it.</summary>
    public static string Unsupported(Proto.NodeProto node)
    {
        string name = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
        string hint = node.Domain switch
        {
            "com.microsoft.nchwc" or "com.ms.internal.nhwc" =>
                "; it has ONNX Runtime's layout for one processor: save the optimized model at level 2 (extended) or "
                + "below",
            _ => "",
        };
        return $"the operator {name} is not supported{hint}";
    }

    /// <summary>Operators that are not read.</summary>
    public static ImmutableArray<UnreadOperator> Unread { get; } =
    [
        new("Attention", "attention"),
        new("RotaryEmbedding", "attention"),
        new("OneHot", "elements at computed places"),
        new("ScatterElements", "elements at computed places"),
        new("ScatterND", "elements at computed places"),
        new("BitShift", "integer arithmetic"),
        new("LRN", "local norms"),
        new("LpPool", "local norms"),
    ];
}
