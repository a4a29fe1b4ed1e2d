using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Graph.Forests;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>How the votes of a forest's trees are joined.</summary>
public enum ForestAggregate
{
    /// <summary>They are added.</summary>
    Sum,

    /// <summary>The smallest counts.</summary>
    Min,

    /// <summary>The largest counts.</summary>
    Max,
}

/// <summary>
/// Decision trees on the rows of the input: y[r, j] = base[j] + what the votes for j of the leaves that row r reaches
/// are together; 0 where none of them votes for j.
/// </summary>
/// <param name="Trees">The trees; their leaves are rows of <paramref name="Leaves"/>.</param>
/// <param name="Columns">Length of an input row.</param>
/// <param name="Aggregate">How votes are joined.</param>
/// <param name="Leaves">Votes, [leaves, outputs]; 0 where a leaf has none.</param>
/// <param name="Base">[outputs], or null.</param>
/// <param name="Votes">Which of the leaves vote for what, as <paramref name="Leaves"/> lists them; empty where each
/// votes for all.</param>
/// <param name="IsLookup">True for a table of numbers that are kept as they are: labels, codes.</param>
public sealed record Forest(DecisionTrees Trees, int Columns, ForestAggregate Aggregate, Constant Leaves,
    Constant? Base, ImmutableArray<bool> Votes, bool IsLookup = false) : Operation
{
    public override string Kind => "Forest";

    /// <summary>
    /// For each feature the type with which the test vectors take the branches that they take on real numbers; empty
    /// where none was looked for.
    /// </summary>
    public ImmutableArray<FixedPointType> Features { get; init; } = [];

    /// <summary>Length of an output row.</summary>
    public int Units => Leaves.Shape[1];

    public override bool KeepsType => IsLookup;

    public override Operation? OnItem(Items items) => items.Channels() % Columns == 0 ? this : null;

    /// <summary>Rows in another order; the last axis must stay the last.</summary>
    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        permutation[^1] == permutation.Length - 1 ? this : null;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants
    {
        get
        {
            ConstantRole role = IsLookup ? ConstantRole.Bound : ConstantRole.Weight;
            return Base is null ? [(role, Leaves)] : [(role, Leaves), (ConstantRole.Bias, Base)];
        }
    }

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        this with { Leaves = constants[0], Base = constants.Length > 1 ? constants[1] : null };

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape x = inputs[0];
        if (x.Rank == 0 || x[x.Rank - 1] != Columns)
            throw new ShapeException($"the input {x} does not end in the {Columns} features of the trees");
        int[] result = [.. x.Dimensions];
        result[^1] = Units;
        return new Shape(result);
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        int[] leaves = new int[Trees.Count];
        for (int row = 0; row < output.Length / Units; row++)
        {
            ReadOnlySpan<double> x = inputs[0].AsSpan(row * Columns, Columns);
            for (int t = 0; t < leaves.Length; t++)
                leaves[t] = Trees[t].Leaf(x);
            for (int j = 0; j < Units; j++)
                output[(row * Units) + j] = Joined(leaves, j, Leaves.Values.AsSpan()) + (Base?.Values[j] ?? 0);
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        int fraction = Fraction;
        Interval[] units = [.. Enumerable.Range(0, Units).Select(UnitRange)];
        return new ExactRange(fraction, Intervals.Repeat(units, OutputShape([inputs[0].Shape]).Size));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        GridTrees trees = Trees.On(operands[0].Type.Fraction);
        int shift = Fraction - Leaves.Fraction;
        int[] leaves = new int[Trees.Count];
        for (int row = 0; row < output.Length / Units; row++)
        {
            ReadOnlySpan<long> x = inputs[0].AsSpan(row * Columns, Columns);
            for (int t = 0; t < leaves.Length; t++)
                leaves[t] = trees.Leaf(t, x);
            for (int j = 0; j < Units; j++)
                output[(row * Units) + j] = (Joined(leaves, j, Leaves.Mantissas.AsSpan()) << shift) + BaseOf(j);
        }
        return 0;
    }

    /// <summary>
    /// Without what no row of the input's mantissas reaches: branches, leaves, and trees that always vote alike.
    /// </summary>
    public override Operation Reduced(ImmutableArray<Value> inputs)
    {
        Interval[] ranges = inputs[0].Typing!.Range.ColumnHulls(Columns);
        DecisionTree[] trees = [.. Trees.Select(t => t.Within(ranges, inputs[0].Type.Fraction))];
        // What is always added needs no tree.
        Constant? addends = Base;
        if (Aggregate == ForestAggregate.Sum && !IsLookup && trees.Any(t => t.Root < 0) && trees.Any(t => t.Root >= 0))
        {
            double[] sums = [.. Base?.Values ?? [.. new double[Units]]];
            foreach (DecisionTree tree in trees.Where(t => t.Root < 0))
            {
                for (int j = 0; j < Units; j++)
                    sums[j] += Leaves.Values[(~tree.Root * Units) + j];
            }
            addends = Base is null && sums.All(s => s == 0) ? null : new Constant(new Shape(Units), [.. sums]);
            trees = [.. trees.Where(t => t.Root >= 0)];
        }
        int[] kept = [.. trees.SelectMany(t => t.Leaves).Distinct()];
        Dictionary<int, int> places = kept.Select((leaf, i) => (leaf, i)).ToDictionary(p => p.leaf, p => p.i);
        int[] elements = [.. kept.SelectMany(leaf => Enumerable.Range(leaf * Units, Units))];
        return this with
        {
            Trees = new DecisionTrees([.. trees.Select(t => t.Renumbered(leaf => places[leaf]))]),
            Leaves = Leaves.Pick(new Shape(kept.Length, Units), elements),
            Base = addends,
            Votes = Votes.IsEmpty ? [] : [.. elements.Select(e => Votes[e])],
        };
    }

    /// <summary>True where a leaf votes for an output.</summary>
    public bool VotesFor(int leaf, int unit) => Votes.IsEmpty || Votes[(leaf * Units) + unit];

    /// <summary>True if every leaf of a tree votes for an output.</summary>
    public bool AlwaysVotes(DecisionTree tree, int unit) => tree.Leaves.All(leaf => VotesFor(leaf, unit));

    /// <summary>Fraction bits of the result of typed constants.</summary>
    public int Fraction => Math.Max(Leaves.Fraction, Base?.Fraction ?? Leaves.Fraction);

    /// <summary>An output's addend in units of the result.</summary>
    public long BaseOf(int unit) => Base is null ? 0 : Base.Mantissas[unit] << (Fraction - Base.Fraction);

    /// <summary>
    /// What the votes of a tree for an output can be, and 0 where some leaf has none, in their units.
    /// </summary>
    public Interval VoteRange(DecisionTree tree, int unit) => tree.Leaves
        .Select(leaf => (Int128)Leaves.Mantissas[(leaf * Units) + unit]).Select(v => new Interval(v, v))
        .Aggregate(Interval.Hull);

    private Interval UnitRange(int unit)
    {
        Interval votes = new(0, 0);
        if (Aggregate == ForestAggregate.Sum)
        {
            foreach (DecisionTree tree in Trees)
                votes += VoteRange(tree, unit);
        }
        else if (Trees.Count > 0)
        {
            // Those of a tree with which none of another one's ever counts are no part of it.
            votes = Trees.Select(t => VoteRange(t, unit)).Aggregate(Interval.Hull);
            foreach (DecisionTree tree in Trees.Where(t => AlwaysVotes(t, unit)))
            {
                Interval own = VoteRange(tree, unit);
                votes = Aggregate == ForestAggregate.Min ? votes with { Max = Int128.Min(votes.Max, own.Max) }
                    : votes with { Min = Int128.Max(votes.Min, own.Min) };
            }
        }
        Int128 addend = BaseOf(unit);
        return (votes << (Fraction - Leaves.Fraction)) + new Interval(addend, addend);
    }

    // What the leaves of a row vote for a unit, as real numbers or as mantissas.
    private T Joined<T>(int[] leaves, int unit, ReadOnlySpan<T> votes)
        where T : INumber<T>
    {
        T sum = T.Zero;
        bool any = false;
        foreach (int leaf in leaves)
        {
            if (!VotesFor(leaf, unit))
                continue;
            T vote = votes[(leaf * Units) + unit];
            sum = Aggregate == ForestAggregate.Sum ? sum + vote : !any ? vote
                : Aggregate == ForestAggregate.Min ? T.Min(sum, vote) : T.Max(sum, vote);
            any = true;
        }
        return sum;
    }
}
