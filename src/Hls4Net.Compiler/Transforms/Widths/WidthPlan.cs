using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Layers;

namespace Hls4Net.Transforms.Widths;

/// <summary>The resolutions that a width search has chosen for what Precision=auto leaves open.</summary>
/// <param name="Inputs">Fraction bits of inputs, by their name.</param>
/// <param name="Results">Fraction bits of results, by the name of their node, which may be an input's too.</param>
/// <param name="Weights">Bits of the weights of products, by the name of their node.</param>
internal sealed record WidthPlan(
    ImmutableDictionary<string, int> Inputs, ImmutableDictionary<string, int> Results,
        ImmutableDictionary<string, int> Weights)
{
    /// <summary>
    /// Bits of a result that had none to lose at the default widths: it stays exact up to these, since its operands may
    /// have become wider.
    /// </summary>
    public const int ExactWidth = 24;

    /// <summary>The resolutions that a design has; null where they were not chosen by their effect.</summary>
    public static WidthPlan? Of(DesignPoint point)
    {
        return point.ByEffect
            ? new WidthPlan(Fractions(point.Inputs), Fractions(point.Layers), ImmutableDictionary<string, int>.Empty)
            : null;

        static ImmutableDictionary<string, int> Fractions(IReadOnlyDictionary<string, LayerDesign> designs) =>
            designs.Where(d => d.Value.Fraction is not null)
                .ToImmutableDictionary(d => d.Key, d => d.Value.Fraction!.Value);
    }

    /// <summary>A design with these resolutions.</summary>
    public DesignPoint In(DesignPoint point) => new(
        byEffect: true,
        point.Inputs.Select(i => KeyValuePair.Create(i.Key, i.Value with { Fraction = Find(Inputs, i.Key) })),
        point.Layers.Select(l => KeyValuePair.Create(l.Key, l.Value with
        {
            Fraction = Find(Results, l.Key),
            Weight = Find(Weights, l.Key) is int width ? new PrecisionSpec.Auto(width) : l.Value.Weight,
        })));

    /// <summary>Fraction bits of a node's result; null where nothing is chosen.</summary>
    public int? Fraction(Node node) => Find(Results, node.Name);

    /// <summary>Fraction bits of an input; null where nothing is chosen.</summary>
    public int? Fraction(Value input) => Find(Inputs, input.Name);

    private static int? Find(ImmutableDictionary<string, int> bits, string name) => bits.TryGetValue(name, out int n)
        ? n : null;
}
