using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>Writes NumPy's .npy format.</summary>
internal static class NpyBytes
{
    /// <summary>Pseudo-random values between -1 and 1.</summary>
    public static byte[] Random(int rows, int columns, int seed = 1)
    {
        Random random = new(seed);
        byte[] data = new byte[4 * rows * columns];
        for (int i = 0; i < rows * columns; i++)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), (float)((2 * random.NextDouble()) - 1));
        return Array("<f4", string.Create(CultureInfo.InvariantCulture, $"({rows}, {columns})"), data);
    }

    /// <summary>Small whole numbers, of one byte each.</summary>
    public static byte[] Integers(IEnumerable<int> values)
    {
        byte[] data = [.. values.Select(v => (byte)v)];
        return Array("|u1", string.Create(CultureInfo.InvariantCulture, $"({data.Length},)"), data);
    }

    private static byte[] Array(string type, string shape, byte[] data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        // Magic, version and length take 10 bytes; the header ends in a newline at a multiple of 64.
        header = header.PadRight(64 - 10 - 1 + (header.Length > 53 ? 64 : 0)) + "\n";
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
