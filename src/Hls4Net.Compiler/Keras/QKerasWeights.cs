using System.Text.Json;
using Hls4Net.Graph;

namespace Hls4Net.Keras;

/// <summary>Quantizers of QKeras on weights, computed as the library does, in float32.</summary>
internal sealed partial record QKerasQuantizer
{
    private const float Epsilon = 1e-7f;

    private const int Unrolls = 5;

    /// <summary>The quantized weights.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="weights">The weights, whose last axis is that of the channels.</param>
    /// <param name="isKernel">
    /// True for kernels, whose quantizers have a scale by channel where their alpha is not given.
    /// </param>
    public Constant OnWeights(LayerCall call, Constant weights, bool isKernel)
    {
        RefuseNoise(call);
        Settings.TryGetValue("alpha", out JsonElement alpha);
        string? automatic = alpha.ValueKind switch
        {
            JsonValueKind.String => alpha.GetString(),
            JsonValueKind.Null or JsonValueKind.Undefined => isKernel ? "auto_po2" : null,
            _ => null,
        };
        if (automatic is not (null or "auto" or "auto_po2"))
            throw call.Unsupported($"has the quantizer {Kind} with alpha = {alpha}");
        RefuseOtherScales(call, weights.Shape.Rank);
        float[] x = [.. weights.Values.Select(v => (float)v)];
        int channels = weights.Shape.Rank == 0 ? 1 : weights.Shape[weights.Shape.Rank - 1];
        float[] y = Kind switch
        {
            "quantized_linear" => Linear(call, x, channels, automatic, alpha),
            "quantized_bits" => Fixed(call, x, channels, automatic, alpha),
            "ternary" or "stochastic_ternary" => Ternary(call, x, channels, automatic),
            "binary" or "stochastic_binary" => Binary(call, x, channels, automatic),
            "quantized_po2" => [.. x.Select(v => PowerOfTwo(call, v))],
            "bernoulli" => throw call.Unsupported("has the quantizer bernoulli, which is random at inference too: no "
                + "firmware equals it; train with binary or stochastic_binary"),
            _ => throw call.Unsupported($"has the quantizer {Kind} on weights, which is not read"),
        };
        return new Constant(weights.Shape, [.. y.Select(v => (double)v)]);
    }

    private float[] Fixed(LayerCall call, float[] x, int channels, string? automatic, JsonElement alpha)
    {
        int bits = Bits(call), integer = Integer(call);
        bool keep = Flag(call, "keep_negative", true);
        float reach = MathF.ScaleB(1, integer);
        if (automatic is not null && !(bits == 1 && keep))
        {
            float[] scaled = [.. x.Select(v => v / reach)];
            // Scales that were kept from training, in the place of those of the weights.
            float[]? kept = Settings.TryGetValue("post_training_scale", out JsonElement frozen)
                && frozen.ValueKind != JsonValueKind.Null
                ? [.. Factors(call, frozen, channels).Select(s => s / MathF.ScaleB(1, bits - (keep ? 1 : 0)))] : null;
            int channel = 0;
            return [.. ByChannel(scaled, channels, c => Automatic(call, c, bits, automatic, kept?[channel++]))
                .Select(v => v * reach)];
        }
        float[] factors = Factors(call, automatic is null ? alpha : default, channels);
        if (bits == 1 && keep)
        {
            float[] signs = [.. x.Select(v => v < 0 ? -1f : 1f)];
            return automatic is null ? [.. signs.Select((v, e) => v * factors[e % channels])]
                : LeastSquares(x, signs, channels, automatic == "auto_po2");
        }
        float levels = MathF.ScaleB(1, bits - (keep ? 1 : 0));
        float low = keep ? Flag(call, "symmetric", false) ? 1 - levels : -levels : 0;
        return
        [
            .. x.Select((v, e) => factors[e % channels] * (reach * Math.Clamp(
                MathF.Round(v * (levels / reach), MidpointRounding.ToEven), low, levels - 1) / levels)),
        ];
    }

