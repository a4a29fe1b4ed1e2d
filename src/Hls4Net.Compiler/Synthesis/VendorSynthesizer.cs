using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Text;
using Hls4Net.Tools;

namespace Hls4Net.Synthesis;

/// <summary>
/// A vendor's tool for high-level synthesis: it is told what to do in files, called beside the firmware, and leaves
/// reports.
/// </summary>
public abstract class VendorSynthesizer : ISynthesizer
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Identity { get; }

    /// <inheritdoc/>
    public abstract string Folder { get; }

    /// <summary>What the firmware has to be written for.</summary>
    protected abstract Backend Backend { get; }

    /// <inheritdoc/>
    public SynthesisOptions Settings(SynthesisOptions options) => options;

    /// <summary>
    /// What is run for a model. The same for the same firmware, options and tool; no path in it is absolute but the
    /// tool's.
    /// </summary>
    /// <exception cref="ModelException">The firmware is written for another tool (HLS5111), or it cannot be synthesized
    /// so.</exception>
    public SynthesisRun Plan(ModelOptions model, SynthesisOptions options)
    {
        RequireBackend(model);
        return PlanOf(model, options);
    }

    /// <inheritdoc/>
    public IEnumerable<string> DependsOn(ModelOptions model, SynthesisOptions options)
    {
        SynthesisRun run = Plan(model, options);
        return [.. run.Files.Select(f => $"{f.Path} {f.Text}"),
            .. run.Commands.Select(c => string.Join(' ', c.Arguments))];
    }

    /// <inheritdoc/>
    public SynthesisResult? Run(SynthesisJob job)
    {
        (ModelOptions model, SynthesisOptions options) = (job.Model, job.Options);
        SynthesisRun run = Plan(model, options);
        foreach (GeneratedFile file in run.Files.Concat(options.Cosim ? job.TestData(options.CosimSamples) : []))
        {
            string path = Path.Combine(job.Folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Text);
        }
        FunctionNames functions = new(job.Functions, job.Source);
        (int Samples, int Mismatches)? simulated = null;
        foreach (ToolCommand command in run.Commands)
        {
            using ToolOutput output = new(job, Understand, functions);
            if (!Execute(job, command, output))
                return null;
            simulated = output.Simulated ?? simulated;
        }
        SynthesisResult result = Read(job.Folder, model, options, job.Functions) with
        {
            CosimSamples = simulated?.Samples,
            CosimMismatches = simulated?.Mismatches,
        };
        if (result.CosimPassed == false || result.CosimMismatches > 0)
        {
            string vectors = simulated is { } s ? $" for {s.Mismatches} of {s.Samples} vectors" : "";
            throw new ModelException(
                Descriptors.CosimulationFailed,
                $"co-simulation of {model.ModelName}: the RTL gives other results than the firmware's C++{vectors}; "
                + $"see {Log(job)}");
        }
        return result;
    }

    /// <summary>What is run for a model whose firmware is written for this tool.</summary>
    /// <exception cref="ModelException">It cannot be synthesized so.</exception>
    protected abstract SynthesisRun PlanOf(ModelOptions model, SynthesisOptions options);

    /// <summary>What a line of its output reports.</summary>
    public abstract ToolLine Understand(string line);

    /// <summary>
    /// Reads what it left in its folder. The functions' names, by which modules are found to be layers, are the
    /// firmware's.
    /// </summary>
    /// <exception cref="ModelException">A report is missing or cannot be read (HLS5107).</exception>
    public abstract SynthesisResult Read(string folder, ModelOptions model, SynthesisOptions options,
        ImmutableArray<LayerFunction> functions);

    // False where it failed, which is then reported.
    private static bool Execute(SynthesisJob job, ToolCommand command, ToolOutput output)
    {
        (string model, TimeSpan? patience) = (job.Model.ModelName, job.Options.Timeout);
        job.Log.Note($"{model}: {command.Step}: {string.Join(' ', command.Arguments.Prepend(command.Executable))}");
        ToolCall call = new(job.Folder, command.Executable,
            command.Arguments)
        { Line = output.Take, Patience = patience };
        try
        {
            ToolRun? run = job.Tools.Run(call, job.Cancellation);
            if (run is { ExitCode: 0 } && !output.HasErrors)
                return true;
            string end = run is null ? "cannot be started" : $"ended with exit code {run.ExitCode}";
            if (!output.HasErrors)
                job.Log.Report(Descriptors.SynthesisFailed,
                    $"{model}: {command.Executable} {end}{output.LastWords}; see {Log(job)}");
        }
        catch (TimeoutException)
        {
            string minutes = patience!.Value.TotalMinutes.ToString(CultureInfo.InvariantCulture);
            job.Log.Report(
                Descriptors.SynthesisTimeout,
                $"{model}: {command.Step} was stopped after {minutes} minutes (HlsSynthesisTimeout); see {Log(job)}");
        }
        finally
        {
            output.Close();
        }
        return false;
    }

    private static string Log(SynthesisJob job) => Path.Combine(job.Folder, SynthesisRun.LogFile);

    private void RequireBackend(ModelOptions model)
    {
        if (model.Backend.IsVerilog)
        {
            throw new ModelException(
                Descriptors.SynthesisBackend,
                $"{model.ModelName} is written as Verilog (Backend=\"{model.Backend}\"), and HlsSynthesizer is "
                + $"{Backend}; set Backend=\"{Backend}\" on "
                + "the model, or take HlsSynthesizer=Open, with HlsModelFilter where other models are synthesized by "
                + $"{Backend}");
        }
        if (model.Backend != Backend)
        {
            throw new ModelException(
                Descriptors.SynthesisBackend,
                $"the firmware of {model.ModelName} is written for {model.Backend}, and HlsSynthesizer is {Backend}; "
                + $"set Backend=\"{Backend}\" on the "
                + $"model, or HlsSynthesizer={model.Backend}");
        }
    }
}
