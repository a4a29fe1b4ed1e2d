using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TriggerModel;

/// <summary>A two-dimensional float32 array as NumPy's <c>save</c> writes it.</summary>
/// <param name="Values">The elements, row by row.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
internal sealed partial record NpyFile(float[] Values, int Rows, int Columns)
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public float this[int row, int column] => Values[row * Columns + column];

    /// <summary>Reads format versions 1 to 3, little endian, C order.</summary>
    /// <exception cref="InvalidDataException">The file isn't such an array.</exception>
    public static NpyFile Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        if (file.Length < 12 || !file.StartsWith(Magic))
            throw new InvalidDataException($"{path} isn't a .npy file");

        // Version 1 has a 16-bit header length, later versions a 32-bit one.
        bool isShort = file[6] == 1;
        int start = isShort ? 10 : 12;
        long length = isShort ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (length > file.Length - start)
            throw new InvalidDataException($"{path} ends within its header");

        string header = Encoding.UTF8.GetString(file.Slice(start, (int)length));
        Match shape = Float32Matrix().Match(header);
        if (!shape.Success)
            throw new InvalidDataException($"{path} isn't a two-dimensional float32 array in C order: {header.Trim()}");

        int rows = int.Parse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        int columns = int.Parse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> data = file[(start + (int)length)..];
        if (data.Length != (long)rows * columns * sizeof(float))
            throw new InvalidDataException($"{path} has {data.Length} bytes of data, its shape is {rows} x {columns}");

        return new NpyFile(MemoryMarshal.Cast<byte, float>(data).ToArray(), rows, columns);
    }

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \}\s*$")]
    private static partial Regex Float32Matrix();
}
