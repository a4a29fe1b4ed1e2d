using System.Collections;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Finds what a project says in vain: metadata that no option has, properties and items that nothing reads, patterns
/// that match no file, values of the build's own switches that mean nothing.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CheckHlsItems : Microsoft.Build.Utilities.Task
{
    /// <summary>Every HlsModel item.</summary>
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Every HlsLayer item.</summary>
    public ITaskItem[] Layers { get; set; } = [];

    /// <summary>Full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>
    /// Full paths of other files in which users write properties and items; those that do not exist are passed over.
    /// </summary>
    public string[] ImportedFiles { get; set; } = [];

    /// <summary>The property HlsCSimulation.</summary>
    public string CSimulation { get; set; } = "true";

    /// <summary>The property HlsMaxParallelSynthesis.</summary>
    public string MaxParallelSynthesis { get; set; } = "1";

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectFile, Check);

    private bool Check()
    {
        DiagnosticBag diagnostics = new(ProjectFile);
        foreach (ITaskItem model in Models)
            OptionsReader.ReportUnknownMetadata(model.ToProjectItem("HlsModel"), diagnostics);
        foreach (ITaskItem layer in Layers)
            OptionsReader.ReportUnknownMetadata(layer.ToProjectItem("HlsLayer"), diagnostics);
        ProjectText[] files = [.. ProjectText.Load([ProjectFile, .. ImportedFiles])];
        HashSet<string> used = new(files.SelectMany(f => f.Referenced), StringComparer.OrdinalIgnoreCase);
        foreach (ProjectText file in files)
            file.Check(Models, used, diagnostics);
        foreach (string name in Outside().Where(n => !used.Contains(n)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal))
            OptionsReader.ReportUnknownProperty(name, null, diagnostics);
        CheckSwitches(diagnostics);
        Log.LogDiagnostics(diagnostics);
        return !Log.HasLoggedErrors;
    }

    // MSBuild compares the text, so that any other word would mean false.
    private void CheckSwitches(DiagnosticBag diagnostics)
    {
        if (!bool.TryParse(CSimulation, out _))
            diagnostics.Add(Descriptors.InvalidOption,
                $"the project has HlsCSimulation '{CSimulation}', which is none of true, false");
        if (!int.TryParse(MaxParallelSynthesis, NumberStyles.None, CultureInfo.InvariantCulture, out int n) || n < 1)
            diagnostics.Add(Descriptors.InvalidOption,
                $"the project has HlsMaxParallelSynthesis '{MaxParallelSynthesis}', which is not a whole number of at "
                + "least 1");
    }

    /// <summary>
    /// Properties of the command line, and variables of the environment, which MSBuild takes for properties.
    /// </summary>
    private IEnumerable<string> Outside()
    {
        IEnumerable<string> names = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(e => (string)e.Key).Where(n => n.StartsWith("Hls", StringComparison.Ordinal));
        try
        {
            names = names.Concat((BuildEngine as IBuildEngine6)?.GetGlobalProperties().Keys ?? []);
        }
        catch (NotImplementedException)
        {
            // A task host may not know them.
        }
        return names.Where(n => n.StartsWith("Hls", StringComparison.OrdinalIgnoreCase)
            && !n.StartsWith("Hls4Net", StringComparison.OrdinalIgnoreCase));
    }
}
