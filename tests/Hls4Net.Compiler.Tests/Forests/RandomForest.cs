using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Forests;

/// <summary>
/// Random ensembles of trees: every comparison and aggregate, thresholds on the grid of the features and between its
/// points, leaves with none, one and several votes. All numbers are multiples of 1/8, so that float32 adds them
/// exactly.
/// </summary>
internal sealed class RandomForest
{
    /// <summary>What a row's features are multiples of.</summary>
    public const double Unit = 0.25;

    /// <summary>The largest feature, in units; the smallest is its opposite.</summary>
    public const int Largest = 31;

    private static readonly string[] s_modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ",
        "BRANCH_NEQ"];

    private readonly Random _random;
    private readonly List<(int Tree, int Node, string Mode, int Feature, double Value, int Yes, int No)> _nodes = [];
    private readonly List<(int Tree, int Node)> _leaves = [];

    public RandomForest(int seed)
    {
        _random = new Random(seed);
        Features = _random.Next(1, 5);
        Trees = _random.Next(1, 7);
        for (int t = 0; t < Trees; t++)
        {
            int next = 0;
            Grow(t, ref next, _random.Next(0, 6));
        }
    }

    public int Features { get; }

    public int Trees { get; }

    /// <summary>A number of the features' grid: often one that a comparison has, or a unit beside it.</summary>
    public double Feature()
    {
        (_, _, _, _, double near, _, _) = _nodes[_random.Next(_nodes.Count)];
        double x = _random.Next(3) == 0 ? _random.Next(-Largest, Largest + 1)
            : Math.Round(near / Unit) + _random.Next(-1, 2);
        return Math.Clamp(x, -Largest, Largest) * Unit;
    }

    /// <summary>A TreeEnsembleRegressor of [1, features].</summary>
    public ModelBuilder Regressor(string aggregate, string post, int targets, bool bases, bool always)
    {
        List<(string, object)> attributes = [.. Nodes(), .. Votes("target", targets, always, positive: false, null),
            ("n_targets", (long)targets), ("aggregate_function", aggregate), ("post_transform", post)];
        if (bases)
            attributes.Add(("base_values", Numbers(targets, positive: false)));
        return Model("TreeEnsembleRegressor", ["y"], attributes);
    }

    /// <summary>A TreeEnsembleClassifier of [1, features].</summary>
    /// <param name="classes">How many classes it has.</param>
    /// <param name="only">The class that has all votes; null for any.</param>
    /// <param name="positive">True for votes that are not negative.</param>
    /// <param name="post">The transform of the scores.</param>
    /// <param name="bases">How many base values it has.</param>
    /// <param name="always">True if each leaf votes for each class.</param>
    public ModelBuilder Classifier(int classes, int? only, bool positive, string post, int bases, bool always)
    {
        long[] labels = [.. Enumerable.Range(0, classes).Select(i => _random.Next(2) == 0 ? i : (i * 7L) - 5)
            .Distinct()];
        // Where both of two classes are voted for ONNX Runtime gives 0 and 1, whatever their labels are.
        if (labels.Length < classes || (classes == 2 && only is null))
            labels = [.. Enumerable.Range(0, classes).Select(i => (long)i)];
        List<(string, object)> attributes = [.. Nodes(), .. Votes("class", classes, always, positive, only),
            ("classlabels_int64s", labels), ("post_transform", post)];
        if (bases > 0)
            attributes.Add(("base_values", Numbers(bases, positive: false)));
        return Model("TreeEnsembleClassifier", ["label", "scores"], attributes);
    }

    private ModelBuilder Model(string op, string[] outputs, IEnumerable<(string, object)> attributes)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, Features).Output(outputs);
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        model.Call("ai.onnx.ml", op, ["x"], outputs[0], [.. attributes]);
        model.Last.Output.Add(outputs[1..]);
        if (outputs.Length > 1)
            model.Graph.Output[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Int64;
        return model;
    }

    private int Grow(int tree, ref int next, int depth)
    {
        int own = next++;
        if (depth == 0 || _random.Next(8) == 0)
        {
            _nodes.Add((tree, own, "LEAF", 0, 0, 0, 0));
            _leaves.Add((tree, own));
            return own;
        }
        int place = _nodes.Count;
        _nodes.Add(default);
        (int yes, int no) = (Grow(tree, ref next, depth - 1), Grow(tree, ref next, depth - 1));
        _nodes[place] = (tree, own, s_modes[_random.Next(s_modes.Length)], _random.Next(Features),
            _random.Next(-70, 71) / 8.0, yes, no);
        return own;
    }

    private (string, object)[] Nodes() =>
    [
        ("nodes_treeids", (long[])[.. _nodes.Select(n => (long)n.Tree)]),
        ("nodes_nodeids", (long[])[.. _nodes.Select(n => (long)n.Node)]),
        ("nodes_modes", (string[])[.. _nodes.Select(n => n.Mode)]),
        ("nodes_featureids", (long[])[.. _nodes.Select(n => (long)n.Feature)]),
        ("nodes_values", (float[])[.. _nodes.Select(n => (float)n.Value)]),
        ("nodes_truenodeids", (long[])[.. _nodes.Select(n => (long)n.Yes)]),
        ("nodes_falsenodeids", (long[])[.. _nodes.Select(n => (long)n.No)]),
        ("nodes_missing_value_tracks_true", (long[])[.. _nodes.Select(_ => (long)_random.Next(2))]),
    ];

    private (string, object)[] Votes(string of, int units, bool always, bool positive, int? only)
    {
        List<(int Tree, int Node, long Unit, float Weight)> votes = [];
        foreach ((int tree, int node) in _leaves)
        {
            IEnumerable<int> voted = only is int one ? [one]
                : Enumerable.Range(0, units).Where(_ => always || _random.Next(3) > 0);
            foreach (int unit in voted)
            {
                for (int twice = _random.Next(6) == 0 ? 2 : 1; twice > 0; twice--)
                    votes.Add((tree, node, unit, Weight(positive)));
            }
        }
        return
        [
            ($"{of}_treeids", (long[])[.. votes.Select(v => (long)v.Tree)]),
            ($"{of}_nodeids", (long[])[.. votes.Select(v => (long)v.Node)]),
            ($"{of}_ids", (long[])[.. votes.Select(v => v.Unit)]),
            ($"{of}_weights", (float[])[.. votes.Select(v => v.Weight)]),
        ];
    }

    private float[] Numbers(int count, bool positive) => [.. Enumerable.Range(0, count).Select(_ => Weight(positive))];

    private float Weight(bool positive) => _random.Next(positive ? 0 : -16, 17) / 8f;
}
