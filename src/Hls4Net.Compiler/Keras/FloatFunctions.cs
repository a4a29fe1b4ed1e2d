namespace Hls4Net.Keras;

/// <summary>Functions in float32, as training libraries compute them.</summary>
internal static class FloatFunctions
{
    /// <summary>A function by Keras' name.</summary>
    public static Func<float, float> Of(LayerCall call, string name) => name switch
    {
        "linear" => v => v,
        "relu" => v => MathF.Max(v, 0),
        "tanh" => MathF.Tanh,
        "sigmoid" => v => 1 / (1 + MathF.Exp(-v)),
        "exponential" => MathF.Exp,
        "softplus" => v => MathF.Max(v, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(v))),
        "softsign" => v => v / (1 + MathF.Abs(v)),
        "silu" or "swish" => v => v / (1 + MathF.Exp(-v)),
        "elu" => v => v > 0 ? v : MathF.Exp(v) - 1,
        "leaky_relu" => v => v > 0 ? v : 0.2f * v,
        "relu6" => v => Math.Clamp(v, 0, 6),
        "hard_tanh" => v => Math.Clamp(v, -1, 1),
        _ => throw call.Unsupported($"has a table of the function '{name}'; linear, relu, relu6, leaky_relu, elu, "
            + "tanh, hard_tanh, sigmoid, silu, softplus, softsign and exponential are read"),
    };
}
