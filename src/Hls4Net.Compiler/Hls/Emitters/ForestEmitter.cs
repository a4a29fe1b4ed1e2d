using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Forests: small ones as their integer program, in which all comparisons happen at once; those that would be too many
/// statements as tables of branches that a loop walks through, tree by tree.
/// </summary>
internal static class ForestEmitter
{
    // A program has a few statements for each branch.
    private const int MostBranches = 4096;

    public static void Emit(LayerSource source, Forest forest)
    {
        if (forest.Aggregate != ForestAggregate.Sum || forest.Trees.Sum(t => t.Branches.Length) <= MostBranches
            || forest.Trees.Any(t => t.Branches.Any(b => b.Split.Kind == SplitKind.OneOf)))
            FallbackEmitter.Emit(source);
        else
            Walk(source, forest);
    }

    private static void Walk(LayerSource source, Forest forest)
    {
        FixedPointType x = source.Layer.Input.Type, exact = source.Layer.Main.Output.Type;
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        (int rows, int units) = (source.OutputSize / forest.Units, forest.Units);
        Tables tables = new(source, forest, x);
        string sum = ProgramEmitter.Type(exact.Width, exact.Signed);
        ConstantArray votes = source.IntegerArray("votes", dialect.Integer(exact.Width, exact.Signed),
            [.. tables.Leaves.SelectMany(leaf => Enumerable.Range(0, units).Select(j => leaf < 0 ? 0
                : forest.Leaves.Mantissas[(leaf * units) + j] << (forest.Fraction - forest.Leaves.Fraction)))]);
        ConstantArray bases = source.IntegerArray("bases", dialect.Integer(exact.Width, exact.Signed),
            [.. Enumerable.Range(0, units).Select(forest.BaseOf)]);
        body.Line($"{sum} sums[{source.OutputSize}];");
        using (body.Loop("Row", "row", rows))
        {
            body.Line($"{ProgramEmitter.Type(x.Width, x.Signed)} features[{forest.Columns}];");
            using (body.Loop(null, "f", forest.Columns, dialect.Unroll()))
                body.Line($"features[f] = hls4net::bits_of(x[row * {forest.Columns} + f]);");
            using (body.Loop(null, "j", units, dialect.Unroll()))
                body.Line($"sums[row * {units} + j] = {sum}({bases["j"]});");
            using (body.Loop(rows == 1 ? "Tree" : null, "t", tables.Groups, dialect.PipelineLoop()))
            {
                body.Line($"int at[{GroupTrees}];");
                using (body.Loop(null, "g", GroupTrees, dialect.Unroll()))
                    body.Line($"at[g] = 1 + t * {GroupTrees} + g;");
                // A leaf leads to itself.
                using (body.Loop(null, "level", tables.Depth, dialect.Unroll()))
                using (body.Loop(null, "g", GroupTrees, dialect.Unroll()))
                {
                    body.Line($"at[g] = {tables.First("at[g]")} + (features[{tables.Feature("at[g]")}] <= "
                        + $"{tables.Bound("at[g]")} ? 1 : 0);");
                }
                using (body.Loop(null, "g", GroupTrees, dialect.Unroll()))
                using (body.Loop(null, "j", units, dialect.Unroll()))
                {
                    body.Line($"sums[row * {units} + j] = {sum}(sums[row * {units} + j] + "
                        + $"{sum}({votes[$"(at[g] - {tables.FirstLeaf}) * {units} + j"]}));");
                }
            }
        }
        using (source.ElementLoop(rows == 1 ? "Output" : "Element"))
            source.SetMantissa("sums[i]", exact);
    }

    // Trees that are walked through side by side: none waits for another's answers.
    private const int GroupTrees = 8;

    // A place for each branch and leaf. The roots are the first from 1 on, as many as groups have trees; where a no
    // leads to, and behind it where a yes does, are neighbours, those of which both are leaves the last ones.
    private sealed class Tables
    {
        private readonly string? _bounds, _links, _features;
        private readonly ConstantArray? _wide;
        private readonly int _featureBits;

