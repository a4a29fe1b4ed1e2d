using System.Collections.Immutable;
using Hls4Net.Onnx.Proto;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx;

/// <summary>
/// The element types of results, where importers do not follow them: integers divide otherwise than real numbers, and
/// CastLike takes a type.
/// </summary>
internal static class ResultTypes
{
    /// <summary>A node's result with its element type.</summary>
    /// <param name="node">The node.</param>
    /// <param name="output">Which of its outputs.</param>
    /// <param name="result">What the importer made of it.</param>
    /// <param name="inputs">The node's operands.</param>
    public static Operand Typed(NodeProto node, int output, Operand result, ImmutableArray<Operand?> inputs)
    {
        if (!result.IsTensor)
            return result;
        DataType? type = Stated(node, inputs) ?? result.ElementType ?? Followed(node, output, inputs);
        return type == result.ElementType ? result
            : result.Value is not null ? new Operand(result.Value) { ElementType = type, Labels = result.Labels }
            : result.Factors is var (integers, scale) ? new Operand(result.Name, integers, scale) { ElementType = type }
            : new Operand(result.Name, result.Constant!) { ElementType = type };
    }

    // What the operator says by itself, whatever its operands.
    private static DataType? Stated(NodeProto node, ImmutableArray<Operand?> inputs) => node.OpType switch
    {
        "Equal" or "Less" or "LessOrEqual" or "Greater" or "GreaterOrEqual" or "And" or "Or" or "Xor" or "Not" =>
            DataType.Bool,
        "Cast" => (DataType?)node.Attribute.FirstOrDefault(a => a.Name == "to")?.I,
        "CastLike" => inputs.ElementAtOrDefault(1)?.ElementType,
        _ => null,
    };

    // Most operators give what their first operand is.
    private static DataType? Followed(NodeProto node, int output, ImmutableArray<Operand?> inputs) => node.OpType switch
    {
        "Shape" or "Size" or "NonZero" or "ArgMax" or "ArgMin" => DataType.Int64,
        "TopK" when output == 1 => DataType.Int64,
        "Constant" or "MultiThreshold" => DataType.Float,
        "MatMulInteger" or "ConvInteger" => DataType.Int32,
        "QuantizeLinear" => inputs.ElementAtOrDefault(2)?.ElementType
            ?? (node.Attribute.FirstOrDefault(a => a.Name == "output_dtype") is { I: not 0 } stored ? (DataType)stored.I
                : DataType.Uint8),
        "QLinearConv" or "QLinearMatMul" => inputs.ElementAtOrDefault(7)?.ElementType,
        "DequantizeLinear" => inputs.ElementAtOrDefault(1)?.ElementType ?? DataType.Float,
        "Where" => inputs.ElementAtOrDefault(1)?.ElementType ?? inputs.ElementAtOrDefault(2)?.ElementType,
        // Their graphs' results have types of their own.
        "If" or "Loop" or "Scan" => null,
        _ when node.OpType.StartsWith("QLinear", StringComparison.Ordinal) || node.OpType == "QGemm" => null,
        _ => inputs.ElementAtOrDefault(0)?.ElementType,
    };
}
