namespace Hls4Net.Circuits;

/// <summary>A port of a module: elements of equal width, the first in the lowest bits.</summary>
internal sealed record Port(string Name, int Elements, int ElementWidth, bool Signed)
{
    public int Width => Elements * ElementWidth;
}
