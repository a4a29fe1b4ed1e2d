using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Verification;

/// <summary>
/// The noise that each output may have: what AutoError states, or by default what <see cref="NoiseBudget"/> does. An
/// output whose type a setting states, a pinned one or auto with a number of bits, may have as many roundings to that
/// type instead, as long as <see cref="LeastDecibels"/> are left.
/// </summary>
internal static class OutputBudget
{
    /// <summary>The ratio that every output is to have, however coarse its stated type.</summary>
    public const double LeastDecibels = 40;

    // Of the stated type, beside which others of a width may be stated too.
    private const double Roundings = 64;

    /// <param name="options">The model's options.</param>
    /// <param name="point">The design, whose types may be stated.</param>
    /// <param name="real">The transformed network on real numbers.</param>
    /// <param name="typed">The same on mantissas.</param>
    /// <param name="output">The output's place.</param>
    /// <param name="measured">The output over the vectors.</param>
    public static double Allowed(
        ModelOptions options, DesignPoint point, Network real, Network typed, int output, SignalToNoise measured)
    {
        double allowed = NoiseBudget.Of(options.AutoError, measured);
        if (options.AutoError is not null || !IsStated(point, real, real.Outputs[output].Value))
            return allowed;
        double rounding = Roundings * NoiseBudget.Rounding(typed.Outputs[output].Value.Type.Ulp);
        return Math.Max(allowed, Math.Min(rounding, measured.Signal / Math.Pow(10, LeastDecibels / 10)));
    }

    private static bool IsStated(DesignPoint point, Network real, Value value)
    {
        Node? maker = real.Nodes.FirstOrDefault(n => n.Output == value);
        PrecisionSpec spec = (maker is null ? point.ForInput(value) : point.For(maker)).Result;
        return spec is PrecisionSpec.Pinned or PrecisionSpec.Auto { Width: not null };
    }
}
