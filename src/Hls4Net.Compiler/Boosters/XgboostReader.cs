using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hls4Net.Boosters;

/// <summary>
/// XGBoost's own models, JSON and UBJSON: x &lt; threshold in float32 goes left, votes are float32, and the base score
/// is a prediction that the objective takes back to a score.
/// </summary>
internal static class XgboostReader
{
    public static BoosterModel Read(byte[] bytes)
    {
        try
        {
            JsonNode? root = Ubjson.Is(bytes) ? Ubjson.Read(bytes) : JsonNode.Parse(bytes);
            return Of(Required(root, "learner"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            throw BoosterErrors.Damaged($"XGBoost: {e.Message}");
        }
    }

    private static BoosterModel Of(JsonNode learner)
    {
        JsonNode parameters = Required(learner, "learner_model_param"), booster = Required(learner, "gradient_booster");
        string objective = Text(Required(learner, "objective"), "name"), name = Text(booster, "name");
        if (name is not ("gbtree" or "dart"))
            throw BoosterErrors.Refused($"an XGBoost model of the booster '{name}'");
        // Since 3.4 a booster of dropped trees is a gbtree with these weights.
        ImmutableArray<double> dropped = booster["weight_drop"] is null ? [] : [.. Numbers(booster, "weight_drop")];
        booster = booster["gbtree"] ?? booster;
        JsonNode model = Required(booster, "model");
        int features = Number(parameters, "num_feature"), classes = Number(parameters, "num_class"),
            targets = parameters["num_target"] is null ? 1 : Number(parameters, "num_target");
        int units = Math.Max(1, Math.Max(classes, targets));
        JsonArray trees = Required(model, "trees").AsArray();
        int[] groups = [.. Numbers(model, "tree_info").Select(v => (int)v)];
        if (trees.Count == 0)
            throw BoosterErrors.Damaged("XGBoost: it has no trees");
        if (groups.Length != trees.Count || groups.Any(g => g < 0 || g >= units)
            || (!dropped.IsEmpty && dropped.Length != trees.Count))
            throw BoosterErrors.Damaged($"XGBoost: {groups.Length} groups for {trees.Count} trees");
        ImmutableArray<BoosterTree> read = [.. trees.Select((tree, i) =>
            Tree(tree!, groups[i], features, dropped.IsEmpty ? 1 : dropped[i]))];
        (BoosterLink link, Func<double, double> score) = Objective(objective);
        double[] given = [.. Base(Text(parameters, "base_score"))];
        if (given.Length != 1 && given.Length != units)
            throw BoosterErrors.Damaged($"XGBoost: {given.Length} base scores for {units} outputs");
        ImmutableArray<double> bases = [.. Enumerable.Range(0, units)
            .Select(j => score(given[given.Length == 1 ? 0 : j]))];
        if (!bases.All(double.IsFinite))
            throw BoosterErrors.Refused($"an XGBoost model of the base score {Text(parameters, "base_score")}, which "
                + $"{objective} makes infinite");
        return new BoosterModel(features, units, read, bases, 1, link);
    }

    private static BoosterTree Tree(JsonNode tree, int unit, int features, double factor)
    {
        if (tree["tree_param"]?["size_leaf_vector"] is JsonNode size && int.Parse(size.GetValue<string>(),
            CultureInfo.InvariantCulture) > 1)
            throw BoosterErrors.Refused("an XGBoost model whose leaves are vectors (multi_strategy=multi_output_tree)");
        int[] left = [.. Numbers(tree, "left_children").Select(v => (int)v)],
            right = [.. Numbers(tree, "right_children").Select(v => (int)v)],
            feature = [.. Numbers(tree, "split_indices").Select(v => (int)v)];
        double[] condition = [.. Numbers(tree, "split_conditions").Select(v => (double)(float)v)];
        if (tree["split_type"] is not null && Numbers(tree, "split_type").Any(t => t != 0))
            throw BoosterErrors.Refused("an XGBoost model with splits by categories");
        if (left.Length == 0 || left.Length != right.Length || left.Length != feature.Length
            || left.Length != condition.Length)
            throw BoosterErrors.Damaged("XGBoost: the arrays of a tree differ in length");
        // Only what the root reaches: pruned nodes stay in the file.
        List<BoosterBranch> branches = [];
        List<double> leaves = [];
        HashSet<int> seen = [];
        Place(0);
        return new BoosterTree(unit, [.. branches], [.. leaves]);

        int Place(int at)
        {
            if (at < 0 || at >= left.Length || !seen.Add(at))
                throw BoosterErrors.Damaged(
                    $"XGBoost: a tree leads to its node {at}, which is not there or reached twice");
            if (left[at] < 0)
            {
                leaves.Add((float)(condition[at] * factor));
                return ~(leaves.Count - 1);
            }
            if (feature[at] < 0 || feature[at] >= features)
                throw BoosterErrors.Damaged($"XGBoost: a tree asks for feature {feature[at]} of {features}");
            if (seen.Count > BoosterErrors.MostNodes)
                throw BoosterErrors.Damaged("XGBoost: a tree has too many nodes");
            int place = branches.Count;
            branches.Add(default);
            (int yes, int no) = (Place(left[at]), Place(right[at]));
            branches[place] = new BoosterBranch(feature[at], BoosterMode.Below, condition[at], [], yes, no);
            return place;
        }
    }

    // The link, and what takes a prediction back to a score.
    private static (BoosterLink Link, Func<double, double> Score) Objective(string name) => name switch
    {
        "binary:logistic" or "reg:logistic" => (BoosterLink.Logistic, Logit),
        // Its base score is a score already.
        "binary:logitraw" => (BoosterLink.Identity, s => s),
        "binary:hinge" => (BoosterLink.Positive, s => s),
        "multi:softprob" => (BoosterLink.Softmax, s => s),
        "multi:softmax" => (BoosterLink.Largest, s => s),
        "count:poisson" or "reg:gamma" or "reg:tweedie" or "survival:cox" => (BoosterLink.Exponential, Math.Log),
        "reg:squarederror" or "reg:linear" or "reg:squaredlogerror" or "reg:pseudohubererror" or "reg:absoluteerror"
            or "reg:quantileerror" or "rank:pairwise" or "rank:ndcg" or "rank:map" => (BoosterLink.Identity, s => s),
        _ => throw BoosterErrors.Refused($"an XGBoost model of the objective '{name}'"),
    };

    private static double Logit(double p) => -Math.Log((1 / p) - 1);

    // A number, or since version 3 a list of them.
    private static IEnumerable<double> Base(string text) => text.Trim('[', ']').Split(',')
        .Select(t => (double)float.Parse(t, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static JsonNode Required(JsonNode? node, string name) => node is JsonObject o && o[name] is JsonNode found
        ? found : throw BoosterErrors.Damaged($"XGBoost: there is no '{name}'");

    private static string Text(JsonNode node, string name) => Required(node, name).GetValue<string>();

    private static int Number(JsonNode node, string name) => int.Parse(Text(node, name), CultureInfo.InvariantCulture);

    private static IEnumerable<double> Numbers(JsonNode node, string name) =>
        Required(node, name).AsArray().Select(v => v?.GetValueKind() switch
        {
            null => throw BoosterErrors.Damaged($"XGBoost: a number of '{name}' is null"),
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => v!.GetValue<double>(),
        });
}
