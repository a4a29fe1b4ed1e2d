using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Hls4Net.Devices;
using Hls4Net.Text;
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
/// <param name="Uram">UltraRAMs.</param>
/// <param name="Uncounted">Cells that are in no other figure, since what they take is not known, by name; null for
/// none.</param>
internal sealed record SynthesisFigures(
    long Lut, long Ff, long Dsp, long Carry, long Bram18, long Cells = 0, double Area = 0, long Uram = 0,
        ImmutableSortedDictionary<string, long>? Uncounted = null)
{
    /// <summary>Nothing.</summary>
    public static SynthesisFigures None { get; } = new(0, 0, 0, 0, 0);

    public static SynthesisFigures operator +(SynthesisFigures a, SynthesisFigures b) => new(
        a.Lut + b.Lut, a.Ff + b.Ff, a.Dsp + b.Dsp, a.Carry + b.Carry, a.Bram18 + b.Bram18, a.Cells + b.Cells,
            a.Area + b.Area, a.Uram + b.Uram,
        b.Uncounted is null ? a.Uncounted
            : b.Uncounted.Aggregate(a.Uncounted
                ?? ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal),
                (all, cell) => all.SetItem(cell.Key, all.GetValueOrDefault(cell.Key) + cell.Value)));

    /// <summary>So many of a cell.</summary>
    public static SynthesisFigures operator *(long count, SynthesisFigures f) =>
        new(count * f.Lut, count * f.Ff, count * f.Dsp, count * f.Carry, count * f.Bram18, count * f.Cells,
            count * f.Area, count * f.Uram);

    /// <summary>Cells whose use is not known.</summary>
    public static SynthesisFigures Unknown(string cell, long count) =>
        new(0, 0, 0, 0, 0, Uncounted: ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal)
            .Add(cell, count));
}

/// <summary>A netlist's cells.</summary>
/// <param name="Cells">How many there are of each.</param>
/// <param name="Registers">Registers among an ASIC's, which a library has its own names for.</param>
internal sealed record NetlistCells(SortedDictionary<string, long> Cells, long Registers);

/// <summary>Runs Yosys.</summary>
internal static class Yosys
{
    /// <summary>The version of the Yosys on the PATH, e.g. 0.23; null where there is none.</summary>
    public static string? Version() => YosysTool.OnPath()?.Version;

    /// <summary>Synthesizes one module.</summary>
    /// <inheritdoc cref="Netlist"/>
    public static SynthesisFigures Synthesize(
        string folder, IEnumerable<GeneratedFile> files, string top, Family family, bool dsp, string? netlist = null,
            CellLibrary? library = null, YosysTool? tool = null) =>
        Figures(Netlist(folder, files, top, family, dsp, netlist, library, tool), family, library);

    /// <summary>The cells that synthesis makes of one module.</summary>
    /// <inheritdoc cref="Netlists"/>
    /// <param name="top">Its name.</param>
    public static NetlistCells Netlist(
        string folder, IEnumerable<GeneratedFile> files, string top, Family family, bool dsp, string? netlist = null,
            CellLibrary? library = null,
        YosysTool? tool = null, IToolRunner? tools = null, CancellationToken cancellation = default) =>
        Netlists(folder, files, [top], family, dsp, netlist, library, tool, tools, cancellation)[0];

    /// <summary>The cells that synthesis makes of each of some modules, from one run.</summary>
    /// <param name="folder">A folder to work in.</param>
    /// <param name="files">The modules and what they instantiate.</param>
    /// <param name="modules">Their names.</param>
    /// <param name="family">The family.</param>
    /// <param name="dsp">True where multiplications may take DSP blocks.</param>
    /// <param name="netlist">A file in the folder to write the netlist to; null for none.</param>
    /// <param name="library">An ASIC's cell library; null for gates.</param>
    /// <param name="tool">Which Yosys; null for the one on the PATH.</param>
    /// <param name="tools">What runs it; null for this machine.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ToolException">Yosys is missing or fails.</exception>
    public static ImmutableArray<NetlistCells> Netlists(
        string folder, IEnumerable<GeneratedFile> files, ImmutableArray<string> modules, Family family, bool dsp,
            string? netlist = null, CellLibrary? library = null,
        YosysTool? tool = null, IToolRunner? tools = null, CancellationToken cancellation = default)
    {
        string top = Top(modules), named = string.Join(", ", modules);
        if (modules.Length > 1)
            files = [.. files, new GeneratedFile($"{top}.v", Together(modules))];
        foreach (GeneratedFile file in files)
            File.WriteAllText(Path.Combine(folder, file.Path), file.Text);
        if (library is not null)
            File.WriteAllText(Path.Combine(folder, CellLibrary.FileName), library.Text);
        string script = $"{top}.ys";
        File.WriteAllText(Path.Combine(folder, script), Script(files, modules, family, dsp, netlist, library));
        ToolRun run = (tool ?? new YosysTool("", "", null)).Run(folder, ["-q", "-s", script], tools, cancellation);
        if (run.ExitCode != 0)
            throw new ToolException($"yosys ended with {run.ExitCode} on {named}: {run.Output}");
        try
        {
            return [.. modules.Select(m => Read(folder, top, m, family))];
        }
        catch (Exception e) when (e is FileNotFoundException or FormatException)
        {
            throw new ToolException(
                $"yosys left no figures of {named} that can be read, as where the disk with {folder} is full: "
                + $"{e.Message} {run.Output}");
        }
    }

