using System.Collections.Immutable;

namespace Hls4Net.Keras.Layers;

/// <summary>Layers that only rename or move elements.</summary>
internal static class ShapeLayers
{
    public static KerasTensor Flatten(LayerCall call)
    {
        KerasTensor x = call.Input;
        // The order of elements is that of channels-last data.
        if (Windows.IsFirst(call) && x.Rank > 2)
            x = call.Transpose(x, "channels_last", [0, .. Enumerable.Range(2, x.Rank - 2), 1]);
        return call.Reshape(x, null, [1, x.Size]);
    }

    public static KerasTensor Reshape(LayerCall call)
    {
        int[] shape = [.. call.Ints("target_shape") ?? throw call.Unsupported("has no target_shape")];
        int open = Array.IndexOf(shape, -1);
        if (open >= 0)
        {
            int known = shape.Where((_, i) => i != open).Aggregate(1, (s, d) => checked(s * d));
            shape[open] = known < 1 ? 0 : call.Input.Size / known;
        }
        return call.Reshape(call.Input, null, [1, .. shape]);
    }

    public static KerasTensor Permute(LayerCall call)
    {
        KerasTensor x = call.Input;
        ImmutableArray<int> dims = call.Ints("dims") ?? throw call.Unsupported("has no dims");
        return dims.Order().SequenceEqual(Enumerable.Range(1, x.Rank - 1))
            ? call.Transpose(x, "order", [0, .. dims])
            : throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"orders the axes {string.Join(", ", dims)} of a tensor that has {x.Rank - 1}");
    }

    public static KerasTensor Repeat(LayerCall call)
    {
        KerasTensor x = call.Input;
        int count = (int)call.Number("n", 1);
        KerasTensor one = call.Reshape(x, "one", [1, 1, .. x.Shape[1..]]);
        return call.Emit("Tile", null, [1, count, .. x.Shape[1..]],
            [one, call.Integers("repeats", [1, count, .. Enumerable.Repeat(1L, x.Rank - 1)])]);
    }

    public static KerasTensor Pad(LayerCall call)
    {
        KerasTensor x = call.Input;
        (int[] before, int[] behind) = Borders(call, x, "padding");
        return call.Emit("Pad", null, [.. x.Shape.Select((d, a) => d + before[a] + behind[a])],
            [x, call.Integers("pads", [.. before.Concat(behind).Select(p => (long)p)])]);
    }

    public static KerasTensor Crop(LayerCall call)
    {
        KerasTensor x = call.Input;
        (int[] before, int[] behind) = Borders(call, x, "cropping");
        return call.Emit("Slice", null, [.. x.Shape.Select((d, a) => d - before[a] - behind[a])],
            [
                x, call.Integers("starts", [.. before.Select(p => (long)p)]),
                call.Integers("ends", [.. behind.Select((p, a) => (long)x.Shape[a] - p)]),
                call.Integers("axes", [.. Enumerable.Range(0, x.Rank).Select(a => (long)a)]),
            ]);
    }

    // One number, one for each axis, or two for each.
    private static (int[] Before, int[] Behind) Borders(LayerCall call, KerasTensor x, string key)
    {
        int axes = x.Rank - 2;
        if (axes < 1)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape, $"reads a tensor of {x.Rank} axes");
        int[] before = new int[x.Rank], behind = new int[x.Rank];
        int from = Windows.IsFirst(call) ? 2 : 1;
        System.Text.Json.JsonElement value = Json.Get(call.Config, key) ?? throw call.Unsupported($"has no {key}");
        for (int a = 0; a < axes; a++)
        {
            System.Text.Json.JsonElement own = value;
            if (own.ValueKind == System.Text.Json.JsonValueKind.Array && (axes > 1
                || own[0].ValueKind == System.Text.Json.JsonValueKind.Array))
                own = own[a];
            bool pair = own.ValueKind == System.Text.Json.JsonValueKind.Array;
            before[from + a] = One(pair ? own[0] : own);
            behind[from + a] = One(pair ? own[1] : own);
        }
        return (before, behind);

        int One(System.Text.Json.JsonElement element) => Json.Number(element) is double n and >= 0 and < 1 << 20
            && double.IsInteger(n) ? (int)n
            : throw call.Fail(Diagnostics.Descriptors.InvalidLayer, $"has {key} = {value}");
    }

    public static KerasTensor Upsample(LayerCall call)
    {
        KerasTensor x = call.Input;
        int axes = x.Rank - 2;
        ImmutableArray<int> size = call.Ints("size", axes, 2);
        string interpolation = call.Text("interpolation", "nearest");
        if (interpolation is not ("nearest" or "bilinear"))
            throw call.Unsupported($"has the interpolation '{interpolation}'; nearest and bilinear are read");
        KerasTensor first = Windows.First(call, x);
        ImmutableArray<int> shape = [.. first.Shape.Select((d, a) => a < 2 ? d : checked(d * size[a - 2]))];
        KerasTensor y = call.Emit("Resize", null, shape,
            [first, null, null, call.Integers("sizes", [.. shape.Select(d => (long)d)])],
            ("mode", interpolation == "nearest" ? "nearest" : "linear"),
            ("coordinate_transformation_mode", interpolation == "nearest" ? "asymmetric" : "half_pixel"),
            ("nearest_mode", "floor"));
        return Windows.Back(call, y);
    }

    /// <summary>Keras 1's size of an axis of one dimension is its length.</summary>
    public static KerasTensor UpsampleLine(LayerCall call)
    {
        KerasTensor x = call.Input;
        int size = (call.Ints("size") ?? [2])[0];
        if (x.Rank != 3)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape, $"reads a tensor of {x.Rank} axes");
        KerasTensor apart = call.Reshape(x, "apart", [1, x.Shape[1], 1, x.Shape[2]]);
        KerasTensor tiled = call.Emit("Tile", null, [1, x.Shape[1], size, x.Shape[2]],
            [apart, call.Integers("repeats", 1, 1, size, 1)]);
        return call.Reshape(tiled, "line", [1, x.Shape[1] * size, x.Shape[2]]);
    }
}
