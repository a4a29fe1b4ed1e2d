using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

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
