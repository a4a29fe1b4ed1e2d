using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Estimation;
using Hls4Net.Scheduling;
using Hls4Net.Verification;

namespace Hls4Net.Benchmarks;

/// <summary>What automatic types keep of each model, and what they cost: default options, each folder's own vectors.</summary>
internal static class PrecisionTable
{
    /// <summary>A table with a line for each model below the folders; of the quantized ones too, whose ratio is infinite where firmware and model are equal.</summary>
    /// <param name="folders">Folders of models, each a folder with model.onnx and its vectors.</param>
    /// <param name="progress">Takes each line as it is found.</param>
    public static string Measure(IEnumerable<string> folders, Action<string> progress)
    {
        List<string> lines = ["| model | vectors | SNR, dB | budget, dB | largest error | most of the noise | LUT | FF | DSP | cycles | warnings |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"];
        foreach (string folder in folders.SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal).Where(f => File.Exists(Path.Combine(f, "model.onnx"))))
        {
            lines.Add(Line(folder));
            progress(lines[^1]);
        }
        return string.Join('\n', lines) + "\n";
    }

    private static string Line(string folder)
    {
        string name = Path.GetFileName(folder), vectors = Path.Combine(folder, "input.npy");
        ModelOptions options = new()
        {
            ModelPath = Path.Combine(folder, "model.onnx"),
            Source = name,
            ModelName = "model",
            ClassName = "Model",
            TestInputs = File.Exists(vectors) ? [vectors] : Directory.Exists(Path.Combine(folder, "test_data_set_0")) ? [folder] : [],
        };
        // Its frames are no samples: a sample is all ten of them.
        if (name == "a33_qlinear_qtdnn")
            options = options with { InputShapes = options.InputShapes.Add("", [10, 10]) };
        DiagnosticBag diagnostics = new(name);
        try
        {
            if (ModelCompiler.Compile(options, diagnostics) is CompiledModel model)
                return Line(name, model, diagnostics);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"| {name} | {e.GetType().Name} | | | | | | | | | |";
        }
        return $"| {name} | {diagnostics.Items.First(d => d.Descriptor.Severity == Severity.Error).Descriptor.Code} | | | | | | | | | |";
    }

    private static string Line(string name, CompiledModel model, DiagnosticBag diagnostics)
    {
        VerificationResult result = model.Verify(null, diagnostics).Result;
        OutputResult worst = result.Worst!;
        Cost cost = DesignCost.Of(model.Options, model.Model, model.Streams).Total;
        string codes = string.Join(", ", diagnostics.Items.Select(d => d.Descriptor.Code).Distinct());
        string lost = result.Sources.IsEmpty ? "" : $"{result.Sources[0].Name} {100 * result.Sources[0].Share:F0} %";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {result.Samples} | {Decibels(worst.Snr)} | {Decibels(worst.Budget)} | {result.Outputs.Max(o => o.MaxAbsError):G3} | {lost} | {cost.Lut:N0} | {cost.Ff:N0} | {cost.Dsp:N0} | {cost.LatencyCycles} | {codes} |");
    }

    private static string Decibels(double ratio) => double.IsPositiveInfinity(ratio) ? "exact" : ratio.ToString("F1", CultureInfo.InvariantCulture);
}
