using System.IO.Enumeration;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Targets;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>A task that needs tools for synthesis or simulation: finds them before any model is worked on.</summary>
public abstract class SynthesisTask : ModelTask, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>One item whose metadata are the project's settings for synthesis.</summary>
    [Required]
    public ITaskItem Synthesis { get; set; } = new TaskItem();

    /// <summary>Full path of the project file, for diagnostics.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>
    /// Patterns of the models to work on, by name or by file, separated by semicolons; empty for all.
    /// </summary>
    public string Filter { get; set; } = "";

    /// <summary>The settings.</summary>
    private protected SynthesisOptions Options { get; private set; } = new();

    /// <summary>The tool.</summary>
    private protected ISynthesizer Tool { get; private set; } = null!;

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectFile, () => Select() && FindTool() && base.Execute());

    /// <inheritdoc/>
    public void Cancel() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Finds what the task needs.</summary>
    /// <exception cref="ModelException">There is none that does.</exception>
    private protected virtual void Find(SynthesisOptions options)
    {
        bool allVerilog = Models.Length > 0 && Models.All(IsVerilog);
        Tool = KnownTargets.FindTools(options, Environment.GetEnvironmentVariable, ProjectDirectory, allVerilog);
        Options = Tool.Settings(options);
    }

    /// <summary>Does work in a model's folder that a cancelled build ends; false if it did.</summary>
    private protected bool UntilCancelled(string folder, Action<CancellationToken> work)
    {
        try
        {
            OutputFiles.Guard(folder, () => work(_stop.Token));
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The digest of all that a model's synthesis depends on.</summary>
    /// <exception cref="ModelException">It cannot be synthesized so.</exception>
    private protected string Fingerprint(ModelOptions model, ModelFolder folder) =>
        SynthesisRecord.Digest(folder.Firmware, model, Options, Tool.Identity, Tool.DependsOn(model, Options));

    private bool Select()
    {
        string[] patterns = Filter.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] names = [.. Models.Select(m => m.GetMetadata("ModelName"))];
        foreach (string pattern in patterns.Where(p => !Models.Any(m => Matches(p, m))))
            Log.LogDiagnostic(Descriptors.FilterMatchesNothing,
                $"HlsModelFilter '{pattern}' matches no model of the project; its models are {string.Join(", ", names)}",
                ProjectFile);
        Models = [.. Models.Where(m => patterns.Length == 0 || patterns.Any(p => Matches(p, m)))];
        return !Log.HasLoggedErrors;
    }

    private static bool Matches(string pattern, ITaskItem model) =>
        FileSystemName.MatchesSimpleExpression(pattern, model.GetMetadata("ModelName"))
            || FileSystemName.MatchesSimpleExpression(pattern, model.ItemSpec);

    private bool FindTool()
    {
        DiagnosticBag diagnostics = new(ProjectFile);
        try
        {
            if (SynthesisOptions.Read(Synthesis.EscapedMetadata(), KnownTargets.Synthesizers,
                diagnostics) is SynthesisOptions options)
            {
                Options = options;
                Find(options);
            }
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
        }
        Log.LogDiagnostics(diagnostics);
        return !diagnostics.HasErrors;
    }

    private bool IsVerilog(ITaskItem model) =>
        KnownTargets.BackendOf(model.GetMetadata("Backend") is { Length: > 0 } own ? own
            : Project.GetMetadata("Backend")) is { IsVerilog: true };
}
