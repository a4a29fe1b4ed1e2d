using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tools;

namespace Hls4Net.Synthesis;

/// <summary>Looks for Yosys, and for Verilator or else Icarus, on the PATH.</summary>
public static partial class OpenToolFinder
{
    private const string Install = "Install them, with apt-get install yosys verilator g++ make for one";

    /// <summary>True if there is a Yosys, whatever else is missing.</summary>
    public static bool IsFound(Func<string, string?> environment) => OnPath("yosys", environment);

    /// <summary>Says what was looked for.</summary>
    public static string NotFound(Func<string, string?> environment) =>
        $"The open flow (HlsSynthesizer=Open) was not found either: looked for yosys, and for verilator or iverilog, on the PATH ({environment("PATH")}). {Install}";

    /// <summary>Finds the tools and their versions.</summary>
    /// <exception cref="ModelException">
    /// One is missing (HLS5101), its version does not do (HLS5102), a step is asked for that only AMD's tools have (HLS2009), or there is no HlsLibertyFile
    /// (HLS2003).
    /// </exception>
    public static OpenSynthesizer Find(SynthesisOptions options, Func<string, string?> environment, string projectDirectory)
    {
        if (options.ExportIp || options.Implementation)
            throw new ModelException(Descriptors.OptionNotAvailable, $"the project has {(options.ExportIp ? "HlsExportIp" : "HlsImplementation")} 'true', which HlsSynthesizer=Open has not: it places nothing and packs nothing; rtl/vivado.tcl, which it writes, does so in Vivado");
        string? library = options.LibertyFile is string file ? Path.GetFullPath(file, projectDirectory) : null;
        if (library is not null && !File.Exists(library))
            throw new ModelException(Descriptors.InvalidOption, $"the project has HlsLibertyFile '{options.LibertyFile}', and there is no file {library}; name the cell library of the process, in Liberty's format");
        string where = $"on the PATH ({environment("PATH")})";
        if (!OnPath("yosys", environment))
            throw new ModelException(Descriptors.SynthesisToolNotFound, $"HlsSynthesizer=Open needs Yosys, and there is no yosys {where}. {Install}");
        string yosys = Yosys.Version() ?? throw new ModelException(Descriptors.SynthesisToolVersion, $"the yosys {where} does not say its version to 'yosys -V'. Install another");
        return new OpenSynthesizer(yosys, library is null ? null : CellLibrary.Of(library), FindSimulator(environment, $"Yosys {yosys} was found, and no simulator of Verilog, without which nothing says that the Verilog is right"));
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
            if (VerilatorVersion().Match(text) is not { Success: true } match || int.Parse(match.Groups["major"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) < 5)
                throw new ModelException(Descriptors.SynthesisToolVersion, $"co-simulation needs Verilator 5 or later, and the one {where} says '{text}'. Install a later one, or none: Icarus (apt-get install iverilog) then simulates");
            return new OpenSimulator(VerilogSimulator.Verilator, $"Verilator {match.Groups["version"].Value}");
        }
        if (OnPath("iverilog", environment) && OnPath("vvp", environment))
            return new OpenSimulator(VerilogSimulator.Icarus, IcarusVersion().Match(Tool.Ask("iverilog", "-V") ?? "") is { Success: true } icarus ? $"Icarus {icarus.Groups[1].Value}" : "Icarus");
        throw new ModelException(Descriptors.SynthesisToolNotFound, $"{finding}: there is no verilator and no iverilog {where}. {Install}");
    }

    private static bool OnPath(string program, Func<string, string?> environment) =>
        (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    [GeneratedRegex(@"Verilator (?<version>(?<major>\d{1,4})\.\d+)")]
    private static partial Regex VerilatorVersion();

    [GeneratedRegex(@"Icarus Verilog version (\d+(\.\d+)*)")]
    private static partial Regex IcarusVersion();
}
