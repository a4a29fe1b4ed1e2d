using System.Collections.Immutable;
using System.Text.Json;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>HGQ2's layers that are tables: functions of quantized numbers, and softmax by two of them.</summary>
internal static class TableLayers
{
    // What the library adds to a divisor.
    private const float Epsilon = 1e-7f;

    /// <summary>A function of single numbers between two quantizers.</summary>
    public static KerasTensor Unary(LayerCall call) => Unary(call, 1, 0);

    /// <summary>The same, of numbers with a trained factor and addend.</summary>
    public static KerasTensor AffinedUnary(LayerCall call)
    {
        return Unary(call, Trained("scale", 0), Trained("bias", 1));

        float Trained(string name, int place)
        {
            Constant tensor = HgqLayer.Tensor(call, name, place);
            return tensor.Values.Length == 1 ? (float)tensor.Values[0]
                : throw call.Fail(Diagnostics.Descriptors.InvalidShape, $"has a '{name}' of shape {tensor.Shape}");
        }
    }

    private static KerasTensor Unary(LayerCall call, float scale, float bias)
    {
        KerasTensor x = call.Input;
        JsonElement activation = Json.Get(call.Config, "activation") ?? throw call.Unsupported("has no function");
        Func<float, float> function = FloatFunctions.Of(call, Activations.Name(call, activation));
        HgqQuantizer input = HgqQuantizer.Read(call, Json.Get(call.Config, "iq_conf"), call.Weights.Part("iq"),
            "datalane") ?? throw call.Unsupported("has no quantizer of its input");
        return Emit(call, x, input, (_, v) => function((v * scale) + bias),
            OutputOf(call, "oq_conf", call.Weights.Part("oq")), null);
    }

    public static KerasTensor Softmax(LayerCall call)
    {
        KerasTensor x = call.Input;
        int[] axes = [.. (call.Ints("axes") ?? [-1]).Select(a => call.Axis(a, x.Rank))];
        string? scaler = Json.Get(call.Config, "input_scaler") is null ? null : "input_scaler";
        return Softmax(call, x, axes, call.Flag("stable", true),
            (float)(scaler is null ? 1 : call.Number(scaler, 1)), call.Weights, "", null);
    }

    /// <summary>Softmax by tables of the exponential and of the inverse.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes over which the result adds up to one.</param>
    /// <param name="stable">True where the largest number is taken off first.</param>
    /// <param name="scaler">A factor of the exponent.</param>
    /// <param name="weights">The weights of the softmax.</param>
    /// <param name="prefix">What stands before the names of its quantizers' configurations.</param>
    /// <param name="part">The step's name; null where the softmax is the layer.</param>
    public static KerasTensor Softmax(LayerCall call, KerasTensor x, int[] axes, bool stable, float scaler,
        WeightGroup weights, string prefix, string? part)
    {
        string step = part is null ? "" : $"{part}_";
        HgqQuantizer? own = weights.Part("iq") is null && stable ? null : prefix.Length == 0
            && !call.Flag("enable_iq", true) ? null : Read("iq_conf", weights.Part("iq"), "datalane");
        WeightGroup? exponential = weights.Part("exp_table"), inverse = weights.Part("inv_table");
        KerasTensor powers;
        if (stable)
        {
            // The quantizer of a softmax that takes the largest number off is that of its table.
            KerasTensor quantized = prefix.Length == 0 && own is not null ? own.OnData(call, x, $"{step}iq") : x;
            ImmutableArray<int> kept = [.. x.Shape.Select((d, a) => axes.Contains(a) ? 1 : d)];
            KerasTensor largest = call.Emit("ReduceMax", $"{step}largest", kept, [quantized], ("axes", axes),
                ("keepdims", 1));
            KerasTensor below = call.Pair("Sub", $"{step}below", largest, quantized);
            HgqQuantizer exponent = Read("exp_iq_conf", exponential?.Part("iq"), "datalane")
                ?? throw call.Unsupported("has no quantizer of its exponents");
            powers = Emit(call, below, exponent, (_, d) => MathF.Exp(-d * scaler),
                OutputTable("exp_oq_conf", exponential), $"{step}exp");
        }
        else
        {
            powers = Emit(call, x, own ?? throw call.Unsupported("has no quantizer of its exponents"),
                (_, v) => MathF.Exp(v * scaler), OutputTable("exp_oq_conf", exponential), $"{step}exp");
        }
        KerasTensor sum = call.Emit("ReduceSum", $"{step}sum",
            [.. x.Shape.Select((d, a) => axes.Contains(a) ? 1 : d)],
            [powers, call.Integers($"{step}axes", [.. axes.Select(a => (long)a)])], ("keepdims", 1));
        HgqQuantizer divisor = Read("inv_iq_conf", inverse?.Part("iq"), "datalane")
            ?? throw call.Unsupported("has no quantizer of its sum");
        KerasTensor factor = Emit(call, sum, divisor, (_, s) => 1 / (s + Epsilon),
            OutputTable("inv_oq_conf", inverse), $"{step}inv");
        KerasTensor y = call.Pair("Mul", part, powers, factor);
        bool quantizes = prefix.Length == 0 ? call.Flag("enable_oq", false) : weights.Part("oq") is not null;
        return quantizes ? Read("oq_conf", weights.Part("oq"), "datalane")?.OnData(call, y, $"{step}oq") ?? y : y;

        HgqQuantizer? Read(string key, WeightGroup? group, string place) =>
            HgqQuantizer.Read(call, Json.Get(call.Config, prefix + key), group, place);

        HgqQuantizer? OutputTable(string key, WeightGroup? table) => Read(key, table?.Part("oq"), "table");
    }

