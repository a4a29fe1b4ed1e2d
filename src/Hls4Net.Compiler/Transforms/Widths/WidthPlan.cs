using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Transforms.Widths;

/// <summary>The resolutions that a width search has chosen for what Precision=auto leaves open.</summary>
/// <param name="Fractions">Fraction bits of results, by the name of their node, and of inputs, by their own.</param>
/// <param name="Weights">Bits of the weights of products, by the name of their node.</param>
internal sealed record WidthPlan(
    ImmutableDictionary<string, int> Fractions, ImmutableDictionary<string, int> Weights)
{
    /// <summary>
    /// Bits of a result that had none to lose at the default widths: it stays exact up to these, since its operands may
    /// have become wider.
    /// </summary>
    public const int ExactWidth = 24;

    /// <summary>Fraction bits of a node's result; null where nothing is chosen.</summary>
    public int? Fraction(Node node) => Fractions.TryGetValue(node.Name, out int bits) ? bits : null;

    /// <summary>Fraction bits of an input; null where nothing is chosen.</summary>
    public int? Fraction(Value input) => Fractions.TryGetValue(input.Name, out int bits) ? bits : null;
}
