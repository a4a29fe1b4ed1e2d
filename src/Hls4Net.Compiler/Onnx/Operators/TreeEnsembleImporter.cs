using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Ensembles of decision trees, whose corners are decided as ONNX Runtime decides them where the definition is silent.
/// </summary>
internal static class TreeEnsembleImporter
{
    /// <summary>A score for each target.</summary>
    public static Operand Regressor(ImportNode node)
    {
        Operand x = Rows(node);
        int units = Count(node, "n_targets");
        TreeArrays arrays = TreeArrays.ByNode(node, "target", units, Features(x));
        string aggregate = node.Text("aggregate_function", "SUM");
        return Regression(node, x, arrays, units, aggregate, BaseValues(node),
            node.Text("post_transform", "NONE"));
    }

    /// <summary>The same with branches and leaves in arrays of their own.</summary>
    public static Operand Ensemble(ImportNode node)
    {
        Operand x = Rows(node);
        int units = Count(node, "n_targets");
        TreeArrays arrays = TreeArrays.ByBranch(node, units, Features(x));
        return Regression(node, x, arrays, units, Named(node, "aggregate_function", 1, "AVERAGE", "SUM", "MIN", "MAX"),
            [], Named(node, "post_transform", 0, [.. TreeTransforms.Names]));
    }

    /// <summary>The label, and a score for each class.</summary>
    public static Operand Classifier(ImportNode node)
    {
        Operand x = Rows(node);
        (ImmutableArray<double> labels, ImmutableArray<string> names) = Labels(node);
        int classes = labels.Length;
        TreeArrays arrays = TreeArrays.ByNode(node, "class", classes, Features(x));
        ImmutableArray<double> bases = BaseValues(node);
        string post = node.Text("post_transform", "NONE");
        (Operand index, Operand scores) = classes > 2 ? Many(node, x, arrays, classes, bases, post)
            : Binary(node, x, arrays, bases, post);
        node.Define(1, scores);
        Operand label = Lookups.Of(node, index, labels, "label");
        return names.IsEmpty ? label : label.Labelled(names);
    }

    private static Operand Regression(ImportNode node, Operand x, TreeArrays arrays, int units, string aggregate,
        ImmutableArray<double> bases, string post)
    {
        // Of a leaf's votes for the only target the first counts.
        Func<double, double, double> join = aggregate switch
        {
            _ when units == 1 => (first, _) => first,
            "AVERAGE" or "SUM" => (a, b) => a + b,
            "MIN" => Math.Min,
            "MAX" => Math.Max,
            _ => throw node.Fail(Descriptors.UnsupportedForm,
                $"has the aggregate_function '{aggregate}', which ONNX does not define"),
        };
        if (bases.Length > 0 && bases.Length != units)
            throw node.Fail(Descriptors.InvalidGraph, $"has {bases.Length} base values for {units} targets");
        ForestAggregate kind = aggregate switch
        {
            "MIN" => ForestAggregate.Min,
            "MAX" => ForestAggregate.Max,
            _ => ForestAggregate.Sum,
        };
        if (aggregate == "AVERAGE")
            arrays = arrays.Scaled(1.0 / arrays.Trees.Length);
        // And a leaf without a vote for it votes with 0.
        if (units == 1)
            arrays = arrays with { Votes = [.. arrays.Votes, .. arrays.Silent().Select(l => new TreeVote(l, 0, 0))] };
        Votes votes = new(node, x, arrays, units, join);
        Operand sums = votes.Scores(kind, bases);
        // Of one target ONNX Runtime applies no other.
        return units == 1 && post != "PROBIT" ? sums : TreeTransforms.Apply(node, sums, post);
    }

