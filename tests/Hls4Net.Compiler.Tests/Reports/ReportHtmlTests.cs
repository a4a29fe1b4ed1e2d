using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hls4Net.Reports;

namespace Hls4Net.Tests.Reports;

public sealed partial class ReportHtmlTests
{
    private const string Evil = "<script>alert(\"x\")</script>'&\"\u0001\ud800";

    [Fact]
    public void What_comes_from_the_model_is_escaped()
    {
        ReportLayer layer = SampleReports.Network.Layers[4];
        string html = ReportHtml.Write(SampleReports.Network with
        {
            Model = Evil,
            Source = Evil,
            SourceSha256 = Evil,
            Part = Evil,
            Backend = Evil,
            IoType = Evil,
            Inputs = [new ReportPort(Evil, [1], Evil)],
            Outputs = [new ReportPort(Evil, [1], Evil)],
            Layers =
            [
                layer with { Name = Evil, Op = Evil, AccumType = Evil, WeightType = Evil,
                    Settings = new ReportSettings(Evil, 2), Notes = [Evil] },
                layer with { ResultType = Evil },
            ],
            Verification = SampleReports.Network.Verification with
            {
                Simulator = Evil,
                ManagedMatchesNative = null,
                Vectors = Evil,
                Reference = Evil
            },
            Synthesis = SampleReports.Synthesis with { Tool = Evil, ToolVersion = Evil },
            Notes = [Evil],
        });
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert(\"", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;&quot;", html,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_else()
    {
        string html = ReportHtml.Write(SampleReports.Network);
        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\r', html);
        Assert.Equal(html, ReportHtml.Write(ReportJson.Read(ReportJson.Write(SampleReports.Network))));
    }

    [Fact]
    public void Every_element_is_closed()
    {
        foreach (
            Report report in new[] { SampleReports.Small, SampleReports.Unknown,
                SampleReports.Network with { Synthesis = SampleReports.Synthesis } })
        {
            string html = ReportHtml.Write(report);
            // The body is written so that it is XML too, once the named entities HTML alone knows are taken away.
            string body = html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>",
                StringComparison.Ordinal)];
            Assert.NotNull(XElement.Parse(body.Replace("&shy;", "", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Unknown_figures_are_dashes_and_empty_pictures_are_left_out()
    {
        string html = ReportHtml.Write(SampleReports.Unknown);
        Assert.DoesNotContain("Resources by layer", html, StringComparison.Ordinal);
        Assert.Contains("""<div class="title">LUT<span class="tag">estimate</span></div><div class="value">–""", html,
            StringComparison.Ordinal);
        Assert.Contains("Only one execution, the managed simulator", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_of_a_synthesis_are_not_called_estimates()
    {
        string html = ReportHtml.Write(SampleReports.Network with { Synthesis = SampleReports.Synthesis });
        Assert.Contains("""<div class="title">LUT<span class="tag">yosys</span></div><div class="value">2,987""", html,
            StringComparison.Ordinal);
        Assert.DoesNotContain("""<span class="tag">estimate</span>""", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_say_headroom_and_overflow()
    {
        string html = ReportHtml.Write(SampleReports.Network);
        Assert.Equal(
            ["1 bit of headroom", "all bits used", "3 bits of headroom", "4 bits of headroom", "values beyond the type",
                "all bits used", "8 bits of headroom", "all bits used"],
            RangeNotes().Matches(html).Select(m => m.Groups[1].Value));
    }

    [Fact]
    public void Drawings_stay_within_their_pictures()
    {
        string html = ReportHtml.Write(SampleReports.Network);
        foreach (Match match in Coordinates().Matches(html))
            Assert.InRange(double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 0,
                1000);
    }

    [GeneratedRegex("""<text class="note(?: bad)?" x="742" [^>]*>([^<]*)</text>""")]
    private static partial Regex RangeNotes();

    [GeneratedRegex("""<(?:rect|text)[^>]* (?:x|width)="([^"]*)""")]
    private static partial Regex Coordinates();
}