    /// <summary>Each synapse of a layer is a table: a small network of one number.</summary>
    public static KerasTensor Dense(LayerCall call)
    {
        KerasTensor x = call.Input;
        return Activated(call, DenseOf(call, x, (int)call.Number("n_out", 0)));
    }

    /// <summary>The same on the pixels of windows.</summary>
    public static KerasTensor Convolution(LayerCall call)
    {
        KerasTensor x = call.Input;
        int axes = x.Rank - 2, filters = (int)call.Number("filters", 0);
        if (Windows.IsFirst(call) || call.Number("groups", 1) != 1)
            throw call.Unsupported("has groups or channels first, which is not read");
        Windows windows = Windows.Of(call, x, call.Ints("kernel_size", axes, 1), call.Ints("strides", axes, 1),
            call.Ints("dilation_rate", axes, 1));
        return Activated(call, DenseOf(call, Patches(call, x, windows), filters));
    }

    // Windows beside one another: their rows, columns, then channels.
    private static KerasTensor Patches(LayerCall call, KerasTensor x, Windows windows)
    {
        int axes = windows.Kernel.Length;
        int[] pads = [0, .. windows.Pads.Take(axes), 0, 0, .. windows.Pads.Skip(axes), 0];
        ImmutableArray<int> shape = [.. x.Shape.Select((d, a) => d + pads[a] + pads[a + x.Rank])];
        KerasTensor padded = pads.All(p => p == 0) ? x
            : call.Emit("Pad", "padded", shape, [x, call.Integers("pads", [.. pads.Select(p => (long)p)])]);
        List<KerasTensor> taps = [];
        int count = windows.Kernel.Aggregate(1, (c, k) => checked(c * k));
        for (int t = 0; t < count; t++)
        {
            int[] at = new int[axes];
            for (int a = axes - 1, rest = t; a >= 0; rest /= windows.Kernel[a--])
                at[a] = rest % windows.Kernel[a] * windows.Dilations[a];
            taps.Add(call.Emit("Slice", $"tap{t}", windows.Shape(x.Shape[^1]),
                [
                    padded, call.Integers($"tap{t}_from", [.. at.Select(p => (long)p)]),
                    call.Integers($"tap{t}_to", [.. at.Select((p, a) =>
                        (long)p + ((windows.Sizes[a] - 1) * windows.Strides[a]) + 1)]),
                    call.Integers($"tap{t}_axes", [.. Enumerable.Range(1, axes).Select(a => (long)a)]),
                    call.Integers($"tap{t}_steps", [.. windows.Strides.Select(s => (long)s)]),
                ]));
        }
        return taps.Count == 1 ? taps[0] : call.Emit("Concat", "windows", windows.Shape(x.Shape[^1] * count),
            taps.ToArray(), ("axis", -1));
    }

    private static KerasTensor DenseOf(LayerCall call, KerasTensor x, int units)
    {
        int inputs = x.Shape[^1];
        if (units < 1)
            throw call.Fail(Diagnostics.Descriptors.InvalidLayer, "has no number of outputs");
        SynapseNetworks synapses = SynapseNetworks.Read(call, inputs * units);
        SynapseNorm? norm = SynapseNorm.Read(call, call.Weights.Part("bn_module"), "", inputs);
        Sized(call, norm, units);
        return Summed(call, call.Reshape(x, "apart", [.. x.Shape, 1]), [.. x.Shape, units], [x.Rank - 1], (e, v) =>
        {
            float y = synapses.Evaluate(e % (inputs * units), v);
            return norm is null ? y : norm.Apply(e % units, y);
        });
    }

