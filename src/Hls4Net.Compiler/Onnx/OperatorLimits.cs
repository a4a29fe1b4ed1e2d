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
        new("DequantizeLinear", Descriptors.UnsupportedForm, "by blocks", "scales by blocks"),
        new("QuantizeLinear", Descriptors.UnsupportedForm, "by blocks", "scales by blocks"),
    ];

    /// <summary>Operators that are not read.</summary>
    public static ImmutableArray<UnreadOperator> Unread { get; } =
    [
    ];
}
