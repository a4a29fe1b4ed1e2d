using System.Text.Json;
using System.Xml.Linq;
using Hls4Net.Configuration;
using Hls4Net.Verification;

namespace Hls4Net.Tests.Models;

/// <summary>
/// Trigger networks of CMS with the types of their firmware: every output bit is that of CMS' own emulators.
/// </summary>
public sealed class CmsNetworkTests
{
    private const string Items = "Cms.items.props";

    public static IEnumerable<object[]> Models =>
        new[] { "axol1tl_v3", "axol1tl_v4", "cicada_v2p2p0", "emtfnn_v1", "nnpuppitau_v1", "sc4ngjet_v0" }.Select(m =>
            new object[] { m });

    [SkippableFact]
    public void Every_network_of_the_folder_is_tried()
    {
        IEnumerable<string> names = Elements(SharedData.Require("cms"), "HlsModel")
            .Select(m => m.Attribute("ModelName")!.Value);
        Assert.Equal(Models.Select(m => (string)m[0]).Order(), names.Order());
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Outputs_equal_the_emulators_on_every_bit(string name)
    {
        string folder = SharedData.Require("cms");
        CompiledModel model = ModelHarness.Compile(Options(folder, name));
        VerificationResult result = ModelHarness.Verify(model).Result;
        Assert.True(result.ExpectedFromFiles);
        Assert.Equal(2000, result.Samples);
        Assert.Equal(0, result.MaxAbsError);
    }

    private static ModelOptions Options(string folder, string name)
    {
        XElement item = Elements(folder, "HlsModel").Single(m => m.Attribute("ModelName")!.Value == name);
        string[] Files(string attribute) =>
            [.. item.Attribute(attribute)!.Value.Split(';')
                .Select(f => f.Replace("$(CmsFolder)", folder, StringComparison.Ordinal))];
        string[] known = ["Include", "ModelName", "TestInputs", "TestOutputs", "MaxAbsError"];
        Assert.All(item.Attributes(), a => Assert.Contains(a.Name.LocalName, known));
        return ModelHarness.Options(Files("Include")[0], name) with
        {
            TestInputs = [.. Files("TestInputs")],
            TestOutputs = [.. Files("TestOutputs")],
            Layers = [.. Layers(folder, name)],
        };
    }

    // The items of the model; where the file has none, the types that stand beside the model.
    private static IEnumerable<LayerOverride> Layers(string folder, string name)
    {
        XElement[] items = [.. Elements(folder, "HlsLayer").Where(l => l.Attribute("Model")!.Value == name)];
        if (items.Length > 0)
            return items.Select(i => Layer(i.Attribute("Include")!.Value, setting => i.Attribute(setting)?.Value));
        using JsonDocument types = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name, "types.json")));
        return [.. types.RootElement.GetProperty("types").EnumerateArray().Select(t => Layer(
            t.GetProperty("layer").GetString()!,
            setting => t.TryGetProperty(setting, out JsonElement text) ? text.GetString() : null))];
    }

    private static LayerOverride Layer(string pattern, Func<string, string?> setting)
    {
        PrecisionSpec? Of(string name) => setting(name) is string text ? ModelHarness.Precision(text) : null;
        return new LayerOverride(pattern, LayerSettings.Unset with
        {
            Precision = Of("Precision"),
            WeightPrecision = Of("WeightPrecision"),
            ResultPrecision = Of("ResultPrecision"),
            AccumPrecision = Of("AccumPrecision"),
        });
    }

    private static IEnumerable<XElement> Elements(string folder, string name) =>
        XDocument.Load(Path.Combine(folder, Items)).Descendants(name);
}
