namespace Hls4Net.Reports.Html;

/// <summary>
/// The figures of single layers by the same source as those of the whole design: the synthesis tool's, of the modules
/// that became of a layer, else the estimates.
/// </summary>
internal static class LayerFigures
{
    /// <summary>Whose the figures are.</summary>
    public static string Origin(Report report) => report.Synthesis?.Tool ?? "Estimate";

    /// <summary>
    /// The layers with these figures in the place of their estimates; unknown where a tool names no module after a
    /// layer.
    /// </summary>
    public static IReadOnlyList<ReportLayer> Shown(Report report)
    {
        if (report.Synthesis is not ReportSynthesis synthesis)
            return report.Layers;
        ILookup<string?, ReportModule> modules = (synthesis.Modules ?? []).ToLookup(m => m.Layer);
        return [.. report.Layers.Select(l => l with { Estimate = Of([.. modules[l.Name]]) })];
    }

    /// <summary>
    /// The same, and what the whole design has beside them as one more, so that all of them add up to the design.
    /// </summary>
    public static IReadOnlyList<ReportLayer> Divided(Report report)
    {
        IReadOnlyList<ReportLayer> layers = Shown(report);
        if (layers.Count == 0)
            return layers;
        Figures all = Figures.Of(report);
        ReportCost rest = new(null, null, Rest(all.Dsp, c => c.Dsp), Rest(all.Lut, c => c.Lut), Rest(all.Ff, c => c.Ff),
            Rest(all.Bram18, c => c.Bram18));
        return [.. layers, layers[0] with { Name = "between layers", Estimate = rest }];

        long? Rest(long? whole, Func<ReportCost, long?> of) =>
            whole is long amount ? Math.Max(0, amount - layers.Sum(l => of(l.Estimate) ?? 0)) : null;
    }

    // A module's figures hold what is in it, and the parts of a layer's are modules of the layer too.
    private static ReportCost Of(ReportModule[] modules) => new(
        (int?)modules.Max(m => m.LatencyCycles), (int?)modules.Max(m => m.Interval), modules.Max(m => m.Dsp),
            modules.Max(m => m.Lut),
        modules.Max(m => m.Ff), modules.Max(m => m.Bram18));
}
