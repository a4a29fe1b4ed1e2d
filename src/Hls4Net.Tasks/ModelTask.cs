using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>A task that compiles models: reads the items, does its work on each model, reports what was found.</summary>
public abstract class ModelTask : Microsoft.Build.Utilities.Task
{
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
        if (Parallelism == 1)
            Array.ForEach(Models, Work);
        else
            Parallel.ForEach(Models, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, Work);
        return !Log.HasLoggedErrors;

        void Work(ITaskItem item)
        {
            DiagnosticBag diagnostics = new(item.ItemSpec);
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
        }
    }

    /// <summary>How many models are worked on side by side.</summary>
    private protected virtual int Parallelism => 1;

    /// <summary>Compiles a model that GenerateHls has compiled. It has reported what that finds, unless the model has changed since: null if it fails now, which is reported.</summary>
    private protected CompiledModel? Recompile(ModelOptions options)
    {
        DiagnosticBag diagnostics = new(options.Source);
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        if (model is null)
            Log.LogDiagnostics(diagnostics);
        return model;
    }

    /// <summary>Does the task's work on one model.</summary>
    private protected abstract void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics);
}
