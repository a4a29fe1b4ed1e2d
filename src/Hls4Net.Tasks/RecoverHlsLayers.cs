using System.Xml;
using System.Xml.Linq;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>
/// Finds HlsLayer items such as <c>fc?</c>, whose wildcards MSBuild expands to the files of that name: to nothing. The
/// item is gone before any target runs, so only the project's text tells of it. Items that are spelt out come back as
/// they were meant; of one with a property or a condition the text alone does not say what it is, and it is an error.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RecoverHlsLayers : Microsoft.Build.Utilities.Task
{
    /// <summary>
    /// The files in which users write HlsLayer items, by full path; those that do not exist are passed over.
    /// </summary>
    [Required]
    public string[] ProjectFiles { get; set; } = [];

    /// <summary>The items that MSBuild dropped, in the files' order.</summary>
    [Output]
    public ITaskItem[] Layers { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectFiles.FirstOrDefault() ?? "", Recover);

    private bool Recover()
    {
        Layers = [.. ProjectFiles.Where(File.Exists).SelectMany(Lost)];
        return !Log.HasLoggedErrors;
    }

    private IEnumerable<ITaskItem> Lost(string file)
    {
        foreach (XElement layer in ProjectText.LoadXml(file).Descendants().Where(e => e.Name.LocalName == "HlsLayer"))
        {
            string? include = layer.Attribute("Include")?.Value;
            // A colon makes the text no legal file pattern, and MSBuild leaves it alone.
            if (include is null || include.IndexOfAny(['*', '?']) < 0 || include.Contains(':'))
                continue;
            if (IsSpeltOut(layer))
            {
                TaskItem item = Item(include, layer);
                DiagnosticBag diagnostics = new(file);
                OptionsReader.ReportUnknownMetadata(item.ToProjectItem("HlsLayer"), diagnostics);
                Log.LogDiagnostics(diagnostics);
                yield return item;
                continue;
            }
            IXmlLineInfo position = layer;
            Log.LogDiagnostic(
                Descriptors.LayerPatternLost,
                $"MSBuild takes the wildcards of HlsLayer '{include}' for file names and drops the item; write "
                + $"'{OptionsReader.LayerPrefix}{include}'",
                file, position.LineNumber, position.LinePosition);
        }
    }

    private static TaskItem Item(string include, XElement layer)
    {
        TaskItem item = new(OptionsReader.LayerPrefix + include);
        foreach ((string name, string value) in layer.Attributes().Where(a => a.Name.LocalName is not "Include")
            .Select(a => (a.Name.LocalName, a.Value))
            .Concat(layer.Elements().Select(e => (e.Name.LocalName, e.Value))))
        {
            item.SetMetadata(name, value);
        }
        return item;
    }

    private static bool IsSpeltOut(XElement layer) =>
        !layer.AncestorsAndSelf().Concat(layer.Elements())
            .Any(e => e.Attribute("Condition") is not null || e.Name.LocalName is "Target" or "When" or "Otherwise")
        && !layer.Attributes().Select(a => a.Value).Concat(layer.Elements().Select(e => e.Value))
            .Any(v => v.AsSpan().ContainsAny('$', '@', '%'))
        && !layer.Attribute("Include")!.Value.Contains(';')
        && layer.Attributes().All(a => a.Name.LocalName is not ("Exclude" or "Remove" or "Update"));
}
