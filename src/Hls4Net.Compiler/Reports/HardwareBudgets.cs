using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net.Reports;

/// <summary>
/// Holds the hardware that a project allows, and that its part has, against estimates and against what a synthesizer
/// reports.
/// </summary>
public static class HardwareBudgets
{
    /// <summary>
    /// Hardware that was only estimated: a broken budget is a warning, or an error where the project asks for that.
    /// </summary>
    public static void CheckEstimate(
        HardwareBudget budget, Report report, DiagnosticBag diagnostics, int? targetInterval = null,
            bool isError = false)
    {
        Amounts design = Of(report.Estimate, report);
        Check(
            budget, targetInterval, design, Estimates(report), report,
            (text, advice) => diagnostics.Add(
                isError ? Descriptors.EstimateBreaksBudget : Descriptors.EstimateOverBudget,
                    $"the estimated {text}; {advice}"), _ => { });
        CheckPart(design, report.Available, report, "as estimated", diagnostics);
    }

    /// <summary>
    /// Hardware that a synthesizer reports: a broken budget is an error, and so is one that the report does not allow
    /// to judge.
    /// </summary>
    public static void CheckSynthesis(HardwareBudget budget, Report report, DiagnosticBag diagnostics)
    {
        if (report.Synthesis is not ReportSynthesis s)
            return;
        string tool = $"{s.Tool} {s.ToolVersion}".Trim();
        LayerAmounts[] layers = Modules(s);
        Amounts design = Of(s, report);
        Check(
            budget, null, design, layers.Length > 0 ? layers : Estimates(report), report,
            (text, advice) => diagnostics.Add(Descriptors.SynthesisOverBudget,
                $"{report.Model}: the {text}, as {tool} reports it; {advice}"),
            option => diagnostics.Add(Descriptors.BudgetNotJudged,
                $"{report.Model}: {option} is stated, and {tool} does not report the figure (a latency is unknown "
                + "where a loop's count depends on data)"));
        CheckPart(design, SynthesisSection.Device(report), report, $"as {tool} reports it", diagnostics);
        if (s.ClockEstimatedNs > report.ClockPeriodNs)
            diagnostics.Add(Descriptors.ClockNotMet,
                $"{report.Model}: the clock period reached, {Number(s.ClockEstimatedNs.Value)} ns as {tool} reports "
                + $"it, is longer than the {Number(report.ClockPeriodNs)} ns asked for; lengthen ClockPeriod, raise "
                + "ClockUncertainty so that more registers are placed, or narrow the types");
    }

    /// <summary>
    /// The report with every budget that the project states, and how it stands: by the synthesis where there was one,
    /// else by the estimate.
    /// </summary>
    public static Report With(Report report, ModelOptions options)
    {
        (Amounts design, string origin) = report.Synthesis is ReportSynthesis s ? (Of(s, report), "synthesis")
            : (Of(report.Estimate, report), "estimate");
        ReportVerification v = report.Verification;
        ImmutableArray<ReportBudget> budgets =
        [
            .. Limits(options.Budget, options.TargetInterval).Where(l => l.Most is not null)
                .Select(l => State(l.Option, l.Most!.Value, l.Of(design), origin, l.Of(design) <= l.Most)),
            .. options.MaxAbsError is double error
                ? [State("MaxAbsError", error, v.MaxAbsError, "vectors", v.MaxAbsError <= error)]
                : Array.Empty<ReportBudget>(),
            .. options.MinAgreement is double agreeing
                ? [State("MinAgreement", agreeing, v.Agreement * 100, "vectors", v.Agreement * 100 >= agreeing)]
                : Array.Empty<ReportBudget>(),
            .. options.MinSnr is double decibels ? [State("MinSnr", decibels, v.SnrDb, "vectors", v.SnrDb >= decibels)]
                : Array.Empty<ReportBudget>(),
        ];
        return report with { Budgets = budgets.IsEmpty ? null : budgets };

        static ReportBudget State(string option, double limit, double? figure, string origin, bool met) =>
            new(option, limit, figure, origin, figure is null ? "unknown" : met ? "met" : "broken");
    }

    private static void Check(HardwareBudget budget, int? targetInterval, Amounts design, LayerAmounts[] layers,
        Report report, Action<string, string> exceeded, Action<string> unknown)
    {
        foreach (Limit limit in Limits(budget, targetInterval))
        {
            if (limit.Most is not double most)
                continue;
            if (limit.Of(design) is not double figure)
            {
                unknown(limit.Option);
                continue;
            }
            if (figure <= most)
                continue;
            (string where, ReportLayer? first) = Costliest(limit.Of, layers, report);
            exceeded(
                $"{limit.What} of {Number(figure)} {limit.Unit}{ShareOf(limit.Option, figure, report)} exceeds "
                + $"{limit.Option} = {Number(most)}{where}", limit.Advice(first));
        }
    }

    private static void CheckPart(Amounts design, ReportResources? available, Report report, string origin,
        DiagnosticBag diagnostics)
    {
        if (available is null)
            return;
        (string Name, double? Used, long? Available)[] resources =
            [("LUTs", design.Lut, available.Lut), ("flip-flops", design.Ff, available.Ff),
                ("DSP blocks", design.Dsp, available.Dsp), ("block RAMs of 18 Kbit", design.Bram, available.Bram18),
                ("UltraRAMs", design.Uram, available.Uram)];
        string[] beyond = [.. resources.Where(r => r.Used > r.Available)
            .Select(r =>
                $"{Number(r.Used!.Value)} {r.Name} of "
                + $"{Number(r.Available!.Value)}{(r.Available > 0 ? $" ({ReportText.Percent(r.Used.Value / r.Available.Value)})" : "")}")];
        if (beyond.Length > 0)
            diagnostics.Add(Descriptors.DesignExceedsPart,
                $"the design does not fit into {report.Part}: {string.Join(", ", beyond)}, {origin}; a larger "
                + "ReuseFactor and narrower types make it smaller, or name a larger Part");
    }

