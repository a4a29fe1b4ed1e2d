using System.Collections.Immutable;

namespace Hls4Net.Synthesis.Readers;

/// <summary>csynth_design_size.rpt: how many instructions each function has after each phase of compilation.</summary>
internal static class DesignSize
{
    public static DesignReport? Read(ReportText report)
    {
        if (!report.Contains("== Design Size Report"))
            return null;
        TextTable table = report.Boxes.FirstOrDefault(t => t.HasColumns("Function", "Location", "Compile")
            && t.Rows.Length > 0)
            ?? throw report.Lacks("the table of functions and phases");
        return new DesignReport(SynthesisStage.HighLevel, "Vitis HLS")
        {
            Top = Name(table.Rows[0][0]),
            Modules = [.. table.Rows.Where(r => r[0].StartsWith('+'))
                .Select(r => new ModuleFigures(Name(r[0]), Cycles.Unknown, Cycles.Unknown, ResourceFigures.Unknown,
                    null, Instructions(r)))],
        };
    }

    private static string Name(string cell) => cell.TrimStart('+', ' ');

    // The last phase that lists the function; an asterisk marks what is large.
    private static long? Instructions(ImmutableArray<string> row) =>
        row.Skip(2).Select(c => Figure.Count(c.TrimEnd('*', ' '))).LastOrDefault(n => n is not null);
}
