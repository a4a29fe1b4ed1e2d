using System.Collections.Immutable;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// A product of a constant matrix: tables of bits of the inputs, and adders, whose inputs are the matrix' and behind
/// them the tables.
/// </summary>
internal sealed record SumNetwork(ImmutableArray<BitTable> Tables, AdderNetwork Adders)
{
    /// <summary>Estimated LUTs.</summary>
    public int Cost => Adders.Cost + Tables.Sum(t => t.Lut);
}
