using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;

namespace Hls4Net.Benchmarks;

/// <summary>What automatic types keep of each model, and what they cost: default options, each folder's own vectors.</summary>
internal static class PrecisionTable
{
    // Enough for a ratio of powers.
    private const int MostSamples = 256;

    /// <summary>A table with a line for each model below the folders; of the quantized ones too, whose ratio is infinite where firmware and model are equal.</summary>
    /// <param name="folders">Folders of models, each a folder with model.onnx and its vectors.</param>
    /// <param name="progress">Takes each line as it is found.</param>
    public static string Measure(IEnumerable<string> folders, Action<string> progress)
    {
        List<string> lines = ["| model | vectors | SNR, dB | budget, dB | largest error | LUT | FF | DSP | cycles | warnings |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"];
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
            ModelPath = Path.Combine(folder, "model.onnx"), Source = name, ModelName = "model", ClassName = "Model", TestInputs = File.Exists(vectors) ? [vectors] : Directory.Exists(Path.Combine(folder, "test_data_set_0")) ? [folder] : [],
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
            return $"| {name} | {e.GetType().Name} | | | | | | | | |";
        }
        return $"| {name} | {diagnostics.Items.First(d => d.Descriptor.Severity == Severity.Error).Descriptor.Code} | | | | | | | | |";
    }

    private static string Line(string name, CompiledModel model, DiagnosticBag diagnostics)
    {
        TestVectors vectors = model.Vectors;
        int samples = Math.Min(MostSamples, vectors.Count);
        ReferenceSimulator reference = new(model.Network);
        ManagedSimulator firmware = new(model.Model.Network);
        SignalToNoise[] outputs = [.. model.Network.Outputs.Select(o => new SignalToNoise(o.Value.Shape.Size))];
        for (int i = 0; i < samples; i++)
        {
            ReadOnlySpan<double> sample = vectors.Input((int)((long)i * vectors.Count / samples));
            reference.Run(sample);
            firmware.Run(sample);
            for (int k = 0; k < outputs.Length; k++)
            {
                Value typed = model.Model.Network.Outputs[k].Value;
                double ulp = typed.Type.Ulp;
                outputs[k].Add(reference[model.Network.Outputs[k].Value], [.. firmware[typed].ToArray().Select(m => m * ulp)]);
            }
        }
        // The output that is furthest from what it may be, and of those without noise any.
        SignalToNoise worst = outputs.MaxBy(o => o.Noise / Math.Max(NoiseBudget.Of(null, o), double.Epsilon))!;
        DesignCost cost = DesignCost.Of(model.Options, model.Model, model.Streams);
        string codes = string.Join(", ", diagnostics.Items.Select(d => d.Descriptor.Code).Distinct());
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {samples} | {Decibels(worst.Decibels)} | {Decibels(SignalToNoise.Ratio(worst.Signal, NoiseBudget.Of(null, worst)))} | {outputs.Max(o => o.LargestError):G3} | {cost.Total.Lut:N0} | {cost.Total.Ff:N0} | {cost.Total.Dsp:N0} | {cost.Total.LatencyCycles} | {codes} |");
    }

    private static string Decibels(double ratio) => double.IsPositiveInfinity(ratio) ? "exact" : ratio.ToString("F1", CultureInfo.InvariantCulture);
}
