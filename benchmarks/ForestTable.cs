using System.Globalization;
using System.Text;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Forests;

namespace Hls4Net.Benchmarks;

/// <summary>What Yosys makes of forests, and in how many cycles they answer.</summary>
internal static class ForestTable
{
    private sealed record Entry(string Name, byte[] Model, string File, string Features, string Votes, double Clock);

    /// <param name="shared">The folder with the shared models.</param>
    /// <param name="folder">A folder to work in.</param>
    /// <param name="only">A part of the names of those that are measured.</param>
    public static string Measure(string shared, string folder, string only)
    {
        List<string> lines =
        [
            $"{DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup`, the forests without "
            + "what is behind them; not placed. Cycles count the registers of the results.",
            "",
            "| forest | branches | thresholds | features | votes | clock | LUT | LUT / branch | FF | cycles | ns |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ];
        foreach (Entry entry in Entries(shared).Where(e => e.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            lines.Add(Row(entry, folder));
            Console.Error.WriteLine(lines[^1]);
        }
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<Entry> Entries(string shared)
    {
        string track = Path.Combine(shared, "models", "a24_bdt_l1_track_quality", "model.onnx");
        if (File.Exists(track))
        {
            const string Name = "CMS track quality, 60 trees of depth 3";
            yield return new Entry(Name, Gridded(track, 16), "model.onnx", "ufixed(16,16)", "fixed(11,1,RND,SAT)", 5);
            yield return new Entry($"{Name}, ranks", Gridded(track, 7), "model.onnx", "ufixed(7,7)",
                "fixed(7,1,RND,SAT)", 5);
        }
        foreach (int bits in new[] { 4, 3 })
        {
            JetForest jets = JetForest.Of(bits == 4 ? 13 : 4, bits == 4 ? 5 : 4);
            yield return new Entry($"toy jets, {jets.Trees} trees of depth {jets.Depth}, {jets.Accuracy:P1} right",
                Encoding.UTF8.GetBytes(jets.Model), "jets.txt", "ufixed(8,8)", jets.Votes(bits), 2);
        }
        yield return Random(300, 3, 4, 5);
        yield return Random(20, 1, 10, 4.5);
        yield return Random(20, 1, 10, 3.3);
    }

    private static Entry Random(int trees, int classes, int depth, double clock) =>
        new($"random, {trees} trees of depth {depth}{(classes > 1 ? $", {classes} classes" : "")}",
            LargeForestModel.Of(trees, classes, depth, 8).ToByteArray(), "model.onnx", "fixed(16,16)",
            "fixed(11,1,RND,SAT)", clock);

    private static byte[] Gridded(string path, int bits)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        GriddedForest.Regrid(model, bits);
        return model.ToByteArray();
    }

    private static string Row(Entry entry, string folder)
    {
        string path = Path.Combine(folder, entry.File);
        File.WriteAllBytes(path, entry.Model);
        string input = entry.File.EndsWith(".txt", StringComparison.Ordinal) ? "x"
            : ModelProto.Parser.ParseFrom(entry.Model).Graph.Input[0].Name;
        DiagnosticBag diagnostics = new(entry.Name);
        ModelOptions options = new()
        {
            ModelPath = path,
            Source = entry.Name,
            ModelName = "forest",
            ClassName = "Forest",
            ClockPeriod = entry.Clock,
            Defaults = LayerSettings.Unset with { WeightPrecision = PrecisionSpec.TryParse(entry.Votes, out _) },
            Layers = [new LayerOverride(input, LayerSettings.Unset with
            {
                Precision = PrecisionSpec.TryParse(entry.Features, out _),
            })],
        };
        CompiledModel model = ModelCompiler.Compile(options, diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items));
        RtlDesign design = model.Verilog;
        RtlLayer layer = design.Layers.First(l => l.Layer.Operation is Forest { IsLookup: false });
        Forest forest = (Forest)layer.Layer.Operation;
        SynthesisFigures figures = new LayerSynthesis(Path.Combine(folder, Guid.NewGuid().ToString("N")))
            .Run(design with { Layers = [layer], Links = [] })[0].Figures;
        int branches = forest.Trees.Sum(t => t.Branches.Length), cycles = layer.Latency + 1,
            thresholds = forest.Trees.SelectMany(t => t.Branches).Select(b => b.Split).Distinct().Count();
        return string.Create(CultureInfo.InvariantCulture,
            $"| {entry.Name} | {branches:N0} | {thresholds:N0} | {forest.Columns} × `{entry.Features}` | "
            + $"`{forest.Leaves.Type}` | {entry.Clock} ns | {figures.Lut:N0} | {(double)figures.Lut / branches:F2} | "
            + $"{figures.Ff:N0} | {cycles} | {cycles * entry.Clock:F1} |");
    }
}
