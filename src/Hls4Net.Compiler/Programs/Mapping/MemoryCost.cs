using Hls4Net.Devices;

namespace Hls4Net.Programs.Mapping;

/// <summary>Memories that are written as well as read, each at an address of its own.</summary>
internal static class MemoryCost
{
    private const int ShortWords = 32;

    /// <summary>
    /// What a memory takes. AMD's distributed memory comes in pieces (UG574, UG474): eight LUTs, of which one is for
    /// writing, are 14 bits of 32 words or 7 of 64 words; in 7 series four are 6 bits or 3.
    /// </summary>
    public static ModuleCost Of(int depth, int width, Family family)
    {
        if (depth <= Memories.LutDepth && family is Family.UltraScale or Family.UltraScalePlus)
            return new ModuleCost(Lut: 8 * Pieces(width, depth <= ShortWords ? 14 : 7));
        if (depth <= Memories.LutDepth && family is Family.Series7)
            return new ModuleCost(Lut: 4 * Pieces(width, depth <= ShortWords ? 6 : 3));
        MemoryPieces pieces = Memories.Written(depth, width);
        return new ModuleCost(pieces.Lut, pieces.Ff, Bram18: pieces.Bram18);
    }

    private static long Pieces(int width, int piece) => (width + piece - 1) / piece;
}
