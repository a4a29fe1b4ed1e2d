using Hls4Net.Data;

namespace Hls4Net.Tests.Data;

public sealed class NpyReaderTests
{
    // Every dtype with a negative number (255 etc. for the unsigned) and 1.
    public static TheoryData<string, byte[], double[]> Dtypes => new()
    {
        { "<f2", [0x00, 0xC1, 0x00, 0x3C], [-2.5, 1] },
        { ">f2", [0xC1, 0x00, 0x3C, 0x00], [-2.5, 1] },
        { "<f4", [0x00, 0x00, 0x20, 0xC0, 0x00, 0x00, 0x80, 0x3F], [-2.5, 1] },
        { ">f4", [0xC0, 0x20, 0x00, 0x00, 0x3F, 0x80, 0x00, 0x00], [-2.5, 1] },
        { "<f8", [0, 0, 0, 0, 0, 0, 0x04, 0xC0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F], [-2.5, 1] },
        { ">f8", [0xC0, 0x04, 0, 0, 0, 0, 0, 0, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0], [-2.5, 1] },
        { "|i1", [0xFE, 0x01], [-2, 1] },
        { "|u1", [0xFE, 0x01], [254, 1] },
        { "|b1", [0x00, 0x01], [0, 1] },
        { "<i2", [0xFE, 0xFF, 0x01, 0x00], [-2, 1] },
        { ">i2", [0xFF, 0xFE, 0x00, 0x01], [-2, 1] },
        { "<u2", [0xFE, 0xFF, 0x01, 0x00], [65534, 1] },
        { "<i4", [0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0], [-2, 1] },
        { ">u4", [0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 1], [4294967294, 1] },
        { "<i8", [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0], [-2, 1] },
        { ">i8", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 0, 0, 0, 0, 1], [-2, 1] },
        { "<u8", [0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0], [9223372036854775808, 1] },
    };

    [Theory]
    [MemberData(nameof(Dtypes))]
    public void Every_dtype_reads(string descr, byte[] data, double[] expected)
    {
        Tensor tensor = NpyReader.Read(Npy.File(descr, "(2,)", data));
        Assert.Equal([2], tensor.Shape.ToArray());
        Assert.Equal(expected, tensor.Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_version_reads(int version)
    {
        Tensor tensor = NpyReader.Read(Npy.File("|u1", "(2, 1)", [7, 8], version: version));
        Assert.Equal([2, 1], tensor.Shape.ToArray());
        Assert.Equal([7.0, 8], tensor.Values);
    }

    [Fact]
    public void Fortran_order_becomes_row_major()
    {
        // numpy.arange(24).reshape(2, 3, 4), written with the first index running fastest.
        byte[] data = new byte[24];
        for (int i = 0, n = 0; i < 4; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                for (int k = 0; k < 2; k++, n++)
                    data[n] = (byte)((k * 12) + (j * 4) + i);
            }
        }
        Tensor tensor = NpyReader.Read(Npy.File("|u1", "(2, 3, 4)", data, fortran: true));
        Assert.Equal([2, 3, 4], tensor.Shape.ToArray());
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (double)i), tensor.Values);
    }

    [Theory]
    [InlineData("()", 1, new int[0])]
    [InlineData("(0,)", 0, new[] { 0 })]
    [InlineData("(3, 0)", 0, new[] { 3, 0 })]
    [InlineData("(2L, 1L)", 2, new[] { 2, 1 })]
    public void Unusual_shapes_read(string shape, int count, int[] expected)
    {
        Tensor tensor = NpyReader.Read(Npy.File("|u1", shape, new byte[count], fortran: count == 0));
        Assert.Equal(expected, tensor.Shape.ToArray());
        Assert.Equal(count, tensor.Values.Length);
    }

    [Fact]
    public void Keys_may_come_in_any_order_and_either_quote()
    {
        Tensor tensor = NpyReader.Read(Npy.WithHeader("{\"shape\": (1,), 'fortran_order' : False,\"descr\":'|i1'}",
            [5]));
        Assert.Equal([5.0], tensor.Values);
    }

    [Theory]
    [InlineData("<f16", "dtype '<f16'")]
    [InlineData("|O", "dtype '|O'")]
    [InlineData("<U5", "dtype '<U5'")]
    [InlineData("", "dtype ''")]
    public void Other_dtypes_are_errors_that_name_them(string descr, string expected) =>
        Assert.Contains(expected, Fails(Npy.File(descr, "(1,)", new byte[20])), StringComparison.Ordinal);

    [Theory]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "records")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "damaged")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "damaged")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "damaged")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': 1}", "damaged")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "damaged")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "damaged")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "damaged")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000)}", "impossible")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,)}", "needs 4000000 bytes")]
    public void A_damaged_header_is_an_error(string header, string expected) =>
        Assert.Contains(expected, Fails(Npy.WithHeader(header, new byte[4])), StringComparison.Ordinal);

    [Fact]
    public void Bytes_after_the_array_are_an_error() =>
        Assert.Contains("needs 8 bytes", Fails(Npy.File("<f4", "(2,)", new byte[12])), StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_file_cut_anywhere_is_an_error(int version)
    {
        byte[] file = Npy.File("<f4", "(2,)", new byte[8], version: version);
        for (int length = 0; length < file.Length; length++)
            Fails(file[..length]);
    }

    [Fact]
    public void Any_changed_byte_is_read_or_an_error_but_no_crash()
    {
        byte[] file = Npy.File(">i2", "(2, 2)", new byte[8], fortran: true);
        for (int position = 0; position < file.Length; position++)
        {
            for (int value = 0; value < 256; value += 5)
            {
                byte[] changed = [.. file];
                changed[position] = (byte)value;
                try
                {
                    NpyReader.Read(changed);
                }
                catch (InvalidDataException)
                {
                }
            }
        }
    }

    private static string Fails(byte[] file) => Assert.Throws<InvalidDataException>(() => NpyReader.Read(file)).Message;
}
