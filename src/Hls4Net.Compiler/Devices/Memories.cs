namespace Hls4Net.Devices;

/// <summary>What a memory takes of a device.</summary>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
internal readonly record struct MemoryPieces(long Lut, long Ff, long Bram18);

/// <summary>Depths and widths of a device's memories.</summary>
internal static class Memories
{
    /// <summary>
    /// Words of distributed memory at most; more are block RAM. A look-up table is a memory of 64 bits.
    /// </summary>
    public const int LutDepth = 64;

    // A block RAM of 18 Kbit has words of 36 bits, an UltraRAM of 72.
    private const int BlockRamDepth = 512, BlockRamWidth = 36, UltraRamDepth = 4096, UltraRamWidth = 72;

    /// <summary>Block RAMs of 18 Kbit for words of so many bits.</summary>
    public static long BlockRams(long words, long bits) => Pieces(words, BlockRamDepth) * Pieces(bits, BlockRamWidth);

    /// <summary>Block RAMs of 18 Kbit for so many bits, whatever their words.</summary>
    public static long BlockRamsOf(long bits) => Pieces(bits, BlockRamDepth * BlockRamWidth);

    /// <summary>UltraRAMs for words of so many bits.</summary>
    public static long UltraRams(long words, long bits) => Pieces(words, UltraRamDepth) * Pieces(bits, UltraRamWidth);

    /// <summary>Look-up tables for words of so many bits that are only read.</summary>
    public static long Luts(long words, long bits) => Pieces(words, LutDepth) * bits;

    /// <summary>A memory that is written as well as read: registers, distributed memory, or block RAM.</summary>
    public static MemoryPieces Written(int depth, int width) => depth switch
    {
        <= 2 => new(0, (long)depth * width, 0),
        <= LutDepth => new(width, 0, 0),
        _ => new(0, 0, BlockRams(depth, width)),
    };

    private static long Pieces(long amount, int piece) => (amount + piece - 1) / piece;
}
