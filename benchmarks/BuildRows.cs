using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;

namespace Hls4Net.Benchmarks;

/// <summary>
/// What builds cost with next to nothing to do, beside those of a plain class library; and what cores side by side save
/// where there is.
/// </summary>
internal static class BuildRows
{
    private const string EmptySdk = "Empty.Sdk";

    private const int Models = 50, ParallelModels = 6;

    private static readonly string[] s_build = ["build", "-v:quiet", "-nologo", "-tl:off", "-clp:NoSummary"];

    // As an editor asks for what a compilation consists of.
    private static readonly string[] s_designTime =
    [
        "msbuild", "-v:quiet", "-nologo", "-tl:off", "-t:Compile", "-p:DesignTimeBuild=true",
            "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-p:BuildProjectReferences=false",
    ];

    public static IEnumerable<Row> Measure(string rusage, string folder, int runs)
    {
        string root = Path.Combine(folder, "builds");
        string plain = WriteProject(root, "Plain", "Microsoft.NET.Sdk", "");
        string one = WriteProject(root, "One", "Hls4Net.Sdk", """<HlsModel Include="*.onnx" />""");
        string many = WriteProject(root, "Many", "Hls4Net.Sdk",
            """<HlsModel Include="*.onnx" Precision="fixed(16,6)" AccumPrecision="fixed(24,12)" />""");
        string empty = WriteProject(root, "Empty", EmptySdk, "");
        UsePackedSdk(root);
        Mlp.Write(Path.Combine(one, "jet.onnx"), Mlp.JetTagger);
        for (int i = 0; i < Models; i++)
            Mlp.Write(Path.Combine(many, $"m{i}.onnx"), [4, 4, 1], seed: i);
        // The first builds have something to do; the second ones find the disk's cache cold.
        for (int i = 0; i < 2; i++)
        {
            foreach (string project in new[] { plain, empty, one, many })
                Cpu.OfCommand(rusage, project, "dotnet", s_build);
        }
        int seed = Models;
        Build[] builds =
        [
            // What MSBuild takes to find an SDK in a package.
            new("dotnet build with nothing to do, an SDK from a package that adds nothing", empty, s_build, null, ""),
            new("dotnet build with nothing to do, one model", one, s_build, null, "≤ 1.10 ×"),
            new($"dotnet build with nothing to do, {Models} models", many, s_build, null, ""),
            new($"dotnet build, new weights of one of {Models} models", many, s_build,
                () => Mlp.Write(Path.Combine(many, "m0.onnx"), [4, 4, 1], seed: seed++), ""),
            new("design-time build, one model", one, s_designTime, null, ""),
        ];
        double[][] wall = [.. builds.Select(_ => new double[runs])], cpu = [.. builds.Select(_ => new double[runs])];
        double[][] plainWall = [.. builds.Select(_ => new double[runs])],
            plainCpu = [.. builds.Select(_ => new double[runs])];
        for (int run = 0; run < runs; run++)
        {
            for (int i = 0; i < builds.Length; i++)
            {
                (plainWall[i][run], plainCpu[i][run]) = Time(rusage, plain, builds[i].Arguments);
                builds[i].Change?.Invoke();
                (wall[i][run], cpu[i][run]) = Time(rusage, builds[i].Project, builds[i].Arguments);
            }
        }
        for (int i = 0; i < builds.Length; i++)
        {
            yield return new Row(builds[i].What, "s", "plain class library", plainWall[i], wall[i], builds[i].Goal);
            yield return new Row(builds[i].What, "CPU s", "plain class library", plainCpu[i], cpu[i]);
        }
        yield return Parallel(rusage, root, Math.Min(runs, 3));
    }

    // Everything but the class library is made anew.
    private static Row Parallel(string rusage, string root, int runs)
    {
        string project = WriteProject(root, "Parallel", "Hls4Net.Sdk", """<HlsModel Include="*.onnx" />""");
        for (int i = 0; i < ParallelModels; i++)
            Mlp.Write(Path.Combine(project, $"m{i}.onnx"), Mlp.JetTagger, seed: i);
        Cpu.OfCommand(rusage, project, "dotnet", s_build);
        double[] serial = new double[runs], parallel = new double[runs];
        for (int run = 0; run < runs; run++)
        {
            serial[run] = Rebuild("-m:1");
            parallel[run] = Rebuild();
        }
        return new Row($"dotnet build, {ParallelModels} models made anew, {Environment.ProcessorCount} cores", "s",
            "-m:1", serial, parallel);

        double Rebuild(params string[] arguments)
        {
            Directory.Delete(Path.Combine(project, "obj", "Debug", "net10.0", "hls"), recursive: true);
            return Time(rusage, project, [.. s_build, .. arguments]).Wall;
        }
    }

    private static (double Wall, double Cpu) Time(string rusage, string project, string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        ProcessCost cost = Benchmarks.Cpu.OfCommand(rusage, project, "dotnet", arguments);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, cost.Seconds);
    }

    private sealed record Build(string What, string Project, string[] Arguments, Action? Change, string Goal);

    private static string WriteProject(string root, string name, string sdk, string items)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{items}</ItemGroup>
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
        string nothing = Directory.CreateDirectory(Path.Combine(root, "packages", EmptySdk.ToLowerInvariant(), version,
            "Sdk")).FullName;
        foreach (string file in new[] { "Sdk.props", "Sdk.targets" })
            File.WriteAllText(Path.Combine(nothing, file),
                $"""<Project><Import Project="{file}" Sdk="Microsoft.NET.Sdk" /></Project>""");
        File.WriteAllText(Path.Combine(nothing, "..", $"{EmptySdk.ToLowerInvariant()}.nuspec"), $"""
            <package><metadata><id>{EmptySdk}</id><version>{version}</version><authors>benchmark</authors><description>Nothing.</description><packageTypes><packageType name="MSBuildSdk" /></packageTypes></metadata></package>
            """);
        foreach (string folder in new[] { package, Path.GetDirectoryName(nothing)! })
            File.WriteAllText(Path.Combine(folder, ".nupkg.metadata"),
                """{ "version": 2, "contentHash": "benchmark", "source": "benchmark" }""");
        File.WriteAllText(Path.Combine(root, "global.json"),
            $$"""{ "msbuild-sdks": { "Hls4Net.Sdk": "{{version}}", "{{EmptySdk}}": "{{version}}" } }""");
        File.WriteAllText(Path.Combine(root, "nuget.config"), """
            <configuration>
              <packageSources><clear /></packageSources>
              <fallbackPackageFolders><clear /><add key="sdk" value="packages" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    private static string Metadata(string key) =>
        typeof(BuildRows).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
