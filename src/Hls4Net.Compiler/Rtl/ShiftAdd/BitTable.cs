using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>A bit of an input in two's complement.</summary>
internal readonly record struct InputBit(int Input, int Position);

/// <summary>A sum of bits times constants, and a constant, as a table.</summary>
/// <param name="Address">The bits, the lowest of the address first.</param>
/// <param name="Entries">The sum at each address.</param>
internal sealed record BitTable(ImmutableArray<InputBit> Address, ImmutableArray<long> Entries)
{
    /// <summary>What the sum can be.</summary>
    public Interval Range => new(Entries.Min(), Entries.Max());

    /// <summary>Look-up tables that it takes.</summary>
    public int Lut
    {
        get
        {
            int functions = TableShape.Of(new IntegerOperation.Table(0, 0, Entries), IntegerValue.BitsOf(Range)).Lookups.Length;
            return Address.Length > Fabric.PairInputs ? functions : (functions + 1) / 2;
        }
    }
}
