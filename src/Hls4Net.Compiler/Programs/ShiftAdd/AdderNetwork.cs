using System.Collections.Immutable;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>A finished network: nodes in an order in which operands come first, inputs at the front.</summary>
/// <param name="InputCount">How many of the nodes are inputs.</param>
/// <param name="Nodes">Inputs, constants and adders.</param>
/// <param name="Outputs">A term for each output; null where it is always zero.</param>
/// <param name="Lut">Cost of each node.</param>
internal sealed record AdderNetwork(int InputCount, ImmutableArray<AdderNode> Nodes, ImmutableArray<Term?> Outputs,
    ImmutableArray<int> Lut)
{
    /// <summary>Adders, and outputs that have to be negated.</summary>
    public int Adders => Nodes.Count(n => !n.Operands.IsEmpty) + Negations.Count();

    /// <summary>Estimated LUTs.</summary>
    public int Cost => Lut.Sum() + Negations.Sum(t => Nodes[t.Node].Top - Nodes[t.Node].Zeros + 1);

    /// <summary>Adders on the longest path.</summary>
    public int Depth => Outputs.Max(t => t is Term o ? Nodes[o.Node].Depth + (o.Negative ? 1 : 0) : 0);

    private IEnumerable<Term> Negations => Outputs.Where(t => t is { Negative: true }).Select(t => t!.Value)
        .DistinctBy(t => t.Node);
}
