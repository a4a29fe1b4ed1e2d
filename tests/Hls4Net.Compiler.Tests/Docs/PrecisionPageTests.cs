using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests.Docs;

/// <summary>The examples in the tables of docs/precision.md are what the arithmetic gives.</summary>
public sealed class PrecisionPageTests
{
    private static readonly string[][] s_rows = [.. Pages.TableRows(Pages.Read("docs/precision.md"))];

    [Fact]
    public void Every_rounding_mode_rounds_as_the_page_says()
    {
        double[] values = [-1.5, -0.5, 0.5, 1.5, 2.5];
        foreach (Rounding mode in Enum.GetValues<Rounding>())
        {
            FixedPointType type = new(8, 8, true, mode);
            Assert.Equal(Row(mode.Spelling()),
                string.Join(", ", values.Select(v => (long)FixedPoint.Convert(v, type, out _))));
        }
    }

    [Fact]
    public void Every_overflow_mode_overflows_as_the_page_says()
    {
        foreach (Overflow mode in Enum.GetValues<Overflow>().Where(m => m != Overflow.WrapSm))
        {
            FixedPointType type = new(4, 4, true, Rounding.Trn, mode);
            Assert.Equal(Row(mode.Spelling()),
                string.Join(", ", new[] { 9.0, -9 }.Select(v => (long)FixedPoint.Convert(v, type, out _))));
        }
    }

    [Fact]
    public void Widths_of_the_sample_are_those_on_the_page()
    {
        string[] rows = [.. new double?[] { 30, 40, 50, 60, 70, null }.Select(decibels =>
        {
            CompiledModel model = ModelHarness.Compile(
                ModelHarness.Options(Path.Combine(Pages.Root, "samples/TriggerModel/models/muon_pt.onnx")) with
            {
                TestInputs = [Path.Combine(Pages.Root, "samples/TriggerModel/data/x.npy")],
                AutoError = decibels,
            });
            IEnumerable<int> weights = model.Model.Layers.Select(l => l.Operation.Matrix).OfType<Dense>()
                .Select(d => d.Weights.Type!.Value.Width);
            IEnumerable<int> results = model.Model.Layers.Where(l => l.Rounding is not null)
                .Select(l => l.Output.Type.Width);
            return $"| {(decibels is null ? "none" : $"`{decibels}`")} | "
                + $"{model.Model.Network.Inputs[0].Typing!.TypeOf(0).Width} | {string.Join(", ", results)} | "
                + $"{string.Join(", ", weights)} |";
        })];
        Assert.All(rows, row => Assert.True(Pages.Read("docs/precision.md").Contains(row, StringComparison.Ordinal),
            string.Join('\n', rows)));
    }

    [Fact]
    public void Every_precision_in_a_pages_xml_is_understood()
    {
        IEnumerable<string> precisions = Pages.All.SelectMany(p => Pages.Blocks(Pages.Read(p)))
            .Where(b => b.Language == "xml")
            .SelectMany(b => System.Text.RegularExpressions.Regex.Matches(b.Text, "Precision=\"([^\"]+)\"")
                .Select(m => m.Groups[1].Value));
        Assert.NotEmpty(precisions);
        Assert.All(precisions, p => Assert.NotNull(PrecisionSpec.TryParse(p, out _)));
    }

    private static string Row(string mode) =>
        s_rows.Single(r => r.Length == 3 && r[0].Split(' ')[0] == $"`{mode}`")[2].Replace('−', '-')
            .ToString(CultureInfo.InvariantCulture);
}
