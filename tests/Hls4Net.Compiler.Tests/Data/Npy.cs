using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Hls4Net.Tests.Data;

/// <summary>Makes numpy's files byte by byte, from the format's description.</summary>
internal static class Npy
{
    public static byte[] File(string descr, string shape, byte[] data, bool fortran = false, int version = 1) =>
        WithHeader($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}", data,
            version);

    public static byte[] WithHeader(string header, byte[] data, int version = 1)
    {
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] text = Encoding.Latin1.GetBytes(header.PadRight(64 - 1 - 8 - lengthBytes) + "\n");
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length[..lengthBytes], .. text, .. data];
    }

    /// <summary>A file of little-endian float32.</summary>
    public static byte[] Floats(string shape, params float[] values) => File("<f4", shape, FloatBytes(values));

    /// <summary>A file of little-endian float64.</summary>
    public static byte[] Doubles(int[] shape, double[] values) =>
        File("<f8", $"({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")})",
            [.. values.SelectMany(BitConverter.GetBytes)]);

    public static byte[] FloatBytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }
}