    private static string Top(ImmutableArray<string> modules) => modules.Length == 1 ? modules[0] : "hls4net_modules";

    // Starting Yosys, which reads the family's cells, takes longer than a small module. Modules that are kept whole
    // below one top are mapped as each would be alone, but for the order in which equal choices are met.
    private static string Together(ImmutableArray<string> modules) =>
        $"module {Top(modules)};\n{string.Concat(modules.Select((m, i) => $"    (* keep *) {m} u{i}();\n"))}endmodule\n";

    /// <summary>
    /// The commands for some modules: what decides their figures together with their text and Yosys' version.
    /// </summary>
    public static string Script(IEnumerable<GeneratedFile> files, ImmutableArray<string> modules, Family family,
        bool dsp, string? netlist = null, CellLibrary? library = null)
    {
        string top = Top(modules);
        // Multiplexers behind LUTs make these networks larger, and shift registers in LUTs hide their registers.
        string synthesis = family switch
        {
            Family.Series7 or Family.UltraScale or Family.UltraScalePlus =>
                $"synth_xilinx -family "
                + $"{(family == Family.Series7 ? "xc7" : family == Family.UltraScale ? "xcu" : "xcup")} -top {top} "
                + $"-flatten -noiopad -noclkbuf -nowidelut -nosrl{(dsp ? "" : " -nodsp")}",
            Family.Ecp5 => $"synth_ecp5 -top {top} -nowidelut{(dsp ? "" : " -nodsp")}",
            Family.Ice40 => $"synth_ice40 -top {top}{(dsp ? " -dsp" : "")}",
            Family.Gowin => $"synth_gowin -top {top} -noiopads -nowidelut",
            _ => $"synth -flatten -top {top}",
        };
        bool gates = family is Family.Asic or Family.Generic;
        return string.Join('\n', [
            .. files.Select(f => $"read_verilog {(Target.IsAmd(family) ? "-DHLS4NET_XILINX " : "")}{f.Path}"),
            .. modules.Length == 1 ? Array.Empty<string>()
                : modules.Select(m => $"setattr -mod -set keep_hierarchy 1 {m}"),
            $"{synthesis}",
            "check -assert",
            .. netlist is null ? Array.Empty<string>() : [$"write_verilog -noattr {netlist}"],
            // Registers are told from other cells before a library gives them names of its own.
            .. gates ? [$"tee -q -o {GatesFile(top)} stat -json -top {top}"] : Array.Empty<string>(),
            .. library is null ? Array.Empty<string>()
                : [$"dfflibmap -liberty {CellLibrary.FileName}", $"abc -liberty {CellLibrary.FileName}", "opt_clean"],
            $"tee -q -o {FiguresFile(top)} stat -json -top {top}",
            "",
        ]);
    }

    private static string GatesFile(string top) => $"{top}.gates.json";

    private static string FiguresFile(string top) => $"{top}.stat.json";

    /// <summary>What a netlist's cells take.</summary>
    public static SynthesisFigures Figures(NetlistCells netlist, Family family, CellLibrary? library)
    {
        bool gates = family is Family.Asic or Family.Generic;
        // Later versions leave a note of each module that they flatten among the cells.
        SynthesisFigures total = netlist.Cells.Where(c => c.Key != "$scopeinfo").Aggregate(
            SynthesisFigures.None,
                (sum, c) => sum + ((gates ? Gate(c.Key, library) : DeviceCells.Of(c.Key)) is SynthesisFigures one
                    ? c.Value * one : SynthesisFigures.Unknown(c.Key, c.Value)));
        return gates ? total with { Ff = netlist.Registers } : total;
    }

    private static NetlistCells Read(string folder, string top, string module, Family family)
    {
        SortedDictionary<string, long> cells = Cells(File.ReadAllText(Path.Combine(folder, FiguresFile(top))), module);
        SortedDictionary<string, long> gates = family is Family.Asic or Family.Generic
            ? Cells(File.ReadAllText(Path.Combine(folder, GatesFile(top))), module) : [];
        return new NetlistCells(cells, gates.Where(c => c.Key.Contains("DFF", StringComparison.Ordinal))
            .Sum(c => c.Value));
    }

    // Yosys' own gates where there is no library; those that it could not map where there is one are not known.
    private static SynthesisFigures? Gate(string cell, CellLibrary? library) =>
        library is null
            ? (cell.StartsWith("$_", StringComparison.Ordinal) ? new SynthesisFigures(0, 0, 0, 0, 0, Cells: 1) : null)
        : library.Areas.TryGetValue(cell, out double area) ? new SynthesisFigures(0, 0, 0, 0, 0, Cells: 1, area) : null;

    /// <summary>
    /// The cells of a module in what stat -json writes, of which versions differ: names with or without an escape,
    /// counts as numbers or in objects.
    /// </summary>
    /// <exception cref="FormatException">It is not whole, or of another form.</exception>
    internal static SortedDictionary<string, long> Cells(string json, string top)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement modules = document.RootElement.GetProperty("modules");
            JsonElement module = modules.TryGetProperty($"\\{top}", out JsonElement escaped) ? escaped
                : modules.GetProperty(top);
            return new(module.GetProperty("num_cells_by_type").EnumerateObject()
                .ToDictionary(c => c.Name.TrimStart('\\'), c => Count(c.Value)), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(e.Message);
        }

        static long Count(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => long.Parse(value.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture),
            JsonValueKind.Object => Count(value.GetProperty("count")),
            _ => value.GetInt64(),
        };
    }
}
