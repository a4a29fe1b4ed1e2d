using System.Globalization;
using System.IO.Compression;
using System.Text;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Keras;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using PureHDF;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Keras;

/// <summary>Damaged and malicious files end in a coded error.</summary>
public sealed class HostileKerasTests(ITestOutputHelper output)
{
    private const int Usual = 400, Many = 40_000;

    private const string Dense = """
        {"class_name": "Sequential", "config": {"name": "n", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
        {"class_name": "Dense", "config": {"name": "fc", "units": 1, "use_bias": false}}]}}
        """;

    [Fact]
    public void Mutants_are_read_or_refused_with_a_code()
    {
        Dictionary<string, int> ends = new(StringComparer.Ordinal);
        using TempFolder folder = new();
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Random random = new(seed);
            byte[] mutant = Mutant(random);
            string end = "read";
            try
            {
                KerasReader.Read(ModelHarness.Options(folder.Write("net.keras", mutant)));
            }
            catch (ModelException e)
            {
                end = e.Descriptor.Code;
            }
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }
        output.WriteLine(string.Join(", ", ends.Select(e => string.Create(CultureInfo.InvariantCulture,
            $"{e.Key}: {e.Value}"))));
        Assert.True(ends.Count > 1 && ends.ContainsKey("read"), "mutants of one kind only prove nothing");
    }

    // Mutants in which a link by an address has become one by a path, which leads to itself.
    [Theory]
    [InlineData(501_357)]
    [InlineData(503_614)]
    public void Links_by_path_are_not_followed(int seed)
    {
        ModelException error = Refused("net.keras", Mutant(new Random(seed)));
        Assert.Equal("HLS1020", error.Descriptor.Code);
        Assert.Contains("links by path", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "HLS1020")]
    [InlineData("PK", "HLS1020")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "HLS1020")]
    public void What_is_no_model_is_refused(string text, string code)
    {
        foreach (string extension in new[] { "keras", "h5", "hdf5" })
            Assert.Equal(code, Refused($"net.{extension}", Encoding.UTF8.GetBytes(text)).Descriptor.Code);
    }

    [Fact]
    public void A_zip_of_nothing_but_zeros_is_not_unpacked()
    {
        byte[] bomb = KerasWriter.Zip(Dense, new byte[64 << 20]);
        Assert.True(bomb.Length < 1 << 17);
        Assert.Contains("unpacks to more", Unpacked(bomb, 1 << 15).Message, StringComparison.Ordinal);

        // Cut to so small a file that even deflate's best makes less of it.
        ModelException Unpacked(byte[] file, int most)
        {
            using MemoryStream stream = new();
            using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                using Stream entry = archive.CreateEntry("config.json", CompressionLevel.SmallestSize).Open();
                entry.Write(new byte[(1 << 26) + 1]);
            }
            Assert.True(stream.Length < file.Length + most);
            return Refused("bomb.keras", stream.ToArray());
        }
    }

    [Fact]
    public void A_layer_that_reads_itself_is_a_cycle()
    {
        const string Config = """
            {"class_name": "Functional", "config": {"name": "n", "layers": [
            {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}, "inbound_nodes": []},
            {"class_name": "Add", "config": {"name": "a"}, "inbound_nodes": [[["x", 0, 0, {}], ["b", 0, 0, {}]]]},
            {"class_name": "Add", "config": {"name": "b"}, "inbound_nodes": [[["x", 0, 0, {}], ["a", 0, 0, {}]]]}],
            "input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}}
            """;
        ModelException error = Refused("net.keras", KerasWriter.Zip(Config, KerasWriter.Hdf([])));
        Assert.Equal(Descriptors.Cycle, error.Descriptor);
        Assert.Contains("'b'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Masking", "\"mask_value\": 0.0", "HLS1021", "'fc'")]
    [InlineData("Mine", "\"a\": 1", "HLS1021", "'fc'")]
    [InlineData("Dense", "\"units\": 1", "HLS1023", "'kernel'")]
    [InlineData("QActivation", "\"activation\": \"bernoulli()\"", "HLS1022", "random")]
    [InlineData("Conv1D", "\"padding\": \"odd\"", "HLS1023", "'kernel'")]
    [InlineData("Reshape", "\"target_shape\": [3]", "HLS1009", "'fc'")]
    [InlineData("Reshape", "\"target_shape\": [-1, 0]", "HLS1009", "'fc'")]
    public void Layers_that_cannot_be_are_named(string layer, string config, string code, string named)
    {
        string text = Dense.Replace("\"Dense\"", $"\"{layer}\"", StringComparison.Ordinal)
            .Replace("\"units\": 1, \"use_bias\": false", config, StringComparison.Ordinal);
        ModelException error = Refused("net.keras", KerasWriter.Zip(text, KerasWriter.Hdf([])));
        Assert.Equal(code, error.Descriptor.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HDense", "\"units\": 1", "HLS1021", "to_proxy_model")]
    [InlineData("QActivation", "\"activation\": \"quantized_po2(8)\"", "HLS1022", "fewer bits")]
    [InlineData("QActivation", "\"activation\": \"quantized_po2(4, 1, log2_rounding='floor')\"", "HLS1022", "rnd")]
    [InlineData("QActivation", "\"activation\": \"quantized_relu(4, 1, use_sigmoid=1, negative_slope=0.5)\"", "HLS1022",
        "use_sigmoid")]
    [InlineData("Quantizer", "\"config\": {\"class_name\": \"QuantizerConfig\", \"config\": {\"q_type\": \"float\"}}",
        "HLS1022", "'float'")]
    public void Forms_that_are_not_read_say_what_helps(string layer, string config, string code, string named) =>
        Layers_that_cannot_be_are_named(layer, config, code, named);

    [Theory]
    [InlineData("Foo", "Foo")]
    [InlineData("Mine", "Mine")]
    public void What_a_definition_of_a_layer_cannot_have_is_said(string inside, string named)
    {
        using TempFolder folder = new();
        ModelOptions options = Defined(folder, "\"a\": 1", new ModelBuilder().Input("x", 1, 2)
            .Node(inside, ["x"], "y").Output("y"));
        Diagnostic error = Assert.Single(ModelHarness.CompileFailing(options));
        Assert.Equal(Descriptors.UnsupportedOperator, error.Descriptor);
        Assert.Contains(named, error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_in_words_is_no_input_of_a_definition()
    {
        using TempFolder folder = new();
        Diagnostic error = Assert.Single(ModelHarness.CompileFailing(Defined(folder, "\"a\": \"half\"",
            new ModelBuilder().Input("x", 1, 2).Input("a", []).Node("Mul", ["x", "a"], "y").Output("y"))));
        Assert.Equal(Descriptors.InvalidLayer, error.Descriptor);
        Assert.Contains("a = half", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"nodeid\": 0, \"split\": \"f0\"}]")]
    [InlineData("{\"name\": \"tree\", \"tree_info\": []}")]
    [InlineData("3")]
    public void Json_of_something_else_is_not_taken_for_an_architecture(string text)
    {
        ModelException error = Refused("dump.json", Encoding.UTF8.GetBytes(text));
        Assert.Equal(Descriptors.NotAKerasModel, error.Descriptor);
        Assert.Contains("save_model", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".h5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_of_the_encoding_does_not_matter() => Assert.Contains(".h5",
        Refused("net.json", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Dense)]).Message, StringComparison.Ordinal);

    [Fact]
    public void Weights_of_another_network_are_not_taken()
    {
        string config = Dense.Replace("\"units\": 1", "\"units\": 3", StringComparison.Ordinal);
        H5Group layers = new()
        {
            ["dense"] = new H5Group { ["vars"] = KerasWriter.Variables("fc", KerasWriter.Tensor([1, 2], 2, 1)) },
        };
        ModelException error = Refused("net.keras", KerasWriter.Zip(config, KerasWriter.Hdf(layers)));
        Assert.Equal(Descriptors.InvalidShape, error.Descriptor);
        Assert.Contains("units = 3", error.Message, StringComparison.Ordinal);
    }

    private static ModelOptions Defined(TempFolder folder, string settings, ModelBuilder definition)
    {
        string config = Dense.Replace("\"Dense\"", "\"Mine\"", StringComparison.Ordinal)
            .Replace("\"units\": 1, \"use_bias\": false", settings, StringComparison.Ordinal);
        return ModelHarness.Options(folder.Write("net.keras", KerasWriter.Zip(config, KerasWriter.Hdf([])))) with
        {
            CustomOperators = [new CustomOperator("Mine", folder.Write("mine.onnx", definition.ToBytes()))],
        };
    }

    [Fact]
    public void Weights_beside_a_file_that_has_them_are_refused()
    {
        using TempFolder folder = new();
        string model = folder.Write("net.keras", KerasWriter.Zip(Dense, KerasWriter.Hdf([])));
        Assert.Equal(Descriptors.OptionNotAvailable, Assert.Single(ModelHarness.CompileFailing(
            ModelHarness.Options(model) with { WeightsPath = model })).Descriptor);
    }

    private static ModelException Refused(string name, byte[] bytes)
    {
        using TempFolder folder = new();
        return Assert.Throws<ModelException>(() => KerasReader.Read(ModelHarness.Options(folder.Write(name, bytes))));
    }

    // Bytes of the file, or of what is in it, so that no checksum stands before the reader.
    private static byte[] Mutant(Random random)
    {
        byte[] file = new RandomHgqNetwork(random).ToBytes();
        if (random.Next(4) == 0)
            return Mutated(file, random);
        using ZipArchive archive = new(new MemoryStream(file));
        string config = Encoding.UTF8.GetString(Entry(archive, "config.json"));
        byte[] weights = Entry(archive, "model.weights.h5");
        if (random.Next(3) == 0)
            config = Encoding.UTF8.GetString(Mutated(Encoding.UTF8.GetBytes(config), random));
        else
            weights = Mutated(weights, random);
        return KerasWriter.Zip(config, weights);
    }

    private static byte[] Entry(ZipArchive archive, string name)
    {
        using Stream entry = archive.GetEntry(name)!.Open();
        using MemoryStream all = new();
        entry.CopyTo(all);
        return all.ToArray();
    }

    private static byte[] Mutated(byte[] bytes, Random random)
    {
        bytes = [.. bytes];
        int from = random.Next(bytes.Length), to = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                return bytes[..from];
            case 1:
                int count = Math.Min(random.Next(200), bytes.Length - Math.Max(from, to));
                Array.Copy(bytes, from, bytes, to, count);
                return bytes;
            default:
                for (int i = random.Next(1, 20); i > 0; i--)
                    bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)255 : (byte)random.Next(256);
                return bytes;
        }
    }
}
