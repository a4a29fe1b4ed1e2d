namespace Hls4Net.Reports.Html;

/// <summary>The figures people look for first.</summary>
internal static class SummaryCards
{
    public static Markup Draw(Report report)
    {
        Figures f = Figures.Of(report);
        string origin = report.Synthesis?.Tool ?? "estimate";
        return Markup.Of($"""
            <section class="cards" aria-label="Summary">
            {Card("Latency", ReportText.Count(f.LatencyCycles), Cycles(f.LatencyCycles), f.LatencyCycles is null ? "" : ReportText.Nanoseconds(f.LatencyCycles, report.ClockPeriodNs), origin)}
            {Card("Interval", ReportText.Count(f.Interval), Cycles(f.Interval), Rate(f.Interval, report.ClockPeriodNs), origin)}
            {Used("LUT", f.Lut, report.Available?.Lut, "", origin)}
            {Used("FF", f.Ff, report.Available?.Ff, "", origin)}
            {Used("DSP", f.Dsp, report.Available?.Dsp, "", origin)}
            {Used("BRAM", f.Bram18, report.Available?.Bram18, "of 18 Kbit", origin)}
            {Verification(report.Verification)}
            </section>

            """);
    }

    private static Markup Verification(ReportVerification v) => Markup.Of($"""
        {Card("Test vectors", ReportText.Count(v.Samples), "", v.Vectors is null ? "" : v.Vectors == "random" ? "random" : "from " + v.Vectors)}
        {(v.SnrDb is null
            ? Card("Max error", ReportText.Real(v.MaxAbsError), "", v.MeanAbsError is null ? "" : $"mean {ReportText.Real(v.MeanAbsError)}")
            : Card("Signal to noise", ReportText.Decibels(v.SnrDb), "", $"budget {ReportText.Decibels(v.SnrBudgetDb)}; max error {ReportText.Real(v.MaxAbsError)}", state: v.IsNoisy ? "bad" : "good"))}
        {((v.ArgmaxAgreement ?? v.Agreement) is not double agreement ? Markup.Empty : Card("Agreement", ReportText.Percent(agreement), "", v.AgreementThreshold is double threshold ? $"by threshold {ReportText.Real(threshold)}" : "of argmax"))}
        {(v.LabelAccuracy is null ? Markup.Empty : Card("Accuracy", ReportText.Percent(v.LabelAccuracy), "", v.ReferenceLabelAccuracy is null ? "" : $"reference {ReportText.Percent(v.ReferenceLabelAccuracy)}"))}
        {Card("Overflows", ReportText.Count(v.Overflows), "", "", state: v.Overflows switch { null => "", 0 => "good", _ => "bad" })}
        {v.ManagedMatchesNative switch
            {
                true => Card("Executions", "identical", "", "managed = native, every bit", state: "good"),
                false => Card("Executions", "differ", "", "managed ≠ native", state: "bad"),
                null => Card("Executions", "one", "", $"{v.Simulator} only"),
            }}
        """);

    private static Markup Used(string title, long? used, long? available, string detail, string origin) => Card(
        title, ReportText.Count(used), "",
        used is null || available is null or 0 ? detail
            : $"{(detail.Length > 0 ? $"{detail}, " : "")}{ReportText.Share(used, available)} of the part", origin,
            used > available ? "bad" : "");

    private static string Cycles(long? count) => count switch { null => "", 1 => "cycle", _ => "cycles" };

    private static string Rate(long? interval, double clockPeriodNs) =>
        interval is > 0 && clockPeriodNs > 0 ? $"{ReportText.Real(1000 / (interval.Value * clockPeriodNs))} M samples/s"
            : "";

    private static Markup Card(string title, string value, string unit, string detail, string? origin = null, string state = "") => Markup.Of($"""
        <div class="card {state}"><div class="title">{title}{(origin is null ? Markup.Empty : Markup.Of($"""<span class="tag">{origin}</span>"""))}</div><div class="value">{value}<span class="unit">{unit}</span></div><div class="detail">{detail}</div></div>
        """);
}
