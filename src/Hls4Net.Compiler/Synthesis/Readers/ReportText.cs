using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis.Readers;

/// <summary>A text report: its lines and tables.</summary>
internal sealed class ReportText(string text, string path)
{
    private readonly Lazy<ImmutableArray<TextTable>> _boxes = new(() => [.. BoxTables.Of(Split(text))]);
    private readonly Lazy<ImmutableArray<TextTable>> _ruled = new(() => [.. RuledTables.Of(Split(text))]);

    public string Path => path;

    public string Text => text;

    public ImmutableArray<TextTable> Boxes => _boxes.Value;

    public ImmutableArray<TextTable> Ruled => _ruled.Value;

    public bool Contains(string words) => text.Contains(words, StringComparison.Ordinal);

    /// <summary>What group 1 of the pattern matches first; null where nothing does.</summary>
    public string? Find(Regex pattern) => pattern.Match(text) is { Success: true } m ? Figure.Text(m.Groups[1].Value)
        : null;

    /// <summary>The error of a report that lacks what makes it whole.</summary>
    public ModelException Lacks(string what) =>
        ReportReader.Unreadable(path, $"the report is not whole: looked for {what}");

    private static string[] Split(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            lines[i] = lines[i].TrimEnd('\r');
        return lines;
    }
}
