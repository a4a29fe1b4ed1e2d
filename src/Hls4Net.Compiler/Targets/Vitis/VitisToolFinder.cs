using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tools;

namespace Hls4Net.Targets.Vitis;

/// <summary>
/// Looks for AMD's tools: where HlsVitisPath says, else in the folders that the tools' settings64.sh puts into
/// XILINX_HLS, XILINX_VITIS and XILINX_VIVADO, else on the PATH.
/// </summary>
public sealed class VitisToolFinder
{
    private static readonly (string File, VitisProgram Program)[] s_programs =
        [("vitis-run", VitisProgram.VitisRun), ("vitis_hls", VitisProgram.VitisHls),
            ("vivado_hls", VitisProgram.VivadoHls), ("v++", VitisProgram.Vpp)];

    private static readonly string[] s_variables = ["XILINX_HLS", "XILINX_VITIS", "XILINX_VIVADO"];

    private readonly SynthesisOptions _options;
    private readonly Func<string, string?> _environment;
    private readonly string _projectDirectory;
    private readonly List<string> _places = [];

    private VitisToolFinder(SynthesisOptions options, Func<string, string?> environment, string projectDirectory)
    {
        _options = options;
        _environment = environment;
        _projectDirectory = projectDirectory;
    }

    /// <summary>Finds the tool and its version.</summary>
    /// <param name="options">Where to look, and which version it has to be.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="projectDirectory">Full path that a relative HlsVitisPath starts from.</param>
    /// <param name="orElse">What the message adds where there is none: what else was looked for.</param>
    /// <exception cref="ModelException">There is none (HLS5101), or its version does not do (HLS5102).</exception>
    public static VitisTool Find(SynthesisOptions options, Func<string, string?> environment, string projectDirectory,
        string orElse = "")
    {
        VitisToolFinder finder = new(options, environment, projectDirectory);
        (string executable, VitisProgram program) = finder.Locate()
            ?? throw new ModelException(Descriptors.SynthesisToolNotFound, finder.NotFound() + orElse);
        return finder.Check(new VitisTool(program, executable, finder.VersionOf(executable)));
    }

    /// <summary>True if there is a program, whatever its version.</summary>
    public static bool IsFound(SynthesisOptions options, Func<string, string?> environment, string projectDirectory) =>
        new VitisToolFinder(options, environment, projectDirectory).Locate() is not null;

    // What can read the script that is asked for.
    private (string File, VitisProgram Program)[] Programs => _options.Script == VitisScriptKind.Config
        ? [.. s_programs.Where(p => p.Program == VitisProgram.Vpp)] : s_programs;

    private (string Executable, VitisProgram Program)? Locate()
    {
        if (_options.VitisPath is string named)
        {
            string path = Path.GetFullPath(named, _projectDirectory);
            _places.Add($"HlsVitisPath ({path})");
            // Where a place is named, nothing else is meant.
            return File.Exists(path) ? (path, ProgramOf(path)) : In(path);
        }
        _places.Add("HlsVitisPath (not set)");
        foreach (string variable in s_variables)
        {
            string? root = _environment(variable);
            _places.Add($"{variable} ({(string.IsNullOrEmpty(root) ? "not set" : root)})");
            if (!string.IsNullOrEmpty(root) && In(root) is { } found)
                return found;
        }
        string[] folders = ProgramPath.Folders(_environment);
        _places.Add($"the PATH ({string.Join(Path.PathSeparator, folders)})");
        return First(folders);
    }

    // An installation has its programs in bin/; a bin/ itself does too.
    private (string, VitisProgram)? In(string folder) => First([Path.Combine(folder, "bin"), folder]);

    private (string, VitisProgram)? First(string[] folders)
    {
        foreach ((string file, VitisProgram program) in Programs)
        {
            foreach (string folder in folders)
            {
                string path = Path.Combine(folder, file);
                if (File.Exists(path))
                    return (path, program);
            }
        }
        return null;
    }

