using System.Numerics;
using System.Runtime.InteropServices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>What the search for common parts goes by.</summary>
/// <param name="Operands">Most operands of an adder, 2 or 3.</param>
/// <param name="TermValue">What one term fewer in a sum saves, as a share of the common part's own cost.</param>
/// <param name="TermLuts">LUTs that it saves besides.</param>
/// <param name="Breadth">Pairs for which a third operand is looked for before one is taken.</param>
internal sealed record SearchSettings(int Operands, double TermValue, double TermLuts, int Breadth);

/// <summary>
/// Greedy sharing of parts of sums. The counts of all pairs of digits, relative in shift and sign, are kept exactly: a
/// coefficient that changes touches its pairs with the others of its sum. The pair that saves most LUTs becomes a node;
/// where adders have three operands, the third digit that most often stands beside the pair joins it if that saves
/// more.
/// </summary>
internal sealed class SharingSearch
{
    // Shifts in keys are not negative.
    private const int ShiftBias = 64;

    // A triple saves at most so many times what its pair does.
    private const double TripleBound = 2.5;

    private readonly AdderGraph _graph;
    private readonly LinearSum[] _sums;
    private readonly SearchSettings _settings;
    private readonly DelayBudget _delay;
    private readonly DigitPatterns _patterns = new();
    private readonly PatternTable _table = new();
    private readonly PriorityQueue<ulong, (double, ulong)> _queue = new();
    private readonly List<ulong> _touched = [];
    private readonly Dictionary<ulong, int> _thirds = [];
    // In ascending order.
    private readonly List<List<int>> _readers = [];
    private List<(int Sum, int Node, long Before)>? _journal;
    private (ulong Seed, double Share) _noise;

    public SharingSearch(AdderGraph graph, LinearSum[] sums, SearchSettings settings, DelayBudget delay)
    {
        (_graph, _sums, _settings, _delay) = (graph, sums, settings, delay);
        for (int s = 0; s < sums.Length; s++)
        {
            ReadOnlySpan<Factor> factors = sums[s].Factors;
            for (int i = 0; i < factors.Length; i++)
            {
                Readers(factors[i].Node).Add(s);
                for (int j = 0; j <= i; j++)
                    CountPairs(factors[i], factors[j], 1);
            }
        }
        foreach (ulong key in _table.Keys)
            Offer(key);
        ForgetTouched();
    }

    /// <summary>The sums as they stand.</summary>
    public ReadOnlySpan<LinearSum> Sums => _sums;

    /// <summary>How much was counted, a measure of time that is the same on every machine.</summary>
    public long Work { get; private set; }

    /// <summary>Shares until nothing is gained.</summary>
    /// <param name="seed">Of the noise.</param>
    /// <param name="noise">By which share of itself a gain may be taken for larger than it is.</param>
    public void Run(ulong seed = 0, double noise = 0)
    {
        _noise = (seed, noise);
        while (Best() is (Term[] pattern, ulong pair))
        {
            // A node that was there already may be too deep for all places; its pair is not looked at again.
            if (Replace(pattern))
                Offer(pair);
        }
    }

    /// <summary>Takes nodes apart in all sums, without sharing anew.</summary>
    public void Dissolve(Func<int, bool> dissolved)
    {
        SortedDictionary<int, long> changed = [];
        for (int s = 0; s < _sums.Length; s++)
        {
            changed.Clear();
            foreach (Factor f in _sums[s].Factors)
            {
                if (dissolved(f.Node))
                    changed[f.Node] = f.Coefficient;
            }
            // Operands have lower numbers than what is made of them.
            for (int n = changed.Count == 0 ? -1 : changed.Keys.Max(); n >= _graph.InputCount; n--)
            {
                if (!dissolved(n) || !changed.TryGetValue(n, out long coefficient))
                    continue;
                changed[n] = 0;
                foreach (Term t in _graph.Nodes[n].Operands)
                {
                    long times = coefficient << (t.Shift + _graph[t].Zeros - _graph.Nodes[n].Zeros);
                    changed[t.Node] = (changed.TryGetValue(t.Node, out long sofar) ? sofar : _sums[s][t.Node])
                        + (t.Negative ? -times : times);
                }
            }
            Change(s, [.. changed.Select(c => new Factor(c.Key, c.Value))]);
        }
        OfferTouched();
    }

