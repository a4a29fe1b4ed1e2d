using System.Globalization;
using System.Text;

namespace Hls4Net.Text;

/// <summary>
/// Foreign text, such as a tensor's name, as a comment may hold it: on one line, of a bearable length, and without what
/// ends or hides a line.
/// </summary>
internal static class CommentText
{
    private const int MaxLength = 120;

    public static string Of(string text)
    {
        StringBuilder b = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (b.Length >= MaxLength)
                return b.Append('…').ToString();
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            bool plain = category is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            // An unpaired surrogate comes as the replacement character; a backslash could continue the line.
            b.Append(plain && rune.Value != '\\' ? rune.ToString() : "?");
        }
        return b.ToString();
    }
}
