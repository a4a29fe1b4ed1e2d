using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>A task that needs the synthesis tool: finds it before any model is worked on.</summary>
public abstract class SynthesisTask : ModelTask
{
    /// <summary>One item whose metadata are the project's settings for synthesis.</summary>
    [Required]
    public ITaskItem Synthesis { get; set; } = new TaskItem();

    /// <summary>Full path of the project file, for diagnostics.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The settings.</summary>
    private protected SynthesisOptions Options { get; private set; } = new();

    /// <summary>The tool.</summary>
    private protected ISynthesizer Tool { get; private set; } = null!;

    /// <inheritdoc/>
    public override bool Execute() => FindTool() && base.Execute();

    /// <summary>What is run for a model, and the digest of all it depends on.</summary>
    private protected (SynthesisRun Run, string Digest) Plan(ModelOptions model, ModelFolder folder)
    {
        SynthesisRun run = Tool is IVendorSynthesizer vendor ? vendor.Plan(model, Options) : new SynthesisRun([], []);
        return (run, SynthesisRecord.Digest(folder.Firmware, model, Options, Tool.Identity, run));
    }

    private bool FindTool()
    {
        DiagnosticBag diagnostics = new(ProjectFile);
        try
        {
            if (SynthesisOptions.Read(Synthesis.EscapedMetadata(), diagnostics) is SynthesisOptions options)
            {
                Tool = Synthesizers.Find(options, Environment.GetEnvironmentVariable, ProjectDirectory);
                // The open flow simulates always, and all that there is.
                Options = Tool is OpenSynthesizer ? options with { Cosim = true, CosimSamples = int.MaxValue } : options;
            }
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
        }
        Log.LogDiagnostics(diagnostics);
        return !diagnostics.HasErrors;
    }
}
