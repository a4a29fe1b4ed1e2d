using System.Text.RegularExpressions;

namespace Hls4Net.Tests.Docs;

/// <summary>The Markdown pages of the repository.</summary>
internal static partial class Pages
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every page, by its path in the repository: the root's and those of docs/ and samples/.</summary>
    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(Root, "*.md")
            .Concat(new[] { "docs", "samples" }.SelectMany(f =>
                Directory.EnumerateFiles(Path.Combine(Root, f), "*.md", SearchOption.AllDirectories)))
            .Select(p => Path.GetRelativePath(Root, p))
            .Order(StringComparer.Ordinal);

    public static string Read(string page) => File.ReadAllText(Path.Combine(Root, page));

    /// <summary>Holds what stands between two marks of a page to a text; HLS4NET_WRITE_DOCS writes it there.</summary>
    /// <param name="page">The page.</param>
    /// <param name="marked">Both marks, groups start and end, and what is between.</param>
    /// <param name="text">What shall be between.</param>
    public static void HoldMarked(string page, Regex marked, string text)
    {
        string old = Read(page);
        Match match = marked.Match(old);
        string written = $"{match.Groups["start"].Value}\n{text}\n{match.Groups["end"].Value}";
        if (Environment.GetEnvironmentVariable("HLS4NET_WRITE_DOCS") is not (null or ""))
            File.WriteAllText(Path.Combine(Root, page), old.Replace(match.Value, written, StringComparison.Ordinal));
        Assert.Equal(written, marked.Match(Read(page)).Value);
    }

    /// <summary>The cells of every table row of a text; separators and the header of each table are left out.</summary>
    public static IEnumerable<string[]> TableRows(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('|') && !IsSeparator(lines[i])
                && !(i + 1 < lines.Length && IsSeparator(lines[i + 1])))
                yield return [.. lines[i].Trim().Trim('|').Split('|').Select(c => c.Trim())];
        }
    }

    /// <summary>What stands between a heading and the next one of the same level.</summary>
    public static string Section(string text, string heading)
    {
        int start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"no section '{heading}'");
        int end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    /// <summary>The fenced blocks of a page: language and text.</summary>
    public static IEnumerable<(string Language, string Text)> Blocks(string text) =>
        Fence().Matches(text).Select(m => (m.Groups["language"].Value, m.Groups["text"].Value));

    /// <summary>The name that a link to a heading has.</summary>
    public static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
            .Replace(' ', '-');

    private static bool IsSeparator(string line) => line.StartsWith("| ---", StringComparison.Ordinal);

    private static string FindRoot()
    {
        DirectoryInfo? d = new(AppContext.BaseDirectory);
        while (d is not null && !File.Exists(Path.Combine(d.FullName, "Hls4Net.slnx")))
            d = d.Parent;
        return d?.FullName ?? throw new InvalidOperationException("the repository was not found above the tests");
    }

    [GeneratedRegex(@"^```(?<language>[a-z#+-]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
