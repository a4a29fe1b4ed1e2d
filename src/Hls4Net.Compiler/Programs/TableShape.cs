using System.Collections.Immutable;

namespace Hls4Net.Programs;

/// <summary>Where a bit of a table's entries comes from.</summary>
/// <param name="Address">The address bit that it is; null for none.</param>
/// <param name="Lookup">The function of the address that it is; null for none.</param>
/// <param name="Inverted">True where it is the opposite of the address bit, or, where it is neither, always 1.</param>
internal readonly record struct TableBit(int? Address, int? Lookup, bool Inverted);

/// <summary>
/// How a table of up to six address bits is look-up tables: bits that are constant or an address bit need none, and
/// equal ones are one.
/// </summary>
/// <param name="Bits">The bits of an entry, the lowest first.</param>
/// <param name="Lookups">The functions, each by its values at all addresses.</param>
internal sealed record TableShape(ImmutableArray<TableBit> Bits, ImmutableArray<ulong> Lookups)
{
    /// <summary>Look-up tables that make two functions each.</summary>
    public int Pairs => (Lookups.Length + 1) / 2;

    private static readonly ulong[] s_address = [0xAAAAAAAAAAAAAAAA, 0xCCCCCCCCCCCCCCCC, 0xF0F0F0F0F0F0F0F0,
        0xFF00FF00FF00FF00, 0xFFFF0000FFFF0000, 0xFFFFFFFF00000000];

    /// <param name="table">The table.</param>
    /// <param name="width">Bits of an entry.</param>
    public static TableShape Of(IntegerOperation.Table table, int width)
    {
        ulong all = table.AddressBits == IntegerOperation.Table.LookupBits ? ulong.MaxValue
            : (1UL << (1 << table.AddressBits)) - 1;
        ImmutableArray<TableBit>.Builder bits = ImmutableArray.CreateBuilder<TableBit>(width);
        List<ulong> lookups = [];
        for (int bit = 0; bit < width; bit++)
        {
            ulong plane = table.Plane(bit)[0];
            if (plane == 0 || plane == all)
            {
                bits.Add(new TableBit(null, null, plane != 0));
                continue;
            }
            int address = Array.FindIndex(s_address, 0, table.AddressBits, a => (a & all) == plane
                || (~a & all) == plane);
            if (address < 0 && !lookups.Contains(plane))
                lookups.Add(plane);
            bits.Add(address >= 0 ? new TableBit(address, null, (plane & 1) != 0)
                : new TableBit(null, lookups.IndexOf(plane), false));
        }
        return new TableShape(bits.MoveToImmutable(), [.. lookups]);
    }
}
