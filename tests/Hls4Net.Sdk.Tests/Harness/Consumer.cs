using System.Diagnostics;
using System.Text;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>A user's project in a folder of its own, built with the packed SDK.</summary>
internal sealed class Consumer : IDisposable
{
    /// <summary>Quick to compile: these tests are about the build, not about the firmware's speed.</summary>
    public const string QuickFlags =
        "<HlsCxxFlags>-std=c++14 -O0</HlsCxxFlags><HlsCxxArchitecture>none</HlsCxxArchitecture>";

    private readonly TempFolder _root;
    private int _builds;

    /// <param name="items">HlsModel and HlsLayer items.</param>
    /// <param name="properties">Property elements.</param>
    /// <param name="folder">Name of the project's folder.</param>
    public Consumer(string items, string properties = "", string folder = "Firmware")
    {
        _root = new TempFolder("root");
        Folder = Directory.CreateDirectory(Path.Combine(_root.Path, folder)).FullName;
        // Nothing above a temporary folder may take part.
        foreach (
            string name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(Path.Combine(_root.Path, name), "<Project />");
        File.WriteAllText(Path.Combine(_root.Path, "global.json"),
            $$"""{ "msbuild-sdks": { "Hls4Net.Sdk": "{{Packages.Version}}" } }""");
        File.WriteAllText(Path.Combine(_root.Path, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /></packageSources>
              <fallbackPackageFolders><clear /><add key="sdk" value="{Packages.Extracted}" /></fallbackPackageFolders>
            </configuration>
            """);
        Compiler = Path.Combine(_root.Path, "cxx");
        CompilerLog = Path.Combine(_root.Path, "cxx.log");
        WriteCompiler("exec g++ \"$@\"");
        WriteProject(items, properties);
        Write("Code.cs", "namespace Firmware; public static class Code;");
    }

    public string Folder { get; }

    public string RootFolder => _root.Path;

    /// <summary>Variables of the builds' environment, beside those of the test run.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The script that stands before g++ and notes its runs.</summary>
    public string Compiler { get; }

    private string CompilerLog { get; }

    public string ProjectFile => Path.Combine(Folder, "Firmware.csproj");

    /// <summary>How often the C++ compiler was started to link a library.</summary>
    public int CompilerRuns => CompilerInputs.Count(i => i.EndsWith(".o", StringComparison.Ordinal));

    /// <summary>File names of the sources that were compiled, in no certain order.</summary>
    public IReadOnlyList<string> CompiledSources =>
        [.. CompilerInputs.Where(i => i.EndsWith(".cpp", StringComparison.Ordinal))];

    // The last argument of every run: the source, or the last object of a library.
    private IEnumerable<string> CompilerInputs => File.Exists(CompilerLog) ? File.ReadAllLines(CompilerLog)
        .Select(l => Path.GetFileName(l.Trim('"'))) : [];

    public string Obj => Path.Combine(Folder, "obj", "Debug", "net10.0");

    public string Bin => Path.Combine(Folder, "bin", "Debug", "net10.0");

    /// <summary>The path below the folder of a model's outputs.</summary>
    public string Hls(params string[] parts) => Path.Combine([Obj, "hls", .. parts]);

    public void WriteProject(string items, string properties = "") => Write("Firmware.csproj", $"""
        <Project Sdk="Hls4Net.Sdk">
          <PropertyGroup>
            <HlsCxx>$(MSBuildProjectDirectory)/../cxx</HlsCxx>
            {QuickFlags}
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {items}
          </ItemGroup>
        </Project>
        """);

    /// <summary>Makes the compiler a script that logs its start and then does this.</summary>
    public void WriteCompiler(string body)
    {
        File.WriteAllText(Compiler, $"#!/bin/bash\ntail -n 1 \"${{1#@}}\" >> '{CompilerLog}'\n{body}\n");
        File.SetUnixFileMode(Compiler, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public void Write(string path, byte[] bytes)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    public void Touch(string path) => File.SetLastWriteTimeUtc(Path.Combine(Folder, path), DateTime.UtcNow);

    /// <summary>Builds; the first build restores.</summary>
    public BuildResult Build(params string[] arguments) =>
        Run(_builds == 0 && !arguments.Contains("--no-restore") ? ["build", .. arguments]
            : ["build", "--no-restore", .. arguments]);

    /// <summary>Builds and fails the test if the build does.</summary>
    public BuildResult BuildOk(params string[] arguments)
    {
        BuildResult result = Build(arguments);
        Assert.True(result.Succeeded, result.Output);
        return result;
    }

    /// <summary>
    /// Runs the SDK's steps alone: no restore, no C# compiler, and so several times faster than a build.
    /// </summary>
    public BuildResult Steps(params string[] arguments) => Run(["build", "--no-restore", "-t:VerifyHls", .. arguments]);

    /// <summary>Runs the SDK's steps and fails the test if they do.</summary>
    public BuildResult StepsOk(params string[] arguments)
    {
        BuildResult result = Steps(arguments);
        Assert.True(result.Succeeded, result.Output);
        return result;
    }

    /// <summary>True if the SDK's steps have nothing to do.</summary>
    public bool StepsAreUpToDate(params string[] arguments) => IsUpToDate(["-t:VerifyHls", .. arguments]);

    /// <summary>True if a build would run nothing.</summary>
    public bool IsUpToDate(params string[] arguments) =>
        DotNet.Run(Folder, ["build", "--no-restore", "-question", .. arguments]).ExitCode == 0;

    /// <summary>Runs a dotnet command that builds.</summary>
    public BuildResult Run(params string[] arguments)
    {
        string log = Path.Combine(_root.Path, $"{++_builds}.binlog");
        (int exitCode, string output) = DotNet.Run(Folder, [.. arguments, "-bl:" + log], Environment);
        return new BuildResult(exitCode, output, log);
    }

    /// <summary>Starts a build that a test will interrupt.</summary>
    public Process StartBuild(StringBuilder output, params string[] arguments) =>
        DotNet.Start(Folder, ["build", "--no-restore", .. arguments], output, Environment);

    public void Dispose() => _root.Dispose();
}