    private static IEnumerable<Limit> Limits(HardwareBudget budget, int? targetInterval) =>
    [
        new("MaxLatencyCycles", "latency", budget.MaxLatencyCycles, "cycles", a => a.Cycles, Latency),
        new("MaxLatencyNs", "latency", budget.MaxLatencyNs, "ns", a => a.Ns, Latency),
        new("MaxInterval", "interval", budget.MaxInterval, "cycles", a => a.Interval,
            l => $"a smaller ReuseFactor helps{Now(l)}"),
        new("TargetInterval", "interval", targetInterval, "cycles", a => a.Interval,
            l => l?.Settings?.ReuseFactor > 1 ? $"a smaller ReuseFactor helps{Now(l)}"
                : "as much as can be done at a time is, and the other layers are as fast as the slowest"),
        new("MaxLut", "use", budget.MaxLut, "LUTs", a => a.Lut,
            l => $"narrower types help, and a larger ReuseFactor{Now(l)}"),
        new("MaxFf", "use", budget.MaxFf, "flip-flops", a => a.Ff,
            l => $"narrower types help, a longer ClockPeriod, and a larger ReuseFactor{Now(l)}"),
        new("MaxDsp", "use", budget.MaxDsp, "DSP blocks", a => a.Dsp, l =>
            $"weights or inputs below 10 bits help, whose products are made of LUTs, and a larger ReuseFactor{Now(l)}"),
        new("MaxBram", "use", budget.MaxBram, "block RAMs of 18 Kbit", a => a.Bram,
            _ => "Strategy=Latency helps, which keeps weights out of memory, and narrower inputs of functions, whose "
                + "tables are smaller"),
    ];

    private static (string Where, ReportLayer? First) Costliest(Func<Amounts, double?> of, LayerAmounts[] layers,
        Report report)
    {
        LayerAmounts[] costliest = [.. layers.Where(l => of(l.Amounts) > 0).OrderByDescending(l => of(l.Amounts))
            .Take(3)];
        string where = costliest.Length == 0 ? ""
            : $"; most of it is in {string.Join(", ", costliest.Select(l => $"{l.Layer} ({Number(of(l.Amounts)!.Value)})"))}";
        return (where, costliest.Length == 0 ? null : report.Layers.FirstOrDefault(l => l.Name == costliest[0].Layer));
    }

    private static string ShareOf(string option, double figure, Report report) =>
        option switch
        {
            "MaxLut" => report.Available?.Lut,
            "MaxFf" => report.Available?.Ff,
            "MaxDsp" => report.Available?.Dsp,
            "MaxBram" => report.Available?.Bram18,
            _ => null
        } is > 0 and long available
            ? $" ({ReportText.Percent(figure / available)} of the part)" : "";

    private static string Latency(ReportLayer? layer) => layer?.Settings switch
    {
        { Strategy: "Resource" } => $"Strategy=Latency helps, a smaller ReuseFactor{Now(layer)}, and narrower types",
        { ReuseFactor: > 1 } => $"a smaller ReuseFactor helps{Now(layer)}, and narrower types",
        _ => "narrower types help, and a longer ClockPeriod, in which more fits into a cycle",
    };

    private static string Now(ReportLayer? layer) => layer?.Settings is { } settings
        ? $" (of {layer.Name} now {settings.ReuseFactor})" : "";

    private static Amounts Of(ReportEstimate e, Report report) =>
        new(e.LatencyCycles, e.LatencyCycles * report.ClockPeriodNs, e.Interval, e.Lut, e.Ff, e.Dsp, e.Bram18, e.Uram);

    private static Amounts Of(ReportSynthesis s, Report report) =>
        new(s.LatencyCycles, s.LatencyCycles * report.ClockPeriodNs, s.Interval, s.Lut, s.Ff, s.Dsp, s.Bram18, s.Uram);

    private static LayerAmounts[] Estimates(Report report) =>
        [.. report.Layers.Select(l => new LayerAmounts(l.Name, new Amounts(
        l.Estimate.LatencyCycles, l.Estimate.LatencyCycles * report.ClockPeriodNs, l.Estimate.Interval, l.Estimate.Lut,
            l.Estimate.Ff, l.Estimate.Dsp, l.Estimate.Bram18, l.Estimate.Uram)))];

    // A layer's outermost module has the others in it, so it is the largest of them in everything.
    private static LayerAmounts[] Modules(ReportSynthesis s) =>
    [
        .. (s.Modules ?? []).Where(m => m.Layer is not null).GroupBy(m => m.Layer!)
            .Select(g => new LayerAmounts(g.Key, new Amounts(
            g.Max(m => m.LatencyCycles), g.Max(m => m.LatencyCycles * s.ClockTargetNs), g.Max(m => m.Interval),
                g.Max(m => m.Lut), g.Max(m => m.Ff), g.Max(m => m.Dsp), g.Max(m => m.Bram18), null))),
    ];

    private static string Number(double value) => value.ToString("G10", CultureInfo.InvariantCulture);

    private sealed record Amounts(double? Cycles, double? Ns, double? Interval, double? Lut, double? Ff, double? Dsp,
        double? Bram, double? Uram);

    private sealed record LayerAmounts(string Layer, Amounts Amounts);

    /// <summary>A budget, what it is of, and what helps to keep it, as the costliest layer is.</summary>
    private sealed record Limit(string Option, string What, double? Most, string Unit, Func<Amounts, double?> Of,
        Func<ReportLayer?, string> Advice);
}
