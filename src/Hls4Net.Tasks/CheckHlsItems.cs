using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Finds what a project says in vain: metadata that no option has.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckHlsItems : Microsoft.Build.Utilities.Task
{
    /// <summary>Every HlsModel item.</summary>
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Every HlsLayer item.</summary>
    public ITaskItem[] Layers { get; set; } = [];

    /// <summary>Full path of the project file, for diagnostics.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>Full path of the file that says when the project was last found in order.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectFile, Check);

    private bool Check()
    {
        DateTime started = DateTime.UtcNow;
        DiagnosticBag diagnostics = new(ProjectFile);
        foreach (ITaskItem model in Models)
            OptionsReader.ReportUnknownMetadata(model.ToProjectItem("HlsModel"), diagnostics);
        foreach (ITaskItem layer in Layers)
            OptionsReader.ReportUnknownMetadata(layer.ToProjectItem("HlsLayer"), diagnostics);
        if (!Log.HasLoggedErrors)
            WriteStamp(started, diagnostics);
        Log.LogDiagnostics(diagnostics);
        return !Log.HasLoggedErrors;
    }

    private void WriteStamp(DateTime started, DiagnosticBag diagnostics)
    {
        try
        {
            OutputFiles.Guard(Stamp, () => OutputFiles.Stamp(Stamp, started));
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
        }
    }
}
