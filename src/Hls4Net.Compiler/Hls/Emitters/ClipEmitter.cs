using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Hls.Emitters;

/// <summary>Constant bounds.</summary>
internal static class ClipEmitter
{
    // A bound becomes a result. Where its type has no bit as high as the one below the result's last, as that of zero,
    // AMD's simulation refuses to round it.
    private static FixedPointType Bound(LayerSource source, Constant bound)
    {
        FixedPointType type = bound.Type!.Value;
        int needed = type.Fraction - source.Layer.Output.Type.Fraction + 1;
        int width = Math.Max(type.Width, Math.Min(needed, FixedPointType.MaxWidthOf(type.Signed)));
        return type with { Width = width, Integer = type.Integer + width - type.Width };
    }

    public static void Emit(LayerSource source, Clip clip)
    {
        string? upper = clip.Upper is null ? null
            : source.Array("upper", source.Typedef("upper_t", Bound(source, clip.Upper), ""), clip.Upper, 1)["0"];
        string? lower = clip.Lower is null ? null
            : source.Array("lower", source.Typedef("lower_t", Bound(source, clip.Lower), ""), clip.Lower, 1)["0"];
        using (source.ElementLoop("Element"))
        {
            source.Body.Line($"const {source.InputType} value = x[i];");
            source.Body.Line($"{source.OutputType} result = value;");
            if (upper is not null)
                source.Body.Line($"if (value > {upper})").Line($"    result = {upper};");
            // min(max(x, lower), upper): where the bounds cross, the upper wins.
            if (lower is not null)
                source.Body.Line($"if (value < {lower})")
                    .Line($"    result = {(upper is not null && clip.Lower!.Values[0] > clip.Upper!.Values[0] ? upper : lower)};");
            source.Body.Line("y[i] = result;");
        }
    }
}
