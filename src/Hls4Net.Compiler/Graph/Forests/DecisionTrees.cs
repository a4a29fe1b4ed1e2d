using System.Collections;
using System.Collections.Immutable;

namespace Hls4Net.Graph.Forests;

/// <summary>The trees of a forest, compared by identity.</summary>
public sealed class DecisionTrees(ImmutableArray<DecisionTree> trees) : IReadOnlyList<DecisionTree>
{
    // The trees on the last grid that was asked for; a race makes it twice, and both are right.
    private GridTrees? _onGrid;

    public int Count => trees.Length;

    public DecisionTree this[int index] => trees[index];

    /// <summary>The trees on mantissas of a fraction.</summary>
    public GridTrees On(int fraction)
    {
        GridTrees? known = _onGrid;
        return known?.Fraction == fraction ? known : _onGrid = new GridTrees(trees, fraction);
    }

    public IEnumerator<DecisionTree> GetEnumerator() => ((IEnumerable<DecisionTree>)trees).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Trees whose questions are about mantissas, in arrays that are read quickly.</summary>
public sealed class GridTrees
{
    private readonly int[] _roots, _features, _yes, _no;
    private readonly long[] _bounds;
    private readonly GridSplit?[] _sets;

    public GridTrees(ImmutableArray<DecisionTree> trees, int fraction)
    {
        Fraction = fraction;
        int count = trees.Sum(t => t.Branches.Length), at = 0, tree = 0;
        (_roots, _features, _yes, _no) = (new int[trees.Length], new int[count], new int[count], new int[count]);
        (_bounds, _sets) = (new long[count], new GridSplit?[count]);
        foreach (DecisionTree t in trees)
        {
            int first = at;
            _roots[tree++] = Placed(t.Root);
            foreach (Branch branch in t.Branches)
            {
                GridSplit split = branch.Split.On(fraction);
                (_features[at], _yes[at], _no[at]) = (split.Feature, Placed(branch.IfTrue), Placed(branch.IfFalse));
                _bounds[at] = split.Bound ?? 0;
                _sets[at++] = split.Bound is null ? split : null;
            }

            int Placed(int node) => node < 0 ? node : first + node;
        }
    }

    /// <summary>Fraction bits of the mantissas.</summary>
    public int Fraction { get; }

    /// <summary>The leaf that a tree gives for a row of mantissas.</summary>
    public int Leaf(int tree, ReadOnlySpan<long> row)
    {
        int at = _roots[tree];
        while (at >= 0)
        {
            long k = row[_features[at]];
            bool yes = _sets[at] is GridSplit set ? set.Holds(k) : k <= _bounds[at];
            at = yes ? _yes[at] : _no[at];
        }
        return ~at;
    }
}
