using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Synthesis;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Transforms;

namespace Hls4Net.Tests.Estimation;

/// <summary>The tables of docs/estimates.md that say how far the estimates are from reports of synthesis tools.</summary>
public sealed partial class CalibrationTests
{
    private static readonly string s_page = Pages.Read("docs/estimates.md");

    [SkippableFact]
    public void The_latency_of_designs_is_that_of_their_modules_and_of_the_calls()
    {
        string[] files =
        [
            "vhls-2016.4_hls4ml_myproject/myproject_csynth.rpt", "vhls-2018.2_hls4ml_galapagos/myproject_csynth.rpt", "vhls-2020.1_cicada_like_ad/myproject_csynth.rpt",
            "vitis-2024.1_hls4ml_openml/myproject_csynth.rpt", "vitis-2025.1_hls4ml_iris/myproject_csynth.rpt",
        ];
        AssertRows(files.Select(file =>
        {
            DesignReport report = Report(file);
            int[] modules = [.. report.Modules.Select(m => (int)m.Latency.Worst!.Value)];
            return $"| `{file.Split('/')[0]}` | {modules.Sum()} | {modules.Sum(Estimator.WithCall)} | {report.Latency.Worst} |";
        }));
    }

    [SkippableFact]
    public void Products_are_in_dsp_blocks_where_the_tool_puts_them()
    {
        int multipliers = 0;
        foreach (string path in Directory.EnumerateFiles(SharedData.Require("hls-reports"), "csynth.xml", SearchOption.AllDirectories))
        {
            foreach (Match node in Multiplier().Matches(File.ReadAllText(path)))
            {
                int a = Number(node, "a"), b = Number(node, "b");
                Assert.True(Estimator.UsesDsp(a, b) == (Number(node, "dsp") > 0), $"{path}: {node.Value}");
                multipliers++;
            }
        }
        Assert.Contains($"all {multipliers} multipliers", s_page.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    // The report has no weights: the same number of others, uniform in [-1, 1], stands for them.
    [SkippableFact]
    public void Matrix_products_are_compared_with_those_of_a_report()
    {
        (int Inputs, int Outputs, string Module)[] layers = [(4, 8, "config2_s"), (8, 8, "config4_s"), (8, 3, "config6_s")];
        DesignReport report = Report("vitis-2025.1_hls4ml_iris/csynth.xml");
        AssertRows(layers.Select(l =>
        {
            ModuleFigures real = report.Modules.Single(m => m.Name.StartsWith("dense", StringComparison.Ordinal) && m.Name.EndsWith(l.Module, StringComparison.Ordinal));
            Cost estimate = Dense(l.Inputs, l.Outputs);
            return string.Create(CultureInfo.InvariantCulture, $"| {l.Inputs} → {l.Outputs} | {estimate.LatencyCycles} / {real.Latency.Worst} | {estimate.Dsp} / {real.Used.Dsp} | {estimate.Lut:N0} / {real.Used.Lut:N0} | {estimate.Ff:N0} / {real.Used.Ff:N0} |");
        }));
    }

    [SkippableFact]
    public void Logic_synthesis_is_compared_with_high_level_synthesis()
    {
        (string Folder, string HighLevel)[] designs = [("vhls-2020.1_cicada_like_ad", "myproject_csynth.rpt"), ("vhls-2020.1_emtf_nn", "csynth.xml"), ("vhls-2020.1_hls4ml_pruned_cnn", "myproject_csynth.rpt")];
        AssertRows(designs.Select(d =>
        {
            ResourceFigures high = Report($"{d.Folder}/{d.HighLevel}").Used, logic = Report($"{d.Folder}/vivado_synth.rpt").Used;
            return string.Create(CultureInfo.InvariantCulture, $"| `{d.Folder}` | {high.Lut:N0} → {logic.Lut:N0} | {high.Ff:N0} → {logic.Ff:N0} | {high.Dsp:N0} → {logic.Dsp:N0} | {high.Bram18:N0} → {logic.Bram18:N0} |");
        }));
    }

    private static void AssertRows(IEnumerable<string> rows) => Assert.All(rows, row => Assert.True(s_page.Contains(row + "\n", StringComparison.Ordinal), row));

    private static DesignReport Report(string file) => ReportReader.ReadFile(SharedData.Require(["hls-reports", .. file.Split('/')]));

    private static Cost Dense(int inputs, int outputs)
    {
        Random random = new(1);
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        PrecisionSpec type = ModelHarness.Precision("fixed(16,6)");
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, inputs).Output("y").Weights("w", [inputs, outputs], Values(inputs * outputs)).Weights("b", [outputs], Values(outputs))
            .Node("Gemm", ["x", "w", "b"], "y").Save(folder) with
        { Defaults = new LayerSettings(type, type, type, type, null, null) };
        Layer layer = Assert.Single(ModelHarness.Compile(options).Model.Layers);
        return Estimator.For(layer, 5);
    }

    private static int Number(Match node, string group) => int.Parse(node.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("""<BindNode [^>]*DSP="(?<dsp>[0-9]+)"[^>]*OPTYPE="mul"[^>]*RTLNAME="mul_(?<a>[0-9]+)n?s_(?<b>[0-9]+)n?s_""")]
    private static partial Regex Multiplier();
}
