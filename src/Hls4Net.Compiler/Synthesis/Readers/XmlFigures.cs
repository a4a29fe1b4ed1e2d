using System.Xml.Linq;

namespace Hls4Net.Synthesis.Readers;

/// <summary>Elements and attributes of AMD's XML reports, by name.</summary>
internal static class XmlFigures
{
    /// <summary>The first child of this name, case aside.</summary>
    public static XElement? Child(this XElement? element, string name) =>
        element?.Elements().FirstOrDefault(e => e.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The element below by a path of names.</summary>
    public static XElement? At(this XElement? element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            element = element.Child(name);
        return element;
    }

    /// <summary>The text of a child that has no children of its own.</summary>
    public static string? Value(this XElement? element, string name) =>
        element.Child(name) is { HasElements: false } child ? Figure.Text(child.Value) : null;

    /// <summary>
    /// Resources by their names' beginnings: DSP48E and DSP are one thing, and so are BRAM_18K and BRAM.
    /// </summary>
    public static ResourceFigures Resources(XElement? element, string prefix = "") => element is null
        ? ResourceFigures.Unknown
        : Resources(name => element.Elements()
            .FirstOrDefault(e => e.Name.LocalName.StartsWith(prefix + name, StringComparison.OrdinalIgnoreCase)
                && !e.HasElements)?.Value);

    /// <summary>The same of attributes.</summary>
    public static ResourceFigures ResourceAttributes(XElement? element) => element is null
        ? ResourceFigures.Unknown
        : Resources(name => element.Attributes()
            .FirstOrDefault(a => a.Name.LocalName.StartsWith(name, StringComparison.OrdinalIgnoreCase))?.Value);

    /// <summary>Resources of AMD's devices, each found by the beginning of its name.</summary>
    public static ResourceFigures Resources(Func<string, string?> find) => new(
        Figure.Count(find("LUT")), Figure.Count(find("FF")), Figure.Count(find("DSP")), Figure.Count(find("BRAM")),
            Figure.Count(find("URAM")));
}
