using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Hls4Net.Reports.Html;

/// <summary>
/// A piece of HTML or SVG. It is made from interpolated strings whose literal parts are markup and whose holes are
/// text: what comes from a model is escaped by construction, and only other markup goes in as it is.
/// </summary>
internal readonly record struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Markup Empty => default;

    /// <summary>Markup of an interpolated string.</summary>
    public static Markup Of(MarkupHandler handler) => new(handler.Text);

    /// <summary>Text of the program's own that is markup already, such as a style sheet.</summary>
    public static Markup Trusted(string text) => new(text);

    /// <summary>One after the other.</summary>
    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts));

    public override string ToString() => _text ?? "";
}

/// <summary>Builds <see cref="Markup"/>: the compiler calls it for interpolated strings.</summary>
[InterpolatedStringHandler]
internal readonly struct MarkupHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _builder = new(literalLength + (16 * formattedCount));

    public string Text => _builder.ToString();

    public void AppendLiteral(string markup) => _builder.Append(markup);

    public void AppendFormatted(Markup markup) => _builder.Append(markup);

    public void AppendFormatted(string? text) => _builder.Append(WebUtility.HtmlEncode(text));

    /// <summary>Numbers: counts, and coordinates of drawings, for which a hundredth is enough.</summary>
    public void AppendFormatted(double value) => _builder.Append(value.ToString("0.##", CultureInfo.InvariantCulture));
}
