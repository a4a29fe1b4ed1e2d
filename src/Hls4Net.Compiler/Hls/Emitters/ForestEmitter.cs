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
            [.. forest.Leaves.Mantissas.Select(m => m << (forest.Fraction - forest.Leaves.Fraction))]);
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
            using (body.Loop(rows == 1 ? "Tree" : null, "t", forest.Trees.Count, dialect.PipelineLoop()))
            {
                body.Line($"int at = {tables.Roots}[t];");
                // A leaf leads to itself.
                using (body.Loop(null, "level", tables.Depth, dialect.Unroll()))
                {
                    body.Line($"at = {tables.Next}[at * 2 + (features[{tables.Features}[at]] <= {tables.Bound("at")} "
                        + "? 1 : 0)];");
                }
                using (body.Loop(null, "j", units, dialect.Unroll()))
                {
                    body.Line($"sums[row * {units} + j] = {sum}(sums[row * {units} + j] + "
                        + $"{sum}({votes[$"(at - {tables.Branches}) * {units} + j"]}));");
                }
            }
        }
        using (source.ElementLoop(rows == 1 ? "Output" : "Element"))
            source.SetMantissa("sums[i]", exact);
    }

    // The branches of all trees, and behind them the leaves.
    private sealed class Tables
    {
        private readonly string? _bounds;
        private readonly ConstantArray? _wide;

        public Tables(LayerSource source, Forest forest, FixedPointType x)
        {
            List<int> roots = [], features = [], next = [];
            List<long> bounds = [];
            Branches = forest.Trees.Sum(t => t.Branches.Length);
            foreach (DecisionTree tree in forest.Trees)
            {
                int first = features.Count;
                roots.Add(Placed(tree.Root));
                foreach (Branch branch in tree.Branches)
                {
                    GridSplit split = branch.Split.On(x.Fraction);
                    features.Add(split.Feature);
                    bounds.Add(split.Bound!.Value);
                    next.AddRange([Placed(branch.IfFalse), Placed(branch.IfTrue)]);
                }
                Depth = Math.Max(Depth, DepthOf(tree));

                int Placed(int node) => node < 0 ? Branches + ~node : first + node;
            }
            for (int leaf = 0; leaf < forest.Leaves.Shape[0]; leaf++)
            {
                features.Add(0);
                bounds.Add(0);
                next.AddRange([Branches + leaf, Branches + leaf]);
            }
            Roots = source.IndexArray("roots", roots);
            Features = source.IndexArray("features", features);
            Next = source.IndexArray("next", next);
            if (x.Width < 32)
                _bounds = source.IndexArray("bounds", [.. bounds.Select(b => (int)b)]);
            else
                _wide = source.IntegerArray("bounds", source.Dialect.Integer(x.Width, x.Signed), bounds);
        }

        /// <summary>How many branches all trees have.</summary>
        public int Branches { get; }

        /// <summary>Levels of the deepest tree.</summary>
        public int Depth { get; }

        public string Roots { get; }

        public string Features { get; }

        /// <summary>Where a no and a yes lead.</summary>
        public string Next { get; }

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
