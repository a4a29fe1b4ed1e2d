using System.Text.Json;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>What a project is to editors, to other projects, and to those it is published for.</summary>
public sealed class ProjectTests
{
    private const string OneModel = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""";

    private static readonly string[] s_designTime =
    [
        "msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildingProject=false", "-p:SkipCompilerExecution=true",
        "-p:ProvideCommandLineArgs=true", "-p:BuildProjectReferences=false",
    ];

    [Fact]
    public void A_design_time_build_makes_the_class_and_nothing_else()
    {
        using Consumer consumer = NewConsumer();
        Assert.True(consumer.Run("restore").Succeeded);
        BuildResult first = consumer.Run([.. s_designTime]);
        Assert.True(first.Succeeded, first.Output);
        Assert.Equal(["GenerateHls"], first.Steps);
        Assert.True(File.Exists(consumer.Hls("net", "net.g.cs")));
        Assert.False(Directory.Exists(consumer.Hls("net", "firmware")));
        Assert.Equal(0, consumer.CompilerRuns);
        JsonElement items = Query(consumer,
            [.. s_designTime, "-getItem:Compile", "-getItem:UpToDateCheckInput", "-getItem:UpToDateCheckOutput"]);
        Assert.Contains(Names(items, "Compile"), n => n.EndsWith("hls/net/net.g.cs", StringComparison.Ordinal));
        Assert.Contains("models/net.onnx", Names(items, "UpToDateCheckInput")
            .Select(n => Path.GetRelativePath(consumer.Folder, Path.Combine(consumer.Folder, n))));
        Assert.Contains(Names(items, "UpToDateCheckOutput"),
            n => n.EndsWith("verified.stamp", StringComparison.Ordinal));

        // It does not spoil what a real build made, and a broken model keeps the class of the last good one.
        consumer.StepsOk();
        Assert.Empty(consumer.Run([.. s_designTime]).Steps);
        Assert.True(consumer.StepsAreUpToDate());
        consumer.Write("models/net.onnx", [1, 2, 3]);
        BuildResult broken = consumer.Run([.. s_designTime]);
        Assert.True(broken.Succeeded, broken.Output);
        Assert.Empty(broken.Errors);
        Assert.Contains("HLS1001", broken.Warnings);
        Assert.True(File.Exists(consumer.Hls("net", "net.g.cs")));
        Assert.Equal(["HLS1001"], consumer.Steps().Errors);
    }

    [Fact]
    public void Referencing_projects_and_publishing_get_the_library()
    {
        using Consumer consumer = NewConsumer();
        consumer.Write("../App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
              <ItemGroup><ProjectReference Include="../Firmware/Firmware.csproj" /></ItemGroup>
            </Project>
            """);
        consumer.Write("../App/Program.cs", """
            float[] y = new float[2];
            Firmware.Net.Predict(new float[] { 1, 0.5f, 0.25f }, y);
            System.Console.WriteLine(y.Length);
            """);
        string app = Path.Combine(consumer.RootFolder, "App");
        (int published, string output) = DotNet.Run(app, ["publish", "-o", Path.Combine(app, "out")]);
        Assert.True(published == 0, output);
        Assert.True(File.Exists(Path.Combine(app, "out/libnet.so")));
        Assert.False(File.Exists(Path.Combine(app, "out/net.report.json")), "reports are for those who build");
        (int ran, string printed) = DotNet.Run(app, [Path.Combine(app, "out/App.dll")]);
        Assert.True(ran == 0, printed);
        Assert.Equal("2", printed.Trim());
        Assert.True(File.Exists(Path.Combine(app, "bin/Release/net10.0/libnet.so")));

        // The project itself, from an earlier build.
        BuildResult alone = consumer.Run("publish", "--no-build", "-o", Path.Combine(consumer.Folder, "out"));
        Assert.True(alone.Succeeded, alone.Output);
        Assert.True(File.Exists(Path.Combine(consumer.Folder, "out/libnet.so")));
        Assert.Empty(alone.Steps);
    }

    [Fact]
    public void The_targets_name_models_as_the_compiler_does()
    {
        string[] files =
        [
            "muon_pt", "jet Tagger-v2", "2-layer", "model.v1.2", "日本", "a__b", "_x", "it's",
                .. Configuration.Names.ReservedInCpp,
        ];
        using Consumer consumer = new(string.Concat(files.Select(f => $"""<HlsModel Include="models/{f}.onnx" />""")));
        JsonElement items = Query(consumer, ["msbuild", "-t:_HlsAssignOutputs", "-getItem:_Hls"]);
        string[] named = [.. items.GetProperty("Items").GetProperty("_Hls").EnumerateArray()
            .Select(i => i.GetProperty("ModelName").GetString()!)];
        Assert.Equal(files.Select(Configuration.Names.ModelName), named);
    }

    [Fact]
    public void The_sdk_layers_over_another_one()
    {
        using Consumer consumer = NewConsumer();
        consumer.Write("Firmware.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <Sdk Name="Hls4Net.Sdk" />
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Library</OutputType>{Consumer.QuickFlags}</PropertyGroup>
              <ItemGroup>{OneModel}</ItemGroup>
            </Project>
            """);
        BuildResult result = consumer.BuildOk();
        Assert.Empty(result.Warnings);
        Assert.True(File.Exists(Path.Combine(consumer.Bin, "libnet.so")));
    }

    [Fact]
    public void A_streaming_model_builds_and_is_made_again_for_another_target_interval()
    {
        using Consumer consumer = NewConsumer();
        consumer.WriteProject(OneModel, "<HlsIOType>io_stream</HlsIOType>");
        consumer.BuildOk();
        Assert.Contains("void net(hls::stream<", File.ReadAllText(consumer.Hls("net", "firmware", "net.h")),
            StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(consumer.Bin, "net.report.json"))).RootElement;
        Assert.Equal("io_stream", report.GetProperty("ioType").GetString());
        Assert.True(report.GetProperty("verification").GetProperty("managedMatchesNative").GetBoolean());

        consumer.WriteProject(OneModel.Replace(" />", " TargetInterval=\"9\" />", StringComparison.Ordinal),
            "<HlsIOType>io_stream</HlsIOType>");
        consumer.BuildOk();
        report = JsonDocument.Parse(File.ReadAllText(Path.Combine(consumer.Bin, "net.report.json"))).RootElement;
        Assert.InRange(report.GetProperty("layers")[0].GetProperty("settings").GetProperty("reuseFactor").GetInt32(),
            2, 6);
    }

    [Fact]
    public void Weights_outside_are_a_port_and_a_setting_of_projects_models_and_layers()
    {
        using Consumer consumer = NewConsumer();
        // The class has members for words of one's own.
        consumer.Write("Code.cs",
            "namespace Firmware; public static class Code { public static void Run() => Net.PredictRaw([1, 2, 3], "
            + "Net.BuiltInWeights(), new long[Net.OutputSize]); }");
        consumer.WriteProject(
            """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" Strategy="Resource" /><HlsLayer Include="fc1" ReuseFactor="3" />""",
                "<HlsWeightStorage>external</HlsWeightStorage>");
        consumer.BuildOk();
        Assert.Contains("fc1_weights[3][2]);", File.ReadAllText(consumer.Hls("net", "firmware", "net.h")),
            StringComparison.Ordinal);
        Assert.True(File.Exists(consumer.Hls("net", "firmware", "weights", "fc1_words.mem")));
        JsonElement report = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(consumer.Bin, "net.report.json"))).RootElement;
        Assert.True(report.GetProperty("verification").GetProperty("managedMatchesNative").GetBoolean());
        Assert.Equal("external", report.GetProperty("layers")[0].GetProperty("settings").GetProperty("weightStorage")
            .GetString());

        // Fewer bits than the threshold stay inside, and the class's members are gone.
        consumer.Write("Code.cs", "namespace Firmware; public static class Code;");
        consumer.WriteProject(
            """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" Strategy="Resource" WeightMemoryThreshold="1000" /><HlsLayer Include="fc1" ReuseFactor="3" />""",
                "<HlsWeightStorage>external</HlsWeightStorage>");
        consumer.BuildOk();
        Assert.DoesNotContain("fc1_weights", File.ReadAllText(consumer.Hls("net", "firmware", "net.h")),
            StringComparison.Ordinal);
        Assert.False(File.Exists(consumer.Hls("net", "firmware", "weights", "fc1_words.mem")));

        consumer.WriteProject(
            """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" /><HlsLayer Include="fc1" WeightStorage="bram" />""");
        Assert.Contains("error HLS2014", consumer.Build().Output, StringComparison.Ordinal);
    }

    private static Consumer NewConsumer()
    {
        Consumer consumer = new(OneModel);
        consumer.Write("models/net.onnx", OnnxBytes.Dense());
        consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
        return consumer;
    }

    private static JsonElement Query(Consumer consumer, string[] arguments)
    {
        (int exitCode, string output) = DotNet.Run(consumer.Folder, arguments);
        Assert.True(exitCode == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }

    private static string[] Names(JsonElement items, string kind) =>
        [.. items.GetProperty("Items").GetProperty(kind).EnumerateArray()
            .Select(i => i.GetProperty("Identity").GetString()!)];
}
