using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;

namespace Hls4Net.Keras;

/// <summary>Makes the layers of a network of its configuration, as Keras 2 and 3 write it.</summary>
internal static partial class KerasParser
{
    private const int MostDepth = 32, MostLayers = 1 << 16;

    private static readonly string[] s_networks = ["Sequential", "Functional", "Model"];

    /// <summary>Layers around another one that do nothing at inference.</summary>
    private static readonly string[] s_transparent = ["PruneLowMagnitude"];

    /// <summary>The network of a file.</summary>
    /// <exception cref="ModelException">The configuration is none of a network.</exception>
    public static KerasNetwork Read(KerasFile file) => Network(file.Architecture, file.Weights, 0);

    /// <summary>True for classes that are networks of layers.</summary>
    public static bool IsNetwork(string className) => s_networks.Contains(className);

    private static KerasNetwork Network(JsonElement element, WeightSource weights, int depth)
    {
        if (depth > MostDepth)
            throw Invalid($"its networks are more than {MostDepth} deep in one another");
        string kind = ClassName(element);
        if (!IsNetwork(kind))
            throw Invalid($"its class is '{kind}'; Sequential and Functional networks are read, and a model of a class "
                + "of its own has its layers in code: save a Functional model of it");
        JsonElement config = element.GetProperty("config");
        bool sequence = kind == "Sequential";
        // Old sequences are nothing but the list of their layers.
        JsonElement layers = config.ValueKind == JsonValueKind.Array ? config
            : Json.Get(config, "layers") ?? throw Invalid("a network has no layers");
        if (layers.ValueKind != JsonValueKind.Array || layers.GetArrayLength() > MostLayers)
            throw Invalid("the layers of a network are no list, or too many");
        string name = config.ValueKind == JsonValueKind.Object ? Json.Text(config, "name") ?? "model" : "model";
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        List<KerasLayer> all = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonElement layer in layers.EnumerateArray())
        {
            KerasLayer read = Layer(layer, weights, counts, sequence, depth);
            if (!names.Add(read.Name))
                throw Invalid($"there are two layers '{read.Name}'");
            all.Add(read);
        }
        return new KerasNetwork(name, [.. all], sequence ? [] : References(config, "input_layers"),
            sequence ? [] : References(config, "output_layers"), sequence);
    }

    private static KerasLayer Layer(JsonElement element, WeightSource weights, Dictionary<string, int> counts,
        bool sequence, int depth)
    {
        string className = ClassName(element);
        JsonElement config = Json.Get(element, "config") is JsonElement c && c.ValueKind is JsonValueKind.Object
            or JsonValueKind.Array ? c : throw Invalid($"a layer of class '{className}' has no configuration");
        string name = (config.ValueKind == JsonValueKind.Object ? Json.Text(config, "name") : null)
            ?? Json.Text(element, "name") ?? throw Invalid($"a layer of class '{className}' has no name");
        bool operation = (Json.Text(element, "module") ?? "") is string module
            && module.StartsWith("keras.", StringComparison.Ordinal)
            && module.Contains(".ops", StringComparison.Ordinal);
        string group = "";
        if (!operation && !(sequence && className == "InputLayer"))
        {
            string snake = Snake(className);
            int number = counts[snake] = counts.GetValueOrDefault(snake, -1) + 1;
            group = number == 0 ? snake : $"{snake}_{number}";
        }
        ImmutableArray<LayerUse> uses = Json.Get(element, "inbound_nodes") is JsonElement nodes
            && nodes.ValueKind == JsonValueKind.Array ? [.. nodes.EnumerateArray().Select(Use)] : [];
        if (IsNetwork(className))
            return new KerasLayer(name, className, config, WeightGroup.Empty, uses,
                Network(element, weights.Network(name, group), depth + 1));
        if (operation)
            return new KerasLayer(name, $"ops.{className}", config, WeightGroup.Empty, uses);
        if (s_transparent.Contains(className) && Json.Get(config, "layer") is JsonElement wrapped)
        {
            JsonElement inner = wrapped.GetProperty("config");
            return new KerasLayer(name, ClassName(wrapped), inner,
                weights.Layer(name, Json.Text(inner, "name"), group), uses);
        }
        return new KerasLayer(name, className, config, weights.Layer(name, null, group), uses);
    }

    private static string ClassName(JsonElement element)
    {
        string name = element.ValueKind == JsonValueKind.Object ? Json.Text(element, "class_name") ?? "" : "";
        // Package>Class.
        name = name[(name.LastIndexOf('>') + 1)..];
        return name.Length > 0 && element.TryGetProperty("config", out _) ? name
            : throw Invalid("an object has no class, or no configuration");
    }

    // Keras 3: {args, kwargs}; Keras 2: [[layer, call, result, options], ...].
    private static LayerUse Use(JsonElement node)
    {
        List<TensorReference> inputs = [];
        JsonElement arguments = default, options = default;
        if (node.ValueKind == JsonValueKind.Object)
        {
            arguments = Json.Get(node, "args") ?? default;
            options = Json.Get(node, "kwargs") ?? default;
            Collect(arguments, inputs);
            Collect(options, inputs);
            return new LayerUse([.. inputs], arguments, options);
        }
        if (node.ValueKind != JsonValueKind.Array)
            throw Invalid("a layer's inbound_nodes are no lists");
        // A single tensor may stand without the list around it.
        JsonElement[] tensors = [.. node.EnumerateArray()];
        if (tensors is [{ ValueKind: JsonValueKind.String }, ..])
            tensors = [node];
        foreach (JsonElement tensor in tensors)
        {
            inputs.Add(Reference(tensor));
            if (tensor.GetArrayLength() > 3)
                options = tensor[3];
        }
        return new LayerUse([.. inputs], arguments, options);
    }

    private static void Collect(JsonElement element, List<TensorReference> inputs)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                Collect(item, inputs);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            if (Json.Text(element, "class_name") == "__keras_tensor__"
                && Json.Get(element, "config") is JsonElement config
                && Json.Get(config, "keras_history") is JsonElement history)
            {
                inputs.Add(Reference(history));
                return;
            }
            foreach (JsonProperty property in element.EnumerateObject())
                Collect(property.Value, inputs);
        }
    }

    private static TensorReference Reference(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() >= 3
            && element[0].ValueKind == JsonValueKind.String && element[1].ValueKind == JsonValueKind.Number
            && element[2].ValueKind == JsonValueKind.Number && element[1].TryGetInt32(out int call)
            && element[2].TryGetInt32(out int result)
            ? new TensorReference(element[0].GetString()!, call, result)
            : throw Invalid("a reference to a tensor is no [layer, call, result]");

    // One reference, a list of them, or in files of several outputs a tree.
    private static ImmutableArray<TensorReference> References(JsonElement config, string name)
    {
        if (Json.Get(config, name) is not JsonElement list)
            throw Invalid($"a network has no {name}");
        List<TensorReference> found = [];
        Gather(list);
        return [.. found];

        void Gather(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0
                && element[0].ValueKind == JsonValueKind.String)
                found.Add(Reference(element));
            else if (element.ValueKind == JsonValueKind.Array)
                element.EnumerateArray().ToList().ForEach(Gather);
            else if (element.ValueKind == JsonValueKind.Object)
                element.EnumerateObject().ToList().ForEach(p => Gather(p.Value));
        }
    }

    // Keras' own rule for the names of groups.
    private static string Snake(string className) => Lower().Replace(
        Upper().Replace(Other().Replace(className, ""), "$1_$2"), "$1_$2").ToLowerInvariant();

    private static ModelException Invalid(string why) =>
        new(Descriptors.NotAKerasModel, $"the architecture cannot be read: {why}");

    [GeneratedRegex(@"\W+")]
    private static partial Regex Other();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex Upper();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Lower();
}
