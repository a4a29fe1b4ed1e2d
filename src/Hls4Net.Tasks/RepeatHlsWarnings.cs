using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Says again what steps warned of whose results a build uses as they are.</summary>
[MSBuildMultiThreadableTask]
public sealed class RepeatHlsWarnings : Microsoft.Build.Utilities.Task
{
    /// <summary>Full path of the project's folder.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>The files in which steps have kept their warnings.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectDirectory, Repeat);

    private bool Repeat()
    {
        foreach (ITaskItem file in Files)
        {
            foreach (KeptWarning warning in KeptWarnings.Read(Path.GetFullPath(file.ItemSpec, ProjectDirectory)))
                warning.Log(Log);
        }
        return !Log.HasLoggedErrors;
    }
}
