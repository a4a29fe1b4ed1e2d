using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hls4Net.Tools;

namespace Hls4Net.Rtl.Tools;

/// <summary>What synthesis made of a module; not placed.</summary>
/// <param name="Lut">LUTs, one for a LUT6 that serves as two.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Carry">Carry chains of four bits.</param>
/// <param name="Bram18">Block RAMs: of 18 Kbit, or what the family has.</param>
/// <param name="Cells">Cells of an ASIC, registers among them.</param>
/// <param name="Area">Their area in the library's unit; 0 without a library.</param>
internal sealed record SynthesisFigures(long Lut, long Ff, long Dsp, long Carry, long Bram18, long Cells = 0, double Area = 0)
{
    public static SynthesisFigures operator +(SynthesisFigures a, SynthesisFigures b) =>
        new(a.Lut + b.Lut, a.Ff + b.Ff, a.Dsp + b.Dsp, a.Carry + b.Carry, a.Bram18 + b.Bram18, a.Cells + b.Cells, a.Area + b.Area);
}

/// <summary>Runs Yosys.</summary>
internal static partial class Yosys
{
    /// <summary>Yosys' version, e.g. 0.23; null where there is none.</summary>
    public static string? Version() =>
        Tool.Run(Path.GetTempPath(), "yosys", ["-V"]) is { ExitCode: 0 } run && VersionNumber().Match(run.Output) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Synthesizes one module.</summary>
    /// <param name="folder">A folder to work in.</param>
    /// <param name="files">The module and what it instantiates.</param>
    /// <param name="top">Its name.</param>
    /// <param name="family">The family.</param>
    /// <param name="library">The path of an ASIC's cell library; null for gates.</param>
    /// <param name="dsp">True where multiplications may take DSP blocks.</param>
    /// <param name="netlist">A file in the folder to write the netlist to; null for none.</param>
    /// <exception cref="ToolException">Yosys is missing or fails.</exception>
    public static SynthesisFigures Synthesize(string folder, IEnumerable<GeneratedFile> files, string top, Family family, bool dsp, string? netlist = null, string? library = null, CancellationToken cancellation = default)
    {
        foreach (GeneratedFile file in files)
            File.WriteAllText(Path.Combine(folder, file.Path), file.Text);
        string script = Path.Combine(folder, $"{top}.ys");
        File.WriteAllText(script, Script(files, top, family, dsp, netlist, library));
        ToolRun run = Tool.Run(folder, "yosys", ["-q", "-s", script], cancellation) ?? throw new ToolException("'yosys' cannot be started: install it, with apt-get install yosys for one");
        if (run.ExitCode != 0)
            throw new ToolException($"yosys ended with {run.ExitCode} on {top}: {run.Output}");
        return Read(Path.Combine(folder, $"{top}.stat.json"), top, family, Path.Combine(folder, $"{top}.gates.json"));
    }

    /// <summary>The commands for a module: what decides its figures together with its text and Yosys' version.</summary>
    public static string Script(IEnumerable<GeneratedFile> files, string top, Family family, bool dsp, string? netlist = null, string? library = null)
    {
        // Multiplexers behind LUTs make these networks larger, and shift registers in LUTs hide their registers.
        string synthesis = family switch
        {
            Family.Series7 or Family.UltraScale or Family.UltraScalePlus =>
                $"synth_xilinx -family {(family == Family.Series7 ? "xc7" : family == Family.UltraScale ? "xcu" : "xcup")} -top {top} -flatten -noiopad -noclkbuf -nowidelut -nosrl{(dsp ? "" : " -nodsp")}",
            Family.Ecp5 => $"synth_ecp5 -top {top} -nowidelut{(dsp ? "" : " -nodsp")}",
            Family.Ice40 => $"synth_ice40 -top {top}{(dsp ? " -dsp" : "")}",
            Family.Gowin => $"synth_gowin -top {top} -noiopads -nowidelut",
            _ => $"synth -flatten -top {top}",
        };
        bool gates = family is Family.Asic or Family.Generic;
        return string.Join('\n', [
            .. files.Select(f => $"read_verilog {(Target.IsAmd(family) ? "-DHLS4NET_XILINX " : "")}{f.Path}"),
            $"{synthesis}",
            "check -assert",
            .. netlist is null ? Array.Empty<string>() : [$"write_verilog -noattr {netlist}"],
            // Registers are told from other cells before a library gives them names of its own.
            .. gates ? [$"tee -q -o {top}.gates.json stat -json -top {top}"] : Array.Empty<string>(),
            .. library is null ? Array.Empty<string>() : [$"dfflibmap -liberty \"{library}\"", $"abc -liberty \"{library}\"", "opt_clean"],
            $"tee -q -o {top}.stat.json stat -json -top {top}",
            // Yosys 0.23 says areas in text only.
            .. library is null ? Array.Empty<string>() : [$"tee -q -o {top}.area.txt stat -top {top} -liberty \"{library}\""],
            "",
        ]);
    }

