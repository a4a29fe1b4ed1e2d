using System.Collections.Immutable;
using System.Text.Json;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Keras;

/// <summary>
/// Translates a Keras file into an ONNX model: the node of a layer has the layer's name, its steps have names behind
/// it. What a convolution or a softmax means is the importer's alone.
/// </summary>
internal static class KerasReader
{
    private const int MostNamed = 5;

    /// <summary>The model of the options' file.</summary>
    /// <exception cref="ModelException">It is no Keras file, or has layers that are not read.</exception>
    public static ModelProto Read(ModelOptions options)
    {
        KerasFile file = KerasFile.Read(options.ModelPath, options.WeightsPath);
        try
        {
            return Translate(KerasParser.Read(file), IsKeras3(file.Architecture), options);
        }
        catch (Exception e) when (e is OverflowException or KeyNotFoundException or InvalidOperationException
            or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            throw new ModelException(Descriptors.NotAKerasModel,
                $"the architecture of {Path.GetFileName(options.ModelPath)} cannot be read: {e.Message}");
        }
    }

    // Keras 3 alone writes the modules of classes; its .h5 files know by the inputs' shapes.
    private static bool IsKeras3(JsonElement architecture)
    {
        string text = architecture.GetRawText();
        return !text.Contains("batch_input_shape", StringComparison.Ordinal)
            && text.Contains("\"module\"", StringComparison.Ordinal);
    }

    private static ModelProto Translate(KerasNetwork network, bool isKeras3, ModelOptions options)
    {
        RefuseUnread(network, [.. options.CustomOperators.Select(c => c.Name)]);
        GraphWriter writer = new();
        NetworkTranslation translation = new(writer, isKeras3, options);
        ImmutableArray<KerasTensor> outputs = translation.Run(network, null, "");
        string[] names = network.IsSequence ? [network.Layers[^1].Name]
            : [.. network.Outputs.Select(o => o.Layer)];
        return writer.Finish(network.Name, names.Zip(outputs));
    }

    // Every layer that is not read is named at once, so that a user sees the whole distance.
    private static void RefuseUnread(KerasNetwork network, ImmutableHashSet<string> defined)
    {
        Dictionary<string, List<string>> unread = new(StringComparer.Ordinal);
        Collect(network);
        if (unread.Count > 0)
            throw new ModelException(Descriptors.UnsupportedLayer, string.Join("; ", unread.Select(u =>
                $"{(u.Value.Count == 1 ? "layer" : "layers")} {string.Join(", ", u.Value.Take(MostNamed))}"
                + $"{(u.Value.Count > MostNamed ? $" and {u.Value.Count - MostNamed} more" : "")}: "
                + $"the class {u.Key} {LayerRegistry.Hint(u.Key)}")));

        void Collect(KerasNetwork part)
        {
            foreach (KerasLayer layer in part.Layers)
            {
                if (layer.Network is not null)
                    Collect(layer.Network);
                else if (LayerRegistry.Find(layer.Class) is null && !defined.Contains(layer.Class))
                    (unread.TryGetValue(layer.Class, out List<string>? names) ? names : unread[layer.Class] = [])
                        .Add($"'{layer.Name}'");
            }
        }
    }
}
