using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net.Vectors;

/// <summary>
/// A model's test vectors: for each sample all inputs, one after the other, and what is expected of them.
/// </summary>
/// <param name="Count">Number of samples; at least 1.</param>
/// <param name="Inputs">Count x (elements of all inputs), in the graph's order of inputs, each in its layout of the
/// model.</param>
/// <param name="Expected">Count x (elements of all outputs), likewise; null where the floating-point reference is to
/// compute them.</param>
/// <param name="Labels">Class of each sample, counted from 0; null where none are given.</param>
internal sealed record TestVectors(int Count, double[] Inputs, double[]? Expected, int[]? Labels)
{
    /// <summary>All inputs of a sample.</summary>
    public ReadOnlySpan<double> Input(int sample) =>
        Inputs.AsSpan(sample * (Inputs.Length / Count), Inputs.Length / Count);

    /// <summary>All inputs of a sample, as <see cref="Input"/> gives them.</summary>
    public ReadOnlyMemory<double> Sample(int sample) =>
        new(Inputs, sample * (Inputs.Length / Count), Inputs.Length / Count);

    /// <summary>All samples, as <see cref="Input"/> gives them.</summary>
    public IEnumerable<ReadOnlyMemory<double>> Samples =>
        Enumerable.Range(0, Count)
            .Select(i => new ReadOnlyMemory<double>(Inputs, i * (Inputs.Length / Count), Inputs.Length / Count));

    /// <summary>All expected outputs of a sample; empty where there are none.</summary>
    public ReadOnlySpan<double> ExpectedOutput(int sample) =>
        Expected is null ? [] : Expected.AsSpan(sample * (Expected.Length / Count), Expected.Length / Count);

    /// <summary>Reads the vectors that the options name.</summary>
    /// <param name="options">Where the files are.</param>
    /// <param name="inputs">The model's inputs, without the batch dimension.</param>
    /// <param name="outputs">The model's outputs, without the batch dimension.</param>
    /// <param name="diagnostics">Takes what is wrong with the files.</param>
    /// <returns>Null where the options name no test inputs, or after an error.</returns>
    public static TestVectors? Load(
        ModelOptions options,
        IReadOnlyList<(string Name, ImmutableArray<int> Shape)> inputs,
        IReadOnlyList<(string Name, ImmutableArray<int> Shape)> outputs,
        DiagnosticBag diagnostics)
    {
        if (options.TestInputs.IsEmpty)
            return null;
        try
        {
            SampleReader inputReader = new("input", inputs);
            (int count, double[] values) = inputReader.Read(options.TestInputs, null);
            ImmutableArray<string> expectedFiles = ExpectedFiles(options);
            double[]? expected = expectedFiles.IsEmpty ? null : new SampleReader("output", outputs)
                .Read(expectedFiles, count).Values;
            int[]? labels = options.TestLabels is string path ? ReadLabels(TensorFile.Read(path, "labels"), count,
                outputs[0].Name, outputs[0].Shape.Aggregate(1, (a, b) => a * b)) : null;
            return new TestVectors(count, values, expected, labels);
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
            return null;
        }
    }

    /// <summary>A folder in ONNX's layout brings its outputs along.</summary>
    private static ImmutableArray<string> ExpectedFiles(ModelOptions options) =>
        options.TestOutputs.IsEmpty && Directory.Exists(options.TestInputs[0])
            && TestDataSet.Has(options.TestInputs[0], "output")
            ? options.TestInputs
            : options.TestOutputs;

    // A single output has two classes: where it is above one half, and where it is not.
    private static int[] ReadLabels(TensorFile file, int count, string output, int size)
    {
        int classes = Math.Max(2, size);
        if (file.Tensor.Values.Length != count || file.Tensor.Shape.Skip(1).Any(d => d != 1))
            throw new ModelException(Descriptors.TestVectorShape,
                $"{file.Label} has shape {file.Tensor.ShapeText}; labels of {count} samples need [{count}]",
                file.FilePath);
        int bad = Array.FindIndex(file.Tensor.Values, v => !(v >= 0 && v <= int.MaxValue && v == Math.Floor(v)));
        if (bad >= 0)
            throw new ModelException(Descriptors.TestVectorFile,
                string.Create(CultureInfo.InvariantCulture,
                    $"{file.Label} has the label {file.Tensor.Values[bad]} for sample {bad}; labels are class numbers "
                    + $"from 0"),
                    file.FilePath);
        bad = Array.FindIndex(file.Tensor.Values, v => v >= classes);
        if (bad >= 0)
            throw new ModelException(Descriptors.TestVectorFile,
                string.Create(CultureInfo.InvariantCulture,
                    $"{file.Label} has the label {file.Tensor.Values[bad]} for sample {bad}, and output '{output}' has "
                    + $"{classes} classes, 0 to {classes - 1}"),
                    file.FilePath);
        return Array.ConvertAll(file.Tensor.Values, v => (int)v);
    }
}
