using System.Text;
using System.Text.Json;
using Hls4Net.Diagnostics;

namespace Hls4Net.Keras;

/// <summary>
/// Reads Python's JSON, in which Infinity, -Infinity and NaN are numbers; here they are strings of these names.
/// </summary>
internal static class KerasJson
{
    // Deeper than any network; Python's own reader ends about there.
    private const int MostDepth = 512;

    /// <summary>The root of a text.</summary>
    /// <exception cref="ModelException">It is no JSON.</exception>
    public static JsonElement Parse(string text, string what)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Quoted(text),
                new JsonDocumentOptions { MaxDepth = MostDepth });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ModelException(Descriptors.NotAKerasModel, $"{what} is no JSON: {e.Message}");
        }
    }

    private static string Quoted(string text)
    {
        StringBuilder quoted = new(text.Length + 64);
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (inString)
            {
                quoted.Append(c);
                if (c == '\\' && i + 1 < text.Length)
                    quoted.Append(text[++i]);
                else if (c == '"')
                    inString = false;
            }
            else if (Token(text, i) is string token)
            {
                quoted.Append('"').Append(token).Append('"');
                i += token.Length - 1;
            }
            else
            {
                quoted.Append(c);
                inString = c == '"';
            }
        }
        return quoted.ToString();
    }

    private static string? Token(string text, int at)
    {
        if (text[at] is not ('I' or '-' or 'N'))
            return null;
        foreach (string token in new[] { "Infinity", "-Infinity", "NaN" })
        {
            if (string.CompareOrdinal(text, at, token, 0, token.Length) == 0)
                return token;
        }
        return null;
    }
}
