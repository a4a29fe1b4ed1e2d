using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Hls4Net.Keras;

namespace Hls4Net.Tests.Docs;

/// <summary>docs/keras.md has every layer of the registry. HLS4NET_WRITE_DOCS writes them.</summary>
public sealed partial class KerasPageTests
{
    [Fact]
    public void Layers_are_the_registrys()
    {
        StringBuilder text = new();
        foreach ((string library, ImmutableArray<LayerClass> classes) in new[]
        {
            ("Keras", LayerRegistry.Keras), ("QKeras", LayerRegistry.QKeras), ("HGQ and HGQ2", LayerRegistry.Hgq),
        })
        {
            text.Append(CultureInfo.InvariantCulture, $"\n| {library} | becomes |\n| --- | --- |\n");
            foreach (LayerClass c in classes)
                text.Append("| ").AppendJoin(", ", c.Names.Select(n => $"`{n}`")).Append(CultureInfo.InvariantCulture,
                    $" | {c.Becomes} |\n");
        }
        Pages.HoldMarked("docs/keras.md", Layers(), text.ToString());
    }

    [Fact]
    public void Layers_are_in_order()
    {
        foreach (ImmutableArray<LayerClass> classes in new[] { LayerRegistry.Keras, LayerRegistry.QKeras,
            LayerRegistry.Hgq })
        {
            string[] names = [.. classes.Select(c => c.Names[0])];
            Assert.Equal(names.OrderBy(n => n.Contains('.', StringComparison.Ordinal))
                .ThenBy(n => n, StringComparer.Ordinal), names);
        }
    }

    [GeneratedRegex("(?<start><!-- layers: .* -->)\n.*?\n(?<end><!-- end of layers -->)", RegexOptions.Singleline)]
    private static partial Regex Layers();
}
