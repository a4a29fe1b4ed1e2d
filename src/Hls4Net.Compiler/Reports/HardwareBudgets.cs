using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net.Reports;

/// <summary>Holds the hardware that a project allows against estimates and against what a synthesizer reports.</summary>
public static class HardwareBudgets
{
    /// <summary>Hardware that was only estimated: a broken budget is a warning.</summary>
    public static void CheckEstimate(HardwareBudget budget, Report report, DiagnosticBag diagnostics, int? targetInterval = null)
    {
        ReportEstimate e = report.Estimate;
        Check(
            budget, targetInterval, new Amounts(e.LatencyCycles, e.LatencyCycles * report.ClockPeriodNs, e.Interval, e.Lut, e.Ff, e.Dsp, e.Bram18), Estimates(report), report,
            (text, advice) => diagnostics.Add(Descriptors.EstimateOverBudget, $"the estimated {text}; {advice}"), _ => { });
    }

    /// <summary>Hardware that a synthesizer reports: a broken budget is an error, and so is one that the report does not allow to judge.</summary>
    public static void CheckSynthesis(HardwareBudget budget, Report report, DiagnosticBag diagnostics)
    {
        if (report.Synthesis is not ReportSynthesis s)
            return;
        string tool = $"{s.Tool} {s.ToolVersion}".Trim();
        LayerAmounts[] layers = Modules(s);
        Check(
            budget, null, new Amounts(s.LatencyCycles, s.LatencyCycles * report.ClockPeriodNs, s.Interval, s.Lut, s.Ff, s.Dsp, s.Bram18), layers.Length > 0 ? layers : Estimates(report), report,
            (text, advice) => diagnostics.Add(Descriptors.SynthesisOverBudget, $"{report.Model}: the {text}, as {tool} reports it; {advice}"),
            option => diagnostics.Add(Descriptors.BudgetNotJudged, $"{report.Model}: {option} is stated, and {tool} does not report the figure (a latency is unknown where a loop's count depends on data)"));
        if (s.ClockEstimatedNs > report.ClockPeriodNs)
            diagnostics.Add(Descriptors.ClockNotMet, $"{report.Model}: the clock period reached, {Number(s.ClockEstimatedNs.Value)} ns as {tool} reports it, is longer than the {Number(report.ClockPeriodNs)} ns asked for; lengthen ClockPeriod, raise ClockUncertainty so that more registers are placed, or narrow the types");
    }

    private static void Check(HardwareBudget budget, int? targetInterval, Amounts design, LayerAmounts[] layers, Report report, Action<string, string> exceeded, Action<string> unknown)
    {
        Judge("MaxLatencyCycles", "latency", budget.MaxLatencyCycles, "cycles", a => a.Cycles, Latency);
        Judge("MaxLatencyNs", "latency", budget.MaxLatencyNs, "ns", a => a.Ns, Latency);
        Judge("MaxInterval", "interval", budget.MaxInterval, "cycles", a => a.Interval, l => $"a smaller ReuseFactor helps{Now(l)}");
        Judge("TargetInterval", "interval", targetInterval, "cycles", a => a.Interval, l => l?.Settings?.ReuseFactor > 1 ? $"a smaller ReuseFactor helps{Now(l)}" : "as much as can be done at a time is, and the other layers are as fast as the slowest");
        Judge("MaxLut", "use", budget.MaxLut, "LUTs", a => a.Lut, l => $"narrower types help, and a larger ReuseFactor{Now(l)}");
        Judge("MaxFf", "use", budget.MaxFf, "flip-flops", a => a.Ff, l => $"narrower types help, a longer ClockPeriod, and a larger ReuseFactor{Now(l)}");
        Judge("MaxDsp", "use", budget.MaxDsp, "DSP blocks", a => a.Dsp, l => $"weights or inputs below 10 bits help, whose products are made of LUTs, and a larger ReuseFactor{Now(l)}");
        Judge("MaxBram", "use", budget.MaxBram, "block RAMs of 18 Kbit", a => a.Bram, _ => "Strategy=Latency helps, which keeps weights out of memory, and narrower inputs of functions, whose tables are smaller");

        void Judge(string option, string what, double? limit, string unit, Func<Amounts, double?> of, Func<ReportLayer?, string> advice)
        {
            if (limit is not double most)
                return;
            if (of(design) is not double figure)
            {
                unknown(option);
                return;
            }
            if (figure <= most)
                return;
            LayerAmounts[] costliest = [.. layers.Where(l => of(l.Amounts) > 0).OrderByDescending(l => of(l.Amounts)).Take(3)];
            string where = costliest.Length == 0 ? "" : $"; most of it is in {string.Join(", ", costliest.Select(l => $"{l.Layer} ({Number(of(l.Amounts)!.Value)})"))}";
            ReportLayer? first = costliest.Length == 0 ? null : report.Layers.FirstOrDefault(l => l.Name == costliest[0].Layer);
            exceeded($"{what} of {Number(figure)} {unit} exceeds {option} = {Number(most)}{where}", advice(first));
        }
    }

    private static string Latency(ReportLayer? layer) => layer?.Settings switch
    {
        { Strategy: "Resource" } => $"Strategy=Latency helps, a smaller ReuseFactor{Now(layer)}, and narrower types",
        { ReuseFactor: > 1 } => $"a smaller ReuseFactor helps{Now(layer)}, and narrower types",
        _ => "narrower types help, and a longer ClockPeriod, in which more fits into a cycle",
    };

    private static string Now(ReportLayer? layer) => layer?.Settings is { } settings ? $" (of {layer.Name} now {settings.ReuseFactor})" : "";

    private static LayerAmounts[] Estimates(Report report) => [.. report.Layers.Select(l => new LayerAmounts(l.Name, new Amounts(
        l.Estimate.LatencyCycles, l.Estimate.LatencyCycles * report.ClockPeriodNs, l.Estimate.Interval, l.Estimate.Lut, l.Estimate.Ff, l.Estimate.Dsp, l.Estimate.Bram18)))];

    // A layer's outermost module has the others in it, so it is the largest of them in everything.
    private static LayerAmounts[] Modules(ReportSynthesis s) =>
    [
        .. (s.Modules ?? []).Where(m => m.Layer is not null).GroupBy(m => m.Layer!).Select(g => new LayerAmounts(g.Key, new Amounts(
            g.Max(m => m.LatencyCycles), g.Max(m => m.LatencyCycles * s.ClockTargetNs), g.Max(m => m.Interval), g.Max(m => m.Lut), g.Max(m => m.Ff), g.Max(m => m.Dsp), g.Max(m => m.Bram18)))),
    ];

    private static string Number(double value) => value.ToString("G10", CultureInfo.InvariantCulture);

    private sealed record Amounts(double? Cycles, double? Ns, double? Interval, double? Lut, double? Ff, double? Dsp, double? Bram);

    private sealed record LayerAmounts(string Layer, Amounts Amounts);
}
