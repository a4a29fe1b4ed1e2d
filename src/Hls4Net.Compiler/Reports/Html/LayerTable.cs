namespace Hls4Net.Reports.Html;

/// <summary>The table of the layers.</summary>
internal static class LayerTable
{
    private const int Columns = 12;

    // What makes more of the noise than this is red where there is too much.
    private const double Much = 0.25;

    public static Markup Draw(Report report) => Markup.Of($"""
        <div class="scroll"><table class="layers">
        <thead>
        <tr><th rowspan="2">Layer</th><th rowspan="2">Output</th><th rowspan="2">Types</th><th rowspan="2">Weights</th><th rowspan="2" class="n">Multipli&shy;cations</th><th colspan="5" class="group">{LayerFigures.Origin(report)}</th><th rowspan="2" class="n">Overflows</th><th rowspan="2" class="n">Error</th></tr>
        <tr><th class="n">Cycles</th><th class="n">LUT</th><th class="n">FF</th><th class="n">DSP</th><th class="n">BRAM</th></tr>
        </thead>
        <tbody>
        {Markup.Join(report.Inputs.Select(i => Input(i, report.Verification)))}{Markup.Join(LayerFigures.Shown(report).Select(l => Row(l, report.Verification)))}</tbody>
        </table></div>

        """);

    private static Markup Input(ReportPort i, ReportVerification v) => Markup.Of($"""
        <tr>
        <td><strong>{Names.Breakable(i.Name)}</strong><span class="sub">input</span></td>
        <td class="nowrap">{ReportText.Shape(i.Shape)}</td>
        <td>{Type("result", i.Type)}</td>
        <td></td><td></td><td></td><td></td><td></td><td></td><td></td>
        <td class="{(i.Overflows > 0 ? "n bad" : "n")}">{ReportText.Count(i.Overflows)}</td>
        {Error(i.MaxAbsError, i.SnrDb, i.NoiseShare, v)}
        </tr>

        """);

    private static Markup Row(ReportLayer l, ReportVerification v) => Markup.Of($"""
        <tr class="{(l.Notes is { IsDefaultOrEmpty: false } ? "noted" : "")}">
        <td><strong>{Names.Breakable(l.Name)}</strong><span class="sub">{l.Op}{Settings(l.Settings)}</span></td>
        <td class="nowrap">{ReportText.Shape(l.OutputShape)}</td>
        <td>{Type("result", l.ResultType)}{Type("accum", l.AccumType)}{Type("weight", l.WeightType)}</td>
        <td>{Weights(l)}</td>
        <td class="n">{ReportText.Count(l.Multiplications)}</td>
        <td class="n">{ReportText.Count(l.Estimate.LatencyCycles)}</td><td class="n">{ReportText.Count(l.Estimate.Lut)}</td><td class="n">{ReportText.Count(l.Estimate.Ff)}</td><td class="n">{ReportText.Count(l.Estimate.Dsp)}</td><td class="n">{ReportText.Count(l.Estimate.Bram18)}</td>
        <td class="{(l.Overflows > 0 ? "n bad" : "n")}">{ReportText.Count(l.Overflows)}</td>
        {Error(l.MaxAbsError, l.SnrDb, l.NoiseShare, v)}
        </tr>
        {Markup.Join((l.Notes ?? []).Select(n => Markup.Of($"""<tr class="remark"><td colspan="{Columns}">{n}</td></tr>""")))}

        """);

    // Red where an output has too much noise, and much of it comes from here.
    private static Markup Error(double? largest, double? ratio, double? share, ReportVerification v) => Markup.Of($"""
        <td class="{(v.IsNoisy && share > Much ? "n bad" : "n")}">{(ratio is null ? ReportText.Real(largest) : ReportText.Decibels(ratio))}{(ratio is null ? Markup.Empty : Sub($"max {ReportText.Real(largest)}"))}{(share is >= 0.005 ? Sub($"{ReportText.Count((long)Math.Round(100 * share.Value))} % of noise") : Markup.Empty)}</td>
        """);

    private static Markup Sub(string text) => Markup.Of($"""<span class="sub">{text}</span>""");

    private static string Settings(ReportSettings? s) => s switch
    {
        null => "",
        { ReuseFactor: 1 } => $" · {s.Strategy}",
        _ => $" · {s.Strategy}, reuse {ReportText.Count(s.ReuseFactor)}",
    };

    private static Markup Type(string role, string? type) =>
        type is null ? Markup.Empty
            : Markup.Of($"""<span class="type"><span class="role">{role}</span><code>{type}</code></span>""");

    /// <summary>The number of weights over a bar of how many are not zero.</summary>
    private static Markup Weights(ReportLayer l)
    {
        if (l.Weights is not long weights || weights == 0)
            return Markup.Of($"{ReportText.Count(l.Weights)}");
        if (l.ZeroWeights is not long zeros)
            return Markup.Of($"{ReportText.Count(weights)}");
        return Markup.Of($"""
            {ReportText.Count(weights)}<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{ReportText.Percent(zeros / (double)weights)} zero"><rect class="type" width="100" height="6"/><rect class="used" width="{100.0 * (weights - zeros) / weights}" height="6"/></svg><span class="sub nowrap">{ReportText.Percent(zeros / (double)weights)} zero</span>
            """);
    }
}
