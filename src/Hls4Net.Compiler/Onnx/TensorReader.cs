using System.Collections.Immutable;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx;

/// <summary>
/// Reads the numbers of a TensorProto, wherever ONNX lets them be: raw bytes, typed fields, or a file beside the model.
/// What is wrong with the tensor ends in a <see cref="ModelException"/> that names it.
/// </summary>
internal static class TensorReader
{
    /// <summary>
    /// The tensor's values as real numbers; 64-bit integers beyond 2^53 are rounded, which <see cref="ReadIntegers"/>
    /// avoids.
    /// </summary>
    /// <param name="tensor">The tensor; its shape is taken as it stands, a batch dimension included.</param>
    /// <param name="baseDirectory">The folder that locations of external data are relative to: the model's.</param>
    public static Tensor ReadDoubles(TensorProto tensor, string baseDirectory)
    {
        ElementFormat format = Format(tensor);
        ulong[] bits = Bits(tensor, format, baseDirectory);
        return new Tensor(Shape(tensor), Array.ConvertAll(bits, b => format.ToDouble(b)));
    }

    /// <summary>The values of an integer or Boolean tensor, exactly; a tensor of another type is an error.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="baseDirectory">The folder that locations of external data are relative to: the model's.</param>
    public static (ImmutableArray<int> Shape, long[] Values) ReadIntegers(TensorProto tensor, string baseDirectory)
    {
        ElementFormat format = Format(tensor);
        if (!format.IsInteger())
            throw new ModelException(Descriptors.UnsupportedElementType,
                $"{Name(tensor)} has element type {TypeName(tensor)} where integers are needed");
        ulong[] bits = Bits(tensor, format, baseDirectory);
        try
        {
            return (Shape(tensor), Array.ConvertAll(bits, b => format.ToInteger(b)));
        }
        catch (OverflowException)
        {
            throw new ModelException(Descriptors.UnsupportedElementType,
                $"{Name(tensor)} has a value beyond 2^63 - 1, the largest integer supported");
        }
    }

    /// <summary>The tensor's dimensions.</summary>
    public static ImmutableArray<int> Shape(TensorProto tensor)
    {
        _ = Count(tensor);
        return [.. tensor.Dims.Select(d => (int)d)];
    }

    /// <summary>True where <see cref="ReadIntegers"/> reads the tensor: integers and Booleans.</summary>
    public static bool IsInteger(TensorProto tensor) => Format(tensor).IsInteger();

    private static int Count(TensorProto tensor) => Tensor.CountOf(tensor.Dims)
        ?? throw new ModelException(Descriptors.InvalidGraph,
            $"{Name(tensor)} has the impossible shape [{string.Join(", ", tensor.Dims)}]");

    private static ulong[] Bits(TensorProto tensor, ElementFormat format, string baseDirectory)
    {
        int count = Count(tensor);
        long size = format.Bytes(count);
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            return format.Unpack(ExternalData.Read(tensor, size, baseDirectory), count);
        if (tensor.RawData.IsEmpty)
            return TypedBits(tensor, format, count);
        if (tensor.RawData.Length != size)
            throw new ModelException(Descriptors.InvalidGraph,
                $"{Name(tensor)} of shape {Tensor.Format(Shape(tensor))} and type {TypeName(tensor)} needs {size} "
                + $"bytes of data and has {tensor.RawData.Length}");
        return format.Unpack(tensor.RawData.Span, count);
    }

    /// <summary>
    /// onnx.proto says which field holds which type; the short types share int32_data, the four-bit ones packed in
    /// pairs.
    /// </summary>
    private static ulong[] TypedBits(TensorProto tensor, ElementFormat format, int count)
    {
        ulong[] bits = format switch
        {
            ElementFormat.Float32 => [.. tensor.FloatData.Select(v => (ulong)BitConverter.SingleToUInt32Bits(v))],
            ElementFormat.Float64 => [.. tensor.DoubleData.Select(BitConverter.DoubleToUInt64Bits)],
            ElementFormat.Int64 => [.. tensor.Int64Data.Select(v => (ulong)v)],
            ElementFormat.UInt32 or ElementFormat.UInt64 => [.. tensor.Uint64Data],
            _ => [.. tensor.Int32Data.Select(v => (ulong)v)],
        };
        bool packed = format is ElementFormat.Int4 or ElementFormat.UInt4;
        long needed = packed ? format.Bytes(count) : count;
        if (bits.Length != needed)
            throw new ModelException(Descriptors.InvalidGraph,
                $"{Name(tensor)} of shape {Tensor.Format(Shape(tensor))} and type {TypeName(tensor)} needs {needed} "
                + $"entries of data and has {bits.Length}");
        return packed ? format.Unpack([.. bits.Select(b => (byte)b)], count) : bits;
    }

    private static ElementFormat Format(TensorProto tensor) => (DataType)tensor.DataType switch
    {
        DataType.Float => ElementFormat.Float32,
        DataType.Double => ElementFormat.Float64,
        DataType.Float16 => ElementFormat.Float16,
        DataType.Bfloat16 => ElementFormat.BFloat16,
        DataType.Bool => ElementFormat.Boolean,
        DataType.Int4 => ElementFormat.Int4,
        DataType.Uint4 => ElementFormat.UInt4,
        DataType.Int8 => ElementFormat.Int8,
        DataType.Uint8 => ElementFormat.UInt8,
        DataType.Int16 => ElementFormat.Int16,
        DataType.Uint16 => ElementFormat.UInt16,
        DataType.Int32 => ElementFormat.Int32,
        DataType.Uint32 => ElementFormat.UInt32,
        DataType.Int64 => ElementFormat.Int64,
        DataType.Uint64 => ElementFormat.UInt64,
        _ => throw new ModelException(Descriptors.UnsupportedElementType,
            $"{Name(tensor)} has element type {TypeName(tensor)}, which is not supported"),
    };

    private static string TypeName(TensorProto tensor) => Enum.IsDefined((DataType)tensor.DataType)
        ? ((DataType)tensor.DataType).ToString().ToUpperInvariant()
        : $"number {tensor.DataType}";

    internal static string Name(TensorProto tensor) => tensor.Name.Length > 0 ? $"tensor '{tensor.Name}'"
        : "an unnamed tensor";
}
