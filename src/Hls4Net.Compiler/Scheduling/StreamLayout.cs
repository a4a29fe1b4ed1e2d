using Hls4Net.Graph;

namespace Hls4Net.Scheduling;

/// <summary>
/// How a tensor travels through a stream: <paramref name="Items"/> packs of <paramref name="Pack"/> elements, in
/// row-major order. An image [1, height, width, channels] is a pixel an item, or several, a vector [1, n] one item. A
/// reshape leaves the stream as it is.
/// </summary>
/// <param name="Items">Packs of a sample.</param>
/// <param name="Pack">Elements of a pack.</param>
/// <param name="Pixels">Pixels of a pack.</param>
public readonly record struct StreamLayout(int Items, int Pack, int Pixels = 1)
{
    /// <summary>The last axis packed.</summary>
    public static StreamLayout Natural(Shape shape)
    {
        int pack = shape.Rank == 0 ? 1 : Math.Max(1, shape[shape.Rank - 1]);
        return new StreamLayout(shape.Size / pack, pack);
    }

    /// <summary>Elements of a pixel.</summary>
    public int Channels => Pack / Pixels;

    /// <summary>The same elements in the same order, so many pixels a pack.</summary>
    public StreamLayout With(int pixels) => new(Items * Pixels / pixels, Channels * pixels, pixels);

    public override string ToString() =>
        $"{(Items == 1 ? "one item" : $"{Items} items")} of {(Pixels == 1 ? "" : $"{Pixels} pixels, ")}{Pack}";
}
