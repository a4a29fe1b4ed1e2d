using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tools;
namespace Hls4Net.Targets.Open;

/// <summary>
/// Looks for Yosys on the PATH, or else for the npm package @yowasp/yosys where there is Node.js, and for Verilator or
/// else Icarus on the PATH.
/// </summary>
public static partial class OpenToolFinder
{
    private const string Install =
        $"Install them, with apt-get install yosys verilator g++ make for one; Yosys is also in npm's package "
        + $"{YosysTool.PackageName}, which needs Node.js: npm install -g {YosysTool.PackageName}";

    /// <summary>True if there is a Yosys, whatever else is missing.</summary>
    public static bool IsFound(Func<string, string?> environment, string projectDirectory) =>
        OnPath("yosys", environment)
            || (OnPath("node", environment) && Package(environment, projectDirectory) is not null);

    /// <summary>Says what was looked for.</summary>
    public static string NotFound(Func<string, string?> environment, string projectDirectory) =>
        $"The open flow (HlsSynthesizer=Open) was not found either: {Missing(environment, projectDirectory)}; it also "
        + $"takes a verilator or iverilog on the PATH. {Install}";

    /// <summary>Finds the tools and their versions.</summary>
    /// <exception cref="ModelException">
    /// One is missing (HLS5101), its version does not do (HLS5102), a step is asked for that only AMD's tools have
    /// (HLS2009), there is no HlsLibertyFile (HLS2003), or nothing can be made of its cells (HLS5204).
    /// </exception>
    public static OpenSynthesizer Find(SynthesisOptions options, Func<string, string?> environment,
        string projectDirectory)
    {
        if (options.ExportIp || options.Implementation)
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"the project has {(options.ExportIp ? "HlsExportIp" : "HlsImplementation")} 'true', which "
                + "HlsSynthesizer=Open has not: it places nothing and packs nothing; rtl/vivado.tcl, which it writes, "
                + "does so in Vivado");
        string? library = options.LibertyFile is string file ? Path.GetFullPath(file, projectDirectory) : null;
        if (library is not null && !File.Exists(library))
            throw new ModelException(Descriptors.InvalidOption,
                $"the project has HlsLibertyFile '{options.LibertyFile}', and there is no file {library}; name the "
                + "cell library of the process, in Liberty's format");
        YosysTool yosys = FindYosys(environment, projectDirectory);
        return new OpenSynthesizer(
            yosys, library is null ? null : ReadLibrary(options.LibertyFile!, library),
            FindSimulator(environment,
                $"Yosys {yosys.Version} was found, and no simulator of Verilog, without which nothing says that the "
                + "Verilog is right"));
    }

    /// <summary>Finds Yosys alone.</summary>
    /// <exception cref="ModelException">There is none (HLS5101), or it does not say its version (HLS5102).</exception>
    internal static YosysTool FindYosys(Func<string, string?> environment, string projectDirectory)
    {
        if (OnPath("yosys", environment))
        {
            return YosysTool.Of(null, out _) ?? throw new ModelException(
                Descriptors.SynthesisToolVersion,
                    $"the yosys on the PATH ({environment("PATH")}) does not say its version to 'yosys -V'. Install "
                    + "another");
        }
        if (OnPath("node", environment) && Package(environment, projectDirectory) is string package)
        {
            return YosysTool.Of(package, out string says) ?? throw new ModelException(
                Descriptors.SynthesisToolVersion,
                    $"the {YosysTool.PackageName} in {package} does not say its version under the node on the PATH, "
                    + $"but '{Short(says)}'. Install a later Node.js (package 0.55 needs 18), an earlier package, or "
                    + "Yosys itself, with apt-get install yosys for one");
        }
        throw new ModelException(Descriptors.SynthesisToolNotFound,
            $"HlsSynthesizer=Open needs Yosys: {Missing(environment, projectDirectory)}. {Install}");
    }

    // The line of a stack trace that says what happened, or the first.
    private static string Short(string says)
    {
        string[] lines = says.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(l => l.Split(':', ' ')[0].EndsWith("Error", StringComparison.Ordinal))
            ?? lines.FirstOrDefault() ?? "";
    }

    private static CellLibrary ReadLibrary(string named, string path)
    {
        try
        {
            return CellLibrary.Of(path);
        }
        catch (FormatException e)
        {
            throw new ModelException(Descriptors.CellLibraryUnusable,
                $"the project has HlsLibertyFile '{named}': {e.Message}; name the whole cell library of the process, "
                + "in Liberty's format");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(Descriptors.InvalidOption,
                $"the project has HlsLibertyFile '{named}', which cannot be read: {e.Message}");
        }
    }

    /// <summary>Finds the simulator alone.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="finding">What it means if there is none.</param>
    /// <exception cref="ModelException">There is none (HLS5101), or its version does not do (HLS5102).</exception>
    public static OpenSimulator FindSimulator(Func<string, string?> environment, string finding)
    {
        string where = $"on the PATH ({environment("PATH")})";
        if (OnPath("verilator", environment))
        {
            string text = (Tool.Ask("verilator", "--version") ?? "").Trim();
            if (VerilatorVersion().Match(text) is not { Success: true } match
                || int.Parse(match.Groups["major"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) < 5)
                throw new ModelException(Descriptors.SynthesisToolVersion,
                    $"co-simulation needs Verilator 5 or later, and the one {where} says '{text}'. Install a later "
                    + "one, or none: Icarus (apt-get install iverilog) then simulates");
            return new OpenSimulator(VerilogSimulator.Verilator, $"Verilator {match.Groups["version"].Value}");
        }
        if (OnPath("iverilog", environment) && OnPath("vvp", environment))
            return new OpenSimulator(VerilogSimulator.Icarus,
                IcarusVersion().Match(Tool.Ask("iverilog", "-V") ?? "") is { Success: true } icarus
                    ? $"Icarus {icarus.Groups[1].Value}" : "Icarus");
        throw new ModelException(Descriptors.SynthesisToolNotFound,
            $"{finding}: there is no verilator and no iverilog {where}. {Install}");
    }

    private static string Missing(Func<string, string?> environment, string projectDirectory)
    {
        string node = OnPath("node", environment) ? "and the node on it finds no" : "and neither is node, which runs";
        return $"there is no yosys on the PATH ({environment("PATH")}), {node} {YosysTool.PackageName} (looked for in "
            + $"node_modules beside and above {projectDirectory}, NODE_PATH ({environment("NODE_PATH") ?? "not set"}) "
            + "and npm's global folders)";
    }

    /// <summary>
    /// The npm package, as Node.js finds it from a folder and npm installs it for all; null where there is none.
    /// </summary>
    internal static string? Package(Func<string, string?> environment, string projectDirectory)
    {
        List<string> folders = [];
        for (DirectoryInfo? folder = new(projectDirectory); folder is not null; folder = folder.Parent)
            folders.Add(Path.Combine(folder.FullName, "node_modules"));
        // Node.js runs elsewhere.
        folders.AddRange(Paths("NODE_PATH", environment)
            .Select(f => Path.GetFullPath(f, Path.GetFullPath(projectDirectory))));
        if (environment("NPM_CONFIG_PREFIX") is { Length: > 0 } prefix)
            folders.Add(Path.Combine(prefix, "lib", "node_modules"));
        if (ProgramPath.Find("node", environment) is string node)
        {
            foreach (
                string program in new[] { node, File.ResolveLinkTarget(node, returnFinalTarget: true)?.FullName
                    ?? node })
                folders.Add(
                    Path.GetFullPath(Path.Combine(Path.GetDirectoryName(program)!, "..", "lib", "node_modules")));
        }
        folders.Add("/usr/local/lib/node_modules");
        return folders.Select(f => Path.Combine([f, .. YosysTool.PackageName.Split('/')]))
            .FirstOrDefault(f => File.Exists(Path.Combine(f, "package.json")));
    }

    private static bool OnPath(string program, Func<string, string?> environment) =>
        ProgramPath.Find(program, environment) is not null;

    private static string[] Paths(string variable, Func<string, string?> environment) =>
        (environment(variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"Verilator (?<version>(?<major>\d{1,4})\.\d+)")]
    private static partial Regex VerilatorVersion();

    [GeneratedRegex(@"Icarus Verilog version (\d+(\.\d+)*)")]
    private static partial Regex IcarusVersion();
}
