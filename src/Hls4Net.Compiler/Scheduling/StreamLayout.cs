using Hls4Net.Graph;

namespace Hls4Net.Scheduling;

/// <summary>
/// How a tensor travels through a stream: <paramref name="Items"/> packs of <paramref name="Pack"/> elements, in row-major order. An image
/// [1, height, width, channels] is a pixel an item, a vector [1, n] one item. A reshape leaves the stream as it is.
/// </summary>
public readonly record struct StreamLayout(int Items, int Pack)
{
    /// <summary>The last axis packed.</summary>
    public static StreamLayout Natural(Shape shape)
    {
        int pack = shape.Rank == 0 ? 1 : Math.Max(1, shape[shape.Rank - 1]);
        return new StreamLayout(shape.Size / pack, pack);
    }

    public override string ToString() => Items == 1 ? $"one item of {Pack}" : $"{Items} items of {Pack}";
}
