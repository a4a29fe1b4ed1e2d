using System.Text.Json;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>A project whose builds find no tools but those that a test installs, which are counted.</summary>
public abstract class OpenFlowTest : IClassFixture<OtherPrograms>, IDisposable
{
    private protected const string Model = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" """;

    // Widths that do not follow from the vectors, which some of the tests change.
    private protected const string Properties =
        "<HlsCSimulation>false</HlsCSimulation><HlsPrecision>auto(16)</HlsPrecision>";

    private readonly Consumer _consumer = new(Model + "/>", Properties);
    private readonly OtherPrograms _others;
    private readonly string _bin, _calls;

    private protected string CallsFile => _calls;

    private protected Consumer Project => _consumer;

    protected OpenFlowTest(OtherPrograms others)
    {
        _others = others;
        _consumer.Write("models/net.onnx", OnnxBytes.Dense(inputs: 4, outputs: 3));
        _consumer.Write("data/x.npy", NpyBytes.Random(300, 4));
        _bin = Directory.CreateDirectory(Path.Combine(_consumer.RootFolder, "tools")).FullName;
        _consumer.Environment["PATH"] = $"{_bin}{Path.PathSeparator}{others.Folder}";
        _calls = Path.Combine(_consumer.RootFolder, "tools.log");
    }

    // What a layer's synthesis or a simulation is, without the question for the version.
    private protected string[] Calls => File.Exists(_calls)
        ? [.. File.ReadAllLines(_calls).Where(l => !l.EndsWith(" -V", StringComparison.Ordinal)
            && !l.EndsWith(" --version", StringComparison.Ordinal))] : [];

    public void Dispose()
    {
        _consumer.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static void AssertEnded(string pid)
    {
        string[] processes = File.ReadAllLines(pid);
        Assert.NotEmpty(processes);
        Assert.All(processes, p => Assert.True(!File.Exists($"/proc/{p}/stat")
            || File.ReadAllText($"/proc/{p}/stat").Contains(") Z", StringComparison.Ordinal), $"{p} lives on"));
    }

    private protected JsonElement Report() =>
        JsonDocument.Parse(File.ReadAllText(_consumer.Hls("net", "report.json"))).RootElement.GetProperty("synthesis");

    // Only these tools are on the PATH, behind scripts that count them.
    private protected void Install(params string[] tools)
    {
        foreach (string tool in tools)
        {
            Skip.If(Installed(tool) is null, $"{tool} not found: ./test.sh installs it");
            Write(tool, $"exec {Installed(tool)} \"$@\"");
        }
    }

    private protected void Write(string tool, string body)
    {
        string path = Path.Combine(_bin, tool);
        File.WriteAllText(path, $"#!/bin/bash\necho \"{tool} $*\" >> '{_calls}'\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private protected string? Installed(string tool) => _others.Installed(tool);

    // The npm package beside the project, as npm puts it there.
    private protected void InstallPackage()
    {
        Skip.If(Installed("node") is null, "node not found");
        string? package = Above(AppContext.BaseDirectory).Select(f => Path.Combine(f, "node_modules", "@yowasp"))
            .FirstOrDefault(f => File.Exists(Path.Combine(f, "yosys", "package.json")));
        Skip.If(package is null, "@yowasp/yosys not found: ./test.sh installs it where there is npm");
        Directory.CreateSymbolicLink(Path.Combine(
            Directory.CreateDirectory(Path.Combine(_consumer.Folder, "node_modules")).FullName, "@yowasp"), package);
        Install("node");

        static IEnumerable<string> Above(string? folder)
        {
            for (; folder is not null; folder = Path.GetDirectoryName(folder))
                yield return folder;
        }
    }

    // A package that is nothing but this script.
    private protected void WritePackage(string bundle)
    {
        _consumer.Write("node_modules/@yowasp/yosys/package.json",
            """{ "name": "@yowasp/yosys", "version": "0.99.1", "type": "module", "exports": { "default": "./bundle.js" } }""");
        _consumer.Write("node_modules/@yowasp/yosys/bundle.js", bundle);
        Install("node");
    }

    private protected BuildResult Synthesize(params string[] arguments) =>
        _consumer.Run(["build", "--no-restore", "-t:Synthesize", .. arguments]);
}
