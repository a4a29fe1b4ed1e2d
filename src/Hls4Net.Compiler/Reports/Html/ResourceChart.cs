namespace Hls4Net.Reports.Html;

/// <summary>For each kind of resource one bar, divided among the layers that take it.</summary>
internal static class ResourceChart
{
    /// <summary>Colours of the style sheet (c0 …); with more layers the smaller ones share a grey.</summary>
    private const int Colours = 8;

    private const double LabelWidth = 70, BarWidth = 740, ValueWidth = 90, RowHeight = 34, BarHeight = 20;

    private static readonly (string Name, Func<ReportCost, long?> Of)[] s_resources =
        [("LUT", c => c.Lut), ("FF", c => c.Ff), ("DSP", c => c.Dsp), ("BRAM", c => c.Bram18)];

    /// <summary>The picture with its legend; empty where no layer has a figure above zero.</summary>
    public static Markup Draw(Report report)
    {
        IReadOnlyList<ReportLayer> layers = LayerFigures.Divided(report);
        (string Name, Func<ReportCost, long?> Of, long Total)[] rows =
            [.. s_resources.Select(r => (r.Name, r.Of, layers.Sum(l => r.Of(l.Estimate) ?? 0)))
                .Where(r => r.Item3 > 0)];
        if (rows.Length == 0)
            return Markup.Empty;
        int[] colours = ColoursOf(layers, [.. rows.Select(r => r.Of)], [.. rows.Select(r => r.Total)]);
        return Markup.Of($"""
            <div class="scroll"><svg class="chart" viewBox="0 0 {LabelWidth + BarWidth + ValueWidth} {rows.Length * RowHeight}" role="img" aria-label="Resources by layer: {LayerFigures.Origin(report)}">
            {Markup.Join(rows.Select((r, i) => Row(layers, r.Name, r.Of, r.Total, colours, i * RowHeight)))}
            </svg></div>
            {Legend(layers, colours)}

            """);
    }

    /// <summary>For each layer its colour, in the network's order for the largest shares; -1 for the others.</summary>
    private static int[] ColoursOf(IReadOnlyList<ReportLayer> layers, Func<ReportCost, long?>[] resources,
        long[] totals)
    {
        double Share(int layer) => resources.Select((of, r) => (of(layers[layer].Estimate) ?? 0) / (double)totals[r])
            .Max();
        int[] colours = new int[layers.Count];
        Array.Fill(colours, -1);
        int[] largest = [.. Enumerable.Range(0, layers.Count).Where(i => Share(i) > 0).OrderByDescending(Share)
            .ThenBy(i => i).Take(Colours).Order()];
        for (int i = 0; i < largest.Length; i++)
            colours[largest[i]] = i;
        return colours;
    }

    private static Markup Row(IReadOnlyList<ReportLayer> layers, string name, Func<ReportCost, long?> of, long total,
        int[] colours, double y)
    {
        double top = y + ((RowHeight - BarHeight) / 2), middle = y + (RowHeight / 2) + 4;
        List<Markup> segments = [];
        long before = 0;
        for (int i = 0; i < layers.Count; i++)
        {
            long amount = of(layers[i].Estimate) ?? 0;
            if (amount == 0)
                continue;
            double x = LabelWidth + (BarWidth * before / total), width = BarWidth * amount / total;
            segments.Add(
                Markup.Of(
                    $"""<rect class="{Class(colours[i])}" x="{x}" y="{top}" width="{Math.Max(width - 1.5, 0.5)}" height="{BarHeight}"><title>{layers[i].Name}: {ReportText.Count(amount)} {name}, {ReportText.Percent(amount / (double)total)}</title></rect>"""));
            before += amount;
        }
        return Markup.Of($"""
            <text class="name" x="{LabelWidth - 12}" y="{middle}" text-anchor="end">{name}</text>{Markup.Join(segments)}
            <text class="note" x="{LabelWidth + BarWidth + 10}" y="{middle}">{ReportText.Count(total)}</text>

            """);
    }

    private static Markup Legend(IReadOnlyList<ReportLayer> layers, int[] colours)
    {
        IEnumerable<Markup> entries = layers.Select((layer, i) => (layer.Name, Colour: colours[i]))
            .Where(l => l.Colour >= 0).Select(l => Entry(l.Name, l.Colour));
        bool others = Enumerable.Range(0, layers.Count)
            .Any(i => colours[i] < 0 && s_resources.Any(r => r.Of(layers[i].Estimate) > 0));
        return Markup.Of(
            $"""<ul class="legend">{Markup.Join(entries)}{(others ? Entry("other layers", -1) : Markup.Empty)}</ul>""");
    }

    private static Markup Entry(string name, int colour) =>
        Markup.Of(
            $"""<li><svg width="11" height="11" aria-hidden="true"><rect class="{Class(colour)}" width="11" height="11" rx="2"/></svg>{name}</li>""");

    private static string Class(int colour) => colour < 0 ? "other" : $"c{colour}";
}
