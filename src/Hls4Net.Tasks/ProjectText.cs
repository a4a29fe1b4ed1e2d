using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// A file of a project as its author wrote it: what MSBuild has dropped or has no use for stands nowhere else.
/// </summary>
internal sealed partial class ProjectText
{
    private readonly string _path;
    private readonly XDocument _document;

    private ProjectText(string path, XDocument document) => (_path, _document) = (path, document);

    /// <summary>The files that can be read, and those that they import by a path of their own.</summary>
    public static IEnumerable<ProjectText> Load(IEnumerable<string> paths)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Queue<string> waiting = new(paths.Where(p => p.Length > 0));
        while (waiting.TryDequeue(out string? path))
        {
            if (!seen.Add(path) || !File.Exists(path) || Read(path) is not XDocument document)
                continue;
            ProjectText text = new(path, document);
            foreach (string import in text.Imports())
                waiting.Enqueue(import);
            yield return text;
        }
    }

    /// <summary>
    /// Loads a file as MSBuild does: a document type is passed over, and nothing outside the file is read.
    /// </summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    public static XDocument LoadXml(string path)
    {
        using XmlReader reader = XmlReader.Create(path,
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader, LoadOptions.SetLineInfo);
    }

    /// <summary>
    /// Names of the properties that the file reads; a property that looks at itself alone is not read.
    /// </summary>
    public IEnumerable<string> Referenced => _document.Descendants()
        .SelectMany(e => e.Attributes().Select(a => a.Value).Concat(e.Nodes().OfType<XText>().Select(t => t.Value))
        .SelectMany(text => Reference().Matches(text).Select(m => m.Groups[1].Value))
            .Where(name => !name.Equals(e.Name.LocalName, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Warns of properties and items whose names begin like the SDK's and that nothing reads, and of patterns that
    /// match no model.
    /// </summary>
    public void Check(IReadOnlyList<ITaskItem> models, IReadOnlySet<string> used, DiagnosticBag diagnostics)
    {
        foreach (XElement property in Elements("PropertyGroup").Where(e => !used.Contains(e.Name.LocalName)))
            OptionsReader.ReportUnknownProperty(property.Name.LocalName, _path, diagnostics);
        foreach (XElement item in Elements("ItemGroup"))
        {
            string name = item.Name.LocalName;
            if (name is not ("HlsModel" or "HlsLayer" or "HlsCustomOperator") && !UsesItem(name))
                diagnostics.Add(Descriptors.UnknownProperty,
                    $"the item {name} is read by nothing; "
                    + $"{(Spelling.Nearest(name, ["HlsModel", "HlsLayer", "HlsCustomOperator"]) is string meant ? $"did you mean {meant}?" : "there are HlsModel, HlsLayer and HlsCustomOperator")}",
                    _path);
            if (name == "HlsModel" && IsUnconditional(item) && item.Attribute("Exclude") is null)
                CheckPatterns(item, models, diagnostics);
        }
    }

    private void CheckPatterns(XElement item, IReadOnlyList<ITaskItem> models, DiagnosticBag diagnostics)
    {
        string include = item.Attribute("Include")?.Value ?? "";
        // An item list is not a pattern of files, and a property may hold several.
        if (include.Contains("@(", StringComparison.Ordinal))
            return;
        foreach (string pattern in include.Split(';',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(p => p.AsSpan().ContainsAny('*', '?')))
        {
            if (!models.Any(m => Matches(pattern, m.ItemSpec)))
                diagnostics.Add(Descriptors.IncludeMatchesNothing,
                    $"HlsModel Include '{pattern}' matches no file, so that there is no model of it; mend the pattern, "
                    + "or fetch the files", _path);
        }
    }

    private static bool Matches(string pattern, string file)
    {
        string expression = Part().Replace(pattern.Replace('\\', '/'), m => m.Value switch
        {
            "**/" => "(.*/)?",
            "**" => ".*",
            "*" => "[^/]*",
            "?" => "[^/]",
            ['$', ..] => ".*",
            string text => Regex.Escape(text),
        });
        return Regex.IsMatch(file.Replace('\\', '/'), $"^{expression}$", RegexOptions.IgnoreCase);
    }

    private bool UsesItem(string name) => _document.ToString()
        .Contains($"@({name}", StringComparison.OrdinalIgnoreCase);

    private IEnumerable<XElement> Elements(string group) =>
        _document.Descendants().Where(e => e.Name.LocalName == group).Elements()
            .Where(e => e.Name.LocalName.StartsWith("Hls", StringComparison.OrdinalIgnoreCase)
            && !e.Name.LocalName.StartsWith("Hls4Net", StringComparison.OrdinalIgnoreCase));

    private static bool IsUnconditional(XElement item) =>
        !item.AncestorsAndSelf().Any(e => e.Attribute("Condition") is not null
            || e.Name.LocalName is "Target" or "When" or "Otherwise");

    // Only folders that need no evaluation: the file's own.
    private IEnumerable<string> Imports() => _document.Descendants()
        .Where(e => e.Name.LocalName == "Import" && e.Attribute("Sdk") is null)
        .Select(e => (e.Attribute("Project")?.Value ?? "")
            .Replace("$(MSBuildThisFileDirectory)", "", StringComparison.OrdinalIgnoreCase))
        .Where(p => p.Length > 0 && !p.AsSpan().ContainsAny('$', '*', '?'))
        .Select(p => Path.GetFullPath(p.Replace('\\', '/'), Path.GetDirectoryName(_path)!));

    private static XDocument? Read(string path)
    {
        try
        {
            return LoadXml(path);
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild has read it, or has said why not.
            return null;
        }
    }

    [GeneratedRegex(@"\$\(\s*(\w+)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\*\*/|\*\*|\*|\?|\$\([^)]*\)|[^*?$]+|\$")]
    private static partial Regex Part();
}
