using System.Text.RegularExpressions;
using Hls4Net.Tools;

namespace Hls4Net.Rtl.Tools;

/// <summary>
/// A Yosys of this machine: the program, or the WebAssembly of YoWASP's npm package, which Node.js runs.
/// </summary>
/// <param name="Version">Its version, such as 0.23 or 0.55 (YoWASP).</param>
/// <param name="Identity">All that it says of itself, on which figures depend.</param>
/// <param name="Package">Full path of the npm package; null for the program.</param>
internal sealed partial record YosysTool(string Version, string Identity, string? Package)
{
    /// <summary>The npm package.</summary>
    public const string PackageName = "@yowasp/yosys";

    private const string Driver = "yowasp.mjs";

    /// <summary>The program on the PATH; null where there is none that says its version.</summary>
    public static YosysTool? OnPath() => Of(null, out _);

    /// <summary>A Yosys that says its version; null where it does not.</summary>
    /// <param name="package">Full path of the npm package; null for the program on the PATH.</param>
    /// <param name="says">What it says instead.</param>
    public static YosysTool? Of(string? package, out string says)
    {
        using WorkFolder folder = new("yosys");
        (string program, IEnumerable<string> arguments) = Command(package, folder.Path, ["-V"]);
        ToolRun? run = Tool.Probe(folder.Path, program, arguments);
        says = run?.Output.Trim() ?? "";
        return run is { ExitCode: 0 } && VersionNumber().Match(says) is { Success: true } match
            ? new YosysTool(package is null ? match.Groups[1].Value : $"{match.Groups[1].Value} (YoWASP)",
                package is null ? says : $"{says} YoWASP", package)
            : null;
    }

    /// <summary>Runs it on the files of a folder.</summary>
    /// <exception cref="ToolException">It cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and ended.</exception>
    public ToolRun Run(string folder, IEnumerable<string> arguments, IToolRunner? tools, CancellationToken cancellation)
    {
        (string program, IEnumerable<string> all) = Command(Package, folder, arguments);
        return (tools ?? LocalTools.Instance).Run(new ToolCall(folder, program, all), cancellation)
            ?? throw new ToolException($"'{program}' cannot be started: {Advice}");
    }

    /// <summary>How one gets a Yosys.</summary>
    public const string Advice =
        $"install Yosys with apt-get install yosys, or with npm install -g {PackageName} where there is Node.js";

    private static (string Program, IEnumerable<string> Arguments) Command(string? package, string folder,
        IEnumerable<string> arguments)
    {
        if (package is null)
            return ("yosys", arguments);
        using Stream stream = typeof(YosysTool).Assembly.GetManifestResourceStream($"Hls4Net.Rtl.{Driver}")!;
        using StreamReader reader = new(stream);
        File.WriteAllText(Path.Combine(folder, Driver), reader.ReadToEnd());
        return ("node", [Driver, package, .. arguments]);
    }

    [GeneratedRegex(@"^Yosys (\d+\.\d+(?:\+\d+)?)", RegexOptions.Multiline)]
    private static partial Regex VersionNumber();
}
