using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hls4Net.Reports;

/// <summary>Writes and reads report.json. Equal reports give equal bytes: no times, no machine, no culture.</summary>
public static class ReportJson
{
    private static readonly ReportJsonContext s_context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        // The file is no part of a web page, and "fixed<16,6>" should be legible in it.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // An error may be infinite, which must not look like an unknown one.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    });

    /// <summary>The text of report.json; ends in a line end.</summary>
    public static string Write(Report report) => JsonSerializer.Serialize(report, s_context.Report) + "\n";

    /// <summary>Reads a report.json; unknown keys are skipped, since later versions may add some.</summary>
    /// <exception cref="InvalidDataException">The text is no report, or one of another schema.</exception>
    public static Report Read(string text)
    {
        Report? report;
        try
        {
            report = JsonSerializer.Deserialize(text, s_context.Report);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The text is not a report: {e.Message}", e);
        }
        return report switch
        {
            null => throw new InvalidDataException("The text is not a report."),
            { Schema: not Report.CurrentSchema } =>
                throw new InvalidDataException(
                    $"The report has schema {report.Schema}; this version reads {Report.CurrentSchema}."),
            _ => report,
        };
    }
}

[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
