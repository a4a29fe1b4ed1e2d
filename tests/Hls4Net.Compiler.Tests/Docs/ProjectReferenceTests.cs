using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hls4Net.Configuration;

namespace Hls4Net.Tests.Docs;

/// <summary>The tables of docs/project-reference.md are what the options reader and the targets know.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string s_page = Pages.Read("docs/project-reference.md");

    private static readonly string[] s_targets = [.. new[] { "Sdk.targets", "Synthesis.targets" }.Select(f =>
        Path.Combine(Pages.Root, "src/Hls4Net.Sdk/Sdk", f))];

    [Fact]
    public void The_metadata_of_models_is_documented() =>
        Assert.Equal(OptionsReader.ModelOptions.Order(StringComparer.Ordinal),
            Names("HlsModel").Order(StringComparer.Ordinal));

    [Fact]
    public void The_metadata_of_layers_is_documented() =>
        Assert.Equal(OptionsReader.LayerOptions.Order(StringComparer.Ordinal),
            Names("HlsLayer").Order(StringComparer.Ordinal));

    [Fact]
    public void The_properties_and_their_defaults_are_those_of_the_targets()
    {
        IEnumerable<(string, string)> defaults = s_targets.SelectMany(t => XDocument.Load(t).Root!.Elements())
            .Where(e => e.Name.LocalName == "PropertyGroup").Elements()
            .Where(e => e.Name.LocalName.StartsWith("Hls", StringComparison.Ordinal)
                && !e.Name.LocalName.StartsWith("Hls4Net", StringComparison.Ordinal)
                && (string?)e.Attribute("Condition") == $"'$({e.Name.LocalName})' == ''")
            .Select(e => (e.Name.LocalName, e.Value));
        IEnumerable<(string, string)> documented = Pages.TableRows(Pages.Section(s_page, "Properties"))
            .Select(r => (r[0].Trim('`'), r[1].Trim('`')));
        Assert.Equal(defaults, documented);
    }

    [Fact]
    public void The_targets_exist()
    {
        string targets = string.Concat(s_targets.Select(File.ReadAllText));
        Assert.All(Names("Targets"),
            name => Assert.Contains($"<Target Name=\"{name}\"", targets, StringComparison.Ordinal));
    }

    [Fact]
    public void The_xml_of_every_page_uses_known_metadata()
    {
        foreach (string xml in Pages.All.SelectMany(p => Pages.Blocks(Pages.Read(p))).Where(b => b.Language == "xml")
            .Select(b => b.Text))
        {
            // Blocks may be a run of elements.
            foreach (XElement item in XElement.Parse($"<root>{xml}</root>").Descendants())
            {
                if (item.Name.LocalName is "HlsModel" or "HlsLayer")
                    Assert.All(item.Attributes().Where(a => a.Name.LocalName != "Include"),
                        a => Assert.Contains(a.Name.LocalName,
                            item.Name.LocalName == "HlsModel" ? OptionsReader.ModelOptions
                                : OptionsReader.LayerOptions));
                else if (item.Name.LocalName == "HlsCustomOperator")
                    Assert.Equal(["Include", "Definition"], item.Attributes().Select(a => a.Name.LocalName));
                else if (Regex.IsMatch(item.Name.LocalName, "^Hls[A-Z]"))
                    Assert.Contains(item.Name.LocalName["Hls".Length..],
                        OptionsReader.ProjectOptions.Concat(Names("Properties").Select(n => n["Hls".Length..])));
            }
        }
    }

    private static IEnumerable<string> Names(string section) => Pages.TableRows(Pages.Section(s_page, section))
        .Select(row => row[0].Trim('`'));
}
