using Hls4Net.Onnx.Proto;

namespace Hls4Net.Tests.Forests;

/// <summary>Trained forests on other grids, on which their hardware is compared.</summary>
internal static class GriddedForest
{
    /// <summary>
    /// Moves the thresholds of a model's trees between the points of a grid of so many bits on which each feature's own
    /// thresholds are spread; of as few as eight to their ranks.
    /// </summary>
    public static void Regrid(ModelProto model, int bits)
    {
        NodeProto trees = model.Graph.Node.Single(n => n.OpType == "TreeEnsembleClassifier");
        AttributeProto values = Attribute(trees, "nodes_values"), features = Attribute(trees, "nodes_featureids"),
            modes = Attribute(trees, "nodes_modes");
        var branches = values.Floats.Select((v, i) => (Value: v, Feature: features.Ints[i], Place: i))
            .Where(b => modes.Strings[b.Place].ToStringUtf8() != "LEAF").ToArray();
        foreach (var feature in branches.GroupBy(b => b.Feature))
        {
            float[] thresholds = [.. feature.Select(b => b.Value).Distinct().Order()];
            double span = Math.Max(thresholds[^1] - thresholds[0], 1e-9), least = thresholds[0];
            foreach (var b in feature)
            {
                values.Floats[b.Place] = bits <= 8 ? Array.IndexOf(thresholds, b.Value) + 1
                    : (float)Math.Round((0.05 + (0.9 * (b.Value - least) / span)) * ((1 << bits) - 1));
            }
        }
    }

    private static AttributeProto Attribute(NodeProto node, string name) =>
        node.Attribute.Single(a => a.Name == name);
}
