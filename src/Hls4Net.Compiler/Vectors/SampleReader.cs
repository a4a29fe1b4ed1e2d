using System.Collections.Immutable;
using Hls4Net.Diagnostics;

namespace Hls4Net.Vectors;

/// <summary>Puts the samples of a model's inputs, or of its outputs, together from their files.</summary>
/// <param name="kind">"input" or "output"; for messages, and the file names of ONNX's layout.</param>
/// <param name="ports">The inputs or outputs in the graph's order, without the batch dimension.</param>
internal sealed class SampleReader(string kind, IReadOnlyList<(string Name, ImmutableArray<int> Shape)> ports)
{
    /// <summary>The samples of one port.</summary>
    private sealed record Column(string Name, ImmutableArray<int> Shape, int Count, double[] Values, string Path);

    /// <summary>Reads the samples, all ports of a sample one after the other.</summary>
    /// <param name="paths">One file for each port, one .npz for all of them, or one folder in ONNX's layout.</param>
    /// <param name="count">The number of samples there must be; null for any.</param>
    public (int Count, double[] Values) Read(ImmutableArray<string> paths, int? count)
    {
        Column[] columns = [.. Files(paths).Select((files, port) => Join(files, ports[port].Name, ports[port].Shape))];
        int samples = count ?? columns[0].Count;
        foreach (Column column in columns)
        {
            if (column.Count != samples)
                throw new ModelException(Descriptors.TestVectorShape,
                    $"'{column.Path}' has {column.Count} samples for {kind} '{column.Name}' where {samples} are "
                    + $"expected, as many as for {(count is null ? $"input '{columns[0].Name}'" : "the inputs")}",
                    column.Path);
            CheckFinite(column);
        }
        return (samples, Interleave(columns, samples));
    }

    private static double[] Interleave(Column[] columns, int samples)
    {
        if (columns.Length == 1)
            return columns[0].Values;
        int size = columns.Sum(c => c.Values.Length / samples);
        double[] values = new double[samples * size];
        int offset = 0;
        foreach (Column column in columns)
        {
            int part = column.Values.Length / samples;
            for (int i = 0; i < samples; i++)
                column.Values.AsSpan(i * part, part).CopyTo(values.AsSpan((i * size) + offset));
            offset += part;
        }
        return values;
    }

    /// <summary>For each port its files, one for each test data set.</summary>
    private IEnumerable<TensorFile[]> Files(ImmutableArray<string> paths)
    {
        if (paths.Length == 1 && Directory.Exists(paths[0]))
            return FromFolder(paths[0]);
        if (paths.Length == 1 && ports.Count > 1 && TensorFile.Names(paths[0]) is string[] names)
            return ports.Select((port, i) =>
                new[] { TensorFile.Read(paths[0], ArrayOf(port.Name, i, names, paths[0])) });
        if (paths.Length == ports.Count)
            return ports.Select((port, i) => new[] { TensorFile.Read(paths[i], port.Name) });
        throw new ModelException(Descriptors.TestVectorShape,
            $"{paths.Length} files are given for the model's {ports.Count} {kind}s "
            + $"({string.Join(", ", ports.Select(p => $"'{p.Name}'"))}): name one file for each, in this order",
            paths[0]);
    }

    private IEnumerable<TensorFile[]> FromFolder(string folder)
    {
        IReadOnlyList<string> sets = TestDataSet.Sets(folder);
        foreach (string set in sets)
        {
            string extra = TestDataSet.TensorPath(set, kind, ports.Count);
            if (File.Exists(extra))
                throw new ModelException(Descriptors.TestVectorShape,
                    $"'{extra}' is for one {kind} more than the model has", extra);
        }
        return ports.Select((_, i) => sets.Select(set => TensorFile.Read(TestDataSet.TensorPath(set, kind, i)))
            .ToArray());
    }

    /// <summary>
    /// In one .npz for several ports only names can tell them apart: theirs, or numpy's arr_0, arr_1 …
    /// </summary>
    private string ArrayOf(string name, int index, string[] names, string path) =>
        names.Contains(name) ? name
        : names.Contains($"arr_{index}") ? $"arr_{index}"
        : throw new ModelException(Descriptors.TestVectorFile,
            $"'{path}' has no array for {kind} '{name}'; it has {string.Join(", ", names.Select(n => $"'{n}'"))}",
            path);

    private Column Join(TensorFile[] files, string name, ImmutableArray<int> shape)
    {
        int count = files.Sum(f => Samples(f, name, shape));
        if (count == 0)
            throw new ModelException(Descriptors.TestVectorShape,
                $"{files[0].Label} has shape {files[0].Tensor.ShapeText}: no samples for {kind} '{name}'",
                files[0].FilePath);
        double[] values = files.Length == 1 ? files[0].Tensor.Values : [.. files.SelectMany(f => f.Tensor.Values)];
        return new Column(name, shape, count, values, files[0].FilePath);
    }

    private int Samples(TensorFile file, string name, ImmutableArray<int> shape)
    {
        ImmutableArray<int> actual = file.Tensor.Shape;
        int size = shape.Aggregate(1, (a, b) => a * b);
        if (actual.SequenceEqual(shape))
            return 1;
        bool whole = actual.Length == shape.Length + 1 && actual.Skip(1).SequenceEqual(shape);
        bool flat = actual.Length == 2 && actual[1] == size;
        bool single = actual.Length == 1 && size == 1;
        if (whole || flat || single)
            return actual[0];
        string expected = string.Join(", ", shape.Select(d => $"{d}").Prepend("samples"));
        throw new ModelException(Descriptors.TestVectorShape,
            $"{file.Label} has shape {file.Tensor.ShapeText}; {kind} '{name}' needs "
            + $"[{expected}]{(shape.Length > 1 ? $" or [samples, {size}]" : "")}", file.FilePath);
    }

    private void CheckFinite(Column column)
    {
        int bad = Array.FindIndex(column.Values, v => !double.IsFinite(v));
        if (bad < 0)
            return;
        int size = column.Values.Length / column.Count;
        string value = double.IsNaN(column.Values[bad]) ? "NaN" : "an infinite value";
        throw new ModelException(Descriptors.TestVectorFile,
            $"'{column.Path}' has {value} for {kind} '{column.Name}' at sample {bad / size}, element "
            + $"{Index(bad % size, column.Shape)} (counted from 0)", column.Path);
    }

    private static string Index(int element, ImmutableArray<int> shape)
    {
        int[] index = new int[shape.Length];
        for (int d = shape.Length - 1; d >= 0; d--)
            (element, index[d]) = (element / shape[d], element % shape[d]);
        return $"[{string.Join(", ", index)}]";
    }
}
