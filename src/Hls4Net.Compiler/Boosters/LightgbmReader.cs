using System.Collections.Immutable;
using System.Globalization;

namespace Hls4Net.Boosters;

/// <summary>
/// LightGBM's text models: x ≤ threshold in float64 goes left; the members of a split by categories go left too.
/// </summary>
internal static class LightgbmReader
{
    // Bits of a decision: by categories, missing values to the left, and how these are spelled.
    private const int Categorical = 1, DefaultLeft = 2, MissingShift = 2, MissingIsZero = 1;

    public static BoosterModel Read(string text)
    {
        try
        {
            return Of(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException
            or IndexOutOfRangeException)
        {
            throw BoosterErrors.Damaged($"LightGBM: {e.Message}");
        }
    }

    private static BoosterModel Of(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries);
        int end = Array.IndexOf(lines, "end of trees");
        if (end < 0)
            throw BoosterErrors.Damaged("LightGBM: it has no end of trees, and is cut off");
        int[] begins = [.. Enumerable.Range(0, end).Where(i => lines[i].StartsWith("Tree=", StringComparison.Ordinal)),
            end];
        string[] beginning = [.. lines.Take(begins[0])];
        Dictionary<string, string> head = Fields(beginning);
        int features = int.Parse(Required(head, "max_feature_idx"), CultureInfo.InvariantCulture) + 1,
            units = int.Parse(Required(head, "num_tree_per_iteration"), CultureInfo.InvariantCulture);
        if (begins.Length == 1)
            throw BoosterErrors.Damaged("LightGBM: it has no trees");
        if (units < 1 || features < 1)
            throw BoosterErrors.Damaged($"LightGBM: {units} scores of {features} features");
        ImmutableArray<BoosterTree> trees = [.. begins.Zip(begins.Skip(1)).Select((range, i) =>
            Tree(Fields(lines[range.First..range.Second]), i % units, features))];
        string[] objective = head.GetValueOrDefault("objective", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double sigmoid = objective.FirstOrDefault(o => o.StartsWith("sigmoid:", StringComparison.Ordinal)) is string s
            ? double.Parse(s["sigmoid:".Length..], CultureInfo.InvariantCulture) : 1;
        if (objective.Contains("sqrt"))
            throw BoosterErrors.Refused("a LightGBM model of the square roots of its targets (reg_sqrt)");
        BoosterLink link = Link(objective.FirstOrDefault() ?? "");
        double scale = (link == BoosterLink.Logistic ? sigmoid : 1)
            / (beginning.Contains("average_output") ? Math.Max(1, trees.Length / units) : 1);
        return new BoosterModel(features, units, trees, [.. new double[units]], scale, link);
    }

    private static BoosterLink Link(string objective) => objective switch
    {
        "binary" or "multiclassova" or "cross_entropy" => BoosterLink.Logistic,
        "multiclass" => BoosterLink.Softmax,
        "poisson" or "gamma" or "tweedie" => BoosterLink.Exponential,
        "" or "regression" or "regression_l1" or "huber" or "fair" or "quantile" or "mape" or "lambdarank"
            or "rank_xendcg" or "custom" => BoosterLink.Identity,
        _ => throw BoosterErrors.Refused($"a LightGBM model of the objective '{objective}'"),
    };

    private static BoosterTree Tree(Dictionary<string, string> tree, int unit, int features)
    {
        if (tree.GetValueOrDefault("is_linear", "0") != "0")
            throw BoosterErrors.Refused("a LightGBM model whose leaves are linear (linear_tree)");
        ImmutableArray<double> leaves = [.. Numbers(tree, "leaf_value")];
        int count = int.Parse(Required(tree, "num_leaves"), CultureInfo.InvariantCulture) - 1;
        if (leaves.Length != count + 1)
            throw BoosterErrors.Damaged($"LightGBM: a tree has {leaves.Length} of {count + 1} leaves");
        if (count == 0)
            return new BoosterTree(unit, [], leaves);
        double[] thresholds = Numbers(tree, "threshold");
        int[] feature = Integers(tree, "split_feature"), decisions = Integers(tree, "decision_type"),
            yes = Integers(tree, "left_child"), no = Integers(tree, "right_child"),
            bounds = tree.ContainsKey("cat_boundaries") ? Integers(tree, "cat_boundaries") : [];
        uint[] words = tree.ContainsKey("cat_threshold")
            ? [.. Split(tree, "cat_threshold").Select(t => uint.Parse(t, CultureInfo.InvariantCulture))] : [];
        if (new[] { thresholds.Length, feature.Length, decisions.Length, yes.Length, no.Length }.Any(n => n != count))
            throw BoosterErrors.Damaged("LightGBM: the arrays of a tree differ in length");
        return new BoosterTree(unit, [.. Enumerable.Range(0, count).Select(Branch)], leaves);

        BoosterBranch Branch(int i)
        {
            if (feature[i] < 0 || feature[i] >= features || Wrong(yes[i]) || Wrong(no[i]))
                throw BoosterErrors.Damaged("LightGBM: a tree leads to what is not there");
            if ((decisions[i] & Categorical) != 0)
            {
                int set = (int)thresholds[i];
                return new BoosterBranch(feature[i], BoosterMode.OneOf, 0,
                    [.. Members(words.AsSpan(bounds[set]..bounds[set + 1]))], yes[i], no[i]);
            }
            // Zero counts as missing: what is missing goes where zero goes, or a comparison does not say it.
            bool zeroGoesLeft = 0 <= thresholds[i];
            if (((decisions[i] >> MissingShift) & 3) == MissingIsZero
                && (decisions[i] & DefaultLeft) != 0 != zeroGoesLeft)
                throw BoosterErrors.Refused("a LightGBM model in which zero is a missing value that goes the other way "
                    + "than zero does (zero_as_missing)");
            return new BoosterBranch(feature[i], BoosterMode.AtMost, thresholds[i], [], yes[i], no[i]);
        }

        bool Wrong(int child) => child < 0 ? ~child > count : child >= count;
    }

    private static List<double> Members(ReadOnlySpan<uint> words)
    {
        List<double> members = [];
        for (int bit = 0; bit < words.Length * 32; bit++)
        {
            if (((words[bit / 32] >> (bit % 32)) & 1) != 0)
                members.Add(bit);
        }
        return members;
    }

    private static Dictionary<string, string> Fields(IEnumerable<string> lines) => lines
        .Where(l => l.Contains('=', StringComparison.Ordinal)).Select(l => l.Split('=', 2))
        .GroupBy(p => p[0], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First()[1], StringComparer.Ordinal);

    private static string Required(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? value) ? value
            : throw BoosterErrors.Damaged($"LightGBM: there is no '{name}'");

    private static string[] Split(Dictionary<string, string> fields, string name) =>
        Required(fields, name).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double[] Numbers(Dictionary<string, string> fields, string name) =>
        [.. Split(fields, name).Select(t => double.Parse(t, NumberStyles.Float, CultureInfo.InvariantCulture))];

    private static int[] Integers(Dictionary<string, string> fields, string name) =>
        [.. Split(fields, name).Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
}
