using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Hls.Emitters;

/// <summary>Constant factors and addends; the expression is exact, the assignment converts.</summary>
internal static class AffineEmitter
{
    public static void Emit(LayerSource source, Affine affine)
    {
        Shape input = source.Layer.Input.Shape, output = source.Layer.Output.Shape;
        string expression = $"x[{BroadcastIndex.Expression(source, "x_index", input, output)}]";
        if (affine.Scale is not null)
        {
            ConstantArray scale = source.Array("weights", source.Typedef("weight_t", affine.Scale.Type!.Value, ""),
                affine.Scale, affine.Scale.Values.Length);
            source.Body.Pragmas(source.Dialect.Partition(scale.Name));
            expression += $" * {scale[BroadcastIndex.Expression(source, "scale_index", affine.Scale.Shape, output)]}";
        }
        if (affine.Shift is not null)
        {
            ConstantArray shift = source.Array("bias", source.Typedef("bias_t", affine.Shift.Type!.Value, ""),
                affine.Shift, affine.Shift.Values.Length);
            source.Body.Pragmas(source.Dialect.Partition(shift.Name));
            expression += $" + {shift[BroadcastIndex.Expression(source, "shift_index", affine.Shift.Shape, output)]}";
        }
        using (source.ElementLoop("Element"))
            source.Body.Line($"y[i] = {expression};");
    }
}

/// <summary>Relu and its relatives.</summary>
internal static class RectifierEmitter
{
    public static void Emit(LayerSource source, Rectifier rectifier)
    {
        string threshold = rectifier.Threshold is null ? "0"
            : source.Array("threshold", source.Typedef("threshold_t", rectifier.Threshold.Type!.Value, ""),
                rectifier.Threshold, 1)["0"];
        string below = "0";
        if (rectifier.Slope is not null)
        {
            ConstantArray slope = source.Array("slope", source.Typedef("slope_t", rectifier.Slope.Type!.Value, ""),
                rectifier.Slope, rectifier.Slope.Values.Length);
            source.Body.Pragmas(source.Dialect.Partition(slope.Name));
            below = $"value * {slope[BroadcastIndex.Expression(source, "slope_index", rectifier.Slope.Shape, source.Layer.Output.Shape)]}";
        }
        // Locals rather than a choice between two references, which keeps g++ from vectorising the loop.
        using (source.ElementLoop("Element"))
        {
            source.Body.Line($"const {source.InputType} value = x[i];");
            source.Body.Line($"{source.OutputType} result = value;");
            source.Body.Line($"if (!(value > {threshold}))").Line($"    result = {below};");
            source.Body.Line("y[i] = result;");
        }
    }
}

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

/// <summary>Where element i of a broadcast result finds its operand's element.</summary>
internal static class BroadcastIndex
{
    public static string Expression(LayerSource source, string tableSuffix, Shape operand, Shape result) =>
        Expression(source, tableSuffix, operand.BroadcastIndices(result), operand.Size);

    /// <summary>
    /// The expression of <paramref name="indices"/>[<paramref name="i"/>], each below <paramref name="size"/>; a table
    /// only where no short one fits.
    /// </summary>
    public static string Expression(LayerSource source, string tableSuffix, int[] indices, int size, string i = "i")
    {
        if (size == 1)
            return "0";
        // One run of axes that the operand has: i / (what follows it) % (its size).
        for (int repeat = 1; repeat * size <= indices.Length; repeat++)
        {
            if (Enumerable.Range(0, indices.Length).All(k => indices[k] == k / repeat % size))
                return (repeat, size * repeat == indices.Length) switch
                {
                    (1, true) => i,
                    (1, false) => $"{i} % {size}",
                    (_, true) => $"{i} / {repeat}",
                    (_, false) => $"{i} / {repeat} % {size}",
                };
        }
        return $"{source.IndexArray(tableSuffix, indices)}[{i}]";
    }
}

/// <summary>A constant tensor among values that flow.</summary>
internal static class LiteralEmitter
{
    public static void Emit(LayerSource source, Literal literal)
    {
        ConstantArray values = source.Array("values", source.OutputType, literal.Tensor, literal.Tensor.Values.Length);
        source.Body.Pragmas(source.Dialect.Partition(values.Name));
        using (source.ElementLoop("Element"))
            source.Body.Line($"y[i] = {values["i"]};");
    }
}
