using System.Collections.Immutable;
using System.IO.Compression;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Vectors;
using Ports = (string Name, System.Collections.Immutable.ImmutableArray<int> Shape)[];

namespace Hls4Net.Tests.Data;

public sealed class TestVectorsTests : IDisposable
{
    private static readonly Ports s_two = [("a", [2]), ("b", [1, 3])];
    private static readonly Ports s_pair = [("x", [2])];
    private static readonly Ports s_scalar = [("y", [1])];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_files_there_are_no_vectors()
    {
        DiagnosticBag bag = new("m.onnx");
        Assert.Null(TestVectors.Load(Options([]), s_pair, s_scalar, bag));
        Assert.Empty(bag.Items);
    }

    [Fact]
    public void Inputs_of_a_sample_stand_side_by_side()
    {
        TestVectors vectors = Load(
            Options([Floats("a", "(2, 2)", 1, 2, 6, 7), Floats("b", "(2, 1, 3)", 3, 4, 5, 8, 9, 10)]) with
            {
                TestOutputs = [Floats("y", "(2, 1)", 11, 12)],
                TestLabels = _folder.Write("labels.npy", Npy.File("<i4", "(2,)", [0, 0, 0, 0, 1, 0, 0, 0])),
            },
            s_two,
            s_scalar);
        Assert.Equal(2, vectors.Count);
        Assert.Equal([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], vectors.Inputs);
        Assert.Equal([6.0, 7, 8, 9, 10], vectors.Input(1).ToArray());
        Assert.Equal([12.0], vectors.ExpectedOutput(1).ToArray());
        Assert.Equal([0, 1], vectors.Labels!);
    }

    [Theory]
    [InlineData("(2, 3)", 1, 2, 3)]
    [InlineData("(1, 2, 3)", 1, 2, 3)]
    [InlineData("(4, 2, 3)", 4, 2, 3)]
    [InlineData("(4, 6)", 4, 2, 3)]
    [InlineData("(4,)", 4, 1)]
    [InlineData("(4,)", 4)]
    [InlineData("()", 1)]
    [InlineData("(4, 1)", 4, 1)]
    public void The_sample_axis_is_found(string shape, int count, params int[] port)
    {
        int size = port.Aggregate(1, (a, b) => a * b);
        TestVectors vectors = Load(Options([Floats("x", shape, new float[count * size])]), [("x", [.. port])],
            s_scalar);
        Assert.Equal(count, vectors.Count);
        Assert.Equal(size, vectors.Input(0).Length);
        Assert.Null(vectors.Expected);
    }