    private static SynthesisFigures Read(string path, string top, Family family, string gatesPath)
    {
        SynthesisFigures total = new(0, 0, 0, 0, 0);
        JsonElement module = Module(path);
        if (family is Family.Asic or Family.Generic)
        {
            string text = Path.ChangeExtension(Path.ChangeExtension(path, null), ".area.txt");
            double area = File.Exists(text) && ChipArea().Match(File.ReadAllText(text)) is { Success: true } m ? double.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
            return total with { Ff = Cells(Module(gatesPath)).Where(c => c.Name.Contains("DFF", StringComparison.Ordinal)).Sum(c => c.Count), Cells = Cells(module).Sum(c => c.Count), Area = area };
        }
        foreach ((string cell, long count) in Cells(module))
            total += Figures(cell, count);
        return total;

        JsonElement Module(string file)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            return document.RootElement.GetProperty("modules").GetProperty($"\\{top}").Clone();
        }

        static IEnumerable<(string Name, long Count)> Cells(JsonElement module) => module.GetProperty("num_cells_by_type").EnumerateObject().Select(c => (c.Name, c.Value.GetInt64()));
    }

    private static SynthesisFigures Figures(string cell, long count) => cell switch
    {
        "LUT1" or "LUT2" or "LUT3" or "LUT4" or "LUT5" or "LUT6" or "LUT6_2" or "SB_LUT4" or "ALU" => new(count, 0, 0, 0, 0),
        // Two LUTs of four inputs with their carry.
        "CCU2C" => new(2 * count, 0, 0, count, 0),
        "FDRE" or "FDSE" or "FDCE" or "FDPE" or "TRELLIS_FF" => new(0, count, 0, 0, 0),
        "DSP48E1" or "DSP48E2" or "MULT18X18D" or "SB_MAC16" => new(0, 0, count, 0, 0),
        "CARRY4" => new(0, 0, 0, count, 0),
        "CARRY8" => new(0, 0, 0, 2 * count, 0),
        "RAMB18E1" or "RAMB18E2" or "DP16KD" or "SB_RAM40_4K" or "SDP" or "SPX9" or "SDPX9" => new(0, 0, 0, 0, count),
        "RAMB36E1" or "RAMB36E2" => new(0, 0, 0, 0, 2 * count),
        // Inverters are absorbed by what they drive; distributed memory is made of LUTs.
        "INV" => new(0, 0, 0, 0, 0),
        "RAM32M" or "RAM64M" or "RAM128X1D" => new(4 * count, 0, 0, 0, 0),
        "RAM32M16" or "RAM64M8" or "RAM256X1D" => new(8 * count, 0, 0, 0, 0),
        "RAM32X1D" or "RAM64X1D" or "RAM128X1S" => new(2 * count, 0, 0, 0, 0),
        _ when cell.StartsWith("SB_DFF", StringComparison.Ordinal) || cell.StartsWith("DFF", StringComparison.Ordinal) => new(0, count, 0, 0, 0),
        _ when cell.StartsWith("RAM", StringComparison.Ordinal) || cell.StartsWith("SRL", StringComparison.Ordinal) => new(count, 0, 0, 0, 0),
        _ => new(0, 0, 0, 0, 0),
    };

    [GeneratedRegex(@"Chip area for (?:top )?module [^:]*: ([0-9.e+]+)")]
    private static partial Regex ChipArea();

    [GeneratedRegex(@"Yosys (\d+\.\d+)")]
    private static partial Regex VersionNumber();
}
