using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>&lt;function&gt;_csynth.rpt of Vivado HLS and Vitis HLS: a function, and the instances in it.</summary>
internal static partial class CSynthText
{
    public static DesignReport? Read(ReportText report)
    {
        if (Title().Match(report.Text) is not { Success: true } title)
            return null;
        TextTable? timing = report.Boxes.FirstOrDefault(t => t.HasColumns("Clock", "Target", "Estimated"));
        TextTable? latency = report.Boxes.FirstOrDefault(t => t.Column("Latency", "min") >= 0
            && t.Column("Interval", "min") >= 0 && t.Column("Instance") < 0);
        TextTable? area = report.Boxes.FirstOrDefault(t => t.HasColumns("Name", "BRAM", "DSP", "FF", "LUT")
            && t.Row("Total") is not null);
        if (timing is not { Rows.Length: > 0 } || latency is not { Rows.Length: > 0 } || area is null)
            throw report.Lacks("the tables of timing (Target, Estimated), latency (min, max) and utilization (Total)");
        string? version = report.Find(Version());
        return new DesignReport(SynthesisStage.HighLevel, CSynthXml.Tool(version))
        {
            ToolVersion = version,
            Part = report.Find(Device()),
            Top = title.Groups[1].Value,
            Clock = new ClockFigures(
                Figure.Nanoseconds(timing.Cell(timing.Rows[0], "Target")),
                    Figure.Nanoseconds(timing.Cell(timing.Rows[0], "Estimated")),
                Figure.Nanoseconds(timing.Cell(timing.Rows[0], "Uncertainty"))),
            Latency = Latency(latency, latency.Rows[0]),
            Interval = Interval(latency, latency.Rows[0]),
            Used = Resources(area, area.Row("Total")),
            Available = Resources(area, area.Row("Available")),
            Modules = Modules(report.Boxes),
        };
    }

    private static ImmutableArray<ModuleFigures> Modules(ImmutableArray<TextTable> tables)
    {
        // One table has the instances' latency, another what they take; a table may list an instance that the other
        // leaves out.
        Dictionary<string, ModuleFigures> modules = [];
        List<string> order = [];
        foreach (TextTable table in tables.Where(t => t.HasColumns("Instance", "Module")))
        {
            foreach (ImmutableArray<string> row in table.Rows)
            {
                (string instance, string module) = (table.Cell(row, "Instance")!, table.Cell(row, "Module")!);
                if (instance.Length == 0 || module.Length == 0)
                    continue;
                if (!modules.TryGetValue(instance, out ModuleFigures? known))
                {
                    known = new ModuleFigures(module, Cycles.Unknown, Cycles.Unknown, ResourceFigures.Unknown,
                        instance);
                    order.Add(instance);
                }
                modules[instance] = known with
                {
                    Latency = Latency(table, row).Or(known.Latency),
                    Interval = Interval(table, row).Or(known.Interval),
                    Used = Resources(table, row).Or(known.Used),
                };
            }
        }
        return [.. order.Select(i => modules[i])];
    }

    private static Cycles Latency(TextTable table, ImmutableArray<string> row) =>
        new(Figure.Count(table.Cell(row, "Latency", "min", "!absolute")), null,
            Figure.Count(table.Cell(row, "Latency", "max", "!absolute")));

    private static Cycles Interval(TextTable table, ImmutableArray<string> row) =>
        new(Figure.Count(table.Cell(row, "Interval", "min")), null, Figure.Count(table.Cell(row, "Interval", "max")));

    private static ResourceFigures Resources(TextTable table, ImmutableArray<string>? row) =>
        row is { } cells && table.Column("LUT") >= 0 ? XmlFigures.Resources(name => table.Cell(cells, name))
            : ResourceFigures.Unknown;

    [GeneratedRegex(@"^== (?:Vivado|Vitis) HLS Report for '([^'\r\n]+)'", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(@"^\s*\* Version:\s+([0-9.]+)", RegexOptions.Multiline)]
    internal static partial Regex Version();

    [GeneratedRegex(@"^\s*\* Target device:\s+(\S+)", RegexOptions.Multiline)]
    internal static partial Regex Device();
}
