using Hls4Net.Graph;

namespace Hls4Net.Layers;

/// <summary>
/// A design: all that is decided of a network beside its meaning. HlsLayer items pin parts of it, passes decide what is
/// open and write it in, and a design is made again of a point and the network on real numbers alone. Immutable.
/// </summary>
/// <param name="byEffect">True if results whose type is open have fractions that were chosen by their effect on the
/// outputs.</param>
/// <param name="inputs">The network's inputs, in order.</param>
/// <param name="layers">The layers, in order, by the name of their node.</param>
internal sealed class DesignPoint(
    bool byEffect, IEnumerable<KeyValuePair<string, LayerDesign>> inputs,
        IEnumerable<KeyValuePair<string, LayerDesign>> layers)
{
    private readonly OrderedDictionary<string, LayerDesign> _inputs = new(inputs, StringComparer.Ordinal);
    private readonly OrderedDictionary<string, LayerDesign> _layers = new(layers, StringComparer.Ordinal);

    /// <summary>
    /// True if results whose type is open have fractions that were chosen by their effect on the outputs.
    /// </summary>
    public bool ByEffect { get; } = byEffect;

    /// <summary>What is decided of inputs, in their order: their type.</summary>
    public IReadOnlyDictionary<string, LayerDesign> Inputs => _inputs;

    /// <summary>What is decided of layers, by the name of their node, in their order.</summary>
    public IReadOnlyDictionary<string, LayerDesign> Layers => _layers;

    /// <summary>What is decided of a node; nothing for one that the point does not have.</summary>
    public LayerDesign For(Node node) => Find(node.Name) ?? LayerDesign.Open;

    /// <summary>What is decided of the function that a node has in it, before its quantizer.</summary>
    public LayerDesign ForInner(Node node, Node function) => Find(InnerName(node, function)) ?? LayerDesign.Open;

    /// <summary>What is decided of an input.</summary>
    public LayerDesign ForInput(Value input) => _inputs.GetValueOrDefault(input.Name) ?? LayerDesign.Open;

    /// <summary>What is decided of the layer of a name; null where the point has none.</summary>
    public LayerDesign? Find(string layer) => _layers.GetValueOrDefault(layer);

    /// <summary>The point with more that is decided of its layers; one that it does not have yet is added.</summary>
    /// <param name="names">The layers.</param>
    /// <param name="decide">Says of a layer, and of what is decided of it, what is decided then.</param>
    public DesignPoint With(IEnumerable<string> names, Func<string, LayerDesign, LayerDesign> decide)
    {
        OrderedDictionary<string, LayerDesign> all = new(_layers, StringComparer.Ordinal);
        foreach (string name in names)
            all[name] = decide(name, all.GetValueOrDefault(name) ?? LayerDesign.Open);
        return new DesignPoint(ByEffect, _inputs, all);
    }

    /// <summary>The name of what stands in a node; no node has it, since names are identifiers.</summary>
    public static string InnerName(Node node, Node function) => $"{node.Name}.{function.Name}";
}
