using Hls4Net.Numerics;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx;

/// <summary>What ONNX's element types mean here.</summary>
internal static class ElementTypes
{
    /// <summary>True for numbers with a fraction.</summary>
    public static bool IsReal(DataType type) =>
        type is DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16;

    /// <summary>The fixed-point type of an integer type's range; null for any other.</summary>
    public static FixedPointType? Integer(DataType type) => type switch
    {
        DataType.Int4 => new(4, 4, true),
        DataType.Uint4 => new(4, 4, false),
        DataType.Int8 => new(8, 8, true),
        DataType.Uint8 => new(8, 8, false),
        DataType.Int16 => new(16, 16, true),
        DataType.Uint16 => new(16, 16, false),
        DataType.Int32 => new(32, 32, true),
        DataType.Uint32 => new(32, 32, false),
        DataType.Int64 => new(64, 64, true),
        DataType.Uint64 => new(FixedPointType.MaxWidthOf(signed: false), FixedPointType.MaxWidthOf(signed: false),
            false),
        _ => null,
    };
}
