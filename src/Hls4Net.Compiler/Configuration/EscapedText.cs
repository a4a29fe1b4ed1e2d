using System.Globalization;
using System.Text;

namespace Hls4Net.Configuration;

/// <summary>MSBuild's escaping: <c>%xx</c> stands for the character with that code.</summary>
internal static class EscapedText
{
    /// <summary>The text that an escaped value stands for.</summary>
    public static string Unescape(string escaped)
    {
        if (!escaped.Contains('%'))
            return escaped;
        StringBuilder b = new(escaped.Length);
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '%' && i + 2 < escaped.Length
                && byte.TryParse(escaped.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                    out byte code))
            {
                b.Append((char)code);
                i += 2;
            }
            else
            {
                b.Append(escaped[i]);
            }
        }
        return b.ToString();
    }

    /// <summary>The elements of an escaped list, unescaped; empty ones are dropped.</summary>
    public static IEnumerable<string> Split(string escaped) =>
        escaped.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Unescape);
}
