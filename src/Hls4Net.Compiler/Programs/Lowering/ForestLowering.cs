using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Forests as comparators and tables. A comparator of a feature with a threshold is one, however many trees ask it. The
/// answers on the way through a tree are its leaf's code, a bit for each level: the answer of the branch that the bits
/// above select. Votes are tables of codes, of a few small trees together, as many as one look-up table takes; a deep
/// tree's upper levels choose among the votes of the trees below them, two levels with a look-up table of six inputs.
/// The votes' sums are adders.
/// </summary>
internal static class ForestLowering
{
    // Levels of a tree that have one table.
    private const int CodeBits = IntegerOperation.Table.LookupBits;

    // How many levels of a tree that is deeper than a table are below those that choose: as many as make the answer the
    // earliest, counted in look-up tables behind the comparators.
    private static int LevelsBelow(int depth)
    {
        return Enumerable.Range(2, CodeBits - 1).OrderBy(Ready).ThenByDescending(below => below).First();

        // A code's bit k is there after k tables, a table of its bits one later; then two bits choose at a time.
        int Ready(int below)
        {
            int upper = depth - below, ready = below;
            for (int bit = 0; bit < upper; bit += 2)
                ready = 1 + Math.Max(ready, Math.Min(bit + 1, upper - 1));
            return ready;
        }
    }

    /// <summary>The results for rows of the input, one after another.</summary>
    public static int[] Rows(ProgramBuilder b, Forest forest, Value input, int[] x) =>
        [.. x.Chunk(forest.Columns).SelectMany(row => new RowOf(b, forest, input.Type.Fraction, row).Results())];

    // A leaf, or a branch with the program's value of its question.
    private sealed record TreeNode(int Leaf, int Key, TreeNode? IfSet, TreeNode? IfClear)
    {
        public int Depth { get; } = IfSet is null ? 0 : 1 + Math.Max(IfSet.Depth, IfClear!.Depth);

        public int Branches { get; } = IfSet is null ? 0 : 1 + IfSet.Branches + IfClear!.Branches;
    }

    // The upper levels of the part of a tree below a branch, as a code of what lies below them: bits from the branch
    // on, and the node of each code.
    private sealed record Code(ImmutableArray<int> Bits, ImmutableArray<TreeNode> Nodes);

    // Bits that are asked for together, the lowest first, and a number for each of their values.
    private sealed record Votes(ImmutableArray<int> Bits, ImmutableArray<long> Values);

    private sealed class RowOf(ProgramBuilder b, Forest forest, int fraction, int[] x)
    {
        private readonly Dictionary<TreeNode, Code> _codes = new(ReferenceEqualityComparer.Instance);

        public int[] Results()
        {
            TreeNode[] trees = [.. forest.Trees.Select(Root)];
            return [.. Enumerable.Range(0, forest.Units).Select(unit => forest.Aggregate == ForestAggregate.Sum
                ? Sum(trees, unit) : Extreme(trees, unit))];
        }

        private TreeNode Root(DecisionTree tree)
        {
            return Of(tree.Root);

            TreeNode Of(int at)
            {
                if (at < 0)
                    return new TreeNode(~at, 0, null, null);
                Branch branch = tree.Branches[at];
                GridSplit split = branch.Split.On(fraction);
                (TreeNode yes, TreeNode no) = (Of(branch.IfTrue), Of(branch.IfFalse));
                // Above a bound is one comparison; at most the bound is its opposite.
                (int key, TreeNode set, TreeNode clear) = split.Bound is long bound
                    ? (b.Reaches(x[split.Feature], (Int128)bound + 1), no, yes)
                    : (IsMember(x[split.Feature], split.Members), yes, no);
                return b.Known(key) is Int128 known ? known != 0 ? set : clear : new TreeNode(0, key, set, clear);
            }
        }

        // Runs of neighbours are two comparisons.
        private int IsMember(int feature, ImmutableArray<long> members)
        {
            int any = b.Constant(0);
            for (int i = 0, end; i < members.Length; i = end)
            {
                for (end = i + 1; end < members.Length && members[end] == members[end - 1] + 1;)
                    end++;
                any = b.Or(any, b.And(b.Reaches(feature, members[i]), b.Below(feature, (Int128)members[end - 1] + 1)));
            }
            return any;
        }

        private int Sum(TreeNode[] trees, int unit)
        {
            long addend = forest.BaseOf(unit), weight = 1L << (forest.Fraction - forest.Leaves.Fraction);
            List<Votes> small = [];
            List<int> terms = [];
            foreach (TreeNode tree in trees)
            {
                if (tree.Depth > CodeBits)
                    terms.Add(Value(tree, leaf => Vote(leaf, unit)));
                else
                    small.Add(VotesOf(tree, leaf => Vote(leaf, unit)));
            }
            foreach (Votes votes in Packed(small))
            {
                // Without the smallest, which is always there.
                long least = votes.Values.Min();
                addend += least * weight;
                terms.Add(Table(votes with { Values = [.. votes.Values.Select(v => v - least)] }));
            }
            long[,] ones = new long[terms.Count, 1];
            for (int i = 0; i < terms.Count; i++)
                ones[i, 0] = weight;
            return b.Matrix([.. terms], ones, [addend])[0];
        }