    /// <summary>True if a node's operands are integer multiples of it, so that it can be taken apart.</summary>
    public bool CanDissolve(int node) =>
        !_graph.Nodes[node].Operands.IsEmpty
            && _graph.Nodes[node].Operands.All(t => t.Shift + _graph[t].Zeros >= _graph.Nodes[node].Zeros);

    /// <summary>Remembers the sums as they are.</summary>
    public void Mark()
    {
        foreach ((ulong key, _) in _queue.UnorderedItems)
            _table[key].Queued = 0;
        _queue.Clear();
        _journal = [];
    }

    /// <summary>Goes back to where <see cref="Mark"/> was called.</summary>
    public void Undo()
    {
        (List<(int Sum, int Node, long Before)> journal, _journal) = (_journal!, null);
        foreach (IGrouping<int, (int Sum, int Node, long Before)> sum in journal.GroupBy(j => j.Sum))
            Change(sum.Key, [.. sum.DistinctBy(j => j.Node).Select(j => new Factor(j.Node, j.Before))]);
        ForgetTouched();
    }

    private List<int> Readers(int node)
    {
        while (_readers.Count <= node)
            _readers.Add([]);
        return _readers[node];
    }

    private double Weight(int node) => _delay.Weight(_graph.Nodes[node].Depth);

    private (Term[] Pattern, ulong Pair)? Best()
    {
        (Term[], ulong)? best = null;
        double most = 0;
        List<ulong> looked = [];
        while (_queue.TryPeek(out ulong key, out (double, ulong) priority))
        {
            // No pair further on can be better than what its own count promises.
            double bound = -priority.Item1;
            if (best is not null
                && (looked.Count >= _settings.Breadth || bound * (_settings.Operands == 3 ? TripleBound : 1) <= most))
                break;
            _queue.Dequeue();
            ref PatternEntry entry = ref _table[key];
            entry.Queued = 0;
            double gain = Gain(key, ref entry);
            if (gain < bound)
            {
                Offer(key);
                continue;
            }
            bool there = IsThere(entry);
            Term[] pair = Pattern(key);
            List<(int Sum, long Factor)> places = Places(pair,
                there ? _graph.Nodes[entry.Node].Depth : DepthAfter(pair));
            if (Times(places) < (there ? 1 : 2))
                continue;
            looked.Add(key);
            if (gain > most)
                (best, most) = ((pair, key), gain);
            if (_settings.Operands == 3 && !there && Triple(pair, key, places, most) is (Term[] triple, double saved))
                (best, most) = ((triple, key), saved);
        }
        foreach (ulong key in looked)
        {
            if (key != best?.Item2)
                Offer(key);
        }
        return best;
    }

    // The best pattern of the pair and a third operand, if it saves more than what is known.
    private (Term[] Pattern, double Gain)? Triple(Term[] pair, ulong key, List<(int Sum, long Factor)> places,
        double most)
    {
        _thirds.Clear();
        foreach ((int sum, long factor) in places)
        {
            int at = BitOperations.TrailingZeroCount(factor);
            foreach (Factor f in _sums[sum].Factors)
            {
                if (f.Node == pair[0].Node || f.Node == pair[1].Node)
                    continue;
                foreach (long power in _patterns.Removable(f.Coefficient))
                {
                    int shift = BitOperations.TrailingZeroCount(power) - at;
                    CollectionsMarshal.GetValueRefOrAddDefault(
                        _thirds, Key(0, f.Node, shift, power < 0 != factor < 0), out _)++;
                }
            }
        }
        (Term[], double)? best = null;
        // Keys are in the order of nodes, shifts and signs.
        foreach ((ulong code, int count) in _thirds.Where(t => t.Value > 1).OrderByDescending(t => t.Value)
            .ThenBy(t => t.Key).Take(4))
        {
            Term third = Second(code);
            int low = Math.Min(0, third.Shift);
            Term[] triple = [pair[0].Times(-low, false), pair[1].Times(-low, false), third.Times(-low, false)];
            int cost = Cost(triple);
            ulong name = key ^ ((ulong)third.Node << 32);
            if (Gain(count, 3, cost, name) <= most)
                continue;
            int found = Times(Places(triple, DepthAfter(triple)));
            if (found > 1 && Gain(found, 3, cost, name) is double g && g > most)
                (best, most) = ((triple, g), g);
        }
        return best;
    }

