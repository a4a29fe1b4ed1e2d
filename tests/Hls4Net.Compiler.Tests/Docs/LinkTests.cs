using System.Text.RegularExpressions;

namespace Hls4Net.Tests.Docs;

/// <summary>Relative links lead to files, and to headings, that exist.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Relative_links_resolve()
    {
        List<string> broken = [];
        int links = 0;
        foreach (string page in Pages.All)
        {
            foreach (Match match in Link().Matches(WithoutBlocks(Pages.Read(page))))
            {
                string target = match.Groups["target"].Value;
                if (target.Contains("://", StringComparison.Ordinal))
                    continue;
                links++;
                string[] parts = target.Split('#');
                string file = parts[0].Length == 0 ? page : Path.GetRelativePath(Pages.Root,
                    Path.Combine(Pages.Root, Path.GetDirectoryName(page)!, parts[0]));
                string path = Path.Combine(Pages.Root, file);
                if (!File.Exists(path) && !Directory.Exists(path))
                    broken.Add($"{page}: {target} is missing");
                else if (parts.Length > 1 && !Headings(file).Contains(parts[1]))
                    broken.Add($"{page}: {target} has no such heading");
            }
        }
        Assert.Empty(broken);
        Assert.True(links > 20, "the pages are linked with one another");
    }

    private static IEnumerable<string> Headings(string page) =>
        WithoutBlocks(Pages.Read(page)).Split('\n').Where(l => l.StartsWith('#'))
            .Select(l => Pages.Anchor(l.TrimStart('#')));

    private static string WithoutBlocks(string text) => Pages.Blocks(text)
        .Aggregate(text, (t, block) => t.Replace(block.Text, "", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
