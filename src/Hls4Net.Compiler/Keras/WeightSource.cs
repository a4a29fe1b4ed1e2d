using System.Text.RegularExpressions;
using Hls4Net.Graph;

namespace Hls4Net.Keras;

/// <summary>Where the weights of a network's layers are in a file.</summary>
internal abstract class WeightSource
{
    /// <summary>The weights of a layer.</summary>
    /// <param name="layer">The layer's name.</param>
    /// <param name="inner">The name of the layer that it wraps; null for most.</param>
    /// <param name="group">The name that newer files give its group.</param>
    public abstract WeightGroup Layer(string layer, string? inner, string group);

    /// <summary>The weights of a network that is a layer of this one.</summary>
    public abstract WeightSource Network(string layer, string group);
}

/// <summary>A file without weights.</summary>
internal sealed class NoWeights : WeightSource
{
    public override WeightGroup Layer(string layer, string? inner, string group) => WeightGroup.Empty;

    public override WeightSource Network(string layer, string group) => this;
}

/// <summary>
/// The tree of model.weights.h5: groups by class and number, in each a group of numbered variables that says the
/// layer's name.
/// </summary>
internal sealed class TreeWeights(HdfTree network) : WeightSource
{
    private static readonly string[] s_layers = ["layers", "_layer_checkpoint_dependencies"];

    public override WeightGroup Layer(string layer, string? inner, string group) =>
        Find(layer, group) is HdfTree tree ? Group(tree) : WeightGroup.Empty;

    public override WeightSource Network(string layer, string group) =>
        Find(layer, group) is HdfTree tree ? new TreeWeights(tree) : new NoWeights();

    private HdfTree? Find(string layer, string group)
    {
        foreach (string name in s_layers)
        {
            if (!network.Groups.TryGetValue(name, out HdfTree? layers))
                continue;
            foreach (HdfTree tree in layers.Groups.Values)
            {
                if (tree.Groups.TryGetValue("vars", out HdfTree? vars) && vars.Texts.TryGetValue("name", out var own)
                    && own is [string text] && text == layer)
                    return tree;
            }
            return layers.Groups.GetValueOrDefault(group);
        }
        return null;
    }

    private static WeightGroup Group(HdfTree tree)
    {
        WeightGroup group = new();
        if (tree.Groups.TryGetValue("vars", out HdfTree? vars))
        {
            foreach ((string name, Constant tensor) in vars.Tensors
                .OrderBy(t => int.TryParse(t.Key, out int number) ? number : int.MaxValue))
                group.Own.Add(new Weight(name, tensor));
        }
        foreach ((string name, HdfTree part) in tree.Groups)
        {
            if (name != "vars")
                group.Parts.Add((name, Group(part)));
        }
        return group;
    }
}

/// <summary>A whole-model .h5 file: a group for each layer with the list of its weights' paths.</summary>
internal sealed partial class ListedWeights(HdfTree network, ListedWeights.Names? within = null) : WeightSource
{
    /// <summary>Weights of a network that is a layer: their paths.</summary>
    internal sealed record Names(string Layer);

    public override WeightGroup Layer(string layer, string? inner, string group)
    {
        string owner = within?.Layer ?? layer;
        if (!network.Groups.TryGetValue(owner, out HdfTree? tree))
            return WeightGroup.Empty;
        WeightGroup result = new();
        foreach (string path in Paths(tree))
        {
            string[] parts = path.Split('/');
            if (within is not null && !parts.Contains(layer))
                continue;
            if (Tensor(tree, parts) is not Constant tensor)
                continue;
            Add(result, Below(parts, layer, inner), layer, tensor);
        }
        return result;
    }

    public override WeightSource Network(string layer, string group) =>
        within is null ? new ListedWeights(network, new Names(layer)) : this;

    // Long lists are cut into numbered pieces.
    private static IEnumerable<string> Paths(HdfTree tree)
    {
        if (tree.Texts.TryGetValue("weight_names", out var all))
            return all;
        List<string> pieces = [];
        for (int i = 0; tree.Texts.TryGetValue($"weight_names{i}", out var piece); i++)
            pieces.AddRange(piece);
        return pieces;
    }

    private static Constant? Tensor(HdfTree tree, string[] path)
    {
        HdfTree? at = tree;
        foreach (string part in path[..^1])
        {
            if (!at.Groups.TryGetValue(part, out at))
                return null;
        }
        return at.Tensors.GetValueOrDefault(path[^1]);
    }

    // The path behind the layer's name; a name that says nothing of it ends the path with the variable's.
    private static string[] Below(string[] path, string layer, string? inner)
    {
        int at = Math.Max(Array.LastIndexOf(path, layer, path.Length - 2 < 0 ? 0 : path.Length - 2),
            inner is null || path.Length < 2 ? -1 : Array.LastIndexOf(path, inner, path.Length - 2));
        return at >= 0 && path.Length > at + 1 ? path[(at + 1)..] : path[^1..];
    }

    private static void Add(WeightGroup group, string[] path, string layer, Constant tensor)
    {
        bool isQuantizer = false;
        foreach (string part in path[..^1])
        {
            string name = part.StartsWith(layer + "_", StringComparison.Ordinal) ? part[(layer.Length + 1)..] : part;
            if (Quantizer().IsMatch(name))
            {
                if (isQuantizer)
                    continue;
                name = "quantizer";
            }
            else if (name.StartsWith("multiple_quantizers", StringComparison.Ordinal))
            {
                name = "iq";
            }
            isQuantizer = name.StartsWith("quantizer", StringComparison.Ordinal);
            group = group.Make(name);
        }
        string own = path[^1];
        int colon = own.IndexOf(':', StringComparison.Ordinal);
        group.Own.Add(new Weight(colon < 0 ? own : own[..colon], tensor));
    }

    [GeneratedRegex(@"^(fixed|float)_point_quantizer")]
    private static partial Regex Quantizer();
}