        private int Extreme(TreeNode[] trees, int unit)
        {
            (int Value, int Voted)[] votes = [.. trees.Select(tree => (Value(tree, leaf => Vote(leaf, unit)),
                Value(tree, leaf => forest.VotesFor(leaf, unit) ? 1 : 0)))];
            (int joined, int voted) = Reductions.Tree(votes, (left, right) =>
            {
                int best = forest.Aggregate == ForestAggregate.Min ? b.Min(left.Value, right.Value)
                    : b.Max(left.Value, right.Value);
                return (b.Select(left.Voted, b.Select(right.Voted, best, left.Value), right.Value),
                    b.Or(left.Voted, right.Voted));
            });
            int scaled = b.Scale(b.Select(voted, joined, b.Constant(0)), forest.Fraction - forest.Leaves.Fraction);
            return b.Sum(scaled, b.Constant(forest.BaseOf(unit)));
        }

        private long Vote(int leaf, int unit) => forest.Leaves.Mantissas[(leaf * forest.Units) + unit];

        // A number of the leaf that a tree gives.
        private int Value(TreeNode tree, Func<int, long> of)
        {
            if (tree.Depth <= CodeBits)
                return Table(VotesOf(tree, of));
            int upper = tree.Depth - LevelsBelow(tree.Depth);
            // A tree with few branches for its depth is taken apart at its root.
            if (1L << Math.Min(upper, 62) > tree.Branches)
                return b.Select(tree.Key, Value(tree.IfSet!, of), Value(tree.IfClear!, of));
            Code code = CodeOf(tree, upper);
            return Chosen([.. code.Nodes.Select(n => Value(n, of))], code.Bits);
        }

        // What a code selects.
        private int Chosen(ReadOnlySpan<int> values, ImmutableArray<int> bits)
        {
            if (values.Length == 1)
                return values[0];
            int half = values.Length / 2;
            return b.Select(bits[BitOperations.Log2((uint)half)], Chosen(values[half..], bits),
                Chosen(values[..half], bits));
        }

        private int Table(Votes votes) => votes.Bits.IsEmpty ? b.Constant(votes.Values[0])
            : b.Table(b.Concatenation(votes.Bits.AsSpan()), 0, votes.Values);

        private Votes VotesOf(TreeNode tree, Func<int, long> of)
        {
            Code code = CodeOf(tree, tree.Depth);
            return Needed(new Votes(code.Bits, [.. code.Nodes.Select(n => of(n.Leaf))]));
        }

        // Without the bits that no value depends on.
        private static Votes Needed(Votes votes)
        {
            for (int bit = votes.Bits.Length - 1; bit >= 0; bit--)
            {
                long[] clear = [.. votes.Values.Where((_, code) => ((code >> bit) & 1) == 0)];
                if (clear.SequenceEqual(votes.Values.Where((_, code) => ((code >> bit) & 1) != 0)))
                    votes = new Votes(votes.Bits.RemoveAt(bit), [.. clear]);
            }
            return votes;
        }

        // Small trees share a table while it is one look-up table for each bit: the largest first, each where there is
        // the least room that is enough.
        private static List<Votes> Packed(List<Votes> small)
        {
            List<Votes> packed = [];
            foreach (Votes votes in small.OrderByDescending(v => v.Bits.Length))
            {
                int best = -1;
                for (int i = 0; i < packed.Count; i++)
                {
                    int together = packed[i].Bits.Union(votes.Bits).Count();
                    if (together <= CodeBits && (best < 0
                        || together > packed[best].Bits.Union(votes.Bits).Count()))
                        best = i;
                }
                if (best < 0)
                    packed.Add(votes);
                else
                    packed[best] = Joined(packed[best], votes);
            }
            return packed;
        }

        // The sum of both, of the bits of both.
        private static Votes Joined(Votes one, Votes other)
        {
            ImmutableArray<int> bits = [.. one.Bits.Union(other.Bits)];
            int[] places = [.. other.Bits.Select(bit => bits.IndexOf(bit))];
            long[] values = new long[1 << bits.Length];
            for (int code = 0; code < values.Length; code++)
            {
                int own = 0;
                for (int i = 0; i < places.Length; i++)
                    own |= ((code >> places[i]) & 1) << i;
                values[code] = one.Values[code & ((1 << one.Bits.Length) - 1)] + other.Values[own];
            }
            return new Votes(bits, [.. values]);
        }

        private Code CodeOf(TreeNode tree, int levels)
        {
            if (_codes.TryGetValue(tree, out Code? known))
                return known;
            List<int> bits = [];
            TreeNode[] level = [tree];
            for (int depth = 0; depth < levels; depth++)
            {
                bits.Add(Answer(level, bits) ?? b.Constant(0));
                // The last bit is the highest: below a leaf both halves are the leaf itself.
                level = [.. level.Select(n => n.IfClear ?? n), .. level.Select(n => n.IfSet ?? n)];
            }
            return _codes[tree] = new Code([.. bits], [.. level]);
        }

        // The answer of the branch that a code selects among those of a level; null where all of them are leaves.
        private int? Answer(ReadOnlySpan<TreeNode> level, List<int> bits)
        {
            if (level.Length == 1)
                return level[0].IfSet is null ? null : level[0].Key;
            int half = level.Length / 2;
            (int? clear, int? set) = (Answer(level[..half], bits), Answer(level[half..], bits));
            int bit = bits[BitOperations.Log2((uint)half)];
            return clear is int c && set is int s ? b.Select(bit, s, c) : clear ?? set;
        }
    }
}
