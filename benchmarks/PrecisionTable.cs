using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Estimation;
using Hls4Net.Scheduling;
using Hls4Net.Verification;

namespace Hls4Net.Benchmarks;

/// <summary>
/// What automatic types keep of each floating-point model, and what they cost: 16 bits by range everywhere beside the
/// default options, which choose by effect, each on the folder's own vectors.
/// </summary>
internal static class PrecisionTable
{
    /// <summary>A table with a line for each model below the folders that has types to choose, and a summary.</summary>
    /// <param name="folders">Folders of models, each a folder with model.onnx and its vectors.</param>
    /// <param name="progress">Takes each line as it is found.</param>
    public static string Measure(IEnumerable<string> folders, Action<string> progress)
    {
        List<string> lines = ["| model | SNR, dB, by range | by effect | budget | LUT by range | by effect | | |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |"];
        List<(string Name, Figures Range, Figures Effect)> rows = [];
        List<string> refused = [];
        foreach (string folder in folders.SelectMany(Models).Where(f => File.Exists(Path.Combine(f, "model.onnx"))))
        {
            (Figures effect, bool isQuantized) = Compiled(folder, byRange: false);
            if (isQuantized)
                continue;
            (string Name, Figures Range, Figures Effect) row = (Path.GetFileName(folder),
                Compiled(folder, byRange: true).Figures, effect);
            if (row.Effect.Lut is null)
            {
                refused.Add(row.Name);
                continue;
            }
            rows.Add(row);
            lines.Add(Line(row.Name, row.Range, row.Effect));
            progress(lines[^1]);
        }
        progress($"{Summary(rows)}; refused: {string.Join(", ", refused)}");
        return string.Join('\n', lines) + "\n";
    }

    private static IOrderedEnumerable<string> Models(string folder) => Directory.GetDirectories(folder)
        .Order(StringComparer.Ordinal);

    private static string Summary(List<(string Name, Figures Range, Figures Effect)> rows)
    {
        var both = rows.Where(r => r.Range.Lut is > 0 && r.Effect.Lut is > 0).ToList();
        if (both.Count == 0)
            return $"{rows.Count} models";
        double[] changes = [.. both.Select(Change).Order()];
        var worst = both.MinBy(r => r.Effect.Snr - r.Effect.Budget);
        var lowest = both.MinBy(r => r.Effect.Snr);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count} models; LUT {Percent(changes[changes.Length / 2])} in the median, {Percent(changes[0])} "
            + $"({both.MinBy(Change).Name}) to {Percent(changes[^1])} ({both.MaxBy(Change).Name}); "
            + $"within their budgets {both.Count(r => r.Effect.Snr >= r.Effect.Budget)} by effect, "
            + $"{both.Count(r => r.Range.Snr >= r.Range.Budget)} by range; "
            + $"furthest from its budget {worst.Name}, {Decibels(worst.Effect.Snr)} of {Decibels(worst.Effect.Budget)} "
            + $"dB; lowest ratio {Decibels(lowest.Effect.Snr)} dB, {lowest.Name}");

        static double Change((string Name, Figures Range, Figures Effect) row) =>
            ((double)row.Effect.Lut! / (double)row.Range.Lut!) - 1;
    }

    private static string Line(string name, Figures range, Figures effect)
    {
        string change = range.Lut is > 0 && effect.Lut is not null
            ? Percent(((double)effect.Lut / (double)range.Lut) - 1) : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Decibels(range.Snr)} | {Decibels(effect.Snr)} | {Decibels(effect.Budget)} | {range.Lut:N0} | "
            + $"{effect.Lut:N0} | {change} | {effect.Codes} |");
    }

    private static (Figures Figures, bool IsQuantized) Compiled(string folder, bool byRange)
    {
        string name = Path.GetFileName(folder), vectors = Path.Combine(folder, "input.npy");
        ModelOptions options = new()
        {
            ModelPath = Path.Combine(folder, "model.onnx"),
            Source = name,
            ModelName = "model",
            ClassName = "Model",
            TestInputs = File.Exists(vectors) ? [vectors] : Directory.Exists(Path.Combine(folder, "test_data_set_0"))
                ? [folder] : [],
        };
        // Its frames are no samples: a sample is all ten of them.
        if (name == "a33_qlinear_qtdnn")
            options = options with { InputShapes = options.InputShapes.Add("", [10, 10]) };
        if (byRange)
            options =
                options with
                {
                    Defaults =
                    LayerSettings.Unset with { ResultPrecision = s_range, WeightPrecision = s_range }
                };
        DiagnosticBag diagnostics = new(name);
        try
        {
            if (ModelCompiler.Compile(options, diagnostics) is CompiledModel model)
            {
                bool quantized = model.Network.Nodes.Any(n =>
                    n.Operation is Graph.Operations.Requantize or Graph.Operations.QuantizedFunction);
                return (quantized ? new Figures(null, null, null, "") : Of(model, diagnostics), quantized);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (new Figures(null, null, null, e.GetType().Name), false);
        }
        return (new Figures(null, null, null,
            diagnostics.Items.First(d => d.Descriptor.Severity == Severity.Error).Descriptor.Code), false);
    }

    private static readonly PrecisionSpec s_range = new PrecisionSpec.Auto(16);

    private static Figures Of(CompiledModel model, DiagnosticBag diagnostics)
    {
        OutputResult worst = model.Verify(null, diagnostics).Result.Worst!;
        Cost cost = DesignCost.Of(model.Options, model.Model, model.Streams).Total;
        return new Figures(worst.Snr, worst.Budget, cost.Lut,
            string.Join(", ", diagnostics.Items.Select(d => d.Descriptor.Code).Where(IsOfPrecision).Distinct()));
    }

    // Whether a design fits into a part is another matter.
    private static bool IsOfPrecision(string code) => code.StartsWith("HLS3", StringComparison.Ordinal);

    private static string Percent(double change) => (change < 0 ? "−" : "+") + Math.Abs(100 * change)
        .ToString("F1", CultureInfo.InvariantCulture) + " %";

    private static string Decibels(double? ratio) => ratio is not double known ? "" : double.IsPositiveInfinity(known)
        ? "exact" : known.ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>What is measured of one choice of types; nothing where the model is refused.</summary>
    private sealed record Figures(double? Snr, double? Budget, long? Lut, string Codes);
}
