using Hls4Net.Estimation;

namespace Hls4Net.Rtl.Mapping;

/// <summary>Memories that are written as well as read, each at an address of its own.</summary>
internal static class MemoryCost
{
    private const int ShortWords = 32;

    /// <summary>Words of distributed memory at most; more are block RAM.</summary>
    public const int MostDistributed = 64;

    /// <summary>
    /// What a memory takes. AMD's distributed memory comes in pieces (UG574, UG474): eight LUTs, of which one is for writing, are 14 bits of 32 words or 7 of 64 words; in 7 series four
    /// are 6 bits or 3.
    /// </summary>
    public static ModuleCost Of(int depth, int width, Family family)
    {
        if (depth <= MostDistributed && family is Family.UltraScale or Family.UltraScalePlus)
            return new ModuleCost(Lut: 8 * Pieces(width, depth <= ShortWords ? 14 : 7));
        if (depth <= MostDistributed && family is Family.Series7)
            return new ModuleCost(Lut: 4 * Pieces(width, depth <= ShortWords ? 6 : 3));
        Cost cost = Estimator.Memory(depth, width);
        return new ModuleCost(cost.Lut, cost.Ff, Bram18: cost.Bram18);
    }

    private static long Pieces(int width, int piece) => (width + piece - 1) / piece;
}
