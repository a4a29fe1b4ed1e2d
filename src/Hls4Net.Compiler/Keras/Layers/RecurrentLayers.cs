using System.Text.Json;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Recurrent layers, and what wraps layers along steps. Tensors are [1, steps, elements].</summary>
internal static class RecurrentLayers
{
    // Gates of a cell: where each of ONNX's, i, o, f, c and z, r, h, stands in Keras' matrices.
    private static readonly Dictionary<string, (string Operator, int[] Gates)> s_cells = new(StringComparer.Ordinal)
    {
        ["SimpleRNN"] = ("RNN", [0]),
        ["GRU"] = ("GRU", [0, 1, 2]),
        ["LSTM"] = ("LSTM", [0, 3, 1, 2]),
    };

    public static KerasTensor Layer(LayerCall call)
    {
        bool backwards = call.Flag("go_backwards", false), sequence = call.Flag("return_sequences", false);
        KerasTensor y = Run(call, call.Layer.Class, Group(call, call.Weights, null), backwards, null);
        // What is read from the end is given in that order.
        return backwards && sequence ? Reversed(call, y, "backwards") : y;
    }

    /// <summary>A layer around one of Keras' cells.</summary>
    public static KerasTensor Around(LayerCall call)
    {
        if (Json.Get(call.Config, "cell") is not JsonElement cell
            || Json.Text(cell, "class_name") is not string name || Json.Get(cell, "config") is not JsonElement config
            || !name.EndsWith("Cell", StringComparison.Ordinal) || !s_cells.ContainsKey(name[..^4]))
            throw call.Unsupported("is made of a cell that is not read; SimpleRNNCell, GRUCell and LSTMCell are");
        // Gates are the cell's, sequences the layer's.
        Dictionary<string, JsonElement> both = config.EnumerateObject().Concat(call.Config.EnumerateObject())
            .GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);
        return Layer(call.Of(call.Layer with
        {
            Class = name[..^4],
            Config = JsonSerializer.SerializeToElement(both),
        }, call.Inputs));
    }

    /// <summary>A layer from both ends.</summary>
    public static KerasTensor Bidirectional(LayerCall call)
    {
        KerasLayer forward = Inner(call, "layer"),
            backward = Json.Get(call.Config, "backward_layer") is null ? forward : Inner(call, "backward_layer");
        foreach (KerasLayer inner in new[] { forward, backward })
        {
            if (!s_cells.ContainsKey(inner.Class))
                throw call.Unsupported($"is made of {inner.Class}; LSTM, GRU and SimpleRNN are read");
        }
        string mode = Json.Text(call.Config, "merge_mode") ?? "";
        KerasTensor a = Run(call.Of(forward, call.Inputs), forward.Class, Group(call, call.Weights, false), false,
            "forward"),
            b = Run(call.Of(backward, call.Inputs), backward.Class, Group(call, call.Weights, true), true, "backward");
        return mode switch
        {
            "concat" => call.Emit("Concat", null, a.Shape.SetItem(a.Rank - 1, a.Shape[^1] + b.Shape[^1]), [a, b],
                ("axis", -1)),
            "sum" => call.Pair("Add", null, a, b),
            "mul" => call.Pair("Mul", null, a, b),
            "ave" => call.Pair("Mul", null, call.Pair("Add", "sum", a, b), call.Constant("half", 0.5)),
            _ => throw call.Unsupported($"joins both directions by '{mode}'; concat, sum, mul and ave are read"),
        };
    }

    /// <summary>A layer at each step: once where it works along the last axis, else step by step.</summary>
    public static KerasTensor Distributed(LayerCall call)
    {
        // Files of Keras 2 call the group of the layer inside by its name.
        KerasLayer inner = Inner(call, "layer") with
        {
            Weights = call.Weights.Part("layer")
                ?? (call.Weights is { Own.Count: 0, Parts: [(_, WeightGroup only)] } ? only : call.Weights),
        };
        LayerClass known = LayerRegistry.Find(inner.Class)
            ?? throw call.Unsupported($"is made of {inner.Class}; {LayerRegistry.Hint(inner.Class)}");
        KerasTensor x = call.Input;
        if (inner.Class is "Dense" or "Activation" or "ReLU" or "LeakyReLU" or "ELU" or "Dropout" or "Softmax")
            return known.Translate(call.Of(inner, [x]))[0];
        KerasTensor[] steps = new KerasTensor[x.Shape[1]];
        for (int t = 0; t < steps.Length; t++)
        {
            KerasTensor one = call.Emit("Slice", $"take{t}", x.Shape.SetItem(1, 1),
                [x, call.Integers($"start{t}", t), call.Integers($"end{t}", t + 1), call.Integers($"axis{t}", 1)]);
            KerasTensor y = known.Translate(call.Of(inner,
                [call.Reshape(one, $"row{t}", [1, .. x.Shape[2..]])], $"step{t}"))[0];
            steps[t] = call.Reshape(y, $"step{t}_row", [1, 1, .. y.Shape[1..]]);
        }
        return call.Emit("Concat", null, steps[0].Shape.SetItem(1, steps.Length), steps, ("axis", 1));
    }

    private static KerasLayer Inner(LayerCall call, string key)
    {
        return Json.Get(call.Config, key) is JsonElement inner && Json.Get(inner, "config") is JsonElement config
            && Json.Text(inner, "class_name") is string name
            ? new KerasLayer(call.Layer.Name, name[(name.LastIndexOf('>') + 1)..], config, call.Weights,
                call.Layer.Uses)
            : throw call.Fail(Descriptors.InvalidLayer, $"has no {key}");
    }

    // The weights of a cell, wherever below the layer they are; of two directions the one asked for.
    private static WeightGroup Group(LayerCall call, WeightGroup weights, bool? backward)
    {
        WeightGroup[] found = [.. Leaves(weights, "").Where(g => backward is null
            || g.Path.Contains("backward", StringComparison.Ordinal) == backward).Select(g => g.Group)];
        return found.Length == 1 ? found[0] : throw call.Fail(Descriptors.InvalidLayer,
            $"has the weights of {found.Length} cells in the file where one is needed: is this the file of the trained "
            + "weights?");

        static IEnumerable<(string Path, WeightGroup Group)> Leaves(WeightGroup group, string path) =>
            group.Own.Count > 1 ? [(path, group)]
                : group.Parts.SelectMany(p => Leaves(p.Group, $"{path}/{p.Name}"));
    }

    private static KerasTensor Run(LayerCall call, string kind, WeightGroup weights, bool backwards, string? part)
    {
        if (call.Inputs.Length > 1)
            throw call.Unsupported("is given its first states; they are read where they are zero");
        if (call.Flag("stateful", false))
            throw call.Unsupported("keeps its states from sample to sample (stateful); samples are independent");
        if (call.Flag("return_state", false))
            throw call.Unsupported("gives its states as results of their own (return_state)");
        if (call.Flag("time_major", false))
            throw call.Unsupported("has steps before samples (time_major)");
        KerasTensor x = call.Input;
        if (x.Rank != 3)
            throw call.Unsupported($"reads a tensor of {x.Rank - 1} axes; steps of vectors are read");
        (string op, int[] gates) = s_cells[kind];
        Constant kernel = call.Weight("kernel", 0, weights), state = call.Weight("recurrent_kernel", 1, weights);
        int units = state.Shape.Rank == 2 ? state.Shape[0] : 0, rows = gates.Length * units;
        bool behind = kind == "GRU" && call.Flag("reset_after", true);
        Constant? bias = call.Flag("use_bias", true) ? call.Weight("bias", 2, weights) : null;
        if (units == 0 || state.Shape != new Shape(units, rows) || kernel.Shape != new Shape(x.Shape[^1], rows)
            || (bias is not null && bias.Shape.Size != (behind ? 2 * rows : rows)))
            throw call.Fail(Descriptors.InvalidShape,
                $"has weights {kernel.Shape} and {state.Shape} and a bias {bias?.Shape} for {x.Shape[^1]} inputs");
        string step = part is null ? "" : $"{part}_";
        KerasTensor?[] operands = [x, call.Constant($"{step}kernel", Rows(kernel, gates, units)),
            call.Constant($"{step}recurrent", Rows(state, gates, units)),
            bias is null ? null : call.Constant($"{step}bias", Addends(bias, gates, units, behind))];
        List<(string, object)> attributes = [("hidden_size", units), ("layout", 1),
            ("direction", backwards ? "reverse" : "forward")];
        if (behind)
            attributes.Add(("linear_before_reset", 1));
        attributes.AddRange(Activations(call, kind));
        bool sequence = call.Flag("return_sequences", false);
        KerasTensor y = call.Emit(op, part, sequence ? 0 : 1,
            sequence ? [1, x.Shape[1], 1, units] : [1, 1, units], operands, [.. attributes]);
        return call.Reshape(y, $"{step}shape", sequence ? [1, x.Shape[1], units] : [1, units]);
    }

    // [inputs, gates · units] as [1, gates · units, inputs], gates in ONNX's order.
    private static Constant Rows(Constant matrix, int[] gates, int units)
    {
        int inputs = matrix.Shape[0], columns = matrix.Shape[1];
        return new Constant(new Shape(1, columns, inputs), [.. gates.SelectMany(g => Enumerable.Range(g * units, units))
            .SelectMany(c => Enumerable.Range(0, inputs).Select(i => matrix.Values[(i * columns) + c]))]);
    }

    // Those of the product with the input, then those of that with the state.
    private static Constant Addends(Constant bias, int[] gates, int units, bool both)
    {
        int rows = gates.Length * units;
        return new Constant(new Shape(1, 2 * rows), [.. Enumerable.Range(0, 2).SelectMany(k => gates.SelectMany(g =>
            Enumerable.Range((k * rows) + (g * units), units).Select(i => k == 0 || both ? bias.Values[i] : 0)))]);
    }

    private static IEnumerable<(string, object)> Activations(LayerCall call, string kind)
    {
        string[] names = kind switch
        {
            "SimpleRNN" => ["activation"],
            "GRU" => ["recurrent_activation", "activation"],
            _ => ["recurrent_activation", "activation", "activation"],
        };
        List<float> alphas = [], betas = [];
        string[] functions = [.. names.Select(Function)];
        yield return ("activations", functions);
        if (alphas.Count > 0)
            yield return ("activation_alpha", alphas.ToArray());
        if (betas.Count > 0)
            yield return ("activation_beta", betas.ToArray());

        string Function(string key)
        {
            string name = Json.Get(call.Config, key) is JsonElement given ? Keras.Activations.Name(call, given)
                : "linear";
            switch (name)
            {
                case "linear":
                    alphas.Add(1);
                    betas.Add(0);
                    return "Affine";
                case "hard_sigmoid":
                    // The slope was 0.2 before Keras 3.
                    alphas.Add(call.IsKeras3 ? 1f / 6 : 0.2f);
                    betas.Add(0.5f);
                    return "HardSigmoid";
                case "leaky_relu":
                    alphas.Add(0.2f);
                    return "LeakyRelu";
                case "elu":
                    alphas.Add(1);
                    return "Elu";
                case "tanh" or "sigmoid" or "relu" or "softsign" or "softplus":
                    return char.ToUpperInvariant(name[0]) + name[1..];
                default:
                    throw call.Unsupported($"has the {key} '{name}'; tanh, sigmoid, hard_sigmoid, relu, leaky_relu, "
                        + "elu, softsign, softplus and linear are read in recurrent layers");
            }
        }
    }

    private static KerasTensor Reversed(LayerCall call, KerasTensor y, string part) => call.Emit("Slice", part, y.Shape,
        [y, call.Integers("last", -1), call.Integers("before", int.MinValue), call.Integers("along", 1),
            call.Integers("back", -1)]);
}
