using System.Globalization;
using Hls4Net.Circuits.Mapping;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Targets;

namespace Hls4Net.Benchmarks;

/// <summary>
/// Trained networks in their own files as Verilog beside da4ml's and alkaid's, whose figures are read from the
/// PEERS.md that lies with the networks.
/// </summary>
internal static class SavedNetworksTable
{
    // Of more LUTs by estimate Yosys takes many minutes; their cost is compared with the peers' own costs.
    private const long MostSynthesized = 16_000;

    /// <summary>A row of the peers.</summary>
    /// <param name="Stages">Its stages.</param>
    /// <param name="Cost">The tool's own cost.</param>
    /// <param name="Lut">What Yosys counts, in the form that costs least; null where it was not run.</param>
    /// <param name="Ff">Registers by Yosys; null where it was not run.</param>
    /// <param name="Seconds">CPU time of the tool.</param>
    private sealed record Peer(int Stages, long Cost, long? Lut, long? Ff, double Seconds);

    /// <summary>A network at a clock, as it is here.</summary>
    /// <param name="Estimate">LUTs by estimate.</param>
    /// <param name="Lut">LUTs by Yosys; null where it was left out.</param>
    /// <param name="Ff">Registers by Yosys, else bits of registers.</param>
    /// <param name="Dsp">Multipliers.</param>
    /// <param name="Cycles">Latency.</param>
    /// <param name="Path">The longest path between registers by the model of delays, in nanoseconds.</param>
    /// <param name="Seconds">CPU time from the file to the Verilog.</param>
    private sealed record Ours(long Estimate, long? Lut, long Ff, long Dsp, int Cycles, double Path, double Seconds);

