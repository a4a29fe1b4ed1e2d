using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Synthesis;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Estimation;

/// <summary>
/// The tables of docs/estimates.md that say how far the estimates are from reports of synthesis tools.
/// </summary>
public sealed partial class CalibrationTests
{
    private static readonly string s_page = Pages.Read("docs/estimates.md");

    [SkippableFact]
    public void The_latency_of_designs_is_that_of_their_modules_and_of_the_calls()
    {
        string[] files =
        [
            "vhls-2016.4_hls4ml_myproject/myproject_csynth.rpt", "vhls-2018.2_hls4ml_galapagos/myproject_csynth.rpt",
                "vhls-2020.1_cicada_like_ad/myproject_csynth.rpt",
            "vitis-2024.1_hls4ml_openml/myproject_csynth.rpt", "vitis-2025.1_hls4ml_iris/myproject_csynth.rpt",
        ];
        AssertRows(files.Select(file =>
        {
            DesignReport report = Report(file);
            int[] modules = [.. report.Modules.Select(m => (int)m.Latency.Worst!.Value)];
            return $"| `{file.Split('/')[0]}` | {modules.Sum()} | {modules.Sum(Estimator.WithCall)} | "
                + $"{report.Latency.Worst} |";
        }));
    }

    [SkippableFact]
    public void Products_are_in_dsp_blocks_where_the_tool_puts_them()
    {
        int multipliers = 0;
        foreach (string path in Directory.EnumerateFiles(SharedData.Require("hls-reports"), "csynth.xml",
            SearchOption.AllDirectories))
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
        (int Inputs, int Outputs, string Module)[] layers = [(4, 8, "config2_s"), (8, 8, "config4_s"),
            (8, 3, "config6_s")];
        DesignReport report = Report("vitis-2025.1_hls4ml_iris/csynth.xml");
        AssertRows(layers.Select(l =>
        {
            ModuleFigures real = report.Modules.Single(m => m.Name.StartsWith("dense", StringComparison.Ordinal)
                && m.Name.EndsWith(l.Module, StringComparison.Ordinal));
            return Row($"{l.Inputs} → {l.Outputs}", Dense(l.Inputs, l.Outputs), real);
        }));
    }

    // The same network with weights that stand for those of the report: normal, half of them pruned but for the last
    // layer, small as training with a penalty leaves them; of 6 bits, such as use them.
    [SkippableFact]
    public void A_streaming_network_is_compared_layer_by_layer()
    {
        DesignReport report = Report("vhls-2020.1_hls4ml_pruned_cnn/myproject_csynth.rpt");
        (CompiledModel model, DesignCost cost) = StreetNumbers(quantized: false);
        (string Layer, string Module)[] layers =
        [
            ("conv1", "16u_config2_s"), ("pool1", "16u_config6_s"), ("conv2", "16u_config7_s"),
                ("pool2", "16u_config11_s"), ("conv3", "24u_config12_s"), ("pool3", "24u_config16_s"),
            ("fc1", "42u_config17_s"), ("fc2", "64u_config21_s"), ("fc3", "10u_config25_s"),
        ];
        AssertRows(layers.Select(l =>
        {
            int index = model.Model.Layers.Select(x => x.Name).ToList().IndexOf("node_" + l.Layer);
            ModuleFigures real = report.Modules.Single(m => m.Name.EndsWith(l.Module, StringComparison.Ordinal)
                && !m.Name.StartsWith("relu", StringComparison.Ordinal));
            Cost estimate = cost.Layers[index];
            return Cells($"`{l.Layer}`", (estimate.Dsp, real.Used.Dsp), (estimate.Lut, real.Used.Lut),
                (estimate.Ff, real.Used.Ff));
        }));
    }

    // The figures of the second are published beside those of the first, in the tutorial that both are from.
    [Theory]
    [InlineData(false, 1044, 1028, 5414, 245466, 52549, 100)]
    [InlineData(true, 1044, 1028, 340, 263280, 43847, 100)]
    public void Streaming_designs_are_compared_whole(bool quantized, long latency, long interval, long dsp, long lut,
        long ff, long bram)
    {
        Cost total = StreetNumbers(quantized).Cost.Total;
        AssertRows([Cells(quantized ? "6-bit weights and activations" : "16 bits", (total.LatencyCycles, latency),
            (total.Interval, interval), (total.Dsp, dsp), (total.Lut, lut), (total.Ff, ff), (total.Bram18, bram))]);
    }

    [SkippableFact]
    public void Logic_synthesis_is_compared_with_high_level_synthesis()
    {
        (string Folder, string HighLevel)[] designs = [("vhls-2020.1_cicada_like_ad", "myproject_csynth.rpt"),
            ("vhls-2020.1_emtf_nn", "csynth.xml"), ("vhls-2020.1_hls4ml_pruned_cnn", "myproject_csynth.rpt")];
        AssertRows(designs.Select(d =>
        {
            ResourceFigures high = Report($"{d.Folder}/{d.HighLevel}").Used,
                logic = Report($"{d.Folder}/vivado_synth.rpt").Used;
            return string.Create(CultureInfo.InvariantCulture,
                $"| `{d.Folder}` | {high.Lut:N0} → {logic.Lut:N0} | {high.Ff:N0} → {logic.Ff:N0} | {high.Dsp:N0} → "
                + $"{logic.Dsp:N0} | {high.Bram18:N0} → {logic.Bram18:N0} |");
        }));
    }

