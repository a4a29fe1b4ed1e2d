namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>The programs of this machine but for those whose presence is tested, by links in a folder.</summary>
public sealed class OtherPrograms : IDisposable
{
    // What a test says is there, or not.
    private static readonly string[] s_tools = ["yosys", "node", "verilator", "iverilog", "vvp", "vitis-run",
        "vitis_hls", "vivado_hls", "v++"];

    private readonly TempFolder _folder = new("programs");
    private readonly Dictionary<string, string> _all;

    public OtherPrograms()
    {
        _all = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).GroupBy(p => Path.GetFileName(p))
                .ToDictionary(g => g.Key, g => g.First());
        foreach ((string name, string path) in _all.Where(p => !s_tools.Contains(p.Key)))
            File.CreateSymbolicLink(Path.Combine(_folder.Path, name), path);
    }

    public string Folder => _folder.Path;

    /// <summary>The path of a program that is installed, of the others too; null where it is not.</summary>
    public string? Installed(string program) => _all.GetValueOrDefault(program);

    public void Dispose() => _folder.Dispose();
}
