using Google.Protobuf;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Data;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Onnx;

public sealed class TensorReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DataType.Float, new byte[] { 0, 0, 0x20, 0xC0, 0, 0, 0x80, 0x3F }, -2.5, 1)]
    [InlineData(DataType.Float16, new byte[] { 0x00, 0xC1, 0x00, 0x3C }, -2.5, 1)]
    [InlineData(DataType.Bfloat16, new byte[] { 0x20, 0xC0, 0x80, 0x3F }, -2.5, 1)]
    [InlineData(DataType.Double, new byte[] { 0, 0, 0, 0, 0, 0, 4, 0xC0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F }, -2.5, 1)]
    [InlineData(DataType.Int4, new byte[] { 0x1E }, -2, 1)]
    [InlineData(DataType.Uint4, new byte[] { 0x1E }, 14, 1)]
    [InlineData(DataType.Int8, new byte[] { 0xFE, 1 }, -2, 1)]
    [InlineData(DataType.Uint8, new byte[] { 0xFE, 1 }, 254, 1)]
    [InlineData(DataType.Bool, new byte[] { 0, 1 }, 0, 1)]
    [InlineData(DataType.Int16, new byte[] { 0xFE, 0xFF, 1, 0 }, -2, 1)]
    [InlineData(DataType.Uint16, new byte[] { 0xFE, 0xFF, 1, 0 }, 65534, 1)]
    [InlineData(DataType.Int32, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0 }, -2, 1)]
    [InlineData(DataType.Uint32, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0 }, 4294967294, 1)]
    [InlineData(DataType.Int64, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0 },
        -2, 1)]
    [InlineData(DataType.Uint64, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0 },
        9223372036854775808, 1)]
    internal void Raw_data_reads(DataType type, byte[] raw, double first, double second) =>
        Assert.Equal([first, second],
            Read(new TensorProto { Dims = { 2 }, DataType = (int)type, RawData = ByteString.CopyFrom(raw) }).Values);

    [Fact]
    public void Typed_fields_read()
    {
        Assert.Equal([-2.5, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Float, FloatData = { -2.5f, 1 } }).Values);
        Assert.Equal([-2.5, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Double, DoubleData = { -2.5, 1 } }).Values);
        Assert.Equal([-2.0, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Int64, Int64Data = { -2, 1 } }).Values);
        Assert.Equal([9223372036854775808, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Uint64, Uint64Data = { 1ul << 63, 1 } }).Values);
        Assert.Equal([4294967294, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Uint32, Uint64Data = { 4294967294, 1 } }).Values);
        Assert.Equal([-2.5, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Float16, Int32Data = { 0xC100, 0x3C00 } }).Values);
        Assert.Equal([-2.5, 1],
            Read(new() { Dims = { 2 }, DataType = (int)DataType.Bfloat16, Int32Data = { 0xC020, 0x3F80 } }).Values);
        Assert.Equal([-2.0, 1, 7],
            Read(new() { Dims = { 3 }, DataType = (int)DataType.Int4, Int32Data = { 0x1E, 0x07 } }).Values);
        foreach (DataType type in new[] { DataType.Int8, DataType.Int16, DataType.Int32 })
            Assert.Equal([-2.0, 1], Read(new() { Dims = { 2 }, DataType = (int)type, Int32Data = { -2, 1 } }).Values);
        foreach (DataType type in new[] { DataType.Uint8, DataType.Uint16, DataType.Bool })
            Assert.Equal([0.0, 1], Read(new() { Dims = { 2 }, DataType = (int)type, Int32Data = { 0, 1 } }).Values);
    }

    [Fact]
    public void Integers_keep_all_their_bits()
    {
        TensorProto tensor =
            new() { Dims = { 1, 2 }, DataType = (int)DataType.Int64, Int64Data = { long.MaxValue, long.MinValue } };
        (System.Collections.Immutable.ImmutableArray<int> shape, long[] values) = TensorReader.ReadIntegers(tensor,
            _folder.Path);
        Assert.Equal([1, 2], shape.ToArray());
        Assert.Equal([long.MaxValue, long.MinValue], values);
    }

    [Fact]
    public void Integers_of_other_tensors_are_errors()
    {
        Integers(Descriptors.UnsupportedElementType, new() { DataType = (int)DataType.Float, FloatData = { 1 } });
        Integers(Descriptors.UnsupportedElementType,
            new() { DataType = (int)DataType.Uint64, Uint64Data = { ulong.MaxValue } });

        void Integers(DiagnosticDescriptor descriptor, TensorProto tensor) =>
            Assert.Equal(descriptor,
                Assert.Throws<ModelException>(() => TensorReader.ReadIntegers(tensor, _folder.Path)).Descriptor);
    }

    [Fact]
    public void An_empty_tensor_and_a_scalar_read()
    {
        Assert.Empty(Read(new() { Dims = { 3, 0 }, DataType = (int)DataType.Float }).Values);
        Assert.Equal([4.0], Read(new() { DataType = (int)DataType.Float, FloatData = { 4 } }).Values);
    }

    [Fact]
    public void What_breaks_the_rules_is_an_error_that_names_the_tensor()
    {
        Fails(Descriptors.InvalidGraph,
            new() { Name = "w", Dims = { 3 }, DataType = (int)DataType.Float, FloatData = { 1, 2 } });
        Fails(Descriptors.InvalidGraph,
            new()
            {
                Name = "w",
                Dims = { 3 },
                DataType = (int)DataType.Float,
                RawData = ByteString.CopyFrom(new byte[11])
            });
        Fails(Descriptors.InvalidGraph, new() { Name = "w", Dims = { -1 }, DataType = (int)DataType.Float });
        Fails(Descriptors.InvalidGraph, new() { Name = "w", Dims = { 1L << 40 }, DataType = (int)DataType.Float });
        Fails(Descriptors.InvalidGraph,
            new() { Name = "w", Dims = { 1 << 20, 1 << 20, 1 << 24 }, DataType = (int)DataType.Float });
        Fails(Descriptors.InvalidGraph, new() { Name = "w", Dims = { 1 << 30 }, DataType = (int)DataType.Float });
        Fails(Descriptors.UnsupportedElementType, new() { Name = "w", DataType = (int)DataType.String });
        Fails(Descriptors.UnsupportedElementType, new() { Name = "w", DataType = 99 });
        Fails(Descriptors.UnsupportedElementType, new() { Name = "w" });
    }

    [Fact]
    public void External_data_reads_with_and_without_offset_and_length()
    {
        _folder.Write("sub/weights.bin", [9, 9, 9, 9, .. Npy.FloatBytes(0.5f, -3), 9]);
        Assert.Equal([0.5, -3],
            Read(External(("location", "sub/weights.bin"), ("offset", "4"), ("length", "8"))).Values);
        Assert.Equal([0.5, -3], Read(External(("location", "./sub/weights.bin"), ("offset", "4"))).Values);
        _folder.Write("exact.bin", Npy.FloatBytes(0.5f, -3));
        Assert.Equal([0.5, -3], Read(External(("location", "exact.bin"))).Values);
    }

    [Fact]
    public void External_data_that_is_missing_or_damaged_is_an_error()
    {
        _folder.Write("weights.bin", new byte[8]);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "folder"));
        FailsExternal("does not exist", ("location", "no.bin"));
        FailsExternal("does not exist", ("location", "no/no.bin"));
        FailsExternal("cannot be read", ("location", "folder"));
        FailsExternal("names no file", ("offset", "4"));
        FailsExternal("which has 8", ("location", "weights.bin"), ("offset", "4"));
        FailsExternal("which has 8", ("location", "weights.bin"),
            ("offset", long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        FailsExternal("has 4", ("location", "weights.bin"), ("length", "4"));
        FailsExternal("not a number", ("location", "weights.bin"), ("offset", "-4"));
        FailsExternal("not a number", ("location", "weights.bin"), ("length", "x"));
    }

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("sub/../../outside.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("sub//weights.bin")]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void External_data_outside_the_models_folder_is_an_error(string location) =>
        FailsExternal("not a plain path", ("location", location));

    [SkippableFact]
    public void External_data_through_a_symbolic_link_is_an_error()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links need rights on Windows");
        using TempFolder outside = new();
        outside.Write("weights.bin", new byte[8]);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "file.bin"), Path.Combine(outside.Path, "weights.bin"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "folder"), outside.Path);
        FailsExternal("symbolic link", ("location", "file.bin"));
        FailsExternal("symbolic link", ("location", "folder/weights.bin"));
    }

    private Tensor Read(TensorProto tensor) => TensorReader.ReadDoubles(tensor, _folder.Path);

    private void FailsExternal(string expected, params (string Key, string Value)[] entries) =>
        Assert.Contains(expected, Fails(Descriptors.ExternalData, External(entries)), StringComparison.Ordinal);

    private string Fails(DiagnosticDescriptor descriptor, TensorProto tensor)
    {
        ModelException e = Assert.Throws<ModelException>(() => Read(tensor));
        Assert.Equal(descriptor, e.Descriptor);
        Assert.StartsWith("tensor 'w' ", e.Message, StringComparison.Ordinal);
        return e.Message;
    }

    /// <summary>A tensor of two float32 with those entries of external data.</summary>
    private static TensorProto External(params (string Key, string Value)[] entries)
    {
        TensorProto tensor = new()
        {
            Name = "w",
            Dims = { 2 },
            DataType = (int)DataType.Float,
            DataLocation = TensorProto.Types.DataLocation.External
        };
        tensor.ExternalData.AddRange(entries.Select(e => new StringStringEntryProto { Key = e.Key, Value = e.Value }));
        return tensor;
    }
}