    /// <summary>The tables.</summary>
    /// <param name="networks">The folder of the networks.</param>
    /// <param name="kept">Where Yosys' figures are kept from run to run; null to leave Yosys out.</param>
    /// <param name="list">True to list every layer's part of the latency at the standard error.</param>
    public static string Measure(string networks, string? kept, bool list)
    {
        string peers = Path.Combine(networks, "PEERS.md");
        Dictionary<string, Peer> alkaid = Alkaid(peers), da4ml = Da4ml(peers), fast = Alkaid(peers, "2.1");
        string[] all = [.. alkaid.Keys.Where(n => Directory.Exists(Path.Combine(networks, n)))];
        List<string> small =
            [
                "| network | LUT | FF | DSP | cycles at 5 ns | da4ml: LUT | stages | alkaid: LUT | FF | stages | "
                + "LUTs of alkaid's | at 1 ns: cycles | longest path | alkaid: stages |",
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            ],
            large =
            [
                "| network | cost in LUT | cycles at 5 ns | CPU s | da4ml: cost | stages | CPU s | alkaid: cost "
                + "| stages | CPU s | cost of alkaid's |",
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            ];
        List<double> ratios = [], costs = [];
        // The first is compiled by the quick compiler, and is not counted.
        Build(Path.Combine(networks, all[0]), 5, null);
        foreach (string name in all)
        {
            Peer peer = alkaid[name];
            Peer? other = da4ml.GetValueOrDefault(name);
            Ours ours = Build(Path.Combine(networks, name), 5, kept, list);
            if (peer.Lut is null)
            {
                costs.Add((double)ours.Estimate / peer.Cost);
                large.Add(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {ours.Estimate:N0} | {ours.Cycles} | {ours.Seconds:F1} | {Count(other?.Cost)} | "
                    + $"{other?.Stages} | {other?.Seconds} | {peer.Cost:N0} | {peer.Stages} | {peer.Seconds} | "
                    + $"**{costs[^1]:F2}** |"));
                continue;
            }
            Ours quickest = Build(Path.Combine(networks, name), 1, null);
            ratios.Add((double)(ours.Lut ?? ours.Estimate) / peer.Lut.Value);
            small.Add(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {Count(ours.Lut)} | {ours.Ff:N0} | {ours.Dsp} | {ours.Cycles} | {Count(other?.Lut)} | "
                + $"{other?.Stages} | {peer.Lut:N0} | {Count(peer.Ff)} | {peer.Stages} | **{ratios[^1]:F2}** | "
                + $"{quickest.Cycles} | {quickest.Path:F2} ns | {fast.GetValueOrDefault(name)?.Stages} |"));
        }
        return string.Create(CultureInfo.InvariantCulture, $"""
            {DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup`, xcvu13p; before
            placing and routing. CPU times on {Table.Machine()}.

            {string.Join('\n', small)}

            LUTs of alkaid's, min–**median**–max: {Spread(ratios)}.

            {string.Join('\n', large)}

            Cost of alkaid's, min–**median**–max: {Spread(costs)}.

            """);
    }

    private static string Spread(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? "—" : string.Create(CultureInfo.InvariantCulture,
            $"{sorted[0]:F2}–**{(sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2:F2}**–"
            + $"{sorted[^1]:F2}");
    }

    private static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "—";

    private static Ours Build(string folder, double period, string? kept, bool list = false)
    {
        string path = Directory.GetFiles(folder, "model.*").Order(StringComparer.Ordinal).First();
        DiagnosticBag diagnostics = new(path);
        ModelOptions options = new()
        {
            ModelPath = path,
            Source = path,
            ModelName = "model",
            ClassName = "Model",
            Backend = KnownTargets.BackendOf("Rtl")!,
            ClockPeriod = period,
        };
        TimeSpan before = Environment.CpuUsage.TotalTime;
        RtlDesign design = (ModelCompiler.Compile(options, diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items))).Verilog;
        double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        if (list)
        {
            Console.Error.WriteLine(Path.GetFileName(folder));
            foreach (RtlLayer layer in design.Layers)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {layer.Layer.Name,-40} {layer.Layer.Operation.Kind,-14} {layer.Layer.Output.Type,-30} there in "
                    + $"cycle {layer.Cycle}, part {layer.Datapath.Phase}, {layer.Latency} of its own, path "
                    + $"{layer.Datapath.LongestPathNs:F2} ns, {RtlCost.Of(layer, design.Target.Family).Lut} LUT"));
        }
        long estimate = design.Layers.Sum(l => RtlCost.Of(l, design.Target.Family).Lut)
            + design.Links.Sum(l => CircuitLogic.CostOf(l.Hardware, design.Target.Family).Lut);
        double longest = design.Layers.Max(l => l.Datapath.LongestPathNs);
        long registers = design.Layers.Sum(l => l.RegisterBits) + design.RegisterBits;
        if (kept is null || estimate > MostSynthesized)
            return new Ours(estimate, null, registers, 0, design.Latency, longest, seconds);
        SynthesisFigures total = new LayerSynthesis(kept).Run(design)
            .Aggregate(SynthesisFigures.None, (sum, layer) => sum + layer.Figures);
        // The registers between layers are the top module's.
        return new Ours(estimate, total.Lut, total.Ff + design.RegisterBits, total.Dsp, design.Latency, longest,
            seconds);
    }

    // Tables by their headings; cells of a row by their columns.
    private static IEnumerable<string[]> Rows(string path, string heading)
    {
        bool inside = false;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                inside = line.StartsWith(heading, StringComparison.Ordinal);
            else if (inside && line.StartsWith("| ", StringComparison.Ordinal))
                yield return [.. line.Split('|').Skip(1).Select(c => c.Trim())];
        }
    }

    private static Dictionary<string, Peer> Alkaid(string path, string cutoff = "6.5") =>
        Rows(path, "## 2.").Where(r => r[1] == cutoff).ToDictionary(r => r[0], r => new Peer(
            (int)Number(r[2].Split('/')[0])!.Value, Number(r[4])!.Value, Number(r[11]), Number(r[12]), Seconds(r[14])),
            StringComparer.Ordinal);

    private static Dictionary<string, Peer> Da4ml(string path) => Rows(path, "## 1.").Where(r => r[1] == "5")
        .ToDictionary(r => r[0], r => new Peer((int)Number(r[2])!.Value, Number(r[3])!.Value, Number(r[8]),
            Number(r[9]), Seconds(r[11])), StringComparer.Ordinal);

    private static long? Number(string cell) => long.TryParse(cell.Trim(' ', '*'), NumberStyles.AllowThousands,
        CultureInfo.InvariantCulture, out long value) ? value : null;

    private static double Seconds(string cell) =>
        double.TryParse(cell, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
