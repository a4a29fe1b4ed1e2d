using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>A vote of a leaf for an output.</summary>
internal readonly record struct TreeVote(int Leaf, int Unit, double Weight);

/// <summary>
/// The trees of a node and the votes of their leaves, from parallel arrays with an entry a node, as
/// TreeEnsembleClassifier and -Regressor have them, or with arrays of branches and leaves, as TreeEnsemble has them.
/// </summary>
/// <param name="Trees">The trees, of which leaves are numbered in the order in which they are listed.</param>
/// <param name="LeafCount">How many leaves they have together.</param>
/// <param name="Votes">The votes, in the order of the arrays.</param>
internal sealed record TreeArrays(ImmutableArray<DecisionTree> Trees, int LeafCount, ImmutableArray<TreeVote> Votes)
{
    // What a recursion over a tree can take.
    private const int MaxDepth = 256;

    /// <summary>The arrays of TreeEnsembleClassifier and TreeEnsembleRegressor.</summary>
    /// <param name="node">The node.</param>
    /// <param name="votes">How the names of the votes' attributes begin: class or target.</param>
    /// <param name="units">How many classes or targets there are.</param>
    /// <param name="features">Features of a row.</param>
    public static TreeArrays ByNode(ImportNode node, string votes, int units, int features)
    {
        node.Ignore("nodes_hitrates", "nodes_hitrates_as_tensor", "nodes_missing_value_tracks_true");
        ImmutableArray<string> modes = FeatureImporter.Texts(node, "nodes_modes");
        int count = modes.Length;
        ImmutableArray<int> trees = Numbers(node, "nodes_treeids", count), ids = Numbers(node, "nodes_nodeids", count),
            tested = Numbers(node, "nodes_featureids", count), yes = Numbers(node, "nodes_truenodeids", count),
            no = Numbers(node, "nodes_falsenodeids", count);
        ImmutableArray<double> values = Reals(node, "nodes_values", count);
        Dictionary<(int Tree, int Node), int> places = [];
        List<int> roots = [];
        HashSet<int> begun = [];
        for (int i = 0; i < count; i++)
        {
            if (!places.TryAdd((trees[i], ids[i]), i))
                throw node.Fail(Descriptors.InvalidGraph, $"has two nodes {ids[i]} of its tree {trees[i]}");
            if (i > 0 && trees[i] == trees[i - 1])
                continue;
            if (!begun.Add(trees[i]))
                throw node.Fail(Descriptors.UnsupportedForm,
                    $"lists the nodes of its tree {trees[i]} in two places; ONNX Runtime takes them for two trees");
            roots.Add(i);
        }
        bool[] isLeaf = [.. modes.Select(m => m == "LEAF")];
        int[] leaves = new int[count];
        int leafCount = 0;
        for (int i = 0; i < count; i++)
            leaves[i] = isLeaf[i] ? leafCount++ : -1;
        Builder builder = new(node, features, i =>
        {
            (SplitKind kind, bool swapped) = Kind(node, modes[i]);
            (int t, int f) = (Child(i, yes[i]), Child(i, no[i]));
            return (new Split(tested[i], kind, [values[i]]), swapped ? f : t, swapped ? t : f);
        });
        ImmutableArray<DecisionTree> built = [.. roots.Select(r => builder.Build(isLeaf[r] ? ~leaves[r] : r))];
        return new TreeArrays(built, leafCount, Read());

        int Child(int i, int id) => !places.TryGetValue((trees[i], id), out int at)
            ? throw node.Fail(Descriptors.InvalidGraph,
                $"has no node {id} in its tree {trees[i]}, which another leads to")
            : isLeaf[at] ? ~leaves[at] : at;

        ImmutableArray<TreeVote> Read()
        {
            ImmutableArray<int> of = Numbers(node, $"{votes}_ids", null);
            ImmutableArray<int> inTree = Numbers(node, $"{votes}_treeids", of.Length),
                atNode = Numbers(node, $"{votes}_nodeids", of.Length);
            ImmutableArray<double> weights = Reals(node, $"{votes}_weights", of.Length);
            return [.. of.Select((unit, k) => new TreeVote(LeafOf(inTree[k], atNode[k]),
                InRange(node, unit, units, $"{votes}_ids"), weights[k]))];
        }

        int LeafOf(int tree, int id) => !places.TryGetValue((tree, id), out int at)
            ? throw node.Fail(Descriptors.InvalidGraph,
                $"has a vote of the node {id} of tree {tree}, which is not there")
            : isLeaf[at] ? leaves[at]
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"has a vote of the node {id} of tree {tree}, which is no leaf; nothing asks for it");
    }

    /// <summary>The arrays of TreeEnsemble.</summary>
    /// <param name="node">The node.</param>
    /// <param name="units">How many targets there are.</param>
    /// <param name="features">Features of a row.</param>
    public static TreeArrays ByBranch(ImportNode node, int units, int features)
    {
        node.Ignore("nodes_hitrates", "nodes_missing_value_tracks_true");
        ImmutableArray<double> modes = Tensor(node, "nodes_modes");
        int count = modes.Length;
        ImmutableArray<double> splits = Tensor(node, "nodes_splits");
        ImmutableArray<int> tested = Numbers(node, "nodes_featureids", count),
            yes = Numbers(node, "nodes_truenodeids", count), no = Numbers(node, "nodes_falsenodeids", count),
            yesLeaf = Numbers(node, "nodes_trueleafs", count), noLeaf = Numbers(node, "nodes_falseleafs", count),
            roots = Numbers(node, "tree_roots", null), of = Numbers(node, "leaf_targetids", null);
        ImmutableArray<double> weights = Tensor(node, "leaf_weights");
        if (splits.Length != count || weights.Length != of.Length)
            throw node.Fail(Descriptors.InvalidGraph,
                $"has {splits.Length} thresholds for {count} nodes, and {weights.Length} weights for {of.Length} "
                + "leaves");
        ImmutableArray<ImmutableArray<double>> sets = Sets(node, modes);
        Builder builder = new(node, features, i =>
        {
            if (modes[i] is not (>= 0 and <= 6))
                throw node.Fail(Descriptors.UnsupportedForm, $"has the mode {modes[i]}, which ONNX does not define");
            (SplitKind kind, bool swapped) = modes[i] == 6 ? (SplitKind.OneOf, false)
                : Kind(node, s_modes[(int)modes[i]]);
            (int t, int f) = (Child(yesLeaf[i], yes[i]), Child(noLeaf[i], no[i]));
            return (new Split(tested[i], kind, modes[i] == 6 ? sets[i] : [splits[i]]), swapped ? f : t,
                swapped ? t : f);
        });
        ImmutableArray<TreeVote> votes = [.. of.Select((unit, leaf) => new TreeVote(leaf,
            InRange(node, unit, units, "leaf_targetids"), weights[leaf]))];
        return new TreeArrays([.. roots.Select(r => builder.Build(InRange(node, r, count, "tree_roots")))], of.Length,
            votes);

        int Child(int isLeaf, int at) => isLeaf != 0 ? ~InRange(node, at, of.Length, "leaves")
            : InRange(node, at, count, "nodes");
    }

    /// <summary>With every vote multiplied by a number.</summary>
    public TreeArrays Scaled(double factor) =>
        this with { Votes = [.. Votes.Select(v => v with { Weight = v.Weight * factor })] };

    /// <summary>The leaves without any vote.</summary>
    public IEnumerable<int> Silent() => Enumerable.Range(0, LeafCount).Except(Votes.Select(v => v.Leaf));

    /// <summary>The weights of the votes, [leaves, units], and which there are.</summary>
    /// <param name="node">The node.</param>
    /// <param name="units">How many classes or targets there are.</param>
    /// <param name="join">What becomes of two votes of a leaf for the same.</param>
    public (Constant Weights, ImmutableArray<bool> Given) Matrix(ImportNode node, int units,
        Func<double, double, double> join)
    {
        Shape shape = node.Reserved(LeafCount, units);
        node.ReserveConstant(shape);
        double[] weights = new double[shape.Size];
        bool[] given = new bool[shape.Size];
        foreach (TreeVote vote in Votes)
        {
            int at = (vote.Leaf * units) + vote.Unit;
            weights[at] = given[at] ? join(weights[at], vote.Weight) : vote.Weight;
            given[at] = true;
        }
        return (new Constant(shape, [.. weights]), [.. given]);
    }

    private static readonly string[] s_modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ",
        "BRANCH_NEQ"];

    // Comparisons that are another one's opposite swap the answers.
    private static (SplitKind Kind, bool Swapped) Kind(ImportNode node, string mode) => mode switch
    {
        "BRANCH_LEQ" => (SplitKind.AtMost, false),
        "BRANCH_LT" => (SplitKind.Below, false),
        "BRANCH_GTE" => (SplitKind.Below, true),
        "BRANCH_GT" => (SplitKind.AtMost, true),
        "BRANCH_EQ" => (SplitKind.OneOf, false),
        "BRANCH_NEQ" => (SplitKind.OneOf, true),
        _ => throw node.Fail(Descriptors.UnsupportedForm, $"has the mode '{mode}', which ONNX does not define"),
    };

    // The numbers of each node's set, in the order of the nodes, each set ended by NaN.
    private static ImmutableArray<ImmutableArray<double>> Sets(ImportNode node, ImmutableArray<double> modes)
    {
        ImmutableArray<double> all = node.Attribute("membership_values", AttributeType.Tensor) is null ? []
            : Tensor(node, "membership_values");
        ImmutableArray<ImmutableArray<double>>.Builder sets = ImmutableArray.CreateBuilder<ImmutableArray<double>>();
        int at = 0;
        foreach (double mode in modes)
        {
            List<double> set = [];
            while (mode == 6 && at < all.Length && !double.IsNaN(all[at]))
                set.Add(all[at++]);
            if (mode == 6 && at++ >= all.Length)
                throw node.Fail(Descriptors.InvalidGraph, "has fewer sets of members than nodes that ask for one");
            sets.Add([.. set]);
        }
        return sets.ToImmutable();
    }

    private static int InRange(ImportNode node, int number, int count, string name) => number >= 0 && number < count
        ? number
        : throw node.Fail(Descriptors.InvalidGraph,
            $"has {number} among its {name}, of which there are {count}");

    private static ImmutableArray<int> Numbers(ImportNode node, string name, int? count)
    {
        ImmutableArray<int> numbers = node.Ints(name) ?? [];
        return count is null || numbers.Length == count ? numbers
            : throw node.Fail(Descriptors.InvalidGraph, $"has {numbers.Length} {name} where {count} are needed");
    }

    // Numbers of float32, or since version 3 a tensor of float64.
    private static ImmutableArray<double> Reals(ImportNode node, string name, int count)
    {
        ImmutableArray<double> numbers = node.Attribute($"{name}_as_tensor", AttributeType.Tensor) is not null
            ? Tensor(node, $"{name}_as_tensor")
            : [.. node.Attribute(name, AttributeType.Floats)?.Floats.Select(f => (double)f) ?? []];
        if (numbers.Any(double.IsNaN))
            throw node.Fail(Descriptors.NonFiniteWeight, $"has the attribute {name} with numbers that are NaN");
        return numbers.Length == count ? numbers
            : throw node.Fail(Descriptors.InvalidGraph, $"has {numbers.Length} {name} where {count} are needed");
    }

    private static ImmutableArray<double> Tensor(ImportNode node, string name) =>
        node.Attribute(name, AttributeType.Tensor)?.T is TensorProto tensor
            ? ConstantImporter.Read(tensor, node.BaseDirectory).Values
            : throw node.Fail(Descriptors.InvalidGraph, $"has no {name}");

    // Puts trees together, a branch before those it leads to.
    private sealed class Builder(ImportNode node, int features, Func<int, (Split Split, int IfTrue, int IfFalse)> read)
    {
        private readonly HashSet<int> _reached = [];

        public DecisionTree Build(int root)
        {
            if (root < 0)
                return new DecisionTree([], root);
            List<Branch> branches = [];
            Place(root, 0);
            return new DecisionTree([.. branches], 0);

            int Place(int at, int depth)
            {
                if (at < 0)
                    return at;
                if (depth == MaxDepth)
                    throw node.Fail(Descriptors.UnsupportedForm,
                        $"has a tree of more than {MaxDepth} branches one below the other");
                if (!_reached.Add(at))
                    throw node.Fail(Descriptors.UnsupportedForm, "leads to one branch on two ways, which no tree does");
                (Split split, int yes, int no) = read(at);
                if (split.Feature < 0 || split.Feature >= features)
                    throw node.Fail(Descriptors.InvalidShape,
                        $"asks for feature {split.Feature} of rows of {features}");
                int place = branches.Count;
                branches.Add(new Branch(split, 0, 0));
                branches[place] = new Branch(split, Place(yes, depth + 1), Place(no, depth + 1));
                return place;
            }
        }
    }
}
