using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Attention of several heads: products of three projections, with a softmax between.</summary>
internal static class AttentionLayers
{
    public static KerasTensor Keras(LayerCall call)
    {
        (KerasTensor query, KerasTensor value, KerasTensor key) = Arguments(call);
        KerasTensor q = Projected("query", query), k = Projected("key", key), v = Projected("value", value);
        q = call.Pair("Mul", "query_scaled", q, call.Constant("query_factor", 1 / Math.Sqrt(q.Shape[^1])));
        KerasTensor scores = Equations.Emit(call, "aecd,abcd->acbe", "scores", [k, q]);
        KerasTensor weights = call.Map("Softmax", "softmax", scores, ("axis", -1));
        KerasTensor heads = Equations.Emit(call, "acbe,aecd->abcd", "heads", [weights, v]);
        return Result(call, heads, "output", "attention_output", null, null);

        KerasTensor Projected(string name, KerasTensor x) => Projection(call, x, name, name, null, null);
    }

    /// <summary>HGQ2's, with quantizers around every product and softmax by tables.</summary>
    public static KerasTensor Quantized(LayerCall call)
    {
        (KerasTensor query, KerasTensor value, KerasTensor key) = Arguments(call);
        return Quantized(call, query, value, key);
    }

    /// <summary>Keys and values are shortened by a product along their steps first.</summary>
    public static KerasTensor Linformer(LayerCall call)
    {
        (KerasTensor query, KerasTensor value, KerasTensor key) = Arguments(call);
        WeightGroup first = call.Weights.Part("_lin_k_proj") ?? throw call.Fail(Diagnostics.Descriptors.InvalidLayer,
            "has no weights of its projection of keys in the file");
        return Quantized(call, query, Shortened(value, call.Weights.Part("_lin_v_proj") ?? first, "value_steps"),
            Shortened(key, first, "key_steps"));

        KerasTensor Shortened(KerasTensor x, WeightGroup weights, string part) => Product(call,
            Data(call, x, "qkvo_iq_conf", weights.Part("iq"), $"{part}_iq"), "abc,bd->adc",
            Weights(call, call.Weight("kernel", 0, weights), "qkvo_kq_conf", weights.Part("kq"), "weight"), null, part);
    }

    private static KerasTensor Quantized(LayerCall call, KerasTensor query, KerasTensor value, KerasTensor key)
    {
        KerasTensor q = Projected("query", query), k = Projected("key", key), v = Projected("value", value);
        KerasTensor scores = Equations.Emit(call, "aecd,abcd->acbe", "scores", [k, q]);
        WeightGroup softmax = call.Weights.Part("_softmax") ?? call.Weights.Part("softmax")
            ?? throw call.Fail(Diagnostics.Descriptors.InvalidLayer, "has no weights of its softmax in the file");
        float scaler = 1 / MathF.Sqrt(q.Shape[^1]);
        KerasTensor weights = TableLayers.Softmax(call, scores, [3], call.Flag("stable_softmax", true), scaler, softmax,
            "softmax_", "softmax");
        KerasTensor heads = Equations.Emit(call, "acbe,aecd->abcd", "heads", [weights, v]);
        WeightGroup output = Part(call, "output", "attention_output");
        KerasTensor y = Result(call, Data(call, heads, "qkvo_iq_conf", output.Part("iq"), "heads_iq"), "output",
            "attention_output", Kernel, Bias);
        return HgqLayer.Output(call, y);

        KerasTensor Projected(string name, KerasTensor x)
        {
            WeightGroup own = Part(call, name, name);
            // A quantizer that several projections share stands at the first of them.
            WeightGroup? shared = own.Part("iq") ?? Part(call, "key", "key").Part("iq")
                ?? Part(call, "query", "query").Part("iq") ?? Part(call, "value", "value").Part("iq");
            KerasTensor y = Projection(call, Data(call, x, "qkvo_iq_conf", shared, $"{name}_iq"), name, name, Kernel,
                Bias);
            return Data(call, y, "qkvo_oq_conf", own.Part("oq"), $"{name}_oq");
        }

        Constant Kernel(Constant kernel, WeightGroup of) =>
            Weights(call, kernel, "qkvo_kq_conf", of.Part("kq"), "weight");

        Constant Bias(Constant bias, WeightGroup of) => Weights(call, bias, "qkvo_bq_conf", of.Part("bq"), "bias");
    }

    private static KerasTensor Data(LayerCall call, KerasTensor x, string key, WeightGroup? group, string part) =>
        HgqLayer.OnData(call, x, key, group, part);

    private static Constant Weights(LayerCall call, Constant weights, string key, WeightGroup? group, string place) =>
        HgqQuantizer.Read(call, Json.Get(call.Config, key), group, place)?.OnWeights(call, weights) ?? weights;

    // The order of arguments is query, value and, where it is not the value, key.
    private static (KerasTensor Query, KerasTensor Value, KerasTensor Key) Arguments(LayerCall call) =>
        call.Inputs switch
        {
            [KerasTensor q, KerasTensor v] => (q, v, v),
            [KerasTensor q, KerasTensor v, KerasTensor k] => (q, v, k),
            _ => throw call.Unsupported($"reads {call.Inputs.Length} tensors; a query, a value and a key are read"),
        };

    private static WeightGroup Part(LayerCall call, string name, string legacy) =>
        call.Weights.Part($"{name}_dense") ?? call.Weights.Part($"_{name}_dense") ?? call.Weights.Part(legacy)
            ?? throw call.Fail(Diagnostics.Descriptors.InvalidLayer, $"has no weights of its {name} in the file");

    private static KerasTensor Projection(LayerCall call, KerasTensor x, string name, string legacy,
        Func<Constant, WeightGroup, Constant>? kernelQuantizer, Func<Constant, WeightGroup, Constant>? biasQuantizer)
    {
        WeightGroup weights = Part(call, name, legacy);
        Constant kernel = call.Weight("kernel", 0, weights);
        Constant? bias = BiasOf(call, weights);
        if (kernel.Shape.Rank != 3 || x.Rank != 3)
            throw call.Unsupported("attends along several axes; one is read");
        return Product(call, x, "abc,cde->abde", kernelQuantizer?.Invoke(kernel, weights) ?? kernel,
            bias is null ? null : biasQuantizer?.Invoke(bias, weights) ?? bias, name);
    }

    private static Constant? BiasOf(LayerCall call, WeightGroup weights) =>
        weights.Own.Count(w => w.Tensor.Shape.Rank > 0) > 1 ? call.Weight("bias", 1, weights) : null;

    private static KerasTensor Result(LayerCall call, KerasTensor heads, string name, string legacy,
        Func<Constant, WeightGroup, Constant>? kernelQuantizer, Func<Constant, WeightGroup, Constant>? biasQuantizer)
    {
        WeightGroup weights = Part(call, name, legacy);
        Constant kernel = call.Weight("kernel", 0, weights);
        Constant? bias = BiasOf(call, weights);
        return Product(call, heads, "abcd,cde->abe", kernelQuantizer?.Invoke(kernel, weights) ?? kernel,
            bias is null ? null : biasQuantizer?.Invoke(bias, weights) ?? bias, null);
    }

    private static KerasTensor Product(LayerCall call, KerasTensor x, string equation, Constant kernel, Constant? bias,
        string? part)
    {
        string step = part is null ? "" : $"{part}_";
        KerasTensor y = Equations.Emit(call, equation, part, [x, call.Constant($"{step}kernel", kernel)]);
        return bias is null ? y : call.Pair("Add", $"{step}bias", y, call.Constant($"{step}bias_values", bias));
    }
}
