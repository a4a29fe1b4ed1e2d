using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Layers;

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

    /// <summary>The resolutions that a design has; null where they were not chosen by their effect.</summary>
    public static WidthPlan? Of(DesignPoint point)
    {
        if (!point.ByEffect)
            return null;
        Dictionary<string, int> fractions = new(StringComparer.Ordinal);
        foreach ((string name, LayerDesign design) in point.Inputs.Concat(point.Layers))
        {
            if (design.Fraction is int bits)
                fractions[name] = bits;
        }
        return new WidthPlan(fractions.ToImmutableDictionary(), ImmutableDictionary<string, int>.Empty);
    }

    /// <summary>A design with these resolutions.</summary>
    public DesignPoint In(DesignPoint point)
    {
        return new DesignPoint(byEffect: true, point.Inputs.Select(Chosen), point.Layers.Select(Chosen));

        KeyValuePair<string, LayerDesign> Chosen(KeyValuePair<string, LayerDesign> of)
        {
            (string name, LayerDesign design) = of;
            return KeyValuePair.Create(name, design with
            {
                Fraction = Fractions.TryGetValue(name, out int bits) ? bits : null,
                Weight = Weights.TryGetValue(name, out int width) ? new PrecisionSpec.Auto(width) : design.Weight,
            });
        }
    }

    /// <summary>Fraction bits of a node's result; null where nothing is chosen.</summary>
    public int? Fraction(Node node) => Fractions.TryGetValue(node.Name, out int bits) ? bits : null;

    /// <summary>Fraction bits of an input; null where nothing is chosen.</summary>
    public int? Fraction(Value input) => Fractions.TryGetValue(input.Name, out int bits) ? bits : null;
}
