using System.Collections.Immutable;
using System.Text.Json;

namespace Hls4Net.Synthesis.Readers;

/// <summary>hls_data.json and solution1_data.json of Vitis HLS: the metrics of every module.</summary>
internal static class HlsDataReport
{
    public static DesignReport? Read(string text, string path)
    {
        using JsonDocument document = JsonFigures.Parse(text, path);
        JsonElement root = document.RootElement;
        if (root.Member("ClockInfo") is not JsonElement clock || root.Text("Top") is not string top)
            return null;
        if (root.At("ModuleInfo", "Metrics") is not { ValueKind: JsonValueKind.Object } metrics)
            throw ReportReader.Unreadable(path, "the report is not whole: looked for ModuleInfo/Metrics");
        ImmutableArray<(string Name, JsonElement Figures)> modules = [.. metrics.EnumerateObject()
            .Where(m => m.Value.ValueKind == JsonValueKind.Object).Select(m => (m.Name, m.Value))];
        JsonElement? own = modules.Where(m => m.Name == top).Select(m => (JsonElement?)m.Figures).FirstOrDefault();
        JsonElement? target = root.Member("Target");
        string? version = root.At("GenData", "ToolVersion").AsText();
        return new DesignReport(SynthesisStage.HighLevel, CSynthXml.Tool(version))
        {
            ToolVersion = version,
            Part = target is JsonElement t && t.Text("Device") is string device
                ? device + t.Text("Package") + t.Text("Speed") : null,
            Top = top,
            Clock = new ClockFigures(
                Figure.Nanoseconds(clock.Text("ClockPeriod")),
                    Figure.Nanoseconds(own.At("Timing", "Estimate").AsText()),
                    Figure.Nanoseconds(clock.Text("Uncertainty"))),
            Latency = Latency(own).Or(Cycles.Of(Figure.Count(clock.Text("Latency")))),
            Interval = Figure.Range(clock.Text("II")),
            Used = Resources(own, ""),
            Available = Resources(own, "AVAIL_"),
            Modules = [.. modules.Where(m => m.Name != top).Select(m => new ModuleFigures(
                m.Name, Latency(m.Figures),
                    Figure.Range(((JsonElement?)m.Figures).At("Latency", "PipelineII").AsText()),
                    Resources(m.Figures, "")))],
        };
    }

    private static Cycles Latency(JsonElement? module) => new(
        Figure.Count(module.At("Latency", "LatencyBest").AsText()),
            Figure.Count(module.At("Latency", "LatencyAvg").AsText()),
        Figure.Count(module.At("Latency", "LatencyWorst").AsText()));

    private static ResourceFigures Resources(JsonElement? module, string prefix)
    {
        if (module.At("Area") is not { ValueKind: JsonValueKind.Object } area)
            return ResourceFigures.Unknown;
        Dictionary<string, string?> amounts = [];
        foreach (JsonProperty p in area.EnumerateObject())
            amounts[p.Name] = ((JsonElement?)p.Value).AsText();
        return XmlFigures.Resources(name =>
            amounts.FirstOrDefault(a => a.Key.StartsWith(prefix + name, StringComparison.OrdinalIgnoreCase)).Value);
    }
}
