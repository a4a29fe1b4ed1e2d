using System.Text.Json;
using Hls4Net.Reports;

namespace Hls4Net.Tests.Reports;

/// <summary>report.json is a contract: scripts of users read these keys.</summary>
public sealed class ReportJsonTests
{
    // In the order in which the file has them. Lines may be added; a changed or missing line breaks scripts.
    private static readonly string[] s_keys =
    [
        "schema", "model", "source", "sourceSha256", "backend", "ioType", "part", "clockPeriodNs",
        "inputs[].name", "inputs[].shape", "inputs[].type", "inputs[].overflows", "inputs[].maxAbsError",
            "inputs[].range", "inputs[].snrDb", "inputs[].snrBudgetDb", "inputs[].noiseShare", "inputs[].elementTypes",
            "inputs[].labels",
        "outputs[].name", "outputs[].shape", "outputs[].type", "outputs[].overflows", "outputs[].maxAbsError",
            "outputs[].range", "outputs[].snrDb", "outputs[].snrBudgetDb", "outputs[].noiseShare",
            "outputs[].elementTypes", "outputs[].labels",
        "layers[].name", "layers[].op", "layers[].outputShape", "layers[].resultType", "layers[].accumType",
        "layers[].weightType", "layers[].weights", "layers[].zeroWeights", "layers[].multiplications",
        "layers[].estimate.latencyCycles", "layers[].estimate.interval", "layers[].estimate.dsp",
            "layers[].estimate.lut",
        "layers[].estimate.ff", "layers[].estimate.bram18", "layers[].estimate.uram",
        "layers[].overflows", "layers[].maxAbsError", "layers[].range", "layers[].settings", "layers[].notes",
            "layers[].snrDb", "layers[].noiseShare",
        "verification.samples", "verification.simulator", "verification.maxAbsError", "verification.meanAbsError",
        "verification.argmaxAgreement", "verification.overflows", "verification.managedMatchesNative",
        "verification.vectors", "verification.reference", "verification.labelAccuracy",
            "verification.referenceLabelAccuracy",
        "verification.agreement", "verification.agreementThreshold", "verification.snrDb", "verification.snrBudgetDb",
        "estimate.latencyCycles", "estimate.interval", "estimate.dsp", "estimate.lut", "estimate.ff", "estimate.bram18",
            "estimate.fmaxMhz", "estimate.uram",
        "synthesis.tool", "synthesis.toolVersion", "synthesis.latencyCycles", "synthesis.interval", "synthesis.dsp",
            "synthesis.lut",
        "synthesis.ff", "synthesis.bram18", "synthesis.fmaxMhz", "synthesis.cosimSamples", "synthesis.cosimMismatches",
        "synthesis.uram", "synthesis.resourcesFrom", "synthesis.latencyBestCycles", "synthesis.latencyAverageCycles",
            "synthesis.intervalBest",
        "synthesis.clockTargetNs", "synthesis.clockEstimatedNs", "synthesis.clockUncertaintyNs", "synthesis.cosim",
            "synthesis.cosimLatencyCycles",
        "synthesis.available", "synthesis.modules", "synthesis.family", "synthesis.clockFrom", "synthesis.note",
        "notes", "available", "budgets", "warnings",
    ];

    [Fact]
    public void Keys_and_their_order_are_the_contracts()
    {
        using JsonDocument json = JsonDocument.Parse(
            ReportJson.Write(SampleReports.Small with { Synthesis = SampleReports.Synthesis }));
        Assert.Equal(s_keys, Keys(json.RootElement, ""));
    }

    [Fact]
    public void Values_stand_under_their_keys()
    {
        using JsonDocument json = JsonDocument.Parse(ReportJson.Write(SampleReports.Small));
        JsonElement root = json.RootElement;
        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        Assert.Equal(5.0, root.GetProperty("clockPeriodNs").GetDouble());
        Assert.Equal(36, root.GetProperty("inputs")[0].GetProperty("shape")[0].GetInt32());
        Assert.Equal(3210, root.GetProperty("layers")[0].GetProperty("estimate").GetProperty("lut").GetInt64());
        Assert.Equal(2100, root.GetProperty("estimate").GetProperty("ff").GetInt64());
        Assert.Equal(540, root.GetProperty("layers")[0].GetProperty("zeroWeights").GetInt64());
        Assert.True(root.GetProperty("verification").GetProperty("managedMatchesNative").GetBoolean());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("synthesis").ValueKind);
    }

    [Fact]
    public void Unknown_figures_are_null()
    {
        using JsonDocument json = JsonDocument.Parse(ReportJson.Write(SampleReports.Unknown));
        foreach (string key in new[] { "latencyCycles", "interval", "dsp", "lut", "ff", "bram18", "fmaxMhz" })
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("estimate").GetProperty(key).ValueKind);
        foreach (string key in new[] { "accumType", "weights", "overflows", "maxAbsError" })
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("layers")[0].GetProperty(key).ValueKind);
    }

    [Fact]
    public void Text_is_legible_and_the_same_everywhere()
    {
        string text = ReportJson.Write(SampleReports.Small);
        Assert.Contains("\"type\": \"fixed<16,6,RND,SAT>\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.StartsWith("{\n  \"schema\": 1,\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        Report[] reports = [SampleReports.Small, SampleReports.Unknown, SampleReports.Network,
            SampleReports.Network with { Synthesis = SampleReports.Synthesis }];
        foreach (Report report in reports)
        {
            string text = ReportJson.Write(report);
            Report back = ReportJson.Read(text);
            Assert.Equal(text, ReportJson.Write(back));
            Assert.Equal(report.Verification, back.Verification);
            Assert.Equal(report.Estimate, back.Estimate);
            Assert.Equal(report.Synthesis, back.Synthesis);
            Assert.Equal(report.Layers.Select(l => (l.Name, l.Estimate, l.Range)),
                back.Layers.Select(l => (l.Name, l.Estimate, l.Range)));
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void Reals_keep_every_bit(double value)
    {
        Report report =
            SampleReports.Small with { Verification = SampleReports.Small.Verification with { MaxAbsError = value } };
        double? back = ReportJson.Read(ReportJson.Write(report)).Verification.MaxAbsError;
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(back!.Value));
    }

    [Fact]
    public void Keys_of_a_later_version_are_skipped()
    {
        string text = ReportJson.Write(SampleReports.Small)
            .Replace("\"model\":", "\"added\": {\"x\": []},\n\"model\":", StringComparison.Ordinal);
        Assert.Equal("muon_pt", ReportJson.Read(text).Model);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void What_is_no_report_is_an_error(string text) =>
        Assert.Throws<InvalidDataException>(() => ReportJson.Read(text));

    [Fact]
    public void Another_schema_is_an_error() =>
        Assert.Contains("schema 2", Assert.Throws<InvalidDataException>(() =>
            ReportJson.Read(ReportJson.Write(SampleReports.Small with { Schema = 2 }))).Message,
            StringComparison.Ordinal);

    private static IEnumerable<string> Keys(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(p => Keys(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}")),
        JsonValueKind.Array when element[0].ValueKind == JsonValueKind.Object => Keys(element[0], path + "[]"),
        _ => [path],
    };
}