    // A script around the tool has a name of its own; it is taken for the program whose name is in it.
    private static VitisProgram ProgramOf(string path)
    {
        string name = Path.GetFileName(path);
        foreach ((string file, VitisProgram program) in s_programs)
        {
            if (name.Contains(file, StringComparison.OrdinalIgnoreCase))
                return program;
        }
        return VitisProgram.VitisHls;
    }

    private string NotFound() =>
        $"no synthesis tool was found. Looked for {string.Join(", ", Programs.Select(p => p.File))} in "
        + $"{string.Join("; ", _places)}. "
        + "Install AMD Vitis (https://www.amd.com/en/products/software/adaptive-socs-and-fpgas/vitis.html) and source "
        + "its settings64.sh, "
        + "or name its folder: -p:HlsVitisPath=/tools/Xilinx/Vitis_HLS/2022.2";

    // Installations are in folders named after their version; else the program is asked.
    private VitisVersion VersionOf(string executable)
    {
        VitisVersion? stated = _options.VitisVersion is null ? null : VitisVersion.Find(_options.VitisVersion);
        if (_options.VitisVersion is string text && stated is null)
            throw new ModelException(Descriptors.InvalidOption,
                $"the project has HlsVitisVersion '{text}', which is no version such as 2022.2");
        VitisVersion? found = OfPath(executable) ?? Ask(executable);
        if (found is null && stated is null)
            throw new ModelException(Descriptors.SynthesisToolVersion,
                $"the version of {executable} is not known: its path does not have it, and '{executable} -version' "
                + "does not say it. Name it: -p:HlsVitisVersion=2022.2");
        if (found is not null && stated is not null && found != stated)
            throw new ModelException(Descriptors.SynthesisToolVersion,
                $"{executable} is version {found}, HlsVitisVersion asks for {stated}. Name the folder of that version "
                + "with HlsVitisPath, or mend HlsVitisVersion");
        return found ?? stated!;
    }

    private static VitisVersion? OfPath(string executable)
    {
        // A link named "current" leads to the version.
        FileSystemInfo? target = File.ResolveLinkTarget(executable, returnFinalTarget: true);
        return (target?.FullName ?? executable).Split(Path.DirectorySeparatorChar).Select(VitisVersion.Find)
            .LastOrDefault(v => v is not null);
    }

    private static VitisVersion? Ask(string executable) => Tool.Ask(executable, "-version") is string text
        ? VitisVersion.Find(text) : null;

    private VitisTool Check(VitisTool tool)
    {
        VitisVersion first = tool.Program switch
        {
            VitisProgram.VivadoHls => VitisVersion.First,
            VitisProgram.VitisHls => VitisVersion.FirstVitisHls,
            _ => VitisVersion.FirstUnified,
        };
        if (tool.Version.IsBefore(first))
            throw new ModelException(Descriptors.SynthesisToolVersion,
                $"{tool.Executable} is version {tool.Version}; Vivado HLS is supported from {VitisVersion.First} on, "
                + $"Vitis HLS from {VitisVersion.FirstVitisHls} on, vitis-run and v++ --mode hls from "
                + $"{VitisVersion.FirstUnified} on. Name a later one with HlsVitisPath");
        if (_options.Script == VitisScriptKind.Config && tool.Program != VitisProgram.Vpp)
            throw new ModelException(Descriptors.SynthesisToolVersion,
                $"HlsVitisScript=Config needs v++ of version {VitisVersion.FirstUnified} or later, and "
                + $"{tool.Executable} is another program");
        if (_options.Script == VitisScriptKind.Tcl && tool.Program == VitisProgram.Vpp)
            throw new ModelException(Descriptors.SynthesisToolVersion,
                $"HlsVitisScript=Tcl needs vitis-run, vitis_hls or vivado_hls, and only {tool.Executable} was found");
        if (tool.Program == VitisProgram.Vpp && (_options.Cosim || _options.ExportIp || _options.Implementation)
            && !File.Exists(tool.Sibling("vitis-run")))
            throw new ModelException(Descriptors.SynthesisToolNotFound,
                $"HlsCosim, HlsExportIp and HlsImplementation need vitis-run beside {tool.Executable}, and it is not "
                + "there. Name a whole installation with HlsVitisPath");
        return tool;
    }
}
