using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// Adds up the digits of a sum, as in a Huffman tree of carry chains: the terms with the lowest tops first, of these
/// the ones whose adder is cheapest. On sums of up to 13 terms that comes within half a percent of the cheapest of all
/// trees.
/// </summary>
internal sealed class SumTree(AdderGraph graph, int operands, DelayBudget delay)
{
    // Terms among which an adder's operands are chosen, and LUTs that a top one higher counts for.
    private const int Window = 7, TopValue = 4;

    // What is not added yet, lowest tops first.
    private Leaf[] _leaves = new Leaf[16];

    // A term or a partial sum, numbered in the order in which they come up.
    private readonly record struct Leaf(int Number, bool Negative, int Lsb, int Top, long Min, long Max, double Weight);

    /// <summary>
    /// An adder of leaves by number, the third one of which there need not be; negated if <paramref name="Flipped"/>.
    /// </summary>
    private readonly record struct Step(int A, int B, int? C, bool Flipped);

    /// <summary>LUTs of the tree, by ranges that forget what cancels.</summary>
    public int Cost(LinearSum sum) => sum.TreeCost ??= Plan(sum, null);

    /// <summary>
    /// The sum as one term; it is negative only where it would take a subtraction more than an adder has.
    /// </summary>
    public Term Build(LinearSum sum)
    {
        List<Term> terms = [];
        foreach (Factor f in sum.Factors)
        {
            foreach ((int position, bool negative) in SignedDigits.Of(f.Coefficient))
                terms.Add(new Term(f.Node, position - graph.Nodes[f.Node].Zeros, negative));
        }
        List<Step> steps = [];
        Plan(sum, steps);
        foreach (Step step in steps)
        {
            Term[] added = step.C is int c ? [terms[step.A], terms[step.B], terms[c]] : [terms[step.A], terms[step.B]];
            terms.Add(graph.Add(noDeeper: true, [.. added.Select(t => t.Times(0, step.Flipped))])
                .Times(0, step.Flipped));
        }
        return terms[^1];
    }

    private int Plan(LinearSum sum, List<Step>? steps)
    {
        int count = Fill(sum), next = count, cost = 0;
        double load = sum.Load;
        while (count > 1)
        {
            // The one adder that is not full comes first, where sums are narrow.
            int size = operands == 3 && count % 2 == 1 ? 3 : 2;
            (int a, int b, int c) = Cheapest(count, size, load) ?? Earliest(count, size);
            (Leaf merged, int lut) = Merge(a, b, c, count == size);
            merged = merged with { Number = next++ };
            steps?.Add(new(_leaves[a].Number, _leaves[b].Number, c < 0 ? null : _leaves[c].Number, merged.Negative));
            cost += lut;
            load += merged.Weight - _leaves[a].Weight - _leaves[b].Weight - (c < 0 ? 0 : _leaves[c].Weight);
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                if (i != a && i != b && i != c)
                    _leaves[kept++] = _leaves[i];
            }
            int at = kept;
            for (; at > 0 && Order(_leaves[at - 1], merged) > 0; at--)
                _leaves[at] = _leaves[at - 1];
            _leaves[at] = merged;
            count = kept + 1;
        }
        return cost;
    }

    private int Fill(LinearSum sum)
    {
        int count = 0;
        foreach (Factor f in sum.Factors)
        {
            AdderNode node = graph.Nodes[f.Node];
            foreach ((int position, bool negative) in SignedDigits.Of(f.Coefficient))
            {
                if (count == _leaves.Length)
                    Array.Resize(ref _leaves, 2 * count);
                _leaves[count] = new(count, negative, position, node.Top - node.Zeros + position,
                    node.Min >> node.Zeros << position, node.Max >> node.Zeros << position, delay.Weight(node.Depth));
                count++;
            }
        }
        _leaves.AsSpan(0, count).Sort(Order);
        return count;
    }

    private static int Order(Leaf a, Leaf b) => a.Top != b.Top ? a.Top.CompareTo(b.Top) : a.Lsb != b.Lsb
        ? a.Lsb.CompareTo(b.Lsb) : a.Number.CompareTo(b.Number);

    // Places of leaves; the third one is -1 for an adder of two. Null if none is in time.
    private (int A, int B, int C)? Cheapest(int count, int size, double load)
    {
        (int, int, int)? best = null;
        int least = int.MaxValue, window = Math.Min(count, Window);
        for (int a = 0; a < window; a++)
        {
            for (int b = a + 1; b < window; b++)
            {
                for (int c = size == 3 ? b + 1 : -1; c < (size == 3 ? window : 0); c++)
                {
                    (Leaf merged, int lut) = Merge(a, b, c, count == size);
                    double after = load + merged.Weight - _leaves[a].Weight - _leaves[b].Weight
                        - (c < 0 ? 0 : _leaves[c].Weight);
                    int score = lut + (TopValue * _leaves[Math.Max(b, c)].Top);
                    if (after <= delay.Limit && score < least)
                        (best, least) = ((a, b, c), score);
                }
            }
        }
        return best;
    }

    // Where time presses: those that are there first, which fit into every sum that can be formed at all.
    private (int A, int B, int C) Earliest(int count, int size)
    {
        int[] places = [.. Enumerable.Range(0, count).OrderBy(i => _leaves[i].Weight).Take(size).Order()];
        return (places[0], places[1], size == 3 ? places[2] : -1);
    }

    // The sum, or its negative, of leaves at places, and its adder's LUTs.
    private (Leaf Sum, int Lut) Merge(int a, int b, int c, bool last)
    {
        ReadOnlySpan<int> places = c < 0 ? [a, b] : [a, b, c];
        int lowest = int.MaxValue, negatives = 0, top = 0, atLowest = 0, second = int.MaxValue;
        bool addedAtLowest = false;
        double weight = 0;
        foreach (int p in places)
            lowest = Math.Min(lowest, _leaves[p].Lsb);
        foreach (int p in places)
        {
            ref Leaf l = ref _leaves[p];
            negatives += l.Negative ? 1 : 0;
            top = Math.Max(top, l.Top);
            weight = Math.Max(weight, l.Weight);
            addedAtLowest |= l.Lsb == lowest && !l.Negative;
            if (l.Lsb == lowest && atLowest++ == 0)
                continue;
            second = Math.Min(second, l.Lsb);
        }
        // The lowest operand is added: then its low bits are wires. Of the last adder the value itself is wanted, if it
        // can subtract so much.
        bool flip = !addedAtLowest && (!last || negatives == operands);
        long min = 0, max = 0;
        foreach (int p in places)
        {
            ref Leaf l = ref _leaves[p];
            (min, max) = l.Negative != flip ? (min - l.Max, max - l.Min) : (min + l.Min, max + l.Max);
        }
        if (c < 0 && negatives == 0 && (Below(a, b) || Below(b, a)))
            return (new(0, false, lowest, top, min, max, weight * delay.Weight(1)), 0);
        int resultTop = IntegerWidth.Covering(min, max).Width - 1, start = addedAtLowest || flip ? second : lowest;
        int lut = Math.Max(0, Math.Min(top, resultTop) - start + 1) + (places.Length == 3 && resultTop > top ? 1 : 0);
        return (new(0, flip, lowest, resultTop, min, max, weight * delay.Weight(1)), lut);

        // Then they are side by side.
        bool Below(int low, int high) => _leaves[low].Min >= 0 && _leaves[low].Top < _leaves[high].Lsb;
    }
}
