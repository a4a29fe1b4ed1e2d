using System.Xml;
using System.Xml.Linq;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis.Readers;

namespace Hls4Net.Synthesis;

/// <summary>
/// Reads the report files of synthesis tools. What a file is shows in what it says, not in its name; figures are found
/// by what they are called, so that versions which add, move or leave out others are read too.
/// </summary>
public static class ReportReader
{
    private const int MaxCharacters = 512 << 20;

    /// <summary>The files that are read, for messages.</summary>
    private const string Known =
        "AMD's csynth.xml, csynth.rpt, cosim.rpt, export_impl.xml and .rpt, hls_data.json and Vivado's utilization and "
        + "timing reports, Catapult's cycle.rpt, rtl.rpt and catapult.log, Intel's summary.json, area.json and "
        + "quartus.json, also as .ndjson, and acl_quartus_report.txt, Bambu's output and bambu_results.xml";

    /// <summary>Reads a report file.</summary>
    /// <exception cref="ModelException">The file cannot be read, or is not whole; the text says what was looked for
    /// (HLS5107).</exception>
    public static DesignReport ReadFile(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, $"the report cannot be opened: {e.Message}");
        }
        return Read(text, path);
    }

    /// <summary>Reads a report's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it is from, for messages.</param>
    /// <exception cref="ModelException">As <see cref="ReadFile"/>.</exception>
    public static DesignReport Read(string text, string path)
    {
        if (text.Length > MaxCharacters)
            throw Unreadable(path, "the report has more than 512 Mi characters");
        return text.AsSpan().TrimStart('\uFEFF').TrimStart() switch
        {
            [] => throw Unreadable(path, $"the report is empty; looked for one of {Known}"),
            ['<', ..] => FromXml(text, path),
            ['{' or '[', ..] => FromJson(text, path),
            _ => FromText(text, path),
        };
    }

    internal static ModelException Unreadable(string path, string finding) =>
        new(Descriptors.ReportUnreadable, finding, path);

    private static ModelException NotKnown(string path) =>
        Unreadable(path, $"this is no report that is known; looked for one of {Known}");

    private static DesignReport FromXml(string text, string path)
    {
        XElement root;
        try
        {
            using XmlReader reader = XmlReader.Create(
                new StringReader(text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n')),
                    new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            root = XDocument.Load(reader).Root!;
        }
        catch (XmlException e)
        {
            throw Unreadable(path,
                $"the report is no whole XML document, as of a run that was interrupted: {e.Message}");
        }
        return ExportXml.Read(root, path) ?? CSynthXml.Read(root, path) ?? BambuResults.Read(root, path)
            ?? throw NotKnown(path);
    }

    private static DesignReport FromJson(string text, string path)
    {
        try
        {
            return (IntelReports.IsLines(text) ? IntelReports.ReadLines(text, path) : IntelReports.Read(text, path)
                ?? HlsDataReport.Read(text, path)) ?? throw NotKnown(path);
        }
        catch (InvalidOperationException e)
        {
            // The parser takes names that are no text, and says so only when they are asked for.
            throw Unreadable(path, $"the report is no valid JSON document: {e.Message}");
        }
    }

    private static DesignReport FromText(string text, string path)
    {
        ReportText report = new(text, path);
        return CSynthText.Read(report)
            ?? SynthesisSummary.Read(report)
            ?? CosimText.Read(report)
            ?? ExportText.Read(report)
            ?? DesignSize.Read(report)
            ?? VivadoUtilization.Read(report)
            ?? VivadoTiming.Read(report)
            ?? CatapultReport.Read(report)
            ?? CatapultLog.Read(report)
            ?? QuartusText.Read(report)
            ?? BambuLog.Read(report)
            ?? IntelReports.ReadScript(text, path)
            ?? throw NotKnown(path);
    }
}
