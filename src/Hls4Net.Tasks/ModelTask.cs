using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tools;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>A task that compiles models: reads the items, does its work on each model, reports what was found.</summary>
public abstract class ModelTask : Microsoft.Build.Utilities.Task
{
    // A build that is soon done need not say how far it is.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Full path of the project's folder.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>The models to work on, with the paths of their outputs.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>One item whose metadata are the project-wide defaults.</summary>
    [Required]
    public ITaskItem Project { get; set; } = new TaskItem();

    /// <summary>Every HlsLayer item.</summary>
    public ITaskItem[] Layers { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectDirectory, ProcessAll);

    private bool ProcessAll()
    {
        Dictionary<string, string> properties = Project.EscapedMetadata();
        ProjectItem[] layers = [.. Layers.Select(l => l.ToProjectItem("HlsLayer"))];
        using StepProgress steps = new(GetType().Name, "model", Models.Length, Log.Say, s_patience);
        if (Parallelism == 1)
            Array.ForEach(Models, Work);
        else
            Parallel.ForEach(Models, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, Work);
        return !Log.HasLoggedErrors;

        void Work(ITaskItem item)
        {
            steps.Start(item.GetMetadata("ModelName"));
            DiagnosticBag diagnostics = new(item.ItemSpec, ModelOf(item));
            try
            {
                ModelOptions? options =
                    OptionsReader.Read(item.ToProjectItem("HlsModel"), properties, layers, ProjectDirectory, diagnostics);
                if (options is not null)
                    Process(options, new ModelFolder(item, ProjectDirectory), diagnostics);
            }
            catch (ModelException e)
            {
                diagnostics.Add(e.Descriptor, e.Message, e.File);
            }
            catch (Exception e) when (Fault.Is(e))
            {
                Fault.Report(e, diagnostics);
                Log.LogMessage(MessageImportance.Low, "{0}", e);
            }
            Log.LogDiagnostics(diagnostics);
            steps.Done(item.GetMetadata("ModelName"));
        }
    }

    /// <summary>How many models are worked on side by side.</summary>
    private protected virtual int Parallelism => 1;

    /// <summary>
    /// Compiles a model that GenerateHls has compiled. It has reported what that finds, unless the model has changed since: null if it fails now,
    /// which is reported.
    /// </summary>
    /// <param name="options">The model's options.</param>
    /// <param name="diagnostics">Takes why it fails.</param>
    /// <param name="warnings">Takes what GenerateHls has warned of.</param>
    private protected static CompiledModel? Recompile(ModelOptions options, DiagnosticBag diagnostics, List<Diagnostic>? warnings = null)
    {
        DiagnosticBag again = diagnostics.Another();
        CompiledModel? model = ModelCompiler.Compile(options, again);
        if (model is null)
            diagnostics.AddRange(again);
        else
            warnings?.AddRange(again.Items.Where(d => d.Descriptor.Severity == Severity.Warning));
        return model;
    }

    /// <summary>Does the task's work on one model.</summary>
    private protected abstract void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics);

    // The file says which model it is, unless several models are made of it, or the project gives the model a name of its own.
    private static string? ModelOf(ITaskItem item)
    {
        string name = item.GetMetadata("ModelName");
        bool own = name.Length > 0 && name != Names.ModelName(Path.GetFileNameWithoutExtension(item.ItemSpec));
        return own || item.GetMetadata("HlsShared") == "true" ? name : null;
    }
}