    private static void AssertRows(IEnumerable<string> rows) =>
        Assert.All(rows, row => Assert.True(s_page.Contains(row + "\n", StringComparison.Ordinal), row));

    private static DesignReport Report(string file) =>
        ReportReader.ReadFile(SharedData.Require(["hls-reports", .. file.Split('/')]));

    private static string Row(string name, Cost estimate, ModuleFigures real) =>
        Cells(name, (estimate.LatencyCycles, real.Latency.Worst), (estimate.Dsp, real.Used.Dsp),
            (estimate.Lut, real.Used.Lut), (estimate.Ff, real.Used.Ff));

    private static string Cells(string name, params (long Estimate, long? Real)[] figures) =>
        string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {string.Join(" | ", figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Estimate:N0} / {f.Real:N0}")))} |");

    // Three convolutions of 16, 16 and 24 filters with pooling, then 42, 64 and 10 units, on images of house numbers of
    // 32 × 32 pixels.
    private static (CompiledModel Model, DesignCost Cost) StreetNumbers(bool quantized)
    {
        Random random = new(2);
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3, 32, 32).Output("fc3");
        string last = "x";
        void Weights(string layer, int fanIn, bool pruned, params int[] shape)
        {
            double[] weights = [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b))
                .Select(_ => Normal(random) * (quantized ? 0.25 : 0.5 / Math.Sqrt(fanIn)))];
            double median = weights.Select(Math.Abs).Order().ElementAt(weights.Length / 2);
            model.Weights(layer + "_w", shape, [.. weights.Select(w => pruned && Math.Abs(w) < median ? 0 : w)])
                .Weights(layer + "_b", [shape[0]], [.. Enumerable.Repeat(0.125, shape[0])]);
        }
        void Add(string op, string name, string[] constants, params (string, object)[] attributes)
        {
            model.Node(op, [last, .. constants], name, attributes);
            last = name;
        }
        (int i, int channels) = (1, 3);
        foreach (int filters in (int[])[16, 16, 24])
        {
            Weights($"conv{i}", channels * 9, true, filters, channels, 3, 3);
            Add("Conv", $"conv{i}", [$"conv{i}_w", $"conv{i}_b"]);
            Add("Relu", $"relu{i}", []);
            Add("MaxPool", $"pool{i}", [], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
            (i, channels) = (i + 1, filters);
        }
        Add("Flatten", "flat", []);
        foreach ((string layer, int inputs, int units) in ((string, int, int)[])[("fc1", 96, 42), ("fc2", 42, 64),
            ("fc3", 64, 10)])
        {
            Weights(layer, inputs, layer != "fc3", units, inputs);
            Add("Gemm", layer, [$"{layer}_w", $"{layer}_b"], ("transB", 1));
            if (layer != "fc3")
                Add("Relu", "relu_" + layer, []);
        }
        PrecisionSpec type = ModelHarness.Precision("fixed(16,6)");
        using TempFolder folder = new();
        ModelOptions options = model.Save(folder) with
        {
            IOType = IOType.IoStream,
            Part = "xcu250-figd2104-2L-e",
            Defaults = new LayerSettings(type, quantized ? ModelHarness.Precision("fixed(6,1)") : type, type, type,
                null, null),
            Layers = quantized
                ? [new LayerOverride("Relu",
                    LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("ufixed(6,0,RND,SAT)") })] : [],
        };
        CompiledModel compiled = ModelHarness.Compile(options);
        return (compiled, DesignCost.Of(compiled.Options, compiled.Model, compiled.Streams));
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Cost Dense(int inputs, int outputs)
    {
        Random random = new(1);
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        PrecisionSpec type = ModelHarness.Precision("fixed(16,6)");
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, inputs).Output("y")
            .Weights("w", [inputs, outputs], Values(inputs * outputs)).Weights("b", [outputs], Values(outputs))
            .Node("Gemm", ["x", "w", "b"], "y").Save(folder) with
        { Part = "xc7z020clg400-1", Defaults = new LayerSettings(type, type, type, type, null, null) };
        Layer layer = Assert.Single(ModelHarness.Compile(options).Model.Layers);
        return Estimator.For(layer, Estimator.Clock(options));
    }

    private static int Number(Match node, string group) =>
        int.Parse(node.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        """<BindNode [^>]*DSP="(?<dsp>[0-9]+)"[^>]*OPTYPE="mul"[^>]*RTLNAME="mul_(?<a>[0-9]+)n?s_(?<b>[0-9]+)n?s_""")]
    private static partial Regex Multiplier();
}