        public Tables(LayerSource source, Forest forest, FixedPointType x)
        {
            Groups = (forest.Trees.Count + GroupTrees - 1) / GroupTrees;
            List<(GridSplit? Split, int First, int Leaf)> places = [.. Enumerable.Repeat(((GridSplit?)null, 0, -1),
                1 + (Groups * GroupTrees))];
            List<(int Place, DecisionTree Tree, Branch Branch)> ends = [];
            for (int t = 0; t < forest.Trees.Count; t++)
            {
                DecisionTree tree = forest.Trees[t];
                Depth = Math.Max(Depth, DepthOf(tree));
                Put(t + 1, tree, tree.Root);
            }
            foreach ((int place, DecisionTree tree, Branch branch) in ends)
                Pair(place, tree, branch);
            int found = places.FindIndex(p => p.Leaf >= 0);
            // The roots of no tree vote with nothing.
            FirstLeaf = Groups * GroupTrees > forest.Trees.Count ? Math.Min(forest.Trees.Count + 1, found) : found;
            Leaves = [.. places.Skip(FirstLeaf).Select(p => p.Leaf)];
            _featureBits = Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, forest.Columns - 1)));
            int[] first = [.. places.Select((p, at) => p.Split is null ? Math.Max(at - 1, 0) : p.First)],
                tested = [.. places.Select(p => p.Split?.Feature ?? 0)];
            if ((long)places.Count << _featureBits <= int.MaxValue)
                _links = source.IndexArray("links", [.. first.Zip(tested, (f, c) => (f << _featureBits) | c)]);
            else
                (_links, _features, _featureBits) =
                    (source.IndexArray("links", [.. first]), source.IndexArray("features_of", [.. tested]), 0);
            // Of a leaf the answer is always yes.
            long[] bounds = [.. places.Select(p => p.Split?.Bound ?? (long)x.MaxMantissa)];
            if (x.Width < 32)
                _bounds = source.IndexArray("bounds", [.. bounds.Select(b => (int)b)]);
            else
                _wide = source.IntegerArray("bounds", source.Dialect.Integer(x.Width, x.Signed), [.. bounds]);

            void Put(int place, DecisionTree tree, int node)
            {
                if (node < 0)
                    places[place] = (null, 0, ~node);
                else if (tree.Branches[node] is { IfTrue: < 0, IfFalse: < 0 } end)
                    ends.Add((place, tree, end));
                else
                    Pair(place, tree, tree.Branches[node]);
            }

            void Pair(int place, DecisionTree tree, Branch branch)
            {
                int pair = places.Count;
                places.AddRange([(null, 0, -1), (null, 0, -1)]);
                places[place] = (branch.Split.On(x.Fraction), pair, -1);
                Put(pair, tree, branch.IfFalse);
                Put(pair + 1, tree, branch.IfTrue);
            }
        }

        /// <summary>Groups of trees.</summary>
        public int Groups { get; }

        /// <summary>Levels of the deepest tree.</summary>
        public int Depth { get; }

        /// <summary>The first place that votes.</summary>
        public int FirstLeaf { get; }

        /// <summary>For each place from there on its leaf, or -1.</summary>
        public ImmutableArray<int> Leaves { get; }

        /// <summary>Where a no leads.</summary>
        public string First(string at) => _features is null ? $"({_links}[{at}] >> {_featureBits})" : $"{_links}[{at}]";

        public string Feature(string at) =>
            _features is null ? $"{_links}[{at}] & {(1 << _featureBits) - 1}" : $"{_features}[{at}]";

        public string Bound(string at) => _wide is null ? $"{_bounds}[{at}]" : _wide[at];

        private static int DepthOf(DecisionTree tree)
        {
            int[] depths = new int[tree.Branches.Length];
            for (int i = tree.Branches.Length - 1; i >= 0; i--)
                depths[i] = 1 + Math.Max(Below(tree.Branches[i].IfTrue), Below(tree.Branches[i].IfFalse));
            return tree.Root < 0 ? 0 : depths[0];

            int Below(int node) => node < 0 ? 0 : depths[node];
        }
    }
}
