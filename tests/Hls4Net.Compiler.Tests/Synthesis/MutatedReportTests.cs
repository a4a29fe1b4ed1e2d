using System.Text;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Synthesis;

/// <summary>
/// Damaged reports are read or refused with HLS5107; nothing else comes of them, and no figure that is out of range.
/// </summary>
public sealed class MutatedReportTests(ITestOutputHelper output)
{
    private const int Mutants = 10_000;

    private static readonly string[] s_inserts =
        ["undef", "-1", "?", "~0", "99999999999999999999", "1e400", "NaN", "|", "+", "<", ">", "&", "\"", "\u0000",
            "\uD800", "\\uD800", "{", "]", "'", "--- ---", "+---+---+", "\n", "\t"];

    [SkippableFact]
    public void Ten_thousand_mutants_are_read_or_refused()
    {
        string root = SharedData.Require("hls-reports");
        string[] texts = [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(p => Path.GetExtension(p) is not ".md" && new FileInfo(p).Length < 200_000)
            .Order(StringComparer.Ordinal).Select(File.ReadAllText), ReportFormTests.Summary];
        Assert.NotEmpty(texts);
        int refused = 0;
        Random random = new(5);
        for (int i = 0; i < Mutants; i++)
        {
            string mutant = Mutate(texts[i % texts.Length], random);
            try
            {
                Check(ReportReader.Read(mutant, "mutant"));
            }
            catch (ModelException e)
            {
                Assert.Equal(Descriptors.ReportUnreadable, e.Descriptor);
                Assert.NotEqual("", e.Message);
                refused++;
            }
        }
        output.WriteLine($"{Mutants} mutants: {Mutants - refused} read, {refused} refused");
        Assert.InRange(refused, Mutants / 20, Mutants * 19 / 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("hello")]
    [InlineData("<html></html>")]
    [InlineData("<profile>")]
    [InlineData("<profile><PerformanceEstimates/></profile>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><profile>&a;</profile>")]
    [InlineData("{}")]
    [InlineData("{\"ClockInfo\":{},\"Top\":\"x\"}")]
    [InlineData("[1, 2")]
    [InlineData("== Vitis HLS Report for 'x'")]
    [InlineData("== Synthesis Summary Report of 'x'")]
    [InlineData("| Command : report_utilization")]
    [InlineData("Design Timing Summary")]
    [InlineData("-- Catapult Ultra Synthesis: Report")]
    [InlineData("//  Catapult Ultra Synthesis 2023.1_2/1 (Production Release)")]
    public void What_is_no_whole_report_is_refused_with_what_was_looked_for(string text)
    {
        ModelException e = Assert.Throws<ModelException>(() => ReportReader.Read(text, "x"));
        Assert.Equal(Descriptors.ReportUnreadable, e.Descriptor);
        Assert.Matches("looked for|document", e.Message);
    }

    [SkippableFact]
    public void A_report_that_is_cut_short_before_its_figures_is_refused()
    {
        string text = File.ReadAllText(SharedData.Require("hls-reports", "vitis-2024.1_hls4ml_openml",
            "myproject_csynth.rpt"));
        int total = text.IndexOf("|Total ", StringComparison.Ordinal);
        for (int length = 0; length < total; length += 97)
            Assert.Throws<ModelException>(() => ReportReader.Read(text[..length], "x"));
        string xml = File.ReadAllText(SharedData.Require("hls-reports", "vitis-2024.1_hls4ml_openml", "csynth.xml"))
            .TrimEnd();
        for (int length = 0; length < xml.Length; length += 997)
            Assert.Throws<ModelException>(() => ReportReader.Read(xml[..length], "x"));
    }

    private static void Check(DesignReport r)
    {
        long?[] counts =
        [
            r.Latency.Best, r.Latency.Average, r.Latency.Worst, r.Interval.Best, r.Interval.Worst, r.Used.Lut,
                r.Used.Ff, r.Used.Dsp, r.Used.Bram18, r.Used.Uram,
            .. r.Modules.SelectMany(m =>
                new[] { m.Latency.Worst, m.Interval.Worst, m.Used.Lut, m.Used.Ff, m.Used.Dsp }),
        ];
        Assert.DoesNotContain(counts, c => c < 0);
        Assert.False(r.Clock.EstimatedNs < 0 || double.IsNaN(r.Clock.EstimatedNs ?? 0)
            || double.IsInfinity(r.Clock.EstimatedNs ?? 0));
    }

    private static string Mutate(string text, Random random)
    {
        StringBuilder b = new(text);
        for (int n = random.Next(1, 6); n > 0 && b.Length > 4; n--)
        {
            int at = random.Next(b.Length - 1), length = Math.Min(random.Next(1, random.Next(2, 2000)), b.Length - at);
            switch (random.Next(8))
            {
                case 0:
                    b.Length = Math.Max(1, at);
                    break;
                case 1:
                    b.Remove(at, length);
                    break;
                case 2:
                    b.Insert(at, b.ToString(at, length));
                    break;
                case 3:
                    b.Insert(at, s_inserts[random.Next(s_inserts.Length)]);
                    break;
                case 4:
                    b[at] = (char)random.Next(1, 256);
                    break;
                case 5:
                    // A figure that the tool did not know.
                    for (int i = at; i < b.Length && i < at + 3000; i++)
                    {
                        if (!char.IsAsciiDigit(b[i]))
                            continue;
                        b.Remove(i, 1).Insert(i, s_inserts[random.Next(7)]);
                        break;
                    }
                    break;
                case 6:
                    b.Replace(random.Next(2) == 0 ? "\n" : " ", random.Next(2) == 0 ? "\r\n" : "", at, length);
                    break;
                default:
                    string moved = b.ToString(at, length);
                    b.Remove(at, length).Insert(random.Next(b.Length + 1), moved);
                    break;
            }
        }
        return b.ToString();
    }
}
