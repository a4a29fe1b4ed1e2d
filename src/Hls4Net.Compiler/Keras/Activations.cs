using System.Text.Json;

namespace Hls4Net.Keras;

/// <summary>Functions of activations: Keras' own by name, and QKeras' quantizers.</summary>
internal static class Activations
{
    /// <summary>What an activation makes of a tensor.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="activation">A name, an object of a function, a quantizer; null for none.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="part">The step's name; null where it is the layer's own node.</param>
    public static KerasTensor Apply(LayerCall call, JsonElement? activation, KerasTensor x, string? part)
    {
        if (activation is not JsonElement given || given.ValueKind == JsonValueKind.Null)
            return x;
        if (QKerasQuantizer.TryParse(call, given) is QKerasQuantizer quantizer)
            return quantizer.OnData(call, x, part);
        return Function(call, Name(call, given), x, part);
    }

    /// <summary>The name of a function, from a text or an object.</summary>
    public static string Name(LayerCall call, JsonElement activation)
    {
        if (activation.ValueKind == JsonValueKind.String)
            return activation.GetString()!;
        string kind = Json.Text(activation, "class_name") ?? "";
        if (kind == "function" && Json.Text(activation, "config") is string name)
            return name;
        // A layer in the place of a function.
        return kind.Length > 0 ? kind
            : throw call.Unsupported($"has the activation {activation}, which is no function");
    }

    /// <summary>A function by name.</summary>
    public static KerasTensor Function(LayerCall call, string name, KerasTensor x, string? part)
    {
        string step = part is null ? "" : $"{part}_";
        switch (name)
        {
            case "linear":
                return x;
            case "relu" or "ReLU":
                return call.Map("Relu", part, x);
            case "relu6":
                return call.Emit("Clip", part, x.Shape, [x, call.Constant($"{step}low", 0),
                    call.Constant($"{step}high", 6)]);
            case "leaky_relu":
                return call.Map("LeakyRelu", part, x, ("alpha", 0.2f));
            case "elu":
                return call.Map("Elu", part, x, ("alpha", 1f));
            case "selu":
                return call.Map("Selu", part, x);
            case "celu":
                return call.Map("Celu", part, x);
            case "softplus":
                return call.Map("Softplus", part, x);
            case "softsign":
                return call.Map("Softsign", part, x);
            case "sigmoid":
                return call.Map("Sigmoid", part, x);
            case "tanh":
                return call.Map("Tanh", part, x);
            case "exponential":
                return call.Map("Exp", part, x);
            case "mish":
                return call.Map("Mish", part, x);
            case "silu" or "swish":
                return call.Pair("Mul", part, x, call.Map("Sigmoid", $"{step}sigmoid", x));
            case "gelu":
                return call.Map("Gelu", part, x);
            case "log_sigmoid":
                return Negative(call.Map("Softplus", $"{step}softplus", Negative(x, $"{step}negative")), part);
            case "hard_tanh":
                return call.Emit("Clip", part, x.Shape, [x, call.Constant($"{step}low", -1),
                    call.Constant($"{step}high", 1)]);
            case "hard_silu" or "hard_swish":
                return call.Map("HardSwish", part, x);
            case "hard_sigmoid":
                // The slope was 0.2 before Keras 3.
                return call.Map("HardSigmoid", part, x, ("alpha", call.IsKeras3 ? 1f / 6 : 0.2f), ("beta", 0.5f));
            case "softmax":
                return call.Map("Softmax", part, x, ("axis", -1));
            case "log_softmax":
                return call.Map("LogSoftmax", part, x, ("axis", -1));
            default:
                throw call.Unsupported($"has the activation '{name}'; those of Keras' own that are read are linear, "
                    + "relu, relu6, leaky_relu, elu, selu, celu, softplus, softsign, sigmoid, log_sigmoid, tanh, "
                    + "exponential, mish, silu, gelu, hard_tanh, hard_silu, hard_sigmoid, softmax and log_softmax");
        }

        KerasTensor Negative(KerasTensor value, string? of) => call.Map("Neg", of, value);
    }
}
