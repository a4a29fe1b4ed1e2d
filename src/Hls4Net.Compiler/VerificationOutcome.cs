using Hls4Net.Reports;
using Hls4Net.Verification;

namespace Hls4Net;

/// <summary>What verifying a model gives.</summary>
/// <param name="Report">The report.</param>
/// <param name="Result">The figures it was made from.</param>
public sealed record VerificationOutcome(Report Report, VerificationResult Result)
{
    /// <summary>The text of report.json.</summary>
    public string ReportJson => Reports.ReportJson.Write(Report);

    /// <summary>The text of report.html.</summary>
    public string ReportHtml => Reports.ReportHtml.Write(Report);

    /// <summary>
    /// One line for people: latency, interval, resources, vectors, largest error, overflows and where the report is.
    /// </summary>
    public string Summary(string reportPath) => ReportSummary.Line(Report, reportPath);
}
