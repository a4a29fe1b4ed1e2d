using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Slices of bits, from a place of its own for each element of the last axis: wiring once the loop is unrolled.
/// </summary>
internal static class AlignEmitter
{
    public static void Emit(LayerSource source, Align align)
    {
        int features = align.Exponents.Length;
        string places = source.IndexArray("index",
            [.. Enumerable.Range(0, features).Select(c => align.Place(source.Layer.Input.Type, c))]);
        string place = source.OutputSize == features ? $"{places}[i]" : $"{places}[i % {features}]";
        using (source.ElementLoop("Align"))
            source.Body.Line($"hls4net::set_bits(y[i], hls4net::bits_of(x[i]) >> {place});");
    }
}
