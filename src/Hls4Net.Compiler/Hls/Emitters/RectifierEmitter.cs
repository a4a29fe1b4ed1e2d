using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

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
