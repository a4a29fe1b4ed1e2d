using System.Text.Json;

namespace Hls4Net.Keras;

/// <summary>
/// quantized_linear, which divides by its scale before it rounds, where quantized_bits multiplies what is rounded.
/// </summary>
internal sealed partial record QKerasQuantizer
{
    private KerasTensor Linear(LayerCall call, KerasTensor x, string? part)
    {
        int bits = Bits(call);
        bool keep = Flag(call, "keep_negative", true);
        double scale = Alpha(call) * Math.ScaleB(1, Integer(call) - bits + (keep ? 1 : 0));
        return bits == 1 && keep
            ? call.Quantizer("BipolarQuant", part, x, [x, call.Constant(part is null ? "scale" : $"{part}_scale",
                scale / 2)])
            : Quant(call, x, part, scale, bits, keep, keep && Flag(call, "symmetric", true));
    }

    private float[] Linear(LayerCall call, float[] x, int channels, string? automatic, JsonElement alpha)
    {
        int bits = Bits(call);
        bool keep = Flag(call, "keep_negative", true), sign = bits == 1 && keep;
        float last = sign ? 0.5f : MathF.ScaleB(1, bits - (keep ? 1 : 0)) - 1,
            // A kernel's quantizer that gets its scale from the layer becomes symmetric with it.
            first = sign ? -0.5f : !keep ? 0 : Flag(call, "symmetric", true)
                || (automatic is not null && alpha.ValueKind != JsonValueKind.String) ? -last : -last - 1,
            unit = MathF.ScaleB(1, Integer(call) - bits + (keep ? 1 : 0));
        float[] factors = automatic is null ? Factors(call, alpha, channels) : [];
        int channel = 0;
        return ByChannel(x, channels, v =>
        {
            float scale = automatic is null ? factors[channel++] * unit : Fitting(v);
            return [.. Levels(v, scale).Select(z => z * scale)];
        });

        float Fitting(float[] v)
        {
            float scale = MathF.Max((keep ? v.Max(MathF.Abs) * 2 : v.Max()) / (last - first), Epsilon);
            if (automatic == "auto")
                return scale;
            float next = PowerOf(scale);
            scale = -1;
            for (int i = 0; i < (sign ? 1 : Unrolls) && scale != next; i++)
                (scale, next) = (next, PowerOf(Fitted(v, Levels(v, next))));
            return next;
        }

        float[] Levels(float[] v, float scale) => [.. v.Select(w => MathF.Round(Math.Clamp(w / scale, first, last)
            - (sign ? 0.5f : 0), MidpointRounding.ToEven) + (sign ? 0.5f : 0))];
    }

    // A factor for each channel, from one number or a list of them.
    private float[] Factors(LayerCall call, JsonElement factors, int channels)
    {
        if (factors.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return [.. Enumerable.Repeat(1f, channels)];
        float[] flat = [.. Flat(factors)];
        return flat.Length == channels ? flat : flat.Length == 1 ? [.. Enumerable.Repeat(flat[0], channels)]
            : throw call.Unsupported($"has the quantizer {Kind} with {flat.Length} scales for {channels} channels");

        IEnumerable<float> Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray().SelectMany(Flat)
            : Json.Number(element) is double number ? [(float)number]
                : throw call.Unsupported($"has the quantizer {Kind} with a scale {element}");
    }

    // What a channel is, and how many scales it has, may be said otherwise.
    private void RefuseOtherScales(LayerCall call, int rank)
    {
        if (Settings.TryGetValue("scale_axis", out JsonElement axis) && axis.ValueKind != JsonValueKind.Null
            && !(Json.Number(axis) is double place && (place == rank - 1 || place == -1)))
            throw call.Unsupported($"has the quantizer {Kind} with scale_axis = {axis}; that of the channels is read");
        if (Settings.TryGetValue("elements_per_scale", out JsonElement elements)
            && elements.ValueKind != JsonValueKind.Null)
            throw call.Unsupported($"has the quantizer {Kind} with elements_per_scale, which is not read");
    }
}
