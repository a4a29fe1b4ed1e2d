using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Text;
namespace Hls4Net.Targets.Vitis;

/// <summary>AMD's tools: what they are told, and what of their files is read.</summary>
public sealed class VitisSynthesizer(VitisTool tool) : VendorSynthesizer
{
    private const string Script = "synthesize.tcl", Config = "hls_config.cfg", Component = "hls_component",
        TestData = "tb_data";

    public override string Name => $"{tool.Name} {tool.Version}";

    public override string Identity => $"{tool.Program} {tool.Version}";

    public override string Folder => "vitis";

    protected override Backend Backend => Backend.Default;

    protected override SynthesisRun PlanOf(ModelOptions model, SynthesisOptions options)
    {
        VitisProject project = new(
            model, [$"../firmware/{model.ModelName}.cpp"],
                options.Cosim ? [$"../firmware/{model.ModelName}_test.cpp", TestData] : [],
            // The front end of Vivado HLS knows C++11 by its draft's name.
            tool.Program == VitisProgram.VivadoHls ? "c++0x" : "c++14");
        return tool.Program == VitisProgram.Vpp ? ConfigRun(project, model, options) : TclRun(project, model, options);
    }

    public override ToolLine Understand(string line) => ToolLine.Parse(line);

    public override SynthesisResult Read(string folder, ModelOptions model, SynthesisOptions options,
        ImmutableArray<LayerFunction> functions)
    {
        string synthesis = ReportFiles.Require(folder,
            $"the report of C synthesis, csynth.xml or {model.ModelName}_csynth.xml", IsSynthesis, "csynth.xml",
            $"{model.ModelName}_csynth.xml");
        List<DesignReport> reports = [ReportReader.ReadFile(synthesis)];
        if (reports[0].Top is string top && top != model.ModelName)
            throw new ModelException(Descriptors.ReportUnreadable,
                $"the report is of '{top}'; looked for the one of '{model.ModelName}'", synthesis);
        if (reports[0].Modules.IsEmpty)
            reports[0] = reports[0] with { Modules = Modules(Path.GetDirectoryName(synthesis)!, model.ModelName) };
        if (options.Cosim)
            reports.Add(
                ReportReader.ReadFile(ReportFiles.Require(folder,
                    $"the report of co-simulation, {model.ModelName}_cosim.rpt", _ => true,
                    $"{model.ModelName}_cosim.rpt", "hls_cosim.rpt")));
        if (options.Implementation)
            reports.Add(
                ReportReader.ReadFile(ReportFiles.Require(folder, "the report of the implementation, export_impl.xml",
                    _ => true, "export_impl.xml", $"{model.ModelName}_export.xml", "export_impl.rpt",
                    $"{model.ModelName}_export.rpt")));
        return SynthesisResult.Of([.. reports], functions);
    }

    private SynthesisRun TclRun(VitisProject project, ModelOptions model, SynthesisOptions options)
    {
        List<string> steps = ["csynth_design"];
        if (options.Cosim)
            steps.Add("cosim_design");
        if (options.ExportIp || options.Implementation)
            steps.Add($"export_design -format ip_catalog{(options.Implementation ? " -flow impl" : "")}");
        string text = project.Tcl([$"{model.ModelName}: synthesis with {Name}. Written for each run."], steps);
        ImmutableArray<string> arguments = tool.Program == VitisProgram.VitisRun ? ["--mode", "hls", "--tcl", Script]
            : ["-f", Script];
        return new SynthesisRun([new GeneratedFile(Script, text)],
            [new ToolCommand("synthesis", tool.Executable, arguments)]);
    }

    private SynthesisRun ConfigRun(VitisProject project, ModelOptions model, SynthesisOptions options)
    {
        string text = project.Config([$"{model.ModelName}: synthesis with {Name}. Written for each run."],
            options.Implementation);
        List<ToolCommand> commands = [new ToolCommand("synthesis", tool.Executable,
            ["-c", "--mode", "hls", "--config", Config, "--work_dir", Component])];
        if (options.Cosim)
            commands.Add(Run("co-simulation", "--cosim"));
        if (options.ExportIp)
            commands.Add(Run("export", "--package"));
        if (options.Implementation)
            commands.Add(Run("implementation", "--impl"));
        return new SynthesisRun([new GeneratedFile(Config, text)], [.. commands]);

        ToolCommand Run(string step, string what) =>
            new(step, tool.Sibling("vitis-run"), ["--mode", "hls", what, "--config", Config, "--work_dir", Component]);
    }

    // Vivado HLS writes a file a function; Vitis HLS has all of them in csynth.xml.
    private static ImmutableArray<ModuleFigures> Modules(string folder, string top) =>
    [
        .. Directory.EnumerateFiles(folder, "*_csynth.xml").Order(StringComparer.Ordinal)
            .Select(ReportReader.ReadFile)
            .Where(r => r.Top is not null && r.Top != top)
            .Select(r => new ModuleFigures(r.Top!, r.Latency, r.Interval, r.Used)),
    ];

    private static bool IsSynthesis(string path) =>
        path.Contains(
            $"{Path.DirectorySeparatorChar}syn{Path.DirectorySeparatorChar}report{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal);
}
