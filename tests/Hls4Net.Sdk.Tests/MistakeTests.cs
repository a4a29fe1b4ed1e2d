using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>What a project says that MSBuild would pass over in silence.</summary>
public sealed class MistakeTests : IDisposable
{
    private const string OneModel = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""";

    private readonly Consumer _consumer = new(OneModel, "<HlsCSimulation>false</HlsCSimulation>");

    public MistakeTests()
    {
        _consumer.Write("models/net.onnx", OnnxBytes.Dense());
        _consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void Misspelt_properties_and_items_are_said_in_every_build_wherever_they_stand()
    {
        _consumer.Write("../Directory.Build.props", """
            <!DOCTYPE Project [ <!ENTITY outside SYSTEM "file:///etc/hostname"> ]>
            <Project><Import Project="$(MSBuildThisFileDirectory)more.props" /><PropertyGroup><HlsClockPerod>4</HlsClockPerod></PropertyGroup></Project>
            """);
        _consumer.Write("../more.props",
            "<Project><PropertyGroup><HlsPrt>xc7z020clg400-1</HlsPrt></PropertyGroup></Project>");
        _consumer.WriteProject(
            OneModel + """<HlsModle Include="models/other.onnx" /><Other Include="$(HlsOwnFolder)" />""",
            "<HlsCSimulation>false</HlsCSimulation><HlsPrecison Condition=\"'$(HlsPrecison)' == "
            + "''\">fixed(16,6)</HlsPrecison><HlsOwnFolder>a</HlsOwnFolder>");
        for (int build = 0; build < 2; build++)
        {
            BuildResult result = _consumer.StepsOk("-p:HlsMaxLatncyCycles=5");
            Assert.Equal(["HLS2015", "HLS2015", "HLS2015", "HLS2015", "HLS2015"], result.Warnings);
            Assert.Contains("the property HlsPrecison is read by nothing; did you mean HlsPrecision?", result.Output,
                StringComparison.Ordinal);
            Assert.Contains("the property HlsClockPerod is read by nothing; did you mean HlsClockPeriod?",
                result.Output, StringComparison.Ordinal);
            Assert.Contains("the property HlsPrt is read by nothing; did you mean HlsPart?", result.Output,
                StringComparison.Ordinal);
            Assert.Contains("the item HlsModle is read by nothing; did you mean HlsModel?", result.Output,
                StringComparison.Ordinal);
            Assert.Contains(
                "the property HlsMaxLatncyCycles of the command line or the environment is read by nothing; did you "
                + "mean HlsMaxLatencyCycles?", result.Output, StringComparison.Ordinal);
        }
        Assert.Contains("HLS2015", _consumer.Steps("-p:WarningsAsErrors=HLS2015").Errors);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_said()
    {
        _consumer.WriteProject("""
            <HlsModel Include="models/*.onnx" TestInputs="data/x.npy" />
            <HlsModel Include="modles/**/*.onnx" />
            <HlsModel Include="$(MSBuildProjectDirectory)/missing/*.onnx" Condition="false" />
            """, "<HlsCSimulation>false</HlsCSimulation>");
        BuildResult result = _consumer.StepsOk();
        Assert.Equal(["HLS2016"], result.Warnings);
        Assert.Contains("HlsModel Include 'modles/**/*.onnx' matches no file", result.Output, StringComparison.Ordinal);
        Assert.Equal(["models/net.onnx"], result.Models("GenerateHls"));

        // Not even where there is no model at all.
        _consumer.WriteProject("""<HlsModel Include="nothing/*.onnx" />""");
        Assert.Equal(["HLS2016"], _consumer.StepsOk().Warnings);
    }

    [Fact]
    public void Expectations_without_inputs_impossible_labels_and_unknown_switches_are_errors()
    {
        _consumer.WriteProject("""<HlsModel Include="models/net.onnx" TestOutputs="data/x.npy" />""");
        BuildResult outputs = _consumer.Steps();
        Assert.Equal(["HLS2017"], outputs.Errors);
        Assert.Contains(
            "models/net.onnx : error HLS2017: HlsModel 'models/net.onnx' has TestOutputs 'data/x.npy', and no "
            + "TestInputs", outputs.Output, StringComparison.Ordinal);

        _consumer.Write("data/labels.npy", NpyBytes.Integers([0, 1, .. Enumerable.Repeat(0, 17), 2]));
        _consumer.WriteProject(
            """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" TestLabels="data/labels.npy" />""");
        BuildResult labels = _consumer.Steps();
        Assert.Equal(["HLS2005"], labels.Errors);
        Assert.Contains("has the label 2 for sample 19, and output 'y' has 2 classes, 0 to 1", labels.Output,
            StringComparison.Ordinal);

        _consumer.WriteProject(OneModel, "<HlsCSimulation>no</HlsCSimulation>");
        BuildResult switched = _consumer.Steps();
        Assert.Equal(["HLS2003"], switched.Errors);
        Assert.Contains("the project has HlsCSimulation 'no', which is none of true, false", switched.Output,
            StringComparison.Ordinal);
    }
}