    /// <summary>
    /// Tables by an equation: one for each element of the input and of the kernel's own axes, whose network is that of
    /// the element of the kernel.
    /// </summary>
    public static KerasTensor Einsum(LayerCall call)
    {
        KerasTensor x = call.Input;
        WeightGroup? first = call.Weights.Part("module")?.Part("layers")?.Parts.Select(p => p.Group)
            .FirstOrDefault(g => g.Own.Count > 0);
        // A hidden layer's kernel has its width behind the equation's axes, the one that is last as its input.
        bool deep = call.Number("n_hl", 1) > 0;
        int rank = (first is null ? 0 : call.Weight("kernel", 0, first).Shape.Rank) - (deep ? 2 : 1);
        string equation = Equations.Expanded(call, call.Text("equation", ""), [x.Rank, rank]);
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        string own = string.Concat(terms[1].Where(c => !terms[0].Contains(c, StringComparison.Ordinal))),
            all = terms[0] + own;
        if (all.Distinct().Count() != all.Length || terms[1].Distinct().Count() != terms[1].Length
            || own.Any(c => !sides[1].Contains(c, StringComparison.Ordinal)))
            throw call.Unsupported($"has the equation '{equation}' with repeated axes, or axes of the kernel alone "
                + "that are summed");
        Constant kernel = call.Weight("kernel", 0, first!);
        ImmutableArray<int> wide = [.. all.Select((c, a) => a < x.Rank ? x.Shape[a]
            : kernel.Shape[terms[1].IndexOf(c, StringComparison.Ordinal)])];
        int[] summed = [.. Enumerable.Range(0, x.Rank)
            .Where(a => !sides[1].Contains(all[a], StringComparison.Ordinal))];
        SynapseNetworks synapses = SynapseNetworks.Read(call, Size(terms[1]));
        SynapseNorm? norm = SynapseNorm.Read(call, call.Weights, "bn_", summed.Aggregate(1, (n, a) => n * wide[a]));
        string normalized = Json.Text(call.Config, "normalize_axes") ?? Json.Text(call.Config, "bias_axes")
            ?? string.Concat(terms[1].Where(c => sides[1].Contains(c, StringComparison.Ordinal)));
        if (normalized.Any(c => !all.Contains(c, StringComparison.Ordinal)))
            throw call.Unsupported($"normalizes the axes '{normalized}', which '{all}' does not have");
        Sized(call, norm, Size(normalized));
        int[] networks = Places(terms[1]), factors = Places(normalized);
        KerasTensor y = Summed(call, call.Reshape(x, "apart", [.. x.Shape, .. own.Select(_ => 1)]), wide, summed,
            (e, v) =>
            {
                float z = synapses.Evaluate(networks[e], v);
                return norm is null ? z : norm.Apply(factors[e], z);
            });
        string left = string.Concat(all.Where(c => sides[1].Contains(c, StringComparison.Ordinal)));
        return Activated(call, call.Transpose(y, "order",
            [.. sides[1].Select(c => left.IndexOf(c, StringComparison.Ordinal))]));

        int Size(string axes) =>
            axes.Aggregate(1, (n, c) => checked(n * wide[all.IndexOf(c, StringComparison.Ordinal)]));

        // Where the elements lie in a tensor of some of the axes.
        int[] Places(string axes)
        {
            int[] places = new int[Size(all)];
            for (int e = 0; e < places.Length; e++)
            {
                int[] at = new int[all.Length];
                for (int a = all.Length - 1, rest = e; a >= 0; rest /= wide[a--])
                    at[a] = rest % wide[a];
                foreach (int a in axes.Select(c => all.IndexOf(c, StringComparison.Ordinal)))
                    places[e] = (places[e] * wide[a]) + at[a];
            }
            return places;
        }
    }

    private static void Sized(LayerCall call, SynapseNorm? norm, int count)
    {
        if (norm is not null && norm.Count != count)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has a normalization of {norm.Count} elements where {count} are needed");
    }

    // Each element of the wide tensor through its table, added up over some axes.
    private static KerasTensor Summed(LayerCall call, KerasTensor apart, ImmutableArray<int> wide, int[] axes,
        Func<int, float, float> function)
    {
        KerasTensor expanded = call.Emit("Expand", "pairs", wide,
            [apart, call.Integers("pairs_shape", [.. wide.Select(d => (long)d)])]);
        HgqQuantizer input = HgqQuantizer.Read(call, Json.Get(call.Config, "iq_conf"), call.Weights.Part("iq"),
            "datalane") ?? throw call.Unsupported("has no quantizer of its input");
        KerasTensor values = Emit(call, expanded, input, function,
            OutputOf(call, "toq_conf", call.Weights.Part("toq")), null);
        return axes.Length == 0 ? values : call.Emit("ReduceSum", "sum",
            [.. wide.Where((_, a) => !axes.Contains(a))],
            [values, call.Integers("sum_axes", [.. axes.Select(a => (long)a)])], ("keepdims", 0));
    }

    private static KerasTensor Activated(LayerCall call, KerasTensor y) => HgqLayer.Result(call, y);

    private static HgqQuantizer? OutputOf(LayerCall call, string key, WeightGroup? group) =>
        group is null ? null : HgqQuantizer.Read(call, Json.Get(call.Config, key), group, "table");

    // The function in float32, then the table's own quantizer.
    private static KerasTensor Emit(LayerCall call, KerasTensor x, HgqQuantizer input, Func<int, float, float> function,
        HgqQuantizer? output, string? part)
    {
        (int Keep, int Integer, int Fraction)[] bits = output?.BitsFor(call, new Shape([.. x.Shape])) ?? [];
        return Tables.Emit(call, x, input,
            (e, v) => output is null ? function(e, (float)v) : output.Apply(call, function(e, (float)v), bits[e]),
            part);
    }
}
