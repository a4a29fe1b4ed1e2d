using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Forests;

/// <summary>Full trees of one depth on random features and whole thresholds.</summary>
internal static class LargeForest
{
    /// <summary>A TreeEnsembleRegressor of [1, features], whose trees vote for one class after another.</summary>
    public static ModelBuilder Of(int trees, int classes, int depth, int features, int seed = 1)
    {
        Random random = new(seed);
        int branches = (1 << depth) - 1, nodes = (2 * branches) + 1;
        List<long> ids = [], ofTree = [], feature = [], yes = [], no = [], voteTrees = [], voteNodes = [],
            classIds = [];
        List<string> modes = [];
        List<float> values = [], weights = [];
        for (int t = 0; t < trees; t++)
        {
            for (int n = 0; n < nodes; n++)
            {
                ofTree.Add(t);
                ids.Add(n);
                modes.Add(n < branches ? "BRANCH_LEQ" : "LEAF");
                feature.Add(n < branches ? random.Next(features) : 0);
                values.Add(n < branches ? random.Next(-32000, 32000) : 0);
                yes.Add(n < branches ? (2 * n) + 1 : 0);
                no.Add(n < branches ? (2 * n) + 2 : 0);
                if (n < branches)
                    continue;
                voteTrees.Add(t);
                voteNodes.Add(n);
                classIds.Add(t % classes);
                weights.Add((float)(random.NextDouble() - 0.5));
            }
        }
        ModelBuilder model = new ModelBuilder().Input("x", 1, features).Output("y");
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        return model.Call("ai.onnx.ml", "TreeEnsembleRegressor", ["x"], "y",
            ("nodes_treeids", (long[])[.. ofTree]), ("nodes_nodeids", (long[])[.. ids]),
            ("nodes_modes", (string[])[.. modes]), ("nodes_featureids", (long[])[.. feature]),
            ("nodes_values", (float[])[.. values]), ("nodes_truenodeids", (long[])[.. yes]),
            ("nodes_falsenodeids", (long[])[.. no]), ("n_targets", (long)classes),
            ("target_treeids", (long[])[.. voteTrees]), ("target_nodeids", (long[])[.. voteNodes]),
            ("target_ids", (long[])[.. classIds]), ("target_weights", (float[])[.. weights]));
    }
}
