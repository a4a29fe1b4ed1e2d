namespace Hls4Net.Numerics;

/// <summary>An exact result needs more bits than a type may have.</summary>
public sealed class TooWideException(int width)
    : Exception($"{width} bits are needed, {FixedPointType.MaxWidth} are supported")
{
    public int Width { get; } = width;
}
