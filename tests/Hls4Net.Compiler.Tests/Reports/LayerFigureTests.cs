using FsCheck.Xunit;
using Hls4Net.Reports;
using Hls4Net.Reports.Html;

namespace Hls4Net.Tests.Reports;

/// <summary>Cards, chart and table of report.html have the same figures, and say whose they are.</summary>
public sealed class LayerFigureTests
{
    [Property(MaxTest = 200)]
    public void Parts_add_up_to_the_design(ushort[] luts, ushort whole, bool synthesized)
    {
        Report report = SampleReports.Network with
        {
            Layers = [.. (luts ?? [])
            .Select((lut, i) => SampleReports.Network.Layers[
                0] with { Name = $"layer{i}", Estimate = new ReportCost(1, 1, 0, lut, 0, 0) })]
        };
        long[] parts = [.. report.Layers.Select(l => l.Estimate.Lut ?? 0)];
        long all = parts.Sum() + whole;
        report = report with { Estimate = report.Estimate with { Lut = all } };
        if (synthesized)
        {
            report = report with
            {
                Synthesis = SampleReports.Synthesis with
                {
                    Lut = all,
                    // Each layer's module, and one within it.
                    Modules = [.. report.Layers.SelectMany(l => (ReportModule[])[
                        new($"{l.Name}_compute", l.Name, 1, 1, 0, l.Estimate.Lut / 2, 0, 0),
                            new(l.Name, l.Name, 2, 1, 0, l.Estimate.Lut, 0, 0)])],
                },
                // The estimates are others.
                Layers = [.. report.Layers.Select(l => l with { Estimate = new ReportCost(9, 9, 9, 9, 9, 9) })],
            };
        }
        Assert.Equal(parts, LayerFigures.Shown(report).Select(l => l.Estimate.Lut ?? 0));
        if (parts.Length > 0)
            Assert.Equal(all, LayerFigures.Divided(report).Sum(l => l.Estimate.Lut ?? 0));
    }

    [Fact]
    public void A_synthesis_without_modules_shows_no_estimate_of_a_layer()
    {
        Report report = SampleReports.Network with { Synthesis = SampleReports.Synthesis };
        string html = ReportHtml.Write(report);
        Assert.Contains($"""class="group">{SampleReports.Synthesis.Tool}</th>""", html, StringComparison.Ordinal);
        Assert.DoesNotContain("18,400", html, StringComparison.Ordinal);
        Assert.All(LayerFigures.Shown(report), l => Assert.Null(l.Estimate.Lut));
    }
}
