using System.Xml;
using System.Xml.Linq;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Finds what a project says in vain: metadata that no option has, and layer patterns that MSBuild drops.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckHlsItems : Microsoft.Build.Utilities.Task
{
    /// <summary>Every HlsModel item.</summary>
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Every HlsLayer item.</summary>
    public ITaskItem[] Layers { get; set; } = [];

    /// <summary>The files in which users write HlsLayer items, by full path.</summary>
    [Required]
    public string[] ProjectFiles { get; set; } = [];

    /// <summary>Full path of the file that says when the project was last found in order.</summary>
    [Required]
    public string Stamp { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        DateTime started = DateTime.UtcNow;
        DiagnosticBag diagnostics = new(ProjectFiles[0]);
        foreach (ITaskItem model in Models)
            OptionsReader.ReportUnknownMetadata(model.ToProjectItem("HlsModel"), diagnostics);
        foreach (ITaskItem layer in Layers)
            OptionsReader.ReportUnknownMetadata(layer.ToProjectItem("HlsLayer"), diagnostics);
        foreach (string file in ProjectFiles.Where(File.Exists))
            FindLostPatterns(file);
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

    /// <summary>
    /// Looks for an Include such as <c>fc?</c>, which MSBuild expands to the files of that name: to nothing. The item is gone
    /// before any target runs, so that only the project's text tells of it.
    /// </summary>
    private void FindLostPatterns(string file)
    {
        foreach (XElement layer in XDocument.Load(file, LoadOptions.SetLineInfo).Descendants().Where(e => e.Name.LocalName == "HlsLayer"))
        {
            string? include = layer.Attribute("Include")?.Value;
            // A colon makes the text no legal file pattern, and MSBuild leaves it alone.
            if (include is null || include.IndexOfAny(['*', '?']) < 0 || include.Contains(':'))
                continue;
            IXmlLineInfo position = layer;
            Log.LogDiagnostic(
                Descriptors.LayerPatternLost,
                $"MSBuild takes the wildcards of HlsLayer '{include}' for file names and drops the item; write '{OptionsReader.LayerPrefix}{include}'",
                file, position.LineNumber, position.LinePosition);
        }
    }
}
