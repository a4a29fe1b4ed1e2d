using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

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
