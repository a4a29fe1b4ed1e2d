using Hls4Net.Reports.Html;

namespace Hls4Net.Reports;

/// <summary>Writes report.html: one page that needs nothing else, with no scripts, for screens and paper.</summary>
public static class ReportHtml
{
    private static readonly Lazy<string> s_style = new(() =>
    {
        using Stream stream = typeof(ReportHtml).Assembly.GetManifestResourceStream("Hls4Net.Reports.report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    /// <summary>The text of report.html; equal reports give equal bytes.</summary>
    public static string Write(Report report) => Page(report).ToString().ReplaceLineEndings("\n");

    private static Markup Page(Report report) => Markup.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="Hls4Net">
        <title>{report.Model} – firmware report</title>
        <style>
        {Markup.Trusted(s_style.Value)}</style>
        </head>
        <body>
        <main>
        {Header(report)}
        {SummaryCards.Draw(report)}
        {Notes(report)}
        {Section("Budgets", Budgets(report))}
        {Section("Warnings", Warnings(report))}
        {Section("Layers", LayerTable.Draw(report))}
        {Section("Bits of each layer", RangeChart.Draw(report), """
            Each bar spans the bits of a layer's result type, the most significant to the left,
            without the sign. The solid part is what
            the test vectors' largest value needs,
                before it is converted to the type; the pale part to the left of it is headroom. Red reaches beyond the type. The stronger
            grid line, 2⁰, is the binary point.
            """)}
        {Section("Resources by layer", ResourceChart.Draw(report), $"{LayerFigures.Origin(report)}: each bar is the whole design, divided among the layers in the network's order.")}
        {Section("Inputs and outputs", Ports(report))}
        {Section("Synthesis", Synthesis(report))}
        {Section("How these numbers were made", Method(report))}
        </main>
        </body>
        </html>

        """);

    private static Markup Header(Report report) => Markup.Of($"""
        <header>
        <p class="kind">Firmware report</p>
        <h1>{report.Model}</h1>
        <dl>
        <div><dt>Source</dt><dd>{report.Source}</dd></div>
        <div><dt>Part</dt><dd>{report.Part}</dd></div>
        <div><dt>Clock</dt><dd>{ReportText.Real(report.ClockPeriodNs)} ns ({ReportText.Real(1000 / report.ClockPeriodNs)} MHz)</dd></div>
        <div><dt>Backend</dt><dd>{report.Backend}, {report.IoType}</dd></div>
        </dl>
        </header>
        """);

    private static Markup Section(string title, Markup content, string caption = "") => content == Markup.Empty ? content : Markup.Of($"""
        <section>
        <h2>{title}</h2>
        {(caption.Length == 0 ? Markup.Empty : Markup.Of($"""<p class="caption">{caption}</p>"""))}
        {content}</section>
        """);

    private static Markup Notes(Report report) => report.Notes is not { IsDefaultOrEmpty: false } notes
        ? Markup.Empty
        : Markup.Of($"""<ul class="notes">{Markup.Join(notes.Select(n => Markup.Of($"<li>{n}</li>")))}</ul>""");

    private static Markup Budgets(Report report) => report.Budgets is not { IsDefaultOrEmpty: false } budgets ? Markup.Empty : Markup.Of($"""
        <div class="scroll"><table>
        <thead><tr><th>Budget</th><th class="n">Allowed</th><th class="n">Found</th><th>By</th><th>State</th></tr></thead>
        <tbody>{Markup.Join(budgets.Select(b => Markup.Of($"""<tr class="{b.State}"><td><strong>{b.Option}</strong></td><td class="n">{Exactly(b.Limit)}</td><td class="n">{Exactly(b.Figure)}</td><td>{b.Origin}</td><td>{b.State}</td></tr>""")))}</tbody>
        </table></div>

        """);

    private static string Exactly(double? value) =>
        value?.ToString("#,0.######", System.Globalization.CultureInfo.InvariantCulture) ?? ReportText.Unknown;

    private static Markup Warnings(Report report) => report.Warnings is not { IsDefaultOrEmpty: false } warnings
        ? Markup.Empty
        : Markup.Of(
            $"""<ul class="warnings">{Markup.Join(warnings.Select(w => Markup.Of($"<li><strong>{w.Code}</strong> {w.Text}</li>")))}</ul>""");

    private static Markup Ports(Report report)
    {
        IEnumerable<Markup> rows = report.Inputs.Select(p => Port("input", p))
            .Concat(report.Outputs.Select(p => Port("output", p)));
        return Markup.Of($"""
            <div class="scroll"><table>
            <thead><tr><th>Name</th><th>Direction</th><th>Shape</th><th>Type</th><th class="n">Largest error</th><th class="n">SNR</th><th class="n">Budget</th></tr></thead>
            <tbody>{Markup.Join(rows)}</tbody>
            </table></div>

            """);
    }

    private static Markup Port(string direction, ReportPort port) =>
        Markup.Of(
            $"""<tr><td><strong>{Names.Breakable(port.Name)}</strong></td><td>{direction}</td><td class="nowrap">{ReportText.Shape(port.Shape)}</td><td><code>{port.Type}</code>{Elements(port)}</td><td class="n">{ReportText.Real(port.MaxAbsError)}</td><td class="{(port.SnrDb < port.SnrBudgetDb ? "n bad" : "n")}">{ReportText.Decibels(port.SnrDb)}</td><td class="n">{ReportText.Decibels(port.SnrBudgetDb)}</td></tr>""");

    private static Markup Elements(ReportPort port) => port.ElementTypes is { IsDefaultOrEmpty: false } types
        ? Markup.Of($"""<br/>by element: <code>{string.Join("; ", types)}</code>""")
        : port.Labels is { IsDefaultOrEmpty: false } labels
            ? Markup.Of($"""<br/>{string.Join("; ", labels.Select((l, i) => $"{i}: {l}"))}""")
            : Markup.Empty;

    /// <summary>What the tool found beside what was estimated.</summary>
    private static Markup Synthesis(Report report)
    {
        if (report.Synthesis is not { } synthesis)
            return Markup.Empty;
        Figures tool = Figures.Of(synthesis),
            estimate = Figures.Of(report.Estimate) with { Origin = report.EstimateLabel };
        ReportResources? device = SynthesisSection.Device(report);
        Figures available = new("available", false, null, null, device?.Lut, device?.Ff, device?.Dsp, device?.Bram18,
            null);
        IEnumerable<Markup> modules = (synthesis.Modules ?? []).Select(m => Row(
            new Figures(m.Layer is null || m.Layer == m.Name ? m.Name : $"{m.Name} ({m.Layer})", false, m.LatencyCycles,
                m.Interval, m.Lut, m.Ff, m.Dsp, m.Bram18, null)));
        return Markup.Of($"""
            <div class="scroll"><table>
            <thead><tr><th></th><th class="n">Latency</th><th class="n">Interval</th><th class="n">LUT</th><th class="n">FF</th><th class="n">DSP</th><th class="n">BRAM</th><th class="n">Fmax, MHz</th></tr></thead>
            <tbody>{Row(tool)}{(device is null ? Markup.Empty : Row(available))}{Row(estimate)}{Markup.Join(modules)}</tbody>
            </table></div>
            {(synthesis.ClockEstimatedNs is null ? Markup.Empty : Markup.Of($"<p>Clock: {ReportText.Real(synthesis.ClockEstimatedNs)} ns reached of {ReportText.Real(synthesis.ClockTargetNs)} ns asked for, as {synthesis.ClockFrom ?? synthesis.ResourcesFrom ?? synthesis.Tool} says.</p>"))}
            {(synthesis.CosimSamples is null ? Markup.Empty : Markup.Of($"<p>Co-simulation: {ReportText.Plural(synthesis.CosimSamples, "sample")}, {ReportText.Count(synthesis.CosimMismatches)} of them different from the simulators.</p>"))}
            {(synthesis.Note is null ? Markup.Empty : Markup.Of($"<p>{synthesis.Note}.</p>"))}

            """);

        static Markup Row(Figures f) =>
            Markup.Of(
                $"""<tr><td><strong>{Names.Breakable(f.Origin)}</strong></td><td class="n">{ReportText.Count(f.LatencyCycles)}</td><td class="n">{ReportText.Count(f.Interval)}</td><td class="n">{ReportText.Count(f.Lut)}</td><td class="n">{ReportText.Count(f.Ff)}</td><td class="n">{ReportText.Count(f.Dsp)}</td><td class="n">{ReportText.Count(f.Bram18)}</td><td class="n">{ReportText.Real(f.FmaxMhz)}</td></tr>""");
    }

    private static Markup Method(Report report)
    {
        ReportVerification v = report.Verification;
        string vectors = v.Vectors switch
        {
            "random" =>
                ", made at random, because the project names none: they say little about the values of real data",
            "files" => ", the project's",
            _ => "",
        };
        string reference = v.Reference == "files" ? "the expected outputs that the project names"
            : "the model computed in floating point";
        string executions = v.ManagedMatchesNative switch
        {
            true => "The generated C++, compiled, and the managed simulator both ran them and gave the same bits.",
            false =>
                "The generated C++, compiled, and the managed simulator gave different bits: one of them is wrong.",
            null => $"Only one execution, the {v.Simulator} simulator, ran them.",
        };
        return Markup.Of($"""
            <dl class="method">
            <dt>Errors, agreement, overflows</dt><dd>From running {ReportText.Plural(v.Samples, "test vector")}{vectors}. {executions} Errors are absolute differences from {reference}.</dd>
            <dt>Latency, interval, resources</dt><dd>{(report.Synthesis is { } s ? $"Reported by {s.Tool} {s.ToolVersion}; those of single layers are of the modules that the tool names after them." : "Estimated from the typed network, without running a synthesis tool; only a synthesis gives the real figures.")} BRAM counts blocks of 18 Kbit.</dd>
            <dt>Unknown figures</dt><dd>A dash (–) means not known, never zero.</dd>
            <dt>Model</dt><dd>{report.Source}, SHA-256 <code class="hash">{report.SourceSha256}</code></dd>
            </dl>

            """);
    }
}
