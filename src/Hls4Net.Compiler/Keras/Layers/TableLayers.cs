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
    public static KerasTensor Unary(LayerCall call)
    {
        KerasTensor x = call.Input;
        JsonElement activation = Json.Get(call.Config, "activation") ?? throw call.Unsupported("has no function");
        Func<float, float> function = FloatFunctions.Of(call, Activations.Name(call, activation));
        HgqQuantizer input = HgqQuantizer.Read(call, Json.Get(call.Config, "iq_conf"), call.Weights.Part("iq"),
            "datalane") ?? throw call.Unsupported("has no quantizer of its input");
        return Emit(call, x, input, (_, v) => function(v), OutputOf(call, "oq_conf", call.Weights.Part("oq")), null);
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
        ImmutableArray<int> pairs = [.. x.Shape, units];
        KerasTensor apart = call.Reshape(x, "apart", [.. x.Shape, 1]);
        KerasTensor wide = call.Emit("Expand", "pairs", pairs,
            [apart, call.Integers("pairs_shape", [.. pairs.Select(d => (long)d)])]);
        HgqQuantizer input = HgqQuantizer.Read(call, Json.Get(call.Config, "iq_conf"), call.Weights.Part("iq"),
            "datalane") ?? throw call.Unsupported("has no quantizer of its input");
        SynapseNetworks synapses = SynapseNetworks.Read(call, inputs, units);
        KerasTensor values = Emit(call, wide, input,
            (e, v) => synapses.Evaluate(e / units % inputs, e % units, v),
            OutputOf(call, "toq_conf", call.Weights.Part("toq")), null);
        return call.Emit("ReduceSum", "sum", [.. x.Shape[..^1], units],
            [values, call.Integers("sum_axes", x.Rank - 1)], ("keepdims", 0));
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
