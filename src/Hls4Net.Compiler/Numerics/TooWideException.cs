using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>An exact result needs more bits than a type may have.</summary>
public sealed class TooWideException(int width) : Exception($"{width} bits are needed, {FixedPointType.MaxWidth} are supported")
{
    public int Width { get; } = width;
}
