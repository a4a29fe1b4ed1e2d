using System.Collections.Concurrent;
using System.Text;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;
using Hls4Net.Targets;
using Hls4Net.Text;
using Hls4Net.Tools;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>
/// A task that compiles models: reads the items, does its work on each model, reports what was found.
/// </summary>
public abstract class ModelTask : Microsoft.Build.Utilities.Task
{
    // A build that is soon done need not say how far it is.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // What the project says of each model, as one text.
    private readonly ConcurrentDictionary<ModelOptions, string> _items = new(ReferenceEqualityComparer.Instance);

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
                ProjectItem model = item.ToProjectItem("HlsModel");
                ModelOptions? options =
                    OptionsReader.Read(model, properties, layers, ProjectDirectory, KnownTargets.Backends, diagnostics);
                if (options is not null)
                {
                    ModelFolder folder = new(item, ProjectDirectory);
                    _items[options] = $"{folder.Root}\0{ModelOf(item)}\0{Text(model, properties, layers)}";
                    Process(options, folder, diagnostics);
                }
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

    /// <summary>Compiles a model, and keeps it for the steps behind.</summary>
    /// <param name="options">The model's options.</param>
    /// <param name="diagnostics">Takes what is found.</param>
    /// <param name="contents">The contents of the files that it is made from, as they were before any was read.</param>
    /// <param name="externalData">The files among them that only the model names.</param>
    /// <param name="dump">Takes the graph between passes; null for nobody.</param>
    private protected CompiledModel? Compile(
        ModelOptions options, DiagnosticBag diagnostics, string contents, IReadOnlyList<string> externalData,
            Action<GeneratedFile>? dump = null)
    {
        Log.LogMessage(MessageImportance.Low, "{0}: {1} is read and compiled.", options.ModelName, options.Source);
        DiagnosticBag found = diagnostics.Another();
        CompiledModel? model = ModelCompiler.Compile(options, found, dump);
        diagnostics.AddRange(found);
        if (model is not null)
            KeptModels.Of(BuildEngine)?.Keep(_items[options], new KeptModel(model, found, contents, externalData));
        return model;
    }

    /// <summary>
    /// A model that GenerateHls has compiled: as that or another step of this build has kept it, else compiled again.
    /// It has reported what that finds, unless the model has changed since: null if it fails now, which is reported.
    /// </summary>
    /// <param name="options">The model's options.</param>
    /// <param name="diagnostics">Takes why it fails.</param>
    /// <param name="warnings">Takes what GenerateHls has warned of.</param>
    private protected CompiledModel? Recompile(ModelOptions options, DiagnosticBag diagnostics,
        List<Diagnostic>? warnings = null)
    {
        DiagnosticBag again = diagnostics.Another();
        CompiledModel? model;
        if (KeptModels.Of(BuildEngine)?.Find(_items[options], e => ModelContents.Of(options, e)) is KeptModel kept)
        {
            Log.LogMessage(MessageImportance.Low, "{0}: compiled by an earlier step of this build.", options.ModelName);
            model = kept.Model;
            again.AddRange(kept.Found);
        }
        else
        {
            IReadOnlyList<string> external = ModelFiles.ExternalData(options.ModelPath);
            model = Compile(options, again, ModelContents.Of(options, external), external);
        }
        if (model is null)
            diagnostics.AddRange(again);
        else
            warnings?.AddRange(again.Items.Where(d => d.Descriptor.Severity == Severity.Warning));
        return model;
    }

    /// <summary>Does the task's work on one model.</summary>
    private protected abstract void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics);

    // All that options are read from; two texts differ where the options may.
    private static string Text(ProjectItem model, IReadOnlyDictionary<string, string> properties,
        IEnumerable<ProjectItem> layers)
    {
        StringBuilder text = new();
        Add(model, OptionsReader.ModelOptions);
        foreach ((string name, string value) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
            text.Append(name).Append('\0').Append(value).Append('\0');
        foreach (ProjectItem layer in layers)
            Add(layer, OptionsReader.LayerOptions);
        return text.ToString();

        void Add(ProjectItem item, IEnumerable<string> options)
        {
            text.Append(item.Include).Append('\0');
            foreach (string option in options)
                text.Append(item.Metadata.GetValueOrDefault(option)).Append('\0');
        }
    }

    // The file says which model it is, unless several models are made of it, or the project gives the model a name of
    // its own.
    private static string? ModelOf(ITaskItem item)
    {
        string name = item.GetMetadata("ModelName");
        bool own = name.Length > 0 && name != Names.ModelName(Path.GetFileNameWithoutExtension(item.ItemSpec));
        return own || item.GetMetadata("HlsShared") == "true" ? name : null;
    }
}