    private static int Times(List<(int Sum, long Factor)> places)
    {
        int times = 0;
        foreach ((_, long factor) in places)
            times += SignedDigits.Count(factor);
        return times;
    }

    // Where a pattern stands, by which factor, as far as delays allow if its node has a depth.
    private List<(int Sum, long Factor)> Places(Term[] pattern, int depth)
    {
        PatternPart[] parts = Parts(pattern);
        double growth = _delay.Weight(depth);
        foreach (Term t in pattern)
            growth -= Weight(t.Node);
        List<(int, long)> places = [];
        Span<long> coefficients = stackalloc long[3];
        foreach (int s in Rarest(parts))
        {
            bool all = true;
            for (int p = 0; p < parts.Length && all; p++)
                all = (coefficients[p] = _sums[s][parts[p].Node]) != 0;
            int room = growth <= 0 ? int.MaxValue
                : (int)Math.Min(int.MaxValue, (_delay.Limit - _sums[s].Load) / growth);
            if (all && room > 0 && DigitPatterns.Occurrences(parts, coefficients, room) is (long factor, > 0))
                places.Add((s, factor));
        }
        return places;
    }

    private List<int> Rarest(PatternPart[] parts)
    {
        List<int> rarest = Readers(parts[0].Node);
        foreach (PatternPart part in parts)
            rarest = Readers(part.Node) is var readers && readers.Count < rarest.Count ? readers : rarest;
        return rarest;
    }

    private static PatternPart[] Parts(Term[] pattern)
    {
        // A third operand is never of a node of the pair.
        PatternPart[] parts = [.. pattern.Select(t => new PatternPart(t.Node, Multiple(t), 1))];
        return parts[0].Node != parts[1].Node ? parts
            : [new(parts[0].Node, parts[0].Multiple + parts[1].Multiple, 2), .. parts[2..]];

        static long Multiple(Term t) => t.Negative ? -(1L << t.Shift) : 1L << t.Shift;
    }

    private bool Replace(Term[] pattern)
    {
        Term node = _graph.Add(Operands(pattern, out bool flipped)).Times(0, flipped);
        if (pattern.Length == 2)
            _table[Key(pattern[0], pattern[1])].Node = node.Node;
        PatternPart[] parts = Parts(pattern);
        int zeros = node.Shift + _graph[node].Zeros;
        List<(int Sum, long Factor)> places = Places(pattern, _graph[node].Depth);
        foreach ((int s, long factor) in places)
        {
            LinearSum sum = _sums[s];
            long multiple = factor << zeros;
            Change(s, [.. parts.Select(p => new Factor(p.Node, sum[p.Node] - (factor * p.Multiple))),
                new Factor(node.Node, sum[node.Node] + (node.Negative ? -multiple : multiple))]);
        }
        OfferTouched();
        return places.Count > 0;
    }

    // Of operands that begin together one is added, not subtracted: then its low bits are wires.
    private Term[] Operands(Term[] pattern, out bool flipped)
    {
        int lowest = pattern.Min(t => t.Shift);
        bool flip = flipped = pattern.All(t => t.Shift > lowest || t.Negative);
        // Patterns are of nodes without their low zeros.
        return [.. pattern.Select(t => t.Times(-_graph[t].Zeros, flip))];
    }

    private void Change(int s, ReadOnlySpan<Factor> changed)
    {
        LinearSum sum = _sums[s];
        foreach (Factor f in changed)
        {
            long before = sum[f.Node];
            _journal?.Add((s, f.Node, before));
            if (before == 0)
                continue;
            foreach (Factor other in sum.Factors)
                CountPairs(new(f.Node, before), other, -1);
            sum.Remove(f.Node, Weight(f.Node));
            Readers(f.Node).Remove(s);
        }
        foreach (Factor f in changed)
        {
            if (f.Coefficient == 0)
                continue;
            sum.Add(f, Weight(f.Node));
            List<int> readers = Readers(f.Node);
            readers.Insert(~readers.BinarySearch(s), s);
            foreach (Factor other in sum.Factors)
                CountPairs(f, other, 1);
        }
    }

