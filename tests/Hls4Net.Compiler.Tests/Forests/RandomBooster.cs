using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hls4Net.Tests.Forests;

/// <summary>Random forests in the files of XGBoost and LightGBM, and what they give, worked out here.</summary>
internal sealed class RandomBooster
{
    public const int Features = 4;

    private sealed record Node(int Id, int Feature, double Threshold, uint[]? Members, Node? Left, Node? Right,
        double Vote);

    private readonly Random _random;
    private readonly List<Node> _trees = [];
    private readonly int _units;
    private int _nodes;

    public RandomBooster(int seed, int units, int rounds, bool categories)
    {
        _random = new Random(seed);
        _units = units;
        for (int t = 0; t < rounds * units; t++)
            _trees.Add(Grow(_random.Next(0, 4), categories));
    }

    private RandomBooster(RandomBooster other, IEnumerable<Node> trees)
    {
        (_random, _units) = (other._random, other._units);
        _trees.AddRange(trees);
    }

    /// <summary>The forest whose votes are multiplied by a number for each tree.</summary>
    public RandomBooster Dropped(double[] weights) => new(this, _trees.Select((t, i) => Scaled(t, weights[i])));

    /// <summary>Whole numbers, quarters and what lies between.</summary>
    public double[] Row() => [.. Enumerable.Range(0, Features).Select(_ => _random.Next(-4, 72) / 4.0)];

    /// <summary>The sums of the votes for a row, at most or below the thresholds to the left.</summary>
    public double[] Scores(double[] row, bool atMost)
    {
        double[] scores = new double[_units];
        for (int t = 0; t < _trees.Count; t++)
        {
            Node node = _trees[t];
            while (node.Left is not null)
            {
                double x = row[node.Feature];
                bool left = node.Members is uint[] set ? IsMember(set, x)
                    : atMost ? x <= node.Threshold : x < node.Threshold;
                node = left ? node.Left : node.Right!;
            }
            scores[t % _units] += node.Vote;
        }
        return scores;
    }

    public JsonObject Xgboost(string objective, string baseScore, double[]? dropped)
    {
        JsonArray trees = [];
        foreach (Node tree in _trees)
        {
            List<Node> nodes = [tree];
            for (int i = 0; i < nodes.Count; i++)
            {
                if (nodes[i].Left is not null)
                    nodes.AddRange([nodes[i].Left!, nodes[i].Right!]);
            }
            trees.Add(new JsonObject
            {
                ["left_children"] = Array(nodes.Select(n => n.Left is null ? -1 : nodes.IndexOf(n.Left))),
                ["right_children"] = Array(nodes.Select(n => n.Right is null ? -1 : nodes.IndexOf(n.Right))),
                ["split_indices"] = Array(nodes.Select(n => n.Feature)),
                ["split_conditions"] = Array(nodes.Select(n => n.Left is null ? n.Vote : n.Threshold)),
                ["split_type"] = Array(nodes.Select(_ => 0)),
                ["default_left"] = Array(nodes.Select(_ => 1)),
                ["tree_param"] = new JsonObject { ["size_leaf_vector"] = "1" },
            });
        }
        JsonObject model = new()
        {
            ["name"] = "gbtree",
            ["model"] = new JsonObject
            {
                ["tree_info"] = Array(_trees.Select((_, t) => t % _units)),
                ["trees"] = trees,
            },
        };
        return new JsonObject
        {
            ["learner"] = new JsonObject
            {
                ["gradient_booster"] = dropped is null ? model : new JsonObject
                {
                    ["name"] = "dart",
                    ["gbtree"] = model,
                    ["weight_drop"] = Array(dropped),
                },
                ["learner_model_param"] = new JsonObject
                {
                    ["base_score"] = baseScore,
                    ["num_class"] = Text(_units == 1 ? 0 : _units),
                    ["num_feature"] = Text(Features),
                    ["num_target"] = "1",
                },
                ["objective"] = new JsonObject { ["name"] = objective },
            },
            ["version"] = Array([2, 1, 0]),
        };
    }

