namespace Hls4Net.Numerics;

/// <summary>
/// How files of other tools store a number: the common ground of ONNX's data types and numpy's dtypes.
/// </summary>
internal enum ElementFormat
{
    /// <summary>One byte; anything but zero is true, which reads as 1.</summary>
    Boolean,
    Int4,
    UInt4,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float16,

    /// <summary>The upper half of a <see cref="Float32"/>.</summary>
    BFloat16,
    Float32,
    Float64,
}

/// <summary>
/// Turns stored bits into numbers. An element's bits are kept in the low end of a <see cref="ulong"/> in between, so
/// that every container (raw bytes, typed protobuf fields, either byte order) shares one interpretation.
/// </summary>
internal static class ElementFormatExtensions
{
    /// <summary>
    /// Bits of one element in raw data; the four-bit formats are packed in pairs, the first in the low half.
    /// </summary>
    public static int Bits(this ElementFormat format) => format switch
    {
        ElementFormat.Int4 or ElementFormat.UInt4 => 4,
        ElementFormat.Boolean or ElementFormat.Int8 or ElementFormat.UInt8 => 8,
        ElementFormat.Int16 or ElementFormat.UInt16 or ElementFormat.Float16 or ElementFormat.BFloat16 => 16,
        ElementFormat.Int32 or ElementFormat.UInt32 or ElementFormat.Float32 => 32,
        ElementFormat.Int64 or ElementFormat.UInt64 or ElementFormat.Float64 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>True for integers and booleans.</summary>
    public static bool IsInteger(this ElementFormat format) => format < ElementFormat.Float16;

    /// <summary>Bytes that <paramref name="count"/> elements take; the count is at most int.MaxValue.</summary>
    public static long Bytes(this ElementFormat format, long count) => ((count * format.Bits()) + 7) / 8;

    /// <summary>
    /// The bits of <paramref name="count"/> elements; <paramref name="bytes"/> holds exactly that many.
    /// </summary>
    public static ulong[] Unpack(this ElementFormat format, ReadOnlySpan<byte> bytes, int count, bool bigEndian = false)
    {
        ulong[] bits = new ulong[count];
        if (format.Bits() == 4)
        {
            for (int i = 0; i < count; i++)
                bits[i] = (ulong)(bytes[i / 2] >> (4 * (i % 2)) & 0xF);
            return bits;
        }
        int size = format.Bits() / 8;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
            for (int b = 0; b < size; b++)
                bits[i] |= (ulong)element[b] << (8 * (bigEndian ? size - 1 - b : b));
        }
        return bits;
    }

    /// <summary>The number; 64-bit integers beyond 2^53 are rounded.</summary>
    public static double ToDouble(this ElementFormat format, ulong bits) => format switch
    {
        ElementFormat.Float16 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        ElementFormat.BFloat16 => BitConverter.UInt32BitsToSingle((uint)bits << 16),
        ElementFormat.Float32 => BitConverter.UInt32BitsToSingle((uint)bits),
        ElementFormat.Float64 => BitConverter.UInt64BitsToDouble(bits),
        ElementFormat.UInt64 => bits,
        _ => format.ToInteger(bits),
    };

    /// <summary>The integer of an integer format. A UInt64 beyond long.MaxValue throws OverflowException.</summary>
    public static long ToInteger(this ElementFormat format, ulong bits) => format switch
    {
        ElementFormat.Boolean => bits == 0 ? 0 : 1,
        ElementFormat.Int4 => (long)(bits << 60) >> 60,
        ElementFormat.UInt4 => (long)bits,
        ElementFormat.Int8 => (sbyte)bits,
        ElementFormat.UInt8 => (byte)bits,
        ElementFormat.Int16 => (short)bits,
        ElementFormat.UInt16 => (ushort)bits,
        ElementFormat.Int32 => (int)bits,
        ElementFormat.UInt32 => (uint)bits,
        ElementFormat.Int64 => (long)bits,
        ElementFormat.UInt64 => checked((long)bits),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not an integer format"),
    };
}
