using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;

namespace Hls4Net.Benchmarks;

/// <summary>A build with nothing to do, of a project with one model, beside that of a plain class library.</summary>
internal static class NoOpBuildRows
{
    private static readonly string[] s_build = ["build", "-v:quiet", "-nologo", "-tl:off", "-clp:NoSummary"];

    public static IEnumerable<Row> Measure(string rusage, string folder, int runs)
    {
        string root = Path.Combine(folder, "no-op");
        string plain = WriteProject(root, "Plain", "Microsoft.NET.Sdk", "");
        string firmware = WriteProject(root, "Firmware", "Hls4Net.Sdk", """<ItemGroup><HlsModel Include="jet.onnx" /></ItemGroup>""");
        Mlp.Write(Path.Combine(firmware, "jet.onnx"), Mlp.JetTagger);
        UsePackedSdk(root);

        double[][] wall = [new double[runs], new double[runs]], cpu = [new double[runs], new double[runs]];
        // The first builds have something to do; the second ones find the disk's cache cold.
        for (int run = -2; run < runs; run++)
        {
            for (int project = 0; project < 2; project++)
            {
                long start = Stopwatch.GetTimestamp();
                ProcessCost cost = Cpu.OfCommand(rusage, project == 0 ? plain : firmware, "dotnet", s_build);
                if (run >= 0)
                    (wall[project][run], cpu[project][run]) = (Stopwatch.GetElapsedTime(start).TotalSeconds, cost.Seconds);
            }
        }
        yield return new Row("dotnet build with nothing to do, one model", "s", "plain class library", wall[0], wall[1], "≤ 1.15 ×");
        yield return new Row("dotnet build with nothing to do, one model", "CPU s", "plain class library", cpu[0], cpu[1]);
    }

    private static string WriteProject(string root, string name, string sdk, string items)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              {items}
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Code.cs"), $"namespace {name}; public static class Code;");
        return folder;
    }

    /// <summary>Lets the projects resolve the package that building this program packed.</summary>
    private static void UsePackedSdk(string root)
    {
        (string feed, string version) = (Metadata("PackageFolder"), Metadata("PackageVersion"));
        string package = Path.Combine(root, "packages", "hls4net.sdk", version);
        ZipFile.ExtractToDirectory(Path.Combine(feed, $"Hls4Net.Sdk.{version}.nupkg"), package);
        File.WriteAllText(Path.Combine(package, ".nupkg.metadata"), """{ "version": 2, "contentHash": "benchmark", "source": "benchmark" }""");
        File.WriteAllText(Path.Combine(root, "global.json"), $$"""{ "msbuild-sdks": { "Hls4Net.Sdk": "{{version}}" } }""");
        File.WriteAllText(Path.Combine(root, "nuget.config"), """
            <configuration>
              <packageSources><clear /></packageSources>
              <fallbackPackageFolders><clear /><add key="sdk" value="packages" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    private static string Metadata(string key) =>
        typeof(NoOpBuildRows).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
