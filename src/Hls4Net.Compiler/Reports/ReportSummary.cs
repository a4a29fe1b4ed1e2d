namespace Hls4Net.Reports;

/// <summary>A report in one line of the build's log.</summary>
public static class ReportSummary
{
    /// <summary>Latency, interval, resources and what the test vectors showed; unknown figures are left out.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">Where the whole report is, as the line shall show it.</param>
    public static string Line(Report report, string path)
    {
        string[] groups = [Timing(report), Resources(report), Verification(report.Verification), $"report: {path}"];
        return $"{report.Model}: {string.Join("; ", groups.Where(g => g.Length > 0))}";
    }

    private static string Timing(Report report)
    {
        Figures f = Figures.Of(report);
        string latency = f.LatencyCycles is null ? ""
            : $"{ReportText.Plural(f.LatencyCycles, "cycle")} "
                + $"({ReportText.Nanoseconds(f.LatencyCycles, report.ClockPeriodNs)})";
        string interval = f.Interval is null ? "" : $"II {ReportText.Count(f.Interval)}";
        return string.Join(" at ", new[] { latency, interval }.Where(t => t.Length > 0));
    }

    private static string Resources(Report report)
    {
        Figures f = Figures.Of(report);
        // DSP blocks and RAMs are counted; look-up tables and flip-flops depend on the tool's optimizations.
        string about = f.IsEstimate ? "~" : "";
        string list = Join([
            Amount(about, f.Lut, "LUT", report.Available?.Lut), Amount(about, f.Ff, "FF", report.Available?.Ff),
            Amount("", f.Dsp, "DSP", report.Available?.Dsp), Amount("", f.Bram18, "BRAM", report.Available?.Bram18),
        ]);
        return list.Length == 0 ? "" : $"{list} ({(f.IsEstimate ? "estimates" : f.Origin)})";
    }

    private static string Verification(ReportVerification v) => Join([
        ReportText.Plural(v.Samples, v.Vectors == "random" ? "random vector" : "vector"),
        v.MaxAbsError is null ? null : $"max error {ReportText.Real(v.MaxAbsError)}",
        v.Overflows is null ? null : $"overflows {ReportText.Count(v.Overflows)}",
        v.ManagedMatchesNative switch { true => "native = managed", false => "native DIFFERS from managed",
            null => $"{v.Simulator} only" },
    ]);

    // What is none of a part says nothing of it.
    private static string? Amount(string about, long? value, string unit, long? available) =>
        value is null ? null
            : $"{about}{ReportText.Count(value)} "
                + $"{unit}{(value > 0 && available > 0 ? $" ({ReportText.Share(value, available)})" : "")}";

    private static string Join(IEnumerable<string?> parts) => string.Join(", ", parts.Where(p => p is not null));
}
