using System.IO.Compression;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Data;

public sealed class TensorFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Npz_gives_the_array_of_the_name_else_the_first(CompressionLevel level)
    {
        string path = _folder.Write("data.npz", Npy.Zip(level, ("x.npy", Npy.Floats("(2,)", 1, 2)),
            ("readme.txt", [65]), ("y.npy", Npy.Floats("(1,)", 3))));
        Assert.Equal([3.0], TensorFile.Read(path, "y").Tensor.Values);
        TensorFile first = TensorFile.Read(path, "z");
        Assert.Equal([1.0, 2], first.Tensor.Values);
        Assert.Equal($"array 'x' of '{path}'", first.Label);
        Assert.Equal(["x", "y"], TensorFile.Names(path)!);
    }

    [Fact]
    public void Pb_is_a_tensor_proto()
    {
        // dims 2 1, data_type FLOAT, raw_data of 8 bytes.
        string path = _folder.Write("input_0.pb", [0x08, 2, 0x08, 1, 0x10, 1, 0x4A, 8, .. Npy.FloatBytes(0.5f, -3)]);
        Tensor tensor = TensorFile.Read(path).Tensor;
        Assert.Equal([2, 1], tensor.Shape.ToArray());
        Assert.Equal([0.5, -3], tensor.Values);
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".npz")]
    [InlineData(".pb")]
    public void A_file_cut_anywhere_is_an_error(string extension)
    {
        byte[] npy = Npy.Floats("(2,)", 1, 2);
        byte[] file = extension switch
        {
            ".npy" => npy,
            ".npz" => Npy.Zip(CompressionLevel.Optimal, ("x.npy", npy)),
            _ => [0x0A, 2, 2, 1, 0x10, 1, 0x42, 1, 0x78, 0x4A, 8, .. Npy.FloatBytes(0.5f, -3)],
        };
        Assert.Equal(2, TensorFile.Read(_folder.Write("whole" + extension, file)).Tensor.Values.Length);
        for (int length = 0; length < file.Length; length++)
            Fails(_folder.Write("cut" + extension, file[..length]));
    }

    [Theory]
    [InlineData(".npz")]
    [InlineData(".pb")]
    public void Any_changed_byte_is_read_or_an_error_but_no_crash(string extension)
    {
        byte[] file = extension == ".npz"
            ? Npy.Zip(CompressionLevel.Optimal, ("x.npy", Npy.Floats("(2,)", 1, 2)))
            : [0x0A, 2, 2, 1, 0x10, 1, 0x42, 1, 0x78, 0x4A, 8, .. Npy.FloatBytes(0.5f, -3)];
        for (int position = 0; position < file.Length; position++)
        {
            foreach (byte flip in new byte[] { 0x01, 0x08, 0x80, 0xFF })
            {
                byte[] changed = [.. file];
                changed[position] ^= flip;
                string path = _folder.Write("changed" + extension, changed);
                try
                {
                    TensorFile.Read(path);
                }
                catch (ModelException e)
                {
                    Assert.Equal(Descriptors.TestVectorFile, e.Descriptor);
                }
            }
        }
    }

    [Fact]
    public void A_missing_file_says_so()
    {
        foreach (string name in new[] { "no.npy", "no.npz", "no.pb", "no", "no/no.npy" })
            Assert.EndsWith("does not exist", Fails(Path.Combine(_folder.Path, name)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_kind_says_what_is_read() =>
        Assert.Contains(".npy, .npz, .pb", Fails(_folder.Write("x.csv", [49])), StringComparison.Ordinal);

    [Fact]
    public void A_zip_without_arrays_says_so() =>
        Assert.Contains("holds no arrays", Fails(_folder.Write("x.npz", Npy.Zip(CompressionLevel.Optimal))),
            StringComparison.Ordinal);

    private static string Fails(string path)
    {
        ModelException e = Assert.Throws<ModelException>(() => TensorFile.Read(path));
        Assert.Equal(Descriptors.TestVectorFile, e.Descriptor);
        Assert.Equal(path, e.File);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        return e.Message;
    }
    [Fact]
    public void An_entry_of_an_archive_is_read_to_the_size_that_its_header_promises_and_no_further()
    {
        // A few kilobytes of archive that unpack to 64 MB behind an array of two numbers.
        byte[] npy = Npy.Floats("(2,)", 1, 2);
        string bomb = _folder.Write("bomb.npz",
            Npy.Zip(CompressionLevel.SmallestSize, ("x.npy", [.. npy, .. new byte[1 << 26]])));
        Assert.InRange(new FileInfo(bomb).Length, 1, 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("needs 8 bytes of data and it has more", Fails(bomb), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 22);

        // A header that promises what does not come costs nothing either.
        string empty = _folder.Write("empty.npz",
            Npy.Zip(CompressionLevel.SmallestSize, ("x.npy", Npy.File("<f8", "(100000000,)", new byte[8]))));
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("needs 800000000 bytes of data and it has 8", Fails(empty), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 22);

        byte[] header = [.. npy.AsSpan(0, 6), 2, 0, 0xFF, 0xFF, 0xFF, 0x7F, .. new byte[1 << 16]];
        Assert.Contains("header",
            Fails(_folder.Write("header.npz", Npy.Zip(CompressionLevel.SmallestSize, ("x.npy", header)))),
            StringComparison.Ordinal);
    }

}