    // A scale for a channel: the largest weight is the last level; powers of two are then fitted to the weights.
    private float[] Automatic(LayerCall call, float[] x, int bits, string automatic, float? kept)
    {
        float last = MathF.ScaleB(1, bits - 1) - 1, largest = x.Max(MathF.Abs), scale = largest * 2 / (2 * last);
        bool po2 = automatic == "auto_po2";
        if (last <= 0)
            throw call.Unsupported($"has the quantizer {Kind} of {bits} bit with alpha = {automatic}, which has no "
                + "levels");
        if (kept is not null)
            scale = kept.Value;
        else if (po2)
        {
            scale = PowerOf(scale);
            for (int i = 0; i < Unrolls; i++)
                scale = Clipped(PowerOf(Fitted(x, Levels(scale))));
        }
        return [.. Levels(scale).Select(z => scale * z)];

        float Clipped(float power) =>
            Math.Clamp(power, Limit("min_po2_exponent", -126), Limit("max_po2_exponent", 126));

        float Limit(string name, double otherwise) => MathF.ScaleB(1, (int)Number(call, name, otherwise));

        float[] Levels(float unit) => [.. x.Select(v =>
        {
            float level = unit == 0 ? 0 : MathF.Floor((MathF.Abs(v) / unit) + 0.5f);
            return MathF.Sign(v) * (level < last ? level : last);
        })];
    }

    private static float PowerOf(float scale) =>
        MathF.Pow(2, MathF.Round(MathF.Log2(scale + Epsilon), MidpointRounding.ToEven));

    private static float Fitted(float[] x, float[] q) =>
        (float)(x.Zip(q, (a, b) => (double)a * b).Sum() / x.Length)
            / ((float)(q.Sum(b => (double)b * b) / x.Length) + Epsilon);

    private static float[] LeastSquares(float[] x, float[] signs, int channels, bool po2) =>
        ByChannel(x, signs, channels, (v, q) =>
        {
            float scale = Fitted(v, q);
            return [.. q.Select(s => (po2 ? PowerOf(scale) : scale) * s)];
        });

    private float[] Binary(LayerCall call, float[] x, int channels, string? automatic)
    {
        bool zeroOne = Flag(call, "use_01", false);
        float[] signs = [.. x.Select(v => v < 0 ? zeroOne ? 0f : -1f : 1f)];
        if (automatic is not null)
            return LeastSquares(x, signs, channels, automatic == "auto_po2");
        float alpha = (float)Number(call, "alpha", 1);
        return [.. signs.Select(s => s * alpha)];
    }

    private float[] Ternary(LayerCall call, float[] x, int channels, string? automatic)
    {
        if (automatic is null)
        {
            float threshold = (float)Number(call, "threshold", 0.33), alpha = (float)Number(call, "alpha", 1);
            return [.. x.Select(v => MathF.Abs(v) >= threshold ? MathF.Sign(v) * alpha : 0)];
        }
        bool po2 = automatic == "auto_po2";
        return ByChannel(x, channels, v =>
        {
            float scale = v.Max(MathF.Abs) * 2 / 3;
            scale = po2 ? PowerOf(scale) : scale;
            float[] q = [];
            for (int i = 0; i < Unrolls; i++)
            {
                float unit = scale;
                q = [.. v.Select(w => unit * MathF.Round(w / unit, MidpointRounding.ToEven))
                    .Select(w => MathF.Abs(w) >= unit / 2 ? MathF.Sign(w) : 0f)];
                scale = po2 ? PowerOf(Fitted(v, q)) : Fitted(v, q);
            }
            return [.. q.Select(s => scale * s)];
        });
    }

    private static float[] ByChannel(float[] x, int channels, Func<float[], float[]> of) =>
        ByChannel(x, x, channels, (v, _) => of(v));

    private static float[] ByChannel(float[] x, float[] other, int channels, Func<float[], float[], float[]> of)
    {
        float[] result = new float[x.Length];
        for (int c = 0; c < channels; c++)
        {
            int[] places = [.. Enumerable.Range(0, x.Length / channels).Select(i => (i * channels) + c)];
            float[] y = of([.. places.Select(p => x[p])], [.. places.Select(p => other[p])]);
            for (int i = 0; i < places.Length; i++)
                result[places[i]] = y[i];
        }
        return result;
    }
}
