using System.Text;
using System.Text.Json;

namespace Hls4Net.Synthesis.Readers;

/// <summary>Members of JSON reports, by name, whatever else is there.</summary>
internal static class JsonFigures
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 1024, AllowTrailingCommas = true };

    public static JsonDocument Parse(string text, string path)
    {
        try
        {
            // As bytes: a text with half a surrogate pair is no reason to fail.
            return JsonDocument.Parse(Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF')), s_options);
        }
        catch (JsonException e)
        {
            throw ReportReader.Unreadable(path,
                $"the report is no whole JSON document, as of a run that was interrupted: {e.Message}");
        }
    }

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    public static JsonElement? At(this JsonElement? element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            element = element?.Member(name);
        return element;
    }

    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path) => ((JsonElement?)element)
        .At(path);

    public static string? Text(this JsonElement element, string name) => element.Member(name).AsText();

    /// <summary>A text, or a number as it is written.</summary>
    public static string? AsText(this JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String } e => ReadString(e),
        { ValueKind: JsonValueKind.Number } e => e.GetRawText(),
        _ => null,
    };

    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    // A lone surrogate's escape is legal JSON and no text.
    private static string? ReadString(JsonElement element)
    {
        try
        {
            return Figure.Text(element.GetString());
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
