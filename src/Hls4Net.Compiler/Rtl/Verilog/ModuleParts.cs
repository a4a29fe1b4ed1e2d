using System.Collections.Immutable;

namespace Hls4Net.Rtl.Verilog;

/// <summary>What a module that is written by hand consists of, beside others that it instantiates.</summary>
/// <param name="RegisterBits">Bits of registers.</param>
/// <param name="CounterBits">Those of them that count, with logic of their own.</param>
/// <param name="ChosenBits">Bits that are chosen from two.</param>
/// <param name="Memories">Memories that are written and read, each at an address of its own.</param>
internal sealed record ModuleParts(long RegisterBits, long CounterBits, long ChosenBits,
    ImmutableArray<(int Depth, int Width)> Memories)
{
    public static ModuleParts None { get; } = new(0, 0, 0, []);
}