    private void CountPairs(Factor a, Factor b, int sign)
    {
        if (a.Node > b.Node)
            (a, b) = (b, a);
        int zerosA = BitOperations.TrailingZeroCount(a.Coefficient),
            zerosB = BitOperations.TrailingZeroCount(b.Coefficient);
        long oddA = Math.Abs(a.Coefficient >> zerosA), oddB = Math.Abs(b.Coefficient >> zerosB);
        bool opposite = a.Coefficient < 0 != b.Coefficient < 0;
        if (a.Node == b.Node)
        {
            foreach ((Relation r, int count) in _patterns.Within(oddA))
                Count(Key(a.Node, a.Node, r.Shift, r.Negative), sign * count);
        }
        else if (oddA == 1 && oddB == 1)
        {
            Count(Key(a.Node, b.Node, zerosB - zerosA, opposite), sign);
        }
        else
        {
            foreach ((Relation r, int count) in _patterns.Between(oddA, oddB))
                Count(Key(a.Node, b.Node, r.Shift + zerosB - zerosA, r.Negative != opposite), sign * count);
        }
    }

    private void Count(ulong key, int change)
    {
        Work++;
        ref PatternEntry entry = ref _table[key];
        entry.Count += change;
        if (change > 0 && !entry.Touched && (entry.Count > 1 || entry.Node > 0))
        {
            entry.Touched = true;
            _touched.Add(key);
        }
    }

    private void OfferTouched()
    {
        foreach (ulong key in _touched)
            Offer(key);
        ForgetTouched();
    }

    private void ForgetTouched()
    {
        foreach (ulong key in _touched)
            _table[key].Touched = false;
        _touched.Clear();
    }

    private void Offer(ulong key)
    {
        ref PatternEntry entry = ref _table[key];
        double gain = Gain(key, ref entry);
        if (gain <= entry.Queued)
            return;
        entry.Queued = MathF.BitIncrement((float)gain);
        _queue.Enqueue(key, (-gain, key));
    }

    // True if a pair's node stands in a sum: another place of it costs nothing.
    private bool IsThere(in PatternEntry entry) => entry.Node > 0 && _readers[entry.Node].Count > 0;

    private double Gain(ulong key, ref PatternEntry entry)
    {
        if (entry.Count < (IsThere(entry) ? 1 : 2))
            return 0;
        if (entry.CostPlusOne == 0)
            entry.CostPlusOne = (short)(1 + Cost(Pattern(key)));
        int cost = entry.CostPlusOne - 1;
        return IsThere(entry) ? entry.Count * Saved(cost) : Gain(entry.Count, 2, cost, key);
    }

    private double Gain(int count, int operands, int cost, ulong name)
    {
        double gain = (count * (operands - 1) * Saved(cost)) - cost;
        return _noise.Share == 0 ? gain : gain * (1 + (_noise.Share * Noise.Of(_noise.Seed, name)));
    }

    // LUTs that a term fewer saves.
    private double Saved(int cost) => (_settings.TermValue * cost) + _settings.TermLuts;

    private int Cost(Term[] pattern)
    {
        // Interval arithmetic is near enough here; the node that is made has its exact range.
        Term[] operands = Operands(pattern, out _);
        long min = 0, max = 0;
        foreach (Term t in operands)
        {
            AdderNode node = _graph[t];
            (long low, long high) = t.Shift >= 0 ? (node.Min << t.Shift, node.Max << t.Shift)
                : (node.Min >> -t.Shift, node.Max >> -t.Shift);
            (min, max) = t.Negative ? (min - high, max - low) : (min + low, max + high);
        }
        return AdderCost.Lut(_graph, operands, min, max);
    }

    private int DepthAfter(Term[] pattern) => 1 + pattern.Max(t => _graph[t].Depth);

    private static ulong Key(Term a, Term b) => Key(a.Node, b.Node, b.Shift - a.Shift, a.Negative != b.Negative);

    // Both nodes, the second's shift and sign relative to the first's.
    private static ulong Key(int a, int b, int shift, bool negative) =>
        ((ulong)a << 40) | ((ulong)b << 16) | ((ulong)(shift + ShiftBias) << 1) | (negative ? 1UL : 0);

    private static Term[] Pattern(ulong key)
    {
        Term second = Second(key);
        return [new((int)(key >> 40), Math.Max(0, -second.Shift), false),
            second with { Shift = Math.Max(0, second.Shift) }];
    }

    private static Term Second(ulong key) =>
        new((int)(key >> 16 & 0xFFFFFF), (int)(key >> 1 & 0x7FFF) - ShiftBias, (key & 1) != 0);
}
