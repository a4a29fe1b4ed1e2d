using System.Text.Json;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>Warnings of results that later builds use, budgets, and what the reports list of both.</summary>
public sealed class WarningTests : IDisposable
{
    private readonly Consumer _consumer = new("");

    public WarningTests()
    {
        _consumer.Write("models/net.onnx", OnnxBytes.Dense());
        _consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void A_warning_called_an_error_fails_every_build_until_its_cause_is_gone()
    {
        // Of the verification, of the generation, of the C++ compiler.
        _consumer.WriteProject("""
            <HlsModel Include="models/net.onnx" TestInputs="data/x.npy" MaxLut="1" />
            <HlsLayer Include="fc1" ResultPrecision="fixed(4,1)" />
            """);
        _consumer.WriteCompiler("""
            [[ $(tail -n 1 "${1#@}") == *net.cpp* ]] && echo "firmware/net.cpp:12:7: warning: unused variable 'x' [-Wunused-variable]" >&2
            exec g++ "$@"
            """);
        foreach (string code in new[] { "HLS3001", "HLS4003", "HLS5001" })
        {
            for (int build = 0; build < 2; build++)
            {
                BuildResult promoted = _consumer.Steps($"-p:WarningsAsErrors={code}");
                Assert.Contains(code, promoted.Errors);
                Assert.False(promoted.Succeeded, code);
            }
        }
        BuildResult used = _consumer.StepsOk();
        Assert.Empty(used.Steps);
        Assert.Superset(new HashSet<string> { "HLS3001", "HLS4003", "HLS5001" }, used.Warnings.ToHashSet());
        Assert.Contains("firmware/net.cpp(12,7): warning HLS4003: unused variable 'x'", used.Output,
            StringComparison.Ordinal);
        Assert.True(_consumer.StepsAreUpToDate());

        JsonElement report = JsonDocument.Parse(File.ReadAllText(_consumer.Hls("net", "report.json"))).RootElement;
        string[] listed = [.. report.GetProperty("warnings").EnumerateArray()
            .Select(w => w.GetProperty("code").GetString()!)];
        Assert.Superset(new HashSet<string> { "HLS3001", "HLS4003", "HLS5001" }, listed.ToHashSet());
        JsonElement budget = Assert.Single(report.GetProperty("budgets").EnumerateArray());
        Assert.Equal(("MaxLut", "broken", "estimate", 1), (Text(budget, "option"), Text(budget, "state"),
            Text(budget, "origin"), budget.GetProperty("limit").GetInt32()));
        Assert.True(budget.GetProperty("figure").GetDouble() > 1);
        string page = File.ReadAllText(_consumer.Hls("net", "report.html"));
        Assert.Contains("HLS5001", page, StringComparison.Ordinal);
        Assert.Contains("broken", page, StringComparison.Ordinal);

        // A cause that is gone is not said again.
        _consumer.WriteCompiler("exec g++ \"$@\"");
        _consumer.WriteProject("""<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" MaxLut="100000" />""");
        Assert.DoesNotContain("HLS5001", _consumer.StepsOk().Warnings);
        BuildResult mended = _consumer.StepsOk("-p:WarningsAsErrors=\"HLS3001;HLS5001\"");
        Assert.DoesNotContain("HLS3001", mended.Warnings);
        Assert.Equal("met",
            Text(JsonDocument.Parse(File.ReadAllText(_consumer.Hls("net", "report.json"))).RootElement.GetProperty(
                "budgets")[0], "state"));
    }

    [Fact]
    public void Budgets_of_hardware_fail_the_build_where_asked_and_messages_name_the_model()
    {
        const string Models = """
            <HlsModel Include="models/net.onnx" TestInputs="data/x.npy" MaxLut="1" />
            <HlsModel Include="models/net.onnx" TestInputs="data/x.npy" ModelName="other" MaxLut="0.0001%" />
            """;
        _consumer.WriteProject(Models);
        BuildResult warned = _consumer.StepsOk();
        Assert.Equal(["HLS5001", "HLS5001"], warned.Warnings);
        Assert.Contains("models/net.onnx : warning HLS5001: net: the estimated use", warned.Output,
            StringComparison.Ordinal);
        Assert.Contains("models/net.onnx : warning HLS5001: other: the estimated use", warned.Output,
            StringComparison.Ordinal);

        _consumer.WriteProject(Models, "<HlsBudgets>Error</HlsBudgets>");
        for (int build = 0; build < 2; build++)
        {
            BuildResult failed = _consumer.Steps();
            Assert.Equal(["HLS5005", "HLS5005"], failed.Errors);
            Assert.Contains("models/net.onnx : error HLS5005: other: the estimated use", failed.Output,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_design_beyond_its_part_is_said_with_shares()
    {
        _consumer.Write("models/net.onnx", OnnxBytes.Dense(64, 64));
        _consumer.Write("data/x.npy", NpyBytes.Random(5, 64));
        _consumer.WriteProject(
            """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" Part="iCE40UP5K-SG48" />""",
            "<HlsCSimulation>false</HlsCSimulation>");
        BuildResult result = _consumer.StepsOk();
        Assert.Equal(["HLS5006"], result.Warnings);
        Assert.Matches(@"LUTs of 5280 \([0-9.]+ %\)", result.Output);
        Assert.Matches(@"~[0-9,]+ LUT \([0-9,]+ %\)", result.Output);
        JsonElement report = JsonDocument.Parse(File.ReadAllText(_consumer.Hls("net", "report.json"))).RootElement;
        Assert.Equal(5280, report.GetProperty("available").GetProperty("lut").GetInt32());
        Assert.Contains("of the part", File.ReadAllText(_consumer.Hls("net", "report.html")), StringComparison.Ordinal);
    }

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
