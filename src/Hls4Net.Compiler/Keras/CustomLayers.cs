using System.Collections.Immutable;
using System.Text.Json;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;

namespace Hls4Net.Keras;

/// <summary>
/// Layers of classes that a project defines: the definition's inputs are the layer's inputs, then weights and settings
/// by name.
/// </summary>
internal static class CustomLayers
{
    /// <summary>Translates a use of a layer of such a class.</summary>
    /// <param name="call">The use.</param>
    /// <param name="custom">The definition.</param>
    /// <param name="shapeOf">The shape of a tensor of the graph as it is so far.</param>
    public static KerasTensor Translate(LayerCall call, CustomOperator custom,
        Func<KerasTensor, ImmutableArray<int>> shapeOf)
    {
        ImmutableArray<string> names = CustomOperators.Inputs(custom);
        if (names.Length < call.Inputs.Length)
            throw call.Fail(Descriptors.InvalidLayer,
                $"reads {call.Inputs.Length} tensors, its definition '{custom.Definition}' {names.Length}");
        List<KerasTensor> inputs = [.. call.Inputs];
        int place = 0;
        foreach (string name in names.Skip(call.Inputs.Length))
            inputs.Add(call.Constant(name, Setting(call, name) ?? Weight(call, name, place++)));
        KerasTensor y = call.Custom(custom.Name, [1], inputs.ToArray());
        return y with { Shape = shapeOf(y) };
    }

    // A setting that says in words how a weight is made may have its name.
    private static Constant Weight(LayerCall call, string name, int place) =>
        call.Weights.Find(name, place) is null && Json.Get(call.Config, name) is JsonElement words
            ? throw call.Fail(Descriptors.InvalidLayer,
                $"has {name} = {words}, which its definition cannot read: settings are numbers and lists of numbers")
            : call.Weight(name, place);

    // A number of the configuration, or a list of them.
    private static Constant? Setting(LayerCall call, string name)
    {
        if (call.Weights.Own.Any(w => w.Name == name) || Json.Get(call.Config, name) is not JsonElement value)
            return null;
        if (Json.Number(value) is double number)
            return Constant.Scalar(number);
        if (value.ValueKind != JsonValueKind.Array)
            return null;
        double?[] numbers = [.. value.EnumerateArray().Select(Json.Number)];
        return numbers.All(n => n is not null)
            ? new Constant(new Shape(numbers.Length), [.. numbers.Select(n => n!.Value)]) : null;
    }
}
