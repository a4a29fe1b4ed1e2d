using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// report_utilization of Vivado, flat or hierarchical, at any stage. Block RAM is counted in tiles of 36 Kbit there.
/// </summary>
internal static partial class VivadoUtilization
{
    public static DesignReport? Read(ReportText report)
    {
        if (!report.Contains("Utilization Design Information") && !report.Contains("report_utilization"))
            return null;
        string? state = report.Find(State());
        DesignReport design = new(IsPlaced(state) ? SynthesisStage.Implementation : SynthesisStage.Logic, "Vivado")
        {
            ToolVersion = report.Find(Version()),
            Part = report.Find(Device()),
            Top = report.Find(Design()),
        };
        if (report.Boxes.FirstOrDefault(t => t.HasColumns("Instance", "Module", "Total LUTs")
            && t.Rows.Length > 0) is TextTable hierarchy)
        {
            ImmutableArray<ModuleFigures> modules = [.. hierarchy.Rows.Select(r => Module(hierarchy, r))];
            return design with { Used = modules[0].Used, Modules = modules[1..] };
        }
        ResourceFigures used = Resources(report.Boxes, "Used"), available = Resources(report.Boxes, "Available");
        return used.Lut is null && used.Ff is null && used.Dsp is null
            ? throw report.Lacks("the rows of LUTs, registers and DSPs")
            : design with { Used = used, Available = available };
    }

    // A synthesized design is optimized before it is placed: its cells are those of logic synthesis still.
    private static bool IsPlaced(string? state) => state is not null
        && !state.StartsWith("Synth", StringComparison.OrdinalIgnoreCase)
        && !state.StartsWith("Optimi", StringComparison.OrdinalIgnoreCase);

    // Rows are indented below the row that they are part of; names differ by family: Slice LUTs, CLB LUTs, LUTs.
    private static ResourceFigures Resources(ImmutableArray<TextTable> tables, string column)
    {
        return new ResourceFigures(
            Figure.Count(Cell("LUTs")), Figure.Count(Cell("Registers")),
                Figure.Count(Cell("DSPs") ?? Cell("DSP Slices") ?? Cell("DSP Blocks")),
            Figure.Tiles(Cell("Block RAM Tile")), Figure.Count(Cell("URAM")));

        string? Cell(string name)
        {
            foreach (TextTable table in tables.Where(t => t.HasColumns("Site Type", column)))
            {
                foreach (ImmutableArray<string> row in table.Rows)
                {
                    string label = row[0].TrimEnd('*', ' ');
                    if (label == name || label.EndsWith(" " + name, StringComparison.Ordinal))
                        return table.Cell(row, column);
                }
            }
            return null;
        }
    }

    private static ModuleFigures Module(TextTable table, ImmutableArray<string> row) => new(
        table.Cell(row, "Module")!, Cycles.Unknown, Cycles.Unknown,
        new ResourceFigures(
            Figure.Count(table.Cell(row, "Total LUTs")), Figure.Count(table.Cell(row, "FFs")),
                Figure.Count(table.Cell(row, "DSP")),
            (2 * Figure.Count(table.Cell(row, "RAMB36"))) + Figure.Count(table.Cell(row, "RAMB18")),
                Figure.Count(table.Cell(row, "URAM"))),
        table.Cell(row, "Instance"));

    [GeneratedRegex(@"^\| Tool Version[ \t]*:.*?v\.?([0-9][0-9.]*)", RegexOptions.Multiline)]
    internal static partial Regex Version();

    [GeneratedRegex(@"^\| Device[ \t]*:[ \t]*(\S+)", RegexOptions.Multiline)]
    internal static partial Regex Device();

    [GeneratedRegex(@"^\| Design[ \t]*:[ \t]*(\S+)", RegexOptions.Multiline)]
    internal static partial Regex Design();

    [GeneratedRegex(@"^\| Design State[ \t]*:[ \t]*([^\r\n]+)", RegexOptions.Multiline)]
    private static partial Regex State();
}