    // The first maximum of the classes that some leaf votes for, or that have a base value.
    private static (Operand Index, Operand Scores) Many(ImportNode node, Operand x, TreeArrays arrays, int classes,
        ImmutableArray<double> bases, string post)
    {
        if (bases.Length > 0 && bases.Length != classes)
            throw node.Fail(Descriptors.InvalidGraph, $"has {bases.Length} base values for {classes} classes");
        Votes votes = new(node, x, arrays, classes, (a, b) => a + b);
        Operand scores = votes.Sums(bases);
        Operand compared = bases.Length > 0 || votes.AreAlwaysGiven ? scores
            : node.Emit(new Select(), [votes.Given, scores, Operand.Number(double.MinValue)], "voted", inner: true);
        Operand place = node.Emit(new ArgExtreme(Largest: true, x.Shape.Rank - 1, Last: false), compared, "place",
            inner: true);
        return (node.Emit(new Reshape(Leading(x)), place, "index"), TreeTransforms.Apply(node, scores, post));
    }

    // Two classes: ONNX Runtime compares the score of the second, or the only one that there is, with a constant.
    private static (Operand Index, Operand Scores) Binary(ImportNode node, Operand x, TreeArrays arrays,
        ImmutableArray<double> bases, string post)
    {
        int[] voted = [.. arrays.Votes.Select(v => v.Unit).Distinct()];
        double threshold = voted.Length == 1 && arrays.Votes.All(v => v.Weight >= 0) ? 0.5 : 0;
        if (bases.Length > 2)
            throw node.Fail(Descriptors.InvalidGraph, $"has {bases.Length} base values for 2 classes");
        if (bases.Length == 2 && !voted.SequenceEqual([0]))
            throw node.Fail(Descriptors.UnsupportedForm,
                "has two base values beside votes for the second class; give one class all votes, or add the base "
                + "values behind it");
        if (voted is not [int only])
        {
            Votes both = new(node, x, arrays, 2, (a, b) => a + b);
            Operand two = both.Sums(bases is [double first] ? [first, 0] : []);
            Operand second = FeatureImporter.Column(node, two, [1], "second");
            return (Above(node, second, 0), TreeTransforms.Apply(node, two, post));
        }
        TreeArrays one = arrays with { Votes = [.. arrays.Votes.Select(v => v with { Unit = 0 })] };
        Votes sums = new(node, x, one, 1, (a, b) => a + b);
        if (only == 0 && bases.Length < 2)
        {
            Operand s = sums.Sums(bases);
            if (post == "PROBIT")
                throw node.Fail(Descriptors.UnsupportedForm, "has the post_transform PROBIT of two classes");
            // The other class has what is missing to one, or the opposite; softmaxes are not applied.
            bool complement = threshold > 0 && post != "LOGISTIC";
            Operand pair = node.Emit(new Affine(new Constant(new Shape(2), [-1, 1]),
                complement ? new Constant(new Shape(2), [1, 0]) : null), s, "pair");
            return (Above(node, s, threshold), post == "LOGISTIC" ? TreeTransforms.Apply(node, pair, post) : pair);
        }
        // Of a class without votes the score is 0, and a base value is not added.
        Operand score = sums.Sums(only == 0 ? [bases[0]] : []);
        Operand beside = node.Emit(new Affine(new Constant(new Shape(2), only == 0 ? [1, 0] : [0, 1]), null), score,
            "pair");
        return (Above(node, score, threshold), TreeTransforms.Apply(node, beside, post));
    }

    private static Operand Above(ImportNode node, Operand score, double threshold) => node.Emit(
        new Reshape(Leading(score)),
        node.Emit(new Elementwise(ElementwiseKind.Greater), [score, Operand.Number(threshold)], "above", inner: true),
        "index");

    // Rows of features; a single row may come without its axis.
    private static Operand Rows(ImportNode node)
    {
        Operand x = node.Input(0);
        return x.Shape.Rank switch
        {
            0 => throw node.Fail(Descriptors.InvalidShape, $"has the input {x.Shape}; rows of features are needed"),
            1 => node.Emit(new Reshape(new Shape(1, x.Shape[0])), x, "row", inner: true),
            _ => x,
        };
    }

    private static int Features(Operand x) => x.Shape[x.Shape.Rank - 1];

    // The shape of one number for each row.
    private static Shape Leading(Operand x) => new([.. x.Shape.Dimensions.SkipLast(1)]);

