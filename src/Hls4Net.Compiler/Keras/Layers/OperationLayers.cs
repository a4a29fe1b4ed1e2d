using System.Text.Json;

namespace Hls4Net.Keras.Layers;

/// <summary>Operations between layers that a functional network has written down.</summary>
internal static class OperationLayers
{
    public static Func<LayerCall, KerasTensor> Pair(string operatorType) => call =>
    {
        KerasTensor a = Operand(call, 0), b = Operand(call, 1);
        return call.Pair(operatorType, null, a, b);
    };

    public static Func<LayerCall, KerasTensor> One(string operatorType) => call =>
        call.Map(operatorType, null, call.Input);

    // Tensors among the arguments in their order; numbers become constants.
    private static KerasTensor Operand(LayerCall call, int index)
    {
        if (call.Use is not { Arguments.ValueKind: JsonValueKind.Array } use
            || use.Arguments.GetArrayLength() <= index)
            return index < call.Inputs.Length ? call.Inputs[index]
                : throw call.Unsupported("has not two operands");
        int tensors = 0;
        for (int i = 0; i < index; i++)
            tensors += use.Arguments[i].ValueKind == JsonValueKind.Object ? 1 : 0;
        JsonElement argument = use.Arguments[index];
        if (Json.Number(argument) is double number)
            return call.Constant($"operand{index}", number);
        return argument.ValueKind == JsonValueKind.Object && tensors < call.Inputs.Length ? call.Inputs[tensors]
            : throw call.Unsupported($"has the operand {argument}");
    }

    /// <summary>Slices and single elements; the first index is the sample's.</summary>
    public static KerasTensor Item(LayerCall call)
    {
        KerasTensor x = call.Input;
        if (call.Use is not { Arguments.ValueKind: JsonValueKind.Array } use || use.Arguments.GetArrayLength() < 2)
            throw call.Unsupported("has no index");
        JsonElement index = use.Arguments[1];
        JsonElement[] items = index.ValueKind == JsonValueKind.Array ? [.. index.EnumerateArray()] : [index];
        List<long> starts = [], ends = [], steps = [], axes = [];
        List<int> shape = [.. x.Shape], kept = [];
        int axis = 0;
        foreach (JsonElement item in items)
        {
            if (axis >= x.Rank)
                throw call.Unsupported("has more indices than the tensor has axes");
            int size = x.Shape[axis];
            if (Json.Number(item) is double at)
            {
                int place = call.Axis(at, size);
                Slice(axis, place, place + 1, 1);
                shape[axis] = 1;
            }
            else if (Json.Text(item, "class_name") == "__slice__" && Json.Get(item, "config") is JsonElement slice)
            {
                double step = Json.Number(slice, "step") ?? 1;
                if (step < 1 || !double.IsInteger(step))
                    throw call.Unsupported($"has a slice with the step {step}");
                int from = Bound(Json.Number(slice, "start") ?? 0), to = Bound(Json.Number(slice, "stop") ?? size);
                Slice(axis, from, to, (long)step);
                shape[axis] = Math.Max(0, (to - from + (int)step - 1) / (int)step);
                kept.Add(axis);
            }
            else
            {
                throw call.Unsupported($"has the index {item}; numbers and slices are read");
            }
            axis++;

            int Bound(double bound) => (int)Math.Clamp(bound < 0 ? bound + size : bound, 0, size);
        }
        kept.AddRange(Enumerable.Range(axis, x.Rank - axis));
        if (!kept.Contains(0))
            throw call.Unsupported("takes single samples of a batch");
        KerasTensor y = call.Emit("Slice", null, [.. shape],
            [
                x, call.Integers("starts", [.. starts]), call.Integers("ends", [.. ends]),
                call.Integers("axes", [.. axes]), call.Integers("steps", [.. steps]),
            ]);
        return kept.Count == x.Rank ? y : call.Reshape(y, "axes_left", [.. kept.Select(a => shape[a])]);

        void Slice(int on, long from, long to, long step)
        {
            if (from == 0 && to == x.Shape[on] && step == 1)
                return;
            starts.Add(from);
            ends.Add(to);
            steps.Add(step);
            axes.Add(on);
        }
    }
}
