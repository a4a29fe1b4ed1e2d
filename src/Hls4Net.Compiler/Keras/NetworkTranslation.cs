using System.Collections.Immutable;
using System.Text.Json;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;

namespace Hls4Net.Keras;

/// <summary>
/// Translates the layers of a network, and of the networks that are layers of it, in the order of data.
/// </summary>
internal sealed class NetworkTranslation(GraphWriter writer, bool isKeras3, ModelOptions options)
{
    // A network that is called twice, and calls another twice: a small file of more nodes than any machine reads.
    private const int MostUses = 1 << 16;

    private int _uses;

    /// <summary>The outputs of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="arguments">What its inputs are; null for the outermost, whose inputs become ports.</param>
    /// <param name="prefix">What stands before the names of its layers' nodes.</param>
    public ImmutableArray<KerasTensor> Run(KerasNetwork network, ImmutableArray<KerasTensor>? arguments, string prefix)
    {
        if (network.Layers.IsEmpty)
            throw new ModelException(Descriptors.NotAKerasModel, $"the network '{network.Name}' has no layers");
        return network.IsSequence ? Sequence(network, arguments, prefix) : Graph(network, arguments, prefix);
    }

    private ImmutableArray<KerasTensor> Sequence(KerasNetwork network, ImmutableArray<KerasTensor>? arguments,
        string prefix)
    {
        KerasLayer first = network.Layers[0];
        bool named = first.Class == "InputLayer";
        ImmutableArray<KerasTensor> current = arguments
            ?? [Port(first, named ? first.Name : $"{first.Name}_input", Innermost(first))];
        foreach (KerasLayer layer in named ? network.Layers[1..] : network.Layers)
            current = Layer(layer, layer.Name, prefix, null, current);
        return current;
    }

    // A first layer may be a network, whose own first layer has the shape.
    private static KerasLayer Innermost(KerasLayer layer)
    {
        while (layer.Network is { IsSequence: true, Layers: [KerasLayer inner, ..] })
            layer = inner;
        return layer;
    }

    private ImmutableArray<KerasTensor> Graph(KerasNetwork network, ImmutableArray<KerasTensor>? arguments,
        string prefix)
    {
        Dictionary<string, KerasLayer> layers = network.Layers.ToDictionary(l => l.Name, StringComparer.Ordinal);
        Dictionary<(string Layer, int Call), ImmutableArray<KerasTensor>> made = [];
        if (arguments is ImmutableArray<KerasTensor> given && given.Length != network.Inputs.Length)
            throw Invalid(network, $"has {network.Inputs.Length} inputs and is given {given.Length} tensors");
        for (int i = 0; i < network.Inputs.Length; i++)
        {
            TensorReference input = network.Inputs[i];
            KerasLayer layer = Find(input);
            made[(input.Layer, 0)] = [arguments is null ? Port(layer, layer.Name, layer) : arguments.Value[i]];
        }
        // Backwards from the outputs: a call, or first what it reads.
        HashSet<(string, int)> open = [];
        Stack<(TensorReference Reference, bool Ready)> waiting = new(
            network.Outputs.Reverse().Select(o => (o, false)));
        while (waiting.TryPop(out (TensorReference Reference, bool Ready) next))
        {
            (string Layer, int Call) key = (next.Reference.Layer, next.Reference.Call);
            if (made.ContainsKey(key))
                continue;
            KerasLayer layer = Find(next.Reference);
            LayerUse use = key.Call >= 0 && key.Call < layer.Uses.Length ? layer.Uses[key.Call]
                : throw Invalid(network, $"reads call {key.Call} of the layer '{key.Layer}', which has "
                    + $"{layer.Uses.Length}");
            if (next.Ready)
            {
                string name = key.Call == 0 ? layer.Name : $"{layer.Name}_{key.Call}";
                made[key] = Layer(layer, name, prefix, use, [.. use.Inputs.Select(Result)]);
                open.Remove(key);
                continue;
            }
            if (!open.Add(key))
                throw new ModelException(Descriptors.Cycle, $"the layer '{key.Layer}' depends on its own result");
            waiting.Push((next.Reference, true));
            foreach (TensorReference input in use.Inputs.Reverse())
            {
                if (!made.ContainsKey((input.Layer, input.Call)))
                    waiting.Push((input, false));
            }
        }
        return [.. network.Outputs.Select(Result)];

        KerasLayer Find(TensorReference reference) => layers.TryGetValue(reference.Layer, out KerasLayer? layer) ? layer
            : throw Invalid(network, $"reads the layer '{reference.Layer}', which it does not have");

        KerasTensor Result(TensorReference reference)
        {
            ImmutableArray<KerasTensor> results = made[(reference.Layer, reference.Call)];
            return reference.Result >= 0 && reference.Result < results.Length ? results[reference.Result]
                : throw Invalid(network,
                    $"reads result {reference.Result} of the layer '{reference.Layer}', which has {results.Length}");
        }
    }

    private ImmutableArray<KerasTensor> Layer(KerasLayer layer, string name, string prefix, LayerUse? use,
        ImmutableArray<KerasTensor> inputs)
    {
        if (++_uses > MostUses)
            throw new ModelException(Descriptors.NotAKerasModel, $"the network uses layers more than {MostUses} times");
        if (layer.Network is not null)
            return Run(layer.Network, inputs, $"{prefix}{name}/");
        LayerCall call = new(layer, prefix + name, use, inputs, writer, isKeras3);
        return LayerRegistry.Find(layer.Class) is LayerClass known ? known.Translate(call)
            : [CustomLayers.Translate(call, options.CustomOperators.First(c => c.Name == layer.Class), ShapeOf)];
    }

    // What a definition gives is known to the importer alone, and what it refuses is of the definition.
    private ImmutableArray<int> ShapeOf(KerasTensor tensor)
    {
        DiagnosticBag diagnostics = new(options.Source);
        try
        {
            return [.. Importer.Import(writer.SoFar(tensor), options, diagnostics).Outputs[0].Value.Shape.Dimensions];
        }
        catch (CompilationFailedException)
        {
            Diagnostic[] errors = [.. diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error)];
            throw new ModelException(errors[0].Descriptor, string.Join("; ", errors.Select(e => e.Text)));
        }
    }

    private KerasTensor Port(KerasLayer layer, string name, KerasLayer shaped)
    {
        foreach (string key in new[] { "batch_shape", "batch_input_shape" })
        {
            if (Json.Get(shaped.Config, key) is not JsonElement { ValueKind: JsonValueKind.Array } shape)
                continue;
            int[] sizes = [.. shape.EnumerateArray().Skip(1).Select((d, i) => Json.Number(d) is double n and >= 1
                && n < 1 << 27 && double.IsInteger(n) ? (int)n
                : throw new ModelException(Descriptors.DynamicShape,
                    $"axis {i + 1} of the input '{layer.Name}' is not known; save a model with an input of fixed "
                    + "shape"))];
            return writer.Input(name, [1, .. sizes]);
        }
        throw new ModelException(Descriptors.DynamicShape,
            $"the input '{layer.Name}' has no shape in the file; save a model that was built with one");
    }

    private static ModelException Invalid(KerasNetwork network, string why) =>
        new(Descriptors.NotAKerasModel, $"the network '{network.Name}' {why}");
}