    [Theory]
    [InlineData("(4, 3)", 12, "has shape [4, 3]; input 'x' needs [samples, 2]")]
    [InlineData("(6,)", 6, "has shape [6]; input 'x' needs [samples, 2]")]
    [InlineData("(0, 2)", 0, "no samples")]
    public void A_shape_that_does_not_fit_names_file_and_shapes(string shape, int count, string expected)
    {
        string path = Floats("x", shape, new float[count]);
        string text = Fails(Descriptors.TestVectorShape, Options([path]), s_pair, path);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Contains(path, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_with_different_numbers_of_samples_are_an_error()
    {
        string b = Floats("b", "(3, 1, 3)", new float[9]);
        string text = Fails(Descriptors.TestVectorShape, Options([Floats("a", "(2, 2)", 1, 2, 3, 4), b]), s_two, b);
        Assert.Contains("has 3 samples for input 'b' where 2 are expected", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Expected_outputs_and_labels_need_the_inputs_number_of_samples()
    {
        ModelOptions options = Options([Floats("x", "(2, 2)", 1, 2, 3, 4)]);
        string y = Floats("y", "(3, 1)", 1, 2, 3);
        Fails(Descriptors.TestVectorShape, options with { TestOutputs = [y] }, s_pair, y);
        Fails(Descriptors.TestVectorShape, options with { TestLabels = y }, s_pair, y);
        string fraction = Floats("fraction", "(2,)", 0, 0.5f);
        Assert.Contains("label 0.5 for sample 1", Fails(Descriptors.TestVectorFile,
            options with { TestLabels = fraction }, s_pair, fraction), StringComparison.Ordinal);
        string negative = Floats("negative", "(2,)", -1, 0);
        Fails(Descriptors.TestVectorFile, options with { TestLabels = negative }, s_pair, negative);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "an infinite value")]
    public void A_value_that_is_no_number_names_sample_and_element(float value, string word)
    {
        string path = Floats("b", "(2, 1, 3)", 1, 2, 3, 4, value, float.NaN);
        string text = Fails(Descriptors.TestVectorFile, Options([Floats("a", "(2, 2)", 1, 2, 3, 4), path]), s_two,
            path);
        Assert.Contains($"{word} for input 'b' at sample 1, element [0, 1]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_npz_serves_several_inputs_by_name()
    {
        (string, byte[]) b = ("b.npy", Npy.Floats("(1, 3)", 3, 4, 5));
        string path = _folder.Write("data.npz",
            Npy.Zip(CompressionLevel.Optimal, b, ("a.npy", Npy.Floats("(2,)", 1, 2))));
        Assert.Equal([1.0, 2, 3, 4, 5], Load(Options([path]), s_two, s_scalar).Inputs);

        string positional = _folder.Write("positional.npz",
            Npy.Zip(CompressionLevel.Optimal, ("arr_0.npy", Npy.Floats("(2,)", 1, 2)), ("arr_1.npy", b.Item2)));
        Assert.Equal([1.0, 2, 3, 4, 5], Load(Options([positional]), s_two, s_scalar).Inputs);

        string other = _folder.Write("other.npz", Npy.Zip(CompressionLevel.Optimal, b, ("c.npy", b.Item2)));
        Assert.Contains("no array for input 'a'; it has 'b', 'c'",
            Fails(Descriptors.TestVectorFile, Options([other]), s_two, other), StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_files_is_the_number_of_inputs()
    {
        string a = Floats("a", "(2,)", 1, 2);
        Assert.Contains("2 inputs ('a', 'b')", Fails(Descriptors.TestVectorShape, Options([a]), s_two, a),
            StringComparison.Ordinal);
        Fails(Descriptors.TestVectorShape, Options([a, a, a]), s_two, a);
    }

    [Fact]
    public void Folders_of_test_data_sets_are_joined_by_number()
    {
        foreach (int set in new[] { 10, 2, 0 })
        {
            Proto($"sets/test_data_set_{set}/input_0.pb", [1, 2], set, 1);
            Proto($"sets/test_data_set_{set}/output_0.pb", [1, 1], set + 0.5f);
        }
        string folder = Path.Combine(_folder.Path, "sets");
        TestVectors vectors = Load(Options([folder]), s_pair, s_scalar);
        Assert.Equal([0.0, 1, 2, 1, 10, 1], vectors.Inputs);
        Assert.Equal([0.5, 2.5, 10.5], vectors.Expected!);

        TestVectors one = Load(Options([Path.Combine(folder, "test_data_set_2")]), s_pair, s_scalar);
        Assert.Equal([2.0, 1], one.Inputs);
        Assert.Equal([2.5], one.Expected!);
    }

    [Fact]
    public void A_folder_must_fit_the_model()
    {
        string folder = Path.Combine(_folder.Path, "set");
        Directory.CreateDirectory(folder);
        Fails(Descriptors.TestVectorFile, Options([folder]), s_two, folder);
        Proto("set/input_0.pb", [1, 2], 1, 2);
        Fails(Descriptors.TestVectorFile, Options([folder]), s_two, Path.Combine(folder, "input_1.pb"));
        Proto("set/input_1.pb", [1, 1, 3], 3, 4, 5);
        Assert.Equal([1.0, 2, 3, 4, 5], Load(Options([folder]), s_two, s_scalar).Inputs);
        string extra = Proto("set/input_2.pb", [1], 1);
        Fails(Descriptors.TestVectorShape, Options([folder]), s_two, extra);
    }

    private static TestVectors Load(ModelOptions options, Ports inputs, Ports outputs)
    {
        DiagnosticBag bag = new("m.onnx");
        TestVectors? vectors = TestVectors.Load(options, inputs, outputs, bag);
        Assert.Empty(bag.Items);
        return vectors!;
    }

    private static string Fails(DiagnosticDescriptor descriptor, ModelOptions options, Ports inputs, string file)
    {
        DiagnosticBag bag = new("m.onnx");
        Assert.Null(TestVectors.Load(options, inputs, s_scalar, bag));
        Diagnostic diagnostic = Assert.Single(bag.Items);
        Assert.Equal(descriptor, diagnostic.Descriptor);
        Assert.Equal(file, diagnostic.File);
        return diagnostic.Text;
    }

    private static ModelOptions Options(ImmutableArray<string> inputs) =>
        new() { ModelPath = "m.onnx", Source = "m.onnx", ModelName = "m", ClassName = "M", TestInputs = inputs };

    private string Floats(string name, string shape, params float[] values) =>
        _folder.Write(name + ".npy", Npy.Floats(shape, values));

    private string Proto(string name, byte[] dims, params float[] values) =>
        _folder.Write(name,
            [0x0A, (byte)dims.Length, .. dims, 0x10, 1, 0x4A, (byte)(4 * values.Length), .. Npy.FloatBytes(values)]);
}
