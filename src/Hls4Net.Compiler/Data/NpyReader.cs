using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Hls4Net.Numerics;

namespace Hls4Net.Data;

/// <summary>Reads numpy's .npy files, versions 1 to 3. What is wrong with a file ends in an <see cref="InvalidDataException"/>.</summary>
internal static class NpyReader
{
    private static readonly byte[] s_magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The array of a whole file, in C order whatever order it is stored in.</summary>
    public static Tensor Read(ReadOnlySpan<byte> file)
    {
        NpyHeader header = ReadHeader(file, out ReadOnlySpan<byte> data);
        (ElementFormat format, bool bigEndian) = Format(header.Descr);
        int count = Tensor.CountOf(header.Shape) ?? throw new InvalidDataException($"its shape [{string.Join(", ", header.Shape)}] is impossible");
        if (data.Length != format.Bytes(count))
            throw new InvalidDataException($"its shape [{string.Join(", ", header.Shape)}] of '{header.Descr}' needs {format.Bytes(count)} bytes of data and it has {data.Length}");
        ImmutableArray<int> shape = [.. header.Shape.Select(d => (int)d)];
        double[] values = Array.ConvertAll(format.Unpack(data, count, bigEndian), b => format.ToDouble(b));
        return new Tensor(shape, header.FortranOrder ? ToRowMajor(values, shape) : values);
    }

    private static NpyHeader ReadHeader(ReadOnlySpan<byte> file, out ReadOnlySpan<byte> data)
    {
        if (!file.StartsWith(s_magic) || file.Length < 8)
            throw new InvalidDataException("it is not a .npy file");
        int version = file[6];
        if (version is < 1 or > 3)
            throw new InvalidDataException($"its .npy version {version}.{file[7]} is not supported (1 to 3 are)");
        // Version 1 counts the header's bytes in 16 bits, the later ones in 32.
        int start = version == 1 ? 10 : 12;
        if (file.Length < start)
            throw new InvalidDataException("it ends within its header");
        uint length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (length > file.Length - start)
            throw new InvalidDataException("it ends within its header");
        data = file[(start + (int)length)..];
        return NpyHeader.Parse((version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(file.Slice(start, (int)length)));
    }

    /// <summary>A dtype such as <c>&lt;f4</c>: byte order, kind, bytes.</summary>
    private static (ElementFormat Format, bool BigEndian) Format(string descr)
    {
        bool ordered = descr.Length > 0 && "<>=|".Contains(descr[0], StringComparison.Ordinal);
        ElementFormat format = (ordered ? descr[1..] : descr) switch
        {
            "b1" => ElementFormat.Boolean,
            "i1" => ElementFormat.Int8,
            "u1" => ElementFormat.UInt8,
            "i2" => ElementFormat.Int16,
            "u2" => ElementFormat.UInt16,
            "i4" => ElementFormat.Int32,
            "u4" => ElementFormat.UInt32,
            "i8" => ElementFormat.Int64,
            "u8" => ElementFormat.UInt64,
            "f2" => ElementFormat.Float16,
            "f4" => ElementFormat.Float32,
            "f8" => ElementFormat.Float64,
            _ => throw new InvalidDataException($"its dtype '{descr}' is not supported; save it as float32, for instance with numpy's astype"),
        };
        return (format, descr[0] == '>');
    }

    private static double[] ToRowMajor(double[] columnMajor, ImmutableArray<int> shape)
    {
        double[] values = new double[columnMajor.Length];
        int[] index = new int[shape.Length];
        for (int source = 0; source < columnMajor.Length; source++)
        {
            int target = 0;
            for (int d = 0; d < shape.Length; d++)
                target = (target * shape[d]) + index[d];
            values[target] = columnMajor[source];
            // In Fortran order the first index runs fastest.
            for (int d = 0; d < shape.Length && ++index[d] == shape[d]; d++)
                index[d] = 0;
        }
        return values;
    }
}