    private static int Count(ImportNode node, string name) =>
        node.Int(name, 1) is >= 1 and <= NetworkBuilder.MaxConstants and long count ? (int)count
            : throw node.Fail(Descriptors.InvalidGraph, $"has {node.Int(name, 1)} {name}");

    private static string Named(ImportNode node, string attribute, int otherwise, params ReadOnlySpan<string> names) =>
        node.Int(attribute, otherwise) is >= 0 and long number && number < names.Length ? names[(int)number]
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"has the {attribute} {node.Int(attribute, otherwise)}, which ONNX does not define");

    // Numbers; texts are told by their place.
    private static (ImmutableArray<double> Numbers, ImmutableArray<string> Names) Labels(ImportNode node)
    {
        ImmutableArray<string> names = FeatureImporter.Texts(node, "classlabels_strings");
        ImmutableArray<double> numbers =
            [.. node.Attribute("classlabels_int64s", AttributeType.Ints)?.Ints.Select(i => (double)i) ?? []];
        if (numbers.Length > 0 == names.Length > 0)
            throw node.Fail(Descriptors.InvalidGraph, "needs labels, either numbers or texts");
        ImmutableArray<double> labels = names.IsEmpty ? numbers : [.. names.Select((_, i) => (double)i)];
        return labels.Length >= 2 ? (labels, names)
            : throw node.Fail(Descriptors.UnsupportedForm, "has a single class, which decides nothing");
    }

    private static ImmutableArray<double> BaseValues(ImportNode node)
    {
        if (node.Attribute("base_values_as_tensor", AttributeType.Tensor)?.T is TensorProto tensor)
            return ConstantImporter.Read(tensor, node.BaseDirectory).Values;
        return [.. node.Attribute("base_values", AttributeType.Floats)?.Floats.Select(f => (double)f) ?? []];
    }

    // The trees of a node with the votes of their leaves.
    private sealed class Votes
    {
        private readonly ImportNode _node;
        private readonly Operand _x;
        private readonly DecisionTrees _trees;
        private readonly Constant _weights;
        private readonly ImmutableArray<bool> _given;
        private readonly int _units;
        private Operand? _voted;

        public Votes(ImportNode node, Operand x, TreeArrays arrays, int units, Func<double, double, double> join)
        {
            if (arrays.Trees.IsEmpty)
                throw node.Fail(Descriptors.InvalidGraph, "has no trees");
            (_node, _x, _units) = (node, x, units);
            (_weights, _given) = arrays.Matrix(node, units, join);
            _trees = new DecisionTrees(arrays.Trees);
            AreAlwaysGiven = Enumerable.Range(0, units)
                .All(j => arrays.Trees.Any(t => t.Leaves.All(leaf => _given[(leaf * units) + j])));
        }

        /// <summary>True if whatever a row is, some leaf votes for each output.</summary>
        public bool AreAlwaysGiven { get; }

        /// <summary>1 for the outputs that some leaf votes for.</summary>
        public Operand Given => _voted ??= _node.Emit(new Forest(_trees, Features(_x), ForestAggregate.Max,
            new Constant(_weights.Shape, [.. _given.Select(g => g ? 1.0 : 0)]), null, [], IsLookup: true), _x, "votes",
            inner: true);

        public Operand Sums(ImmutableArray<double> bases) => Joined(ForestAggregate.Sum, bases);

        /// <summary>The joined votes; an output without any has no base value either.</summary>
        public Operand Scores(ForestAggregate aggregate, ImmutableArray<double> bases)
        {
            Operand scores = Joined(aggregate, bases);
            return bases.All(b => b == 0) || AreAlwaysGiven ? scores
                : _node.Emit(new Select(), [Given, scores, Operand.Number(0)], "voted");
        }

        private Operand Joined(ForestAggregate aggregate, ImmutableArray<double> bases)
        {
            Constant? addends = bases.All(b => b == 0) ? null : new Constant(new Shape(_units), bases);
            ImmutableArray<bool> given = aggregate == ForestAggregate.Sum || _given.All(g => g) ? [] : _given;
            return _node.Emit(new Forest(_trees, Features(_x), aggregate, _weights, addends, given), _x);
        }
    }
}
