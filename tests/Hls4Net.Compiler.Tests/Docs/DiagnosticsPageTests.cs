using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;

namespace Hls4Net.Tests.Docs;

/// <summary>docs/diagnostics.md explains every code, and no other.</summary>
public sealed partial class DiagnosticsPageTests
{
    [Fact]
    public void The_page_has_every_code_with_its_title_and_severity()
    {
        IEnumerable<string> documented = Section().Matches(Pages.Read("docs/diagnostics.md"))
            .Select(m => $"{m.Groups["code"].Value}: {m.Groups["title"].Value} ({m.Groups["severity"].Value})");
        IEnumerable<string> known = Descriptors.All.Select(d =>
            $"{d.Code}: {d.Title} ({d.Severity.ToString().ToLowerInvariant()})");
        Assert.Equal(known, documented);
    }

    [Fact]
    public void Every_section_explains_and_shows_a_message()
    {
        string page = Pages.Read("docs/diagnostics.md");
        Assert.All(Descriptors.All, d =>
        {
            string section = Pages.Section(page, d.Code);
            (string language, string message) = Assert.Single(Pages.Blocks(section));
            Assert.Equal("text", language);
            Assert.Contains($"{d.Severity.ToString().ToLowerInvariant()} {d.Code}: ", message,
                StringComparison.Ordinal);
            Assert.True(section.Length - message.Length > 150, $"{d.Code} is explained in a paragraph");
        });
    }

    [GeneratedRegex(@"^## (?<code>HLS\d{4})\n\n\*\*(?<title>[^*]+)\*\* \((?<severity>\w+)\)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
