using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Hls4Net.Numerics;

namespace Hls4Net.Data;

/// <summary>
/// Reads numpy's .npy files, versions 1 to 3. What is wrong with a file ends in an <see cref="InvalidDataException"/>.
/// </summary>
internal static class NpyReader
{
    private static readonly byte[] s_magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    // numpy refuses headers beyond this, too, unless it is told to trust the file.
    private const int MaxHeader = 10_000;

    /// <summary>The array of a whole file, in C order whatever order it is stored in.</summary>
    public static Tensor Read(ReadOnlySpan<byte> file)
    {
        (NpyHeader header, int start) = ReadHeader(file);
        (ElementFormat format, bool bigEndian, int count) = Layout(header);
        ReadOnlySpan<byte> data = file[start..];
        return data.Length == format.Bytes(count) ? ToTensor(header, format, bigEndian, count, data)
            : throw Size(header, format, count, $"{data.Length}");
    }

    /// <summary>
    /// The array of a stream that may be longer than it says: as many bytes as the header promises are read, and no
    /// more than one byte further.
    /// </summary>
    public static Tensor Read(Stream stream)
    {
        byte[] start = Take(stream, 12, 12);
        int length = start.Length < 12 ? 0 : Start(start).Header;
        byte[] head = [.. start,
            .. Take(stream, Math.Max(0, (start.Length < 12 ? 0 : Start(start).At + length) - 12), MaxHeader)];
        (NpyHeader header, int at) = ReadHeader(head);
        (ElementFormat format, bool bigEndian, int count) = Layout(header);
        byte[] data = [.. head.AsSpan(at), .. Take(stream, format.Bytes(count) - (head.Length - at), long.MaxValue)];
        if (data.Length != format.Bytes(count) || stream.ReadByte() >= 0)
            throw Size(header, format, count, data.Length == format.Bytes(count) ? "more" : $"{data.Length}");
        return ToTensor(header, format, bigEndian, count, data);
    }

    private static Tensor ToTensor(NpyHeader header, ElementFormat format, bool bigEndian, int count,
        ReadOnlySpan<byte> data)
    {
        ImmutableArray<int> shape = [.. header.Shape.Select(d => (int)d)];
        double[] values = Array.ConvertAll(format.Unpack(data, count, bigEndian), b => format.ToDouble(b));
        return new Tensor(shape, header.FortranOrder ? ToRowMajor(values, shape) : values);
    }

    private static (ElementFormat Format, bool BigEndian, int Count) Layout(NpyHeader header)
    {
        (ElementFormat format, bool bigEndian) = Format(header.Descr);
        return (format, bigEndian, Tensor.CountOf(header.Shape)
            ?? throw new InvalidDataException($"its shape [{string.Join(", ", header.Shape)}] is impossible"));
    }

    private static InvalidDataException Size(NpyHeader header, ElementFormat format, int count, string actual) =>
        new($"its shape [{string.Join(", ", header.Shape)}] of '{header.Descr}' needs {format.Bytes(count)} bytes of "
            + $"data and it has {actual}");

    // As many bytes as there are, up to a number; in pieces, since a header may promise what does not come.
    private static byte[] Take(Stream stream, long count, long most)
    {
        if (count > most)
            throw new InvalidDataException($"its header of {count} bytes is longer than a header is");
        using MemoryStream taken = new();
        byte[] piece = new byte[(int)Math.Min(1 << 16, count)];
        while (taken.Length < count
            && stream.Read(piece, 0, (int)Math.Min(piece.Length, count - taken.Length)) is > 0 and int read)
            taken.Write(piece, 0, read);
        return taken.ToArray();
    }

    private static (NpyHeader Header, int DataStart) ReadHeader(ReadOnlySpan<byte> file)
    {
        (int start, int length) = Start(file);
        if (length > file.Length - start)
            throw new InvalidDataException("it ends within its header");
        return (NpyHeader.Parse((file[6] == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(file.Slice(start, length))),
            start + length);
    }

    // Where the header begins, and how long it is.
    private static (int At, int Header) Start(ReadOnlySpan<byte> file)
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
        uint length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        return (start, length > int.MaxValue - 16 ? throw new InvalidDataException("it ends within its header")
            : (int)length);
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
            _ => throw new InvalidDataException(
                $"its dtype '{descr}' is not supported; save it as float32, for instance with numpy's astype"),
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
