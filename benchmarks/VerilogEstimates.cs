using System.Globalization;
using Hls4Net.Circuits.Mapping;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Estimation;
using Hls4Net.Programs.Mapping;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;

namespace Hls4Net.Benchmarks;

/// <summary>
/// Random layers as Verilog, their cost as <see cref="RtlCost"/> estimates it beside what Yosys makes of them.
/// </summary>
internal static class VerilogEstimates
{
    // Of fewer LUTs or registers a relative error says nothing.
    private const int Least = 16;

    private sealed record Sample(string Kind, int Seed, Cost Estimate, SynthesisFigures Figures);

    /// <summary>Synthesizes the layers of so many networks and prints what was found.</summary>
    /// <param name="count">How many networks.</param>
    /// <param name="folder">A folder to work in.</param>
    /// <param name="kept">Where figures are kept from run to run.</param>
    /// <param name="list">True to list every layer at the standard error.</param>
    public static string Measure(int count, string folder, string kept, bool list)
    {
        List<Sample> samples = [];
        LayerSynthesis synthesis = new(kept);
        for (int seed = 0; seed < count; seed++)
        {
            string model = Path.Combine(folder, $"fit{seed}.onnx");
            (string kind, ModelOptions options) = RandomLayer.Write(seed, model);
            DiagnosticBag diagnostics = new(kind);
            RtlDesign design = (ModelCompiler.Compile(options, diagnostics)
                ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items))).Verilog;
            foreach (LayerFigures layer in synthesis.Run(design))
                samples.Add(new Sample(kind, seed, Estimate(design, layer), layer.Figures));
        }
        if (list)
        {
            foreach (Sample s in samples.OrderBy(s => s.Kind))
                Console.Error.WriteLine(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{s.Seed,4} {s.Kind,-14} LUT {s.Estimate.Lut,6} / {s.Figures.Lut,6} "
                        + $"{Error(s.Estimate.Lut, s.Figures.Lut),7:F1} %  FF {s.Estimate.Ff,6} / {s.Figures.Ff,6}  "
                        + $"DSP {s.Estimate.Dsp} / {s.Figures.Dsp} BRAM {s.Figures.Bram18}"));
        }
        List<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup`: {samples.Count} "
                + $"layers of {count} random networks."),
            "",
            "| layers | LUT: median error | largest tenth from | FF: median error | largest tenth from | DSP: sum | "
            + "estimated |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            Row("all", samples),
            .. samples.GroupBy(s => s.Kind).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => Row($"{g.Key} ({g.Count()})", [.. g])),
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static Cost Estimate(RtlDesign design, LayerFigures layer)
    {
        if (layer.Layer is not null)
            return RtlCost.Of(layer.Layer, design.Target.Family);
        ModuleCost link = CircuitLogic.CostOf(design.Links.Single(l => l.Module == layer.Module).Hardware,
            design.Target.Family);
        return new Cost(0, 1, link.Dsp, link.Lut, link.Ff, link.Bram18);
    }

    private static string Row(string what, IReadOnlyCollection<Sample> samples)
    {
        double[] lut = Errors(samples, s => s.Estimate.Lut, s => s.Figures.Lut),
            ff = Errors(samples, s => s.Estimate.Ff, s => s.Figures.Ff);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {Quantile(lut, 0.5)} | {Quantile(lut, 0.9)} | {Quantile(ff, 0.5)} | {Quantile(ff, 0.9)} | "
            + $"{samples.Sum(s => s.Figures.Dsp)} | {samples.Sum(s => s.Estimate.Dsp)} |");
    }

    private static double Error(double estimate, double figure) => 100 * (estimate - figure) / figure;

    private static double[] Errors(IEnumerable<Sample> samples, Func<Sample, long> estimate,
        Func<Sample, long> figure) =>
        [.. samples.Where(s => figure(s) >= Least).Select(s => Math.Abs(Error(estimate(s), figure(s)))).Order()];

    private static string Quantile(double[] sorted, double part) =>
        sorted.Length == 0 ? "—" : sorted[(int)(part * (sorted.Length - 1))]
            .ToString("F1", CultureInfo.InvariantCulture) + " %";
}
