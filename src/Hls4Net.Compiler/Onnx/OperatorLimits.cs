using System.Collections.Immutable;
using Hls4Net.Diagnostics;

namespace Hls4Net.Onnx;

/// <summary>A form of an operator that is refused.</summary>
/// <param name="Operator">The operator; empty for what holds for all.</param>
/// <param name="Code">The diagnostic.</param>
/// <param name="Message">A part of the diagnostic's text by which it is known.</param>
/// <param name="Meaning">What is not supported, in words.</param>
internal sealed record OperatorLimit(string Operator, DiagnosticDescriptor Code, string Message, string Meaning);

/// <summary>An operator that is not read, and what stands in its way.</summary>
internal sealed record UnreadOperator(string Name, string Reason);

/// <summary>What is refused: docs/operators.md is written from it, and the node tests hold every refusal against it.</summary>
internal static class OperatorLimits
{
    /// <summary>Forms of operators that are read.</summary>
    public static ImmutableArray<OperatorLimit> Forms { get; } =
    [
        new("", Descriptors.NonFiniteWeight, "NaN or infinite", "constants that are NaN or infinite"),
        new("", Descriptors.UnsupportedOpset, "is not supported", "operator sets before 6"),
        new("", Descriptors.TooWide, "more than 127 bits", "sums of numbers of which some are more than 2^63 times finer than others"),
        new("", Descriptors.DynamicShape, "is not known", "inputs without elements, or of a dimension that is not known and not given"),
        new("", Descriptors.TooWide, "too far from one", "numbers whose binary point is more than 320 bits away"),
        new("Einsum", Descriptors.UnsupportedForm, "takes a diagonal", "diagonals"),
        new("Gather", Descriptors.UnsupportedForm, "computes its indices", "computed indices"),
        new("MaxPool", Descriptors.UnsupportedForm, "gives the indices", "the indices of the results (second output)"),
        new("Pow", Descriptors.UnsupportedForm, "has a computed exponent", "a computed exponent of a computed base"),
        new("QLinearMatMul", Descriptors.UnsupportedForm, "a matrix is supported", "a stack of matrices"),
        new("QuantizeLinear", Descriptors.TooWide, "no integer arithmetic", "a scale of which no integer arithmetic of a supported size is exact"),
    ];

    /// <summary>Operators that are not read.</summary>
    public static ImmutableArray<UnreadOperator> Unread { get; } =
    [
        new("DynamicQuantizeLinear", "a scale that the data decide"),
        new("Attention", "attention"),
        new("RotaryEmbedding", "attention"),
        new("TreeEnsemble", "decision trees"),
        new("OneHot", "elements at computed places"),
        new("ScatterElements", "elements at computed places"),
        new("ScatterND", "elements at computed places"),
        new("BitShift", "integer arithmetic"),
        new("Mod", "integer arithmetic"),
        new("LRN", "local norms"),
        new("LpPool", "local norms"),
        new("GRU", "recurrent networks"),
        new("LSTM", "recurrent networks"),
        new("RNN", "recurrent networks"),
    ];
}
