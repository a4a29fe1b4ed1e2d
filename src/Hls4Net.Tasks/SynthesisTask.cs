using System.Globalization;
using System.IO.Enumeration;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>A task that needs tools for synthesis or simulation: finds them before any model is worked on.</summary>
public abstract class SynthesisTask : ModelTask, ICancelableTask
{
    private readonly Lock _gate = new();
    private readonly List<Action> _running = [];
    private bool _cancelled;

    /// <summary>One item whose metadata are the project's settings for synthesis.</summary>
    [Required]
    public ITaskItem Synthesis { get; set; } = new TaskItem();

    /// <summary>Full path of the project file, for diagnostics.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>Patterns of the models to work on, by name or by file, separated by semicolons; empty for all.</summary>
    public string Filter { get; set; } = "";

    /// <summary>The settings.</summary>
    private protected SynthesisOptions Options { get; private set; } = new();

    /// <summary>The tool.</summary>
    private protected ISynthesizer Tool { get; private set; } = null!;

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectFile, () => Select() && FindTool() && base.Execute());

    /// <inheritdoc/>
    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            _running.ForEach(stop => stop());
        }
    }

    /// <summary>Finds what the task needs.</summary>
    /// <exception cref="ModelException">There is none that does.</exception>
    private protected virtual void Find(SynthesisOptions options)
    {
        // Models that are Verilog already need no vendor's tool.
        if (options.Synthesizer is null && Models.Length > 0 && Models.All(IsVerilog))
            options = options with { Synthesizer = Synthesizer.Open };
        Tool = Synthesizers.Find(options, Environment.GetEnvironmentVariable, ProjectDirectory);
        // The open flow simulates always, and all that there is.
        Options = Tool is OpenSynthesizer ? options with { Cosim = true, CosimSamples = int.MaxValue } : options;
    }

    /// <summary>Does what a cancelled build stops; false if it was cancelled before.</summary>
    private protected bool While(Action stop, Func<bool> work)
    {
        lock (_gate)
        {
            if (_cancelled)
                return false;
            _running.Add(stop);
        }
        try
        {
            return work();
        }
        finally
        {
            lock (_gate)
                _running.Remove(stop);
        }
    }

    /// <summary>Does the work of the open flow in a model's folder, until the build is cancelled or HlsSynthesisTimeout is over.</summary>
    private protected void WhileAllowed(string model, string folder, DiagnosticBag diagnostics, Action<CancellationToken> work)
    {
        using CancellationTokenSource stop = Options.Timeout is TimeSpan patience ? new(patience) : new();
        try
        {
            OutputFiles.Guard(folder, () => While(stop.Cancel, () =>
            {
                work(stop.Token);
                return true;
            }));
        }
        catch (OperationCanceledException)
        {
            if (!_cancelled)
                diagnostics.Add(Descriptors.SynthesisTimeout, $"{model}: the open flow was stopped after {Options.Timeout!.Value.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes (HlsSynthesisTimeout); the layers that were synthesized are kept");
        }
    }

    /// <summary>What is run for a model, and the digest of all it depends on.</summary>
    private protected (SynthesisRun Run, string Digest) Plan(ModelOptions model, ModelFolder folder)
    {
        SynthesisRun run = Tool.Plan(model, Options);
        return (run, SynthesisRecord.Digest(folder.Firmware, model, Options, Tool.Identity, run));
    }

    private bool Select()
    {
        string[] patterns = Filter.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] names = [.. Models.Select(m => m.GetMetadata("ModelName"))];
        foreach (string pattern in patterns.Where(p => !Models.Any(m => Matches(p, m))))
            Log.LogDiagnostic(Descriptors.FilterMatchesNothing, $"HlsModelFilter '{pattern}' matches no model of the project; its models are {string.Join(", ", names)}", ProjectFile);
        Models = [.. Models.Where(m => patterns.Length == 0 || patterns.Any(p => Matches(p, m)))];
        return !Log.HasLoggedErrors;
    }

    private static bool Matches(string pattern, ITaskItem model) =>
        FileSystemName.MatchesSimpleExpression(pattern, model.GetMetadata("ModelName")) || FileSystemName.MatchesSimpleExpression(pattern, model.ItemSpec);

    private bool FindTool()
    {
        DiagnosticBag diagnostics = new(ProjectFile);
        try
        {
            if (SynthesisOptions.Read(Synthesis.EscapedMetadata(), diagnostics) is SynthesisOptions options)
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
        (model.GetMetadata("Backend") is { Length: > 0 } own ? own : Project.GetMetadata("Backend")).Equals(nameof(Backend.Rtl), StringComparison.OrdinalIgnoreCase);
}
