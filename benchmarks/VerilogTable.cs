using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Text;

namespace Hls4Net.Benchmarks;

/// <summary>Whole networks as Verilog: what Yosys counts layer by layer, and what a co-simulation gives.</summary>
internal static class VerilogTable
{
    private const int Samples = 200;

    public static string Measure(IEnumerable<string> models, string folder)
    {
        List<string> lines =
        [
            $"{DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup`, xcvu13p; not placed.",
            "",
            "| network | clock | LUT | FF | DSP | BRAM18 | cycles | ns | interval | co-simulated samples | mismatches |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ];
        foreach (string path in models)
        {
            foreach (double period in new[] { 5, 2.5 })
                lines.Add(Row(path, period, folder));
        }
        return string.Join('\n', lines) + "\n";
    }

    private static string Row(string path, double period, string folder)
    {
        string file = Path.GetFileNameWithoutExtension(path),
            name = file == "model" ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))! : file;
        DiagnosticBag diagnostics = new(name);
        ModelOptions options = new()
        {
            ModelPath = path,
            Source = name,
            ModelName = Identifiers.Of(name),
            ClassName = "Model",
            ClockPeriod = period
        };
        CompiledModel model = ModelCompiler.Compile(options, diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items));
        RtlDesign design = model.Verilog;
        SynthesisFigures total = new LayerSynthesis(Path.Combine(folder, "figures")).Run(design)
            .Aggregate(SynthesisFigures.None, (sum, layer) => sum + layer.Figures);
        Cosimulation cosimulation = new([design]);
        cosimulation.Add([.. model.Compilation.Samples(Samples)]);
        CosimulationResult result = cosimulation.Run(VerilogSimulator.Verilator,
            Directory.CreateDirectory(Path.Combine(folder, $"{name}_{period}")).FullName)[0];
        return string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {1000 / period:F0} MHz | {total.Lut:N0} | {total.Ff:N0} | {total.Dsp:N0} | {total.Bram18:N0} "
            + $"| {result.Latency} | {result.Latency * period:F1} | {result.Interval} | {result.Samples} | "
            + $"{result.Mismatches} |");
    }
}
