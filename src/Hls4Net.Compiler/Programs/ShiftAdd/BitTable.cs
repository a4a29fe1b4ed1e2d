using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

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
    public int Lut => TableShape.Of(new IntegerOperation.Table(0, 0, Entries), IntegerValue.BitsOf(Range)) is var shape
        && Address.Length > Fabric.PairInputs ? shape.Lookups.Length : shape.Pairs;

    public bool Equals(BitTable? other) => other is not null && Address.AsSpan().SequenceEqual(other.Address.AsSpan())
        && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    public override int GetHashCode() => Entries.Aggregate(Address.Aggregate(0, HashCode.Combine), HashCode.Combine);
}
