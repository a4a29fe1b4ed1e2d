using System.IO.Compression;
using System.Xml.Linq;
using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>The packages as users get them: from a feed, into empty caches.</summary>
public sealed class PackageTests
{
    [Fact]
    public void The_sdk_package_is_complete_and_has_nothing_to_reference()
    {
        using ZipArchive package = ZipFile.OpenRead(Packages.Nupkg("Hls4Net.Sdk"));
        string[] entries = [.. package.Entries.Select(e => e.FullName).Where(IsContent).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "Sdk/CrossTargeting.targets", "Sdk/HlsModel.xaml", "Sdk/Sdk.props", "Sdk/Sdk.targets",
                    "Sdk/Synthesis.targets",
                "tools/net10.0/Google.Protobuf.dll", "tools/net10.0/Hls4Net.Compiler.dll",
                "tools/net10.0/Hls4Net.Tasks.deps.json", "tools/net10.0/Hls4Net.Tasks.dll",
                "tools/net10.0/PureHDF.dll",
            ],
            entries);

        using Stream nuspec = package.GetEntry("Hls4Net.Sdk.nuspec")!.Open();
        XElement metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        Assert.Contains(metadata.Descendants(), e => e.Name.LocalName == "packageType"
            && (string?)e.Attribute("name") == "MSBuildSdk");
        Assert.Equal("true", metadata.Elements().Single(e => e.Name.LocalName == "developmentDependency").Value);
        Assert.DoesNotContain(metadata.Descendants(), e => e.Name.LocalName == "dependency");
    }

    [Fact]
    public void The_rule_file_and_the_targets_know_every_option()
    {
        string sdk = Path.Combine(Packages.Extracted, "hls4net.sdk", Packages.Version, "Sdk");
        string[] rules = [.. XDocument.Load(Path.Combine(sdk, "HlsModel.xaml")).Descendants()
            .Where(e => e.Name.LocalName.EndsWith("Property", StringComparison.Ordinal)
                && e.Attribute("Name") is not null)
            .Select(e => e.Attribute("Name")!.Value)];
        Assert.Equal(Configuration.OptionsReader.ModelOptions.Order(StringComparer.Ordinal),
            rules.Order(StringComparer.Ordinal));

        string targets = File.ReadAllText(Path.Combine(sdk, "Sdk.targets"));
        Assert.All(Configuration.OptionsReader.ModelOptions,
            name => Assert.Contains($"{name}=%({name})", targets, StringComparison.Ordinal));
        // What a user may set is what the check of misspelt properties knows.
        string[] read = [.. Directory.GetFiles(sdk, "*.targets")
            .SelectMany(f => XDocument.Load(f).Descendants().Where(e => e.Name.LocalName == "PropertyGroup").Elements())
            .Select(e => e.Name.LocalName).Where(n => n.StartsWith("Hls", StringComparison.Ordinal)
                && !n.StartsWith("Hls4Net", StringComparison.Ordinal))];
        Assert.Empty(read.Except(Configuration.OptionsReader.Properties));
        Assert.All(Configuration.OptionsReader.BuildProperties,
            name => Assert.Contains($"$({name}",
                string.Concat(Directory.GetFiles(sdk, "*.targets").Select(File.ReadAllText)),
                StringComparison.Ordinal));
        Assert.All(Configuration.OptionsReader.ProjectOptions,
            name => Assert.Contains($"$(Hls{name})", targets, StringComparison.Ordinal));
    }

    [Fact]
    public void The_template_makes_a_project_that_builds_and_runs()
    {
        using TempFolder root = new("root");
        File.WriteAllText(Path.Combine(root.Path, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="feed" value="{Packages.Feed}" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
        string[] hive = ["--debug:custom-hive", Path.Combine(root.Path, "hive")];
        Run(root.Path, ["new", "install", Packages.Nupkg("Hls4Net.Templates"), .. hive]);
        Run(root.Path, ["new", "hls-model", "-n", "Higgs.Trigger", "--part", "xc7z020clg400-1", .. hive]);

        string project = Path.Combine(root.Path, "Higgs.Trigger");
        Assert.Contains($"\"Hls4Net.Sdk\": \"{Packages.Version}\"",
            File.ReadAllText(Path.Combine(project, "global.json")), StringComparison.Ordinal);
        string output = Run(project, ["build"]);
        Assert.Contains("0 Warning(s)", output, StringComparison.Ordinal);
        string report = File.ReadAllText(Path.Combine(project, "bin/Debug/net10.0/example.report.json"));
        Assert.Contains("\"part\": \"xc7z020clg400-1\"", report, StringComparison.Ordinal);
        Assert.Contains("\"managedMatchesNative\": true", report, StringComparison.Ordinal);
        Assert.Equal(3, Run(project, ["run", "--no-build"])
            .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void The_template_has_the_model_that_the_tests_write()
    {
        string content = Path.Combine(Packages.RepositoryRoot, "src/Hls4Net.Templates/content/hls-model");
        AssertHolds(Path.Combine(content, "models/example.onnx"), OnnxBytes.Dense(4, 3));
        AssertHolds(Path.Combine(content, "data/inputs.npy"), NpyBytes.Random(200, 4));
    }

    [SkippableFact]
    public void A_fresh_clone_builds_with_one_command_and_empty_caches()
    {
        Skip.IfNot(Directory.Exists(Path.Combine(Packages.RepositoryRoot, ".git"))
            || File.Exists(Path.Combine(Packages.RepositoryRoot, ".git")), "not a git repository");
        using TempFolder root = new("a (clone) ü");
        using (System.Diagnostics.Process git = System.Diagnostics.Process.Start(
            "git", ["-c", "advice.detachedHead=false", "clone", "--quiet", Packages.RepositoryRoot,
                Path.Combine(root.Path, "Hls4Net")]))
        {
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
        }
        (int exitCode, string output) = DotNet.Run(
            Path.Combine(root.Path, "Hls4Net"), ["build", "samples/TriggerModel"],
            new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(root.Path, "packages") });
        Assert.True(exitCode == 0, output);
        Assert.Contains("native = managed", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(root.Path, "Hls4Net/artifacts/bin/TriggerModel/debug/libmuon_pt.so")));
    }

    /// <summary>The file, unless it is what the variable HLS4NET_ACCEPT asks to write.</summary>
    private static void AssertHolds(string path, byte[] expected)
    {
        if (Environment.GetEnvironmentVariable("HLS4NET_ACCEPT") == "1")
            File.WriteAllBytes(path, expected);
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    private static bool IsContent(string entry) =>
        !entry.StartsWith("_rels/", StringComparison.Ordinal) && !entry.StartsWith("package/", StringComparison.Ordinal)
        && entry is not ("[Content_Types].xml" or "Hls4Net.Sdk.nuspec");

    private static string Run(string folder, string[] arguments)
    {
        (int exitCode, string output) = DotNet.Run(folder, arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }
}
