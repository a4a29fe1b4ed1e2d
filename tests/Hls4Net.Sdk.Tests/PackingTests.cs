using System.IO.Compression;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>Projects for several frameworks, and packages of firmware.</summary>
public sealed class PackingTests
{
    private const string OneModel = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""";

    [Fact]
    public void A_project_for_several_frameworks_builds_and_its_package_brings_the_library_along()
    {
        using Consumer consumer = new(OneModel);
        consumer.Write("models/net.onnx", OnnxBytes.Dense());
        consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
        // An architecture of its own: only what a user does not say is chosen for packing.
        consumer.Write("Firmware.csproj", $"""
            <Project Sdk="Hls4Net.Sdk">
              <PropertyGroup>
                <TargetFrameworks>net10.0</TargetFrameworks>
                <HlsCxx>$(MSBuildProjectDirectory)/../cxx</HlsCxx>
                <HlsCxxFlags>-std=c++14 -O0</HlsCxxFlags>
                <Version>1.2.3</Version>
              </PropertyGroup>
              <ItemGroup>{OneModel}</ItemGroup>
            </Project>
            """);
        BuildResult built = consumer.BuildOk();
        Assert.Equal(["GenerateHls", "CompileCSim", "VerifyHls"], built.Steps);
        Assert.True(File.Exists(Path.Combine(consumer.Bin, "libnet.so")));
        Assert.Contains("architecture=native", File.ReadAllLines(consumer.Hls("csim.options")));
        // The targets of users work on the whole project.
        Assert.True(consumer.StepsAreUpToDate());
        Assert.Empty(consumer.StepsOk().Steps);

        BuildResult native = consumer.Run("pack", "--no-restore", "--no-build", "-c", "Debug", "-o",
            Path.Combine(consumer.RootFolder, "native"));
        Assert.True(native.Succeeded, native.Output);
        Assert.Equal(["HLS4007"], native.Warnings);

        string feed = Path.Combine(consumer.RootFolder, "feed");
        BuildResult packed = consumer.Run("pack", "--no-restore", "-c", "Debug", "-o", feed);
        Assert.True(packed.Succeeded, packed.Output);
        Assert.Empty(packed.Warnings);
        Assert.Contains("architecture=none", File.ReadAllLines(consumer.Hls("csim.options")));
        using (ZipArchive package = ZipFile.OpenRead(Path.Combine(feed, "Firmware.1.2.3.nupkg")))
            Assert.Contains("runtimes/linux-x64/native/libnet.so", package.Entries.Select(e => e.FullName));

        // A program that knows nothing of this SDK.
        string app = Path.Combine(consumer.RootFolder, "App");
        consumer.Write("../App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
              <ItemGroup><PackageReference Include="Firmware" Version="1.2.3" /></ItemGroup>
            </Project>
            """);
        consumer.Write("../App/Program.cs", """
            using System;
            float[] y = new float[2];
            Firmware.Net.Predict(new float[] { 1, 0.5f, 0.25f }, y);
            Console.WriteLine(y.Length);
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                float[] x = new float[3 * 40];
                x[64] = bad;
                try { Firmware.Net.PredictBatch(x, new float[2 * 40]); }
                catch (ArgumentException e) { Console.WriteLine(e.Message.Split(',')[0]); }
            }
            try { Firmware.Net.Trace(new float[] { 1, 2, float.NaN }); }
            catch (ArgumentException e) { Console.WriteLine(e.Message.Split(',')[0]); }
            """);
        File.WriteAllText(Path.Combine(app, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="feed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
        (int exitCode, string output) = DotNet.Run(app, ["run"]);
        Assert.True(exitCode == 0, output);
        Assert.Equal(
            ["2", "Number 1 of sample 21 is NaN", "Number 1 of sample 21 is Infinity",
                "Number 1 of sample 21 is -Infinity", "Number 2 of sample 0 is NaN"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
