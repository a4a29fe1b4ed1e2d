namespace Hls4Net.Devices;

/// <summary>What the logic of a device offers to networks of sums.</summary>
/// <param name="AdderOperands">Most operands of an adder: 3 where a LUT6 and the carry chain behind it add as many (two
/// functions of five inputs share a LUT), else 2.</param>
/// <param name="HasTables">True where bits of narrow inputs are added up by look-up tables, each of which makes two
/// functions of five inputs or one of six.</param>
/// <param name="ExtraDepth">Levels of adders allowed beyond the fewest possible, which leaves room for sharing.</param>
/// <param name="OneSearch">True for networks of which only levels and about the size are asked: the first that is found
/// is good enough.</param>
internal sealed record Fabric(
    int AdderOperands, bool HasTables = false, int ExtraDepth = 2, bool OneSearch = false)
{
    /// <summary>Most inputs of a look-up table.</summary>
    public const int TableInputs = 6;

    /// <summary>Inputs of a look-up table that makes two functions.</summary>
    public const int PairInputs = 5;

    /// <summary>
    /// The fabric of a family. Tables of four inputs were measured to lose as often as they win (docs/results.md).
    /// </summary>
    public static Fabric Of(Family family) => Target.IsAmd(family) ? new(3, HasTables: true) : new(2);
}
