using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Forests;

/// <summary>A branch of a tree. Where it leads is a branch of the same tree, or ~leaf.</summary>
/// <param name="Split">What it asks.</param>
/// <param name="IfTrue">Where a yes leads.</param>
/// <param name="IfFalse">Where a no leads.</param>
public sealed record Branch(Split Split, int IfTrue, int IfFalse);

/// <summary>
/// A decision tree, whose leaves are numbered over all trees of a forest. No branch is reached on two ways.
/// </summary>
/// <param name="Branches">The branches, a branch before those it leads to.</param>
/// <param name="Root">Branch 0, or ~leaf of a tree that is one leaf.</param>
public sealed record DecisionTree(ImmutableArray<Branch> Branches, int Root)
{
    /// <summary>The leaves, from the yes of the root on; one that two branches lead to counts twice.</summary>
    public ImmutableArray<int> Leaves => Root < 0 ? [~Root]
        : [.. Branches.SelectMany(b => new[] { b.IfTrue, b.IfFalse }).Where(n => n < 0).Select(n => ~n)];

    /// <summary>The leaf of a row of real numbers.</summary>
    public int Leaf(ReadOnlySpan<double> row)
    {
        int at = Root;
        while (at >= 0)
            at = Branches[at].Split.Holds(row[Branches[at].Split.Feature]) ? Branches[at].IfTrue : Branches[at].IfFalse;
        return ~at;
    }

    /// <summary>
    /// The tree for rows of mantissas within intervals: answers that these decide, alone or with those on the way, need
    /// no branch, nor do questions whose answers lead to one leaf.
    /// </summary>
    public DecisionTree Within(IReadOnlyList<Interval> ranges, int fraction)
    {
        List<Branch> kept = [];
        GridSplit[] splits = [.. Branches.Select(b => b.Split.On(fraction))];
        Interval[] left = [.. ranges];
        int root = Keep(Root);
        return new DecisionTree(Ordered(kept, root, out int first), first);

        int Keep(int at)
        {
            if (at < 0)
                return at;
            (GridSplit split, Branch branch) = (splits[at], Branches[at]);
            Interval before = left[split.Feature];
            if (split.Decided(before) is bool answer)
                return Keep(answer ? branch.IfTrue : branch.IfFalse);
            left[split.Feature] = split.Left(before, true);
            int yes = Keep(branch.IfTrue);
            left[split.Feature] = split.Left(before, false);
            int no = Keep(branch.IfFalse);
            left[split.Feature] = before;
            if (yes == no && yes < 0)
                return yes;
            kept.Add(branch with { IfTrue = yes, IfFalse = no });
            return kept.Count - 1;
        }
    }

    /// <summary>The tree with its leaves under other numbers.</summary>
    public DecisionTree Renumbered(Func<int, int> leaf)
    {
        return new DecisionTree([.. Branches.Select(b => b with { IfTrue = Of(b.IfTrue), IfFalse = Of(b.IfFalse) })],
            Of(Root));

        int Of(int node) => node < 0 ? ~leaf(~node) : node;
    }

    // Branches that were listed behind what they lead to, the other way round.
    private static ImmutableArray<Branch> Ordered(List<Branch> listed, int root, out int first)
    {
        int count = listed.Count;
        first = root < 0 ? root : Turned(root);
        ImmutableArray<Branch>.Builder result = ImmutableArray.CreateBuilder<Branch>(count);
        for (int i = count - 1; i >= 0; i--)
            result.Add(listed[i] with { IfTrue = Turned(listed[i].IfTrue), IfFalse = Turned(listed[i].IfFalse) });
        return result.MoveToImmutable();

        int Turned(int node) => node < 0 ? node : count - 1 - node;
    }
}
