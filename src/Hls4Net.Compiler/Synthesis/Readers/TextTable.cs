using System.Collections.Immutable;

namespace Hls4Net.Synthesis.Readers;

/// <summary>A table of a text report. Cells are found by what their column's heading says, not by its place.</summary>
/// <param name="Columns">The headings; one that spans several columns is part of each.</param>
/// <param name="Rows">The cells, as many in each row as there are columns.</param>
internal sealed record TextTable(ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows)
{
    /// <summary>The first column whose heading has all these words; -1 where none has.</summary>
    public int Column(params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < Columns.Length; i++)
        {
            bool all = true;
            foreach (string word in words)
                all &= word.StartsWith('!') ? !Has(Columns[i], word[1..]) : Has(Columns[i], word);
            if (all)
                return i;
        }
        return -1;

        static bool Has(string heading, string word) => heading.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True if there are columns with these headings.</summary>
    public bool HasColumns(params ReadOnlySpan<string> headings)
    {
        foreach (string heading in headings)
        {
            if (Column(heading) < 0)
                return false;
        }
        return true;
    }

    /// <summary>
    /// The cell of a row under the first column whose heading has all these words (or, after <c>!</c>, has not).
    /// </summary>
    public string? Cell(ImmutableArray<string> row, params ReadOnlySpan<string> words) =>
        Column(words) is int i and >= 0 ? row[i] : null;

    /// <summary>The first row whose first cell is this, case and a footnote's asterisk aside.</summary>
    public ImmutableArray<string>? Row(string name)
    {
        foreach (ImmutableArray<string> row in Rows)
        {
            if (row[0].TrimEnd('*', ' ').Equals(name, StringComparison.OrdinalIgnoreCase))
                return row;
        }
        return null;
    }
}

/// <summary>Tables in boxes of <c>+---+</c> and <c>|</c>, as AMD's tools draw them.</summary>
internal static class BoxTables
{
    public static IEnumerable<TextTable> Of(IReadOnlyList<string> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            if (!IsBorder(lines[i]))
                continue;
            int start = i, headerEnd = i + 1;
            while (headerEnd < lines.Count && IsInside(lines[headerEnd]) && !IsBorder(lines[headerEnd]))
                headerEnd++;
            if (headerEnd == start + 1 || headerEnd >= lines.Count || !IsBorder(lines[headerEnd]))
                continue;
            int end = headerEnd + 1;
            while (end < lines.Count && IsInside(lines[end]))
                end++;
            if (Table(lines, start, headerEnd, end) is TextTable table)
                yield return table;
            i = end - 1;
        }
    }

    private static TextTable? Table(IReadOnlyList<string> lines, int start, int headerEnd, int end)
    {
        // Borders may join columns that the last line of the header divides.
        int[] edges = Positions(lines[headerEnd], '+'), divided = Positions(lines[headerEnd - 1], '|');
        edges = divided.Length > edges.Length ? divided : edges;
        if (edges.Length < 2)
            return null;
        ImmutableArray<string> columns =
        [
            .. Enumerable.Range(0, edges.Length - 1)
                .Select(k => string.Join(' ', Enumerable.Range(start + 1, headerEnd - start - 1)
                .Select(l => Heading(lines[l], edges[k], edges[k + 1])).Where(t => t.Length > 0))),
        ];
        ImmutableArray<ImmutableArray<string>>.Builder rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        for (int l = headerEnd + 1; l < end; l++)
        {
            if (!IsBorder(lines[l]))
                rows.Add(Cells(lines[l], edges));
        }
        return new TextTable(columns, rows.ToImmutable());
    }

    private static int[] Positions(string line, char separator) =>
        [.. Enumerable.Range(0, line.Length).Where(p => line[p] == separator)];

    // What stands over a column, as far as the separators around it reach.
    private static string Heading(string line, int left, int right)
    {
        if (left >= line.Length)
            return "";
        int from = line.LastIndexOfAny(['|', '+'], left),
            to = right < line.Length ? line.IndexOfAny(['|', '+'], right) : -1;
        return line[(from + 1)..(to < 0 ? line.Length : to)].Trim(' ', '-', '|', '+');
    }

    private static ImmutableArray<string> Cells(string line, int[] edges)
    {
        string[] split = line.Trim().Trim('|').Split('|');
        if (split.Length == edges.Length - 1)
            return [.. split.Select(c => c.Trim())];
        return [.. edges.Zip(edges.Skip(1), (a, b) => a + 1 < line.Length ? line[(a + 1)..Math.Min(b, line.Length)]
            .Trim() : "")];
    }

    private static bool IsInside(string line) => line.AsSpan().TrimStart() is ['|' or '+', ..];

    private static bool IsBorder(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        return text.Length > 2 && text[0] == '+' && text[^1] == '+' && text.IndexOfAnyExcept('+', '-') < 0;
    }
}

/// <summary>
/// Tables whose headings are underlined with dashes, as Catapult and Vivado's timing reports draw them.
/// </summary>
internal static class RuledTables
{
    public static IEnumerable<TextTable> Of(IReadOnlyList<string> lines)
    {
        for (int i = 1; i < lines.Count; i++)
        {
            if (!IsRule(lines[i]))
                continue;
            (int Start, int End)[] columns = [.. Runs(lines[i])];
            ImmutableArray<string> headings =
                [.. columns.Select((c, k) => Slice(lines[i - 1], c.Start, Last(columns, k)))];
            ImmutableArray<ImmutableArray<string>>.Builder rows =
                ImmutableArray.CreateBuilder<ImmutableArray<string>>();
            int end = i + 1;
            for (; end < lines.Count && !string.IsNullOrWhiteSpace(lines[end]) && !IsRule(lines[end]); end++)
                rows.Add([.. columns.Select((c, k) => Slice(lines[end], c.Start, Last(columns, k)))]);
            yield return new TextTable(headings, rows.ToImmutable());
            i = end - 1;
        }
    }

    // The last column may be wider than its rule.
    private static int Last((int Start, int End)[] columns, int k) => k + 1 < columns.Length ? columns[k].End
        : int.MaxValue;

    private static string Slice(string line, int start, int end) => start < line.Length
        ? line[start..Math.Min(end, line.Length)].Trim() : "";

    private static bool IsRule(string line) => line.AsSpan().Trim() is { Length: > 2 } text
        && text.IndexOfAnyExcept('-', ' ') < 0;

    private static IEnumerable<(int Start, int End)> Runs(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '-')
                continue;
            int start = i;
            while (i < line.Length && line[i] == '-')
                i++;
            yield return (start, i);
        }
    }
}
