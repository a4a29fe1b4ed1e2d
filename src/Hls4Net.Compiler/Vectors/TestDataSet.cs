using System.Globalization;
using Hls4Net.Diagnostics;

namespace Hls4Net.Vectors;

/// <summary>
/// ONNX's layout of test data: folders <c>test_data_set_0</c>, <c>test_data_set_1</c> … with <c>input_0.pb</c>,
/// <c>input_1.pb</c> … and <c>output_0.pb</c> … in the order of the graph's inputs and outputs.
/// </summary>
internal static class TestDataSet
{
    private const string Prefix = "test_data_set_";

    /// <summary>
    /// The sets of a folder, by number: the folder itself where it holds tensors, else its test_data_set folders.
    /// </summary>
    public static IReadOnlyList<string> Sets(string folder)
    {
        if (File.Exists(TensorPath(folder, "input", 0)) || File.Exists(TensorPath(folder, "output", 0)))
            return [folder];
        string[] sets = [.. Directory.GetDirectories(folder, Prefix + "*").Where(d => Number(d) is not null)
            .OrderBy(Number)];
        return sets.Length > 0
            ? sets
            : throw new ModelException(Descriptors.TestVectorFile,
                $"the folder '{folder}' holds neither input_0.pb nor {Prefix}0; a folder of test vectors has ONNX's "
                + "layout", folder);
    }

    /// <summary>True where the folder has tensors of that kind, "input" or "output".</summary>
    public static bool Has(string folder, string kind) => Sets(folder).Any(s => File.Exists(TensorPath(s, kind, 0)));

    /// <summary>The file of a set's tensor.</summary>
    public static string TensorPath(string set, string kind, int index) =>
        Path.Combine(set, string.Create(CultureInfo.InvariantCulture, $"{kind}_{index}.pb"));

    private static int? Number(string set) =>
        int.TryParse(Path.GetFileName(set)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture,
            out int number) ? number : null;
}
