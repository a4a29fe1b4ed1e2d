using System.Text;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using PureHDF;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// Layers of Keras are read as its documentation defines them, by definitions of the tests' own; images with the
/// channels last and first.
/// </summary>
public sealed class DefinedLayerTests
{
    private const double Close = 1e-5;

    public static TheoryData<string, bool> Layers()
    {
        TheoryData<string, bool> layers = [];
        foreach ((string name, DefinedLayer layer) in DefinedLayer.All)
        {
            layers.Add(name, false);
            if (layer.WithChannelsFirst is not null)
                layers.Add(name, true);
        }
        return layers;
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_is_its_definition(string name, bool channelsFirst)
    {
        DefinedLayer layer = channelsFirst ? DefinedLayer.All[name].WithChannelsFirst! : DefinedLayer.All[name];
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(ModelHarness.Options(folder.Write("net.keras", File(layer))));
        ImportedReference reference = new(model.Imported, channelsLast: false);
        Random random = new(3);
        for (int s = 0; s < 5; s++)
        {
            DefinedTensor[] inputs = [.. layer.Inputs.Select(i => DefinedTensor.Random(random, i))];
            DefinedTensor expected = layer.Value(inputs);
            reference.Run([.. inputs.SelectMany(i => i.Values)]);
            double[] actual = reference.Output(0).ToArray();
            Assert.Equal(expected.Values.Length, actual.Length);
            Assert.Equal(expected.Shape, model.Imported.Outputs[0].Value.Shape.Dimensions.Skip(1));
            for (int e = 0; e < actual.Length; e++)
                Assert.True(Math.Abs(actual[e] - expected.Values[e]) <= Close * Math.Max(1, Math.Abs(actual[e])),
                    $"sample {s}, element {e}: {actual[e]} and not {expected.Values[e]}");
        }
    }

    private static byte[] File(DefinedLayer layer)
    {
        StringBuilder config = new();
        config.Append("""
            {"module": "keras", "class_name": "Functional", "config": {"name": "net", "layers": [
            """);
        for (int i = 0; i < layer.Inputs.Length; i++)
            config.Append($$$"""
                {"module": "keras.layers", "class_name": "InputLayer", "name": "x{{{i}}}", "inbound_nodes": [],
                "config": {"name": "x{{{i}}}", "batch_shape": [null, {{{string.Join(", ", layer.Inputs[i])}}}]}},
                """);
        string[] tensors = [.. layer.Inputs.Select((_, i) => $$$"""
            {"class_name": "__keras_tensor__", "config": {"keras_history": ["x{{{i}}}", 0, 0]}}
            """)];
        string named = layer.Settings.Contains("\"name\"", StringComparison.Ordinal) ? "" : "\"name\": \"fc\", ";
        // Attention reads its arguments one by one, the others a list of tensors.
        string arguments = string.Join(", ", tensors);
        if (tensors.Length > 1 && layer.Class != "MultiHeadAttention")
            arguments = $"[{arguments}]";
        string ports = string.Join(", ", layer.Inputs.Select((_, i) => $"[\"x{i}\", 0, 0]"));
        config.Append($$$"""
            {"module": "keras.layers", "class_name": "{{{layer.Class}}}", "name": "fc",
            "config": { {{{named}}}{{{layer.Settings}}} },
            "inbound_nodes": [{"args": [{{{arguments}}}], "kwargs": {}}]}],
            "input_layers": [{{{ports}}}], "output_layers": [["fc", 0, 0]]}}
            """);
        H5Group own = [];
        foreach ((string path, DefinedTensor[] weights) in layer.Weights)
        {
            H5Group variables = KerasWriter.Variables("fc", [.. weights.Select(w => w.Written)]);
            if (path.Length == 0)
                own["vars"] = variables;
            else
                own[path] = new H5Group { ["vars"] = variables };
        }
        return KerasWriter.Zip(config.ToString(), KerasWriter.Hdf(new H5Group { [Snake(layer.Class)] = own }));
    }

    // The file's name of a group of layers: MultiHeadAttention's is multi_head_attention, Conv2D's conv2d.
    private static string Snake(string name)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1])
                || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            text.Append(begins ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