    public string Lightgbm(string objective, bool average)
    {
        StringBuilder text = new("tree\nversion=v4\n");
        text.Append(CultureInfo.InvariantCulture, $"num_class={_units}\nnum_tree_per_iteration={_units}\n")
            .Append(CultureInfo.InvariantCulture, $"label_index=0\nmax_feature_idx={Features - 1}\n")
            .Append(CultureInfo.InvariantCulture, $"objective={objective}\n").Append(average ? "average_output\n" : "")
            .Append("feature_names=a b c d\n\n");
        for (int t = 0; t < _trees.Count; t++)
        {
            List<Node> branches = [], leaves = [];
            Gather(_trees[t]);
            List<uint> words = [];
            List<int> bounds = [0];
            List<string> thresholds = [];
            foreach (Node branch in branches)
            {
                thresholds.Add(branch.Members is null ? Text(branch.Threshold) : Text(bounds.Count - 1));
                words.AddRange(branch.Members ?? []);
                if (branch.Members is not null)
                    bounds.Add(words.Count);
            }
            text.Append(CultureInfo.InvariantCulture, $"Tree={t}\nnum_leaves={leaves.Count}\n")
                .Append(CultureInfo.InvariantCulture, $"num_cat={bounds.Count - 1}\n");
            Line("split_feature", branches.Select(b => Text(b.Feature)));
            Line("threshold", thresholds);
            Line("decision_type", branches.Select(b => b.Members is null ? "2" : "1"));
            Line("left_child", branches.Select(b => Text(Place(b.Left!))));
            Line("right_child", branches.Select(b => Text(Place(b.Right!))));
            Line("leaf_value", leaves.Select(l => Text(l.Vote)));
            if (words.Count > 0)
            {
                Line("cat_boundaries", bounds.Select(b => Text(b)));
                Line("cat_threshold", words.Select(w => w.ToString(CultureInfo.InvariantCulture)));
            }
            text.Append("is_linear=0\nshrinkage=0.1\n\n");

            void Gather(Node node)
            {
                (node.Left is null ? leaves : branches).Add(node);
                if (node.Left is not null)
                {
                    Gather(node.Left);
                    Gather(node.Right!);
                }
            }

            int Place(Node node) => node.Left is null ? ~leaves.IndexOf(node) : branches.IndexOf(node);
        }
        return text.Append("end of trees\n\nparameters:\nend of parameters\n").ToString();

        void Line(string name, IEnumerable<string> values) =>
            text.Append(name).Append('=').AppendJoin(' ', values).Append('\n');
    }

    /// <summary>A value as UBJSON, numbers of lists in the form of a type and a count.</summary>
    public static byte[] Binary(JsonNode? value)
    {
        List<byte> bytes = [];
        Write(value);
        return [.. bytes];

        void Write(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject o:
                    bytes.Add((byte)'{');
                    foreach ((string name, JsonNode? inner) in o)
                    {
                        Name(name);
                        Write(inner);
                    }
                    bytes.Add((byte)'}');
                    break;
                case JsonArray a when a.All(v => v is JsonValue && v.GetValueKind() == JsonValueKind.Number):
                    bytes.AddRange("[$D#"u8);
                    Length(a.Count);
                    foreach (JsonNode? number in a)
                    {
                        byte[] big = new byte[8];
                        BinaryPrimitives.WriteDoubleBigEndian(big, number!.GetValue<double>());
                        bytes.AddRange(big);
                    }
                    break;
                case JsonArray a:
                    bytes.Add((byte)'[');
                    foreach (JsonNode? inner in a)
                        Write(inner);
                    bytes.Add((byte)']');
                    break;
                case JsonNode text:
                    bytes.Add((byte)'S');
                    Name(text.GetValue<string>());
                    break;
                default:
                    bytes.Add((byte)'Z');
                    break;
            }
        }

        void Name(string name)
        {
            Length(Encoding.UTF8.GetByteCount(name));
            bytes.AddRange(Encoding.UTF8.GetBytes(name));
        }

        void Length(int length)
        {
            byte[] big = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(big, length);
            bytes.AddRange([(byte)'L', .. big]);
        }
    }

    private static bool IsMember(uint[] set, double x) => x >= 0 && x < set.Length * 32 && double.IsInteger(x)
        && ((set[(int)x / 32] >> ((int)x % 32)) & 1) != 0;

    private Node Grow(int depth, bool categories)
    {
        if (depth == 0 || _random.Next(8) == 0)
            return new Node(_nodes++, 0, 0, null, null, null, _random.Next(-64, 65) / 64.0);
        uint[]? members = categories && _random.Next(3) == 0
            ? [(uint)_random.NextInt64(1L << 32), (uint)_random.Next(1 << 8)] : null;
        return new Node(_nodes++, _random.Next(Features), _random.Next(-8, 145) / 8.0, members,
            Grow(depth - 1, categories), Grow(depth - 1, categories), 0);
    }

    private static Node Scaled(Node node, double factor) => node.Left is null ? node with { Vote = node.Vote * factor }
        : node with { Left = Scaled(node.Left, factor), Right = Scaled(node.Right!, factor) };

    private static JsonArray Array(IEnumerable<int> numbers) => Array(numbers.Select(n => (double)n));

    private static JsonArray Array(IEnumerable<double> numbers) =>
        new([.. numbers.Select(n => (JsonNode)JsonValue.Create(n))]);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
