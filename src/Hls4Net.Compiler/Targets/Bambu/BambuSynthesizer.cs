using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Text;
namespace Hls4Net.Targets.Bambu;

/// <summary>PandA Bambu: its command line, and what it says of the design.</summary>
public sealed partial class BambuSynthesizer(BambuTool tool) : VendorSynthesizer
{
    private const string Bench = "bench.cpp";

    public override string Name => $"PandA Bambu {tool.Version}";

    public override string Identity => $"Bambu {tool.Version}";

    public override string Folder => "bambu";

    protected override Backend Backend => BambuTarget.Name;

    protected override SynthesisRun PlanOf(ModelOptions model, SynthesisOptions options)
    {
        if (options.ExportIp || options.Implementation)
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"{(options.ExportIp ? "HlsExportIp" : "HlsImplementation")} is not available with "
                + $"HlsSynthesizer=Bambu; its Verilog is {model.ModelName}.v in {Folder}/");
        if (model.ClockUncertainty is string uncertainty)
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"{model.ModelName} has ClockUncertainty '{uncertainty}', which is not available with "
                + "HlsSynthesizer=Bambu; use a shorter ClockPeriod");
        return new SynthesisRun(
            // Where the tool runs the test bench is its own affair, so the vectors are in the program.
            options.Cosim
                ? [new GeneratedFile(Bench,
                    $"// The test bench of {model.ModelName} with its vectors in it.\n#include "
                    + $"\"tb_data/vectors.h\"\n#include \"../firmware/{model.ModelName}_test.cpp\"\n")] : [],
            [new ToolCommand("synthesis", tool.Executable,
            [
                $"../firmware/{model.ModelName}.cpp", $"--top-fname={model.ModelName}",
                    $"--compiler={options.BambuCompiler}", $"--device-name={Device(model)}",
                $"--clock-period={model.ClockPeriod.ToString("R", CultureInfo.InvariantCulture)}",
                    "--generate-interface=INFER",
                .. options.Cosim ? ["--simulate", "--simulator=VERILATOR", $"--generate-tb={Bench}"] : (string[])[],
                .. options.BambuOptions,
            ])]);
    }

    public override ToolLine Understand(string line)
    {
        if (Error().Match(line) is { Success: true } error)
            return new ToolLine(Descriptors.SynthesisToolError, "", error.Groups["text"].Value);
        if (Clang().Match(line) is { Success: true } clang)
            return new ToolLine(clang.Groups["kind"].Value == "warning" ? Descriptors.SynthesisToolWarning
                : Descriptors.SynthesisToolError, clang.Groups["id"].Value, line.Trim());
        return new ToolLine(null, "", line);
    }

    public override SynthesisResult Read(string folder, ModelOptions model, SynthesisOptions options,
        ImmutableArray<LayerFunction> functions)
    {
        string log = ReportFiles.Require(folder, $"the tool's output, {SynthesisRun.LogFile}", _ => true,
            SynthesisRun.LogFile);
        DesignReport design = ReportReader.ReadFile(log);
        if (design.Modules.All(m => m.Name != model.ModelName))
            throw new ModelException(Descriptors.ReportUnreadable,
                $"the output tells of the functions {string.Join(", ", design.Modules.Select(m => m.Name))}; looked "
                + $"for '{model.ModelName}'", log);
        design = design with
        {
            ToolVersion = tool.Version,
            Part = Device(model),
            Top = model.ModelName,
            Clock = design.Clock with { TargetNs = model.ClockPeriod },
            Modules = [.. design.Modules.Where(m => m.Name != model.ModelName)],
        };
        // The results of a simulation, or of the tools behind it that --evaluation runs.
        bool results = options.Cosim
            || options.BambuOptions.Any(o => o.StartsWith("--evaluation", StringComparison.Ordinal));
        return SynthesisResult.Of(
            results ? [design,
                ReportReader.ReadFile(ReportFiles.Require(folder, "its results, bambu_results*.xml", _ => true,
                    "bambu_results*.xml"))] : [design], functions);
    }

    private static string Device(ModelOptions model) => BambuDevices.Find(model.Part)
        ?? throw new ModelException(Descriptors.SynthesisPart,
            $"Bambu has no device {model.Part}; it has {string.Join(", ", BambuDevices.Names)}. Part may be one of "
            + "these, or AMD's name of it (xcu55c-fsvh2892-2L-e)");

    // error -> Something went wrong
    [GeneratedRegex(@"^\s*error\s*->\s*(?<text>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Error();

    // ../firmware/net.cpp:12:3: error: no member named ... [-Wname]
    [GeneratedRegex(@"^\s*\S+:[0-9]+:[0-9]+: (?<kind>fatal error|error|warning): .*?(\[(?<id>-W[^\]]+)\])?\s*$")]
    private static partial Regex Clang();
}
