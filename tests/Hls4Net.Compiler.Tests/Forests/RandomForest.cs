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

    /// <summary>
    /// A TreeEnsemble of [1, features], and what its definition says of a row, read from its arrays.
    /// </summary>
    /// <param name="aggregate">The aggregate_function by number.</param>
    /// <param name="targets">How many targets it has.</param>
    /// <param name="sets">True if some of the equalities ask for a set of numbers, of which ONNX Runtime takes only
    /// whole ones, and drops a row's fractions.</param>
    public (ModelBuilder Model, Func<double[], double[]> Scores) Ensemble(int aggregate, int targets, bool sets)
    {
        List<float> splits = [], weights = [], members = [];
        List<long> modes = [], features = [], yes = [], no = [], yesLeaf = [], noLeaf = [], roots = [], of = [];
        Dictionary<(int, int), int> branches = [], leaves = [];
        foreach (var n in _nodes)
        {
            if (n.Mode == "LEAF")
                leaves[(n.Tree, n.Node)] = leaves.Count;
            // What is one leaf alone is a branch that leads to it twice.
            if (n.Mode != "LEAF" || n.Node == 0)
                branches[(n.Tree, n.Node)] = branches.Count;
        }
        foreach (var n in _nodes.Where(n => n.Mode != "LEAF" || n.Node == 0))
        {
            bool isSet = sets && n.Mode == "BRANCH_EQ" && _random.Next(2) == 0;
            if (isSet)
            {
                members.AddRange(Enumerable.Range(0, _random.Next(1, 5))
                    .Select(_ => (float)(_random.Next(-Largest, Largest + 1) * Unit)));
                members.Add(float.NaN);
            }
            splits.Add((float)n.Value);
            modes.Add(isSet ? 6 : Math.Max(0, Array.IndexOf(s_modes, n.Mode)));
            features.Add(n.Feature);
            (int t, int f) = n.Mode == "LEAF" ? (n.Node, n.Node) : (n.Yes, n.No);
            Lead(yes, yesLeaf, (n.Tree, t));
            Lead(no, noLeaf, (n.Tree, f));
            if (n.Node == 0)
                roots.Add(splits.Count - 1);
        }
        for (int leaf = 0; leaf < leaves.Count; leaf++)
        {
            of.Add(_random.Next(targets));
            weights.Add(Weight(positive: false));
        }
        List<(string, object)> attributes =
        [
            ("nodes_splits", ModelBuilder.Tensor("s", [splits.Count], [.. splits.Select(s => (double)s)])),
            ("nodes_modes", new TensorProto
            {
                Dims = { modes.Count },
                DataType = (int)TensorProto.Types.DataType.Uint8,
                RawData = Google.Protobuf.ByteString.CopyFrom([.. modes.Select(m => (byte)m)]),
            }),
            ("nodes_featureids", features.ToArray()), ("nodes_truenodeids", yes.ToArray()),
            ("nodes_falsenodeids", no.ToArray()), ("nodes_trueleafs", yesLeaf.ToArray()),
            ("nodes_falseleafs", noLeaf.ToArray()), ("tree_roots", roots.ToArray()),
            ("leaf_targetids", of.ToArray()),
            ("leaf_weights", ModelBuilder.Tensor("w", [weights.Count], [.. weights.Select(w => (double)w)])),
            ("n_targets", (long)targets), ("aggregate_function", (long)aggregate), ("post_transform", 0L),
        ];
        if (members.Count > 0)
            attributes.Add(("membership_values",
                ModelBuilder.Tensor("m", [members.Count], [.. members.Select(m => (double)m)])));
        return (Model("TreeEnsemble", ["y"], attributes, version: 5), Scores);

        double[] Scores(double[] row)
        {
            List<double>[] votes = [.. Enumerable.Range(0, targets).Select(_ => new List<double>())];
            foreach (long root in roots)
            {
                (long at, bool isLeaf) = (root, false);
                while (!isLeaf)
                {
                    bool holds = Holds((int)at, row[features[(int)at]]);
                    (at, isLeaf) = holds ? (yes[(int)at], yesLeaf[(int)at] != 0) : (no[(int)at], noLeaf[(int)at] != 0);
                }
                votes[of[(int)at]].Add(weights[(int)at]);
            }
            return [.. votes.Select(v => v.Count == 0 ? 0 : aggregate switch
            {
                0 => v.Sum() / roots.Count,
                1 => v.Sum(),
                2 => v.Min(),
                _ => v.Max(),
            })];
        }

        bool Holds(int at, double x) => modes[at] switch
        {
            0 => x <= splits[at],
            1 => x < splits[at],
            2 => x >= splits[at],
            3 => x > splits[at],
            4 => x == splits[at],
            5 => x != splits[at],
            // The sets are those of the nodes in order.
            _ => Set(modes.Take(at).Count(m => m == 6)).Any(m => m == x),
        };

        IEnumerable<float> Set(int number)
        {
            int begin = 0;
            for (; number > 0; number--)
                begin = members.FindIndex(begin, float.IsNaN) + 1;
            return members.Skip(begin).TakeWhile(m => !float.IsNaN(m));
        }

        void Lead(List<long> to, List<long> isLeaf, (int, int) child)
        {
            // A root that is a leaf is in both.
            bool leaf = leaves.TryGetValue(child, out int place);
            isLeaf.Add(leaf ? 1 : 0);
            to.Add(leaf ? place : branches[child]);
        }
    }

    private ModelBuilder Model(string op, string[] outputs, IEnumerable<(string, object)> attributes, int version = 3)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, Features).Output(outputs);
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = version });
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
