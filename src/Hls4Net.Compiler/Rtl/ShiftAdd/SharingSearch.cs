using System.Runtime.InteropServices;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>What the search for common parts goes by.</summary>
/// <param name="Operands">Most operands of an adder, 2 or 3.</param>
/// <param name="ExtraDepth">Adders on a path beyond the fewest possible; large for no bound.</param>
/// <param name="TermValue">What one term fewer in a sum saves, as a share of the common part's own cost.</param>
/// <param name="TermLuts">LUTs that it saves besides.</param>
/// <param name="Breadth">Pairs that are looked at before one is taken.</param>
internal sealed record SearchSettings(int Operands, int ExtraDepth, double TermValue, double TermLuts, int Breadth);

/// <summary>
/// Greedy sharing of parts of sums. The counts of all pairs of terms, relative in shift and sign, are kept exactly: replacing two terms of a sum of
/// d terms touches 3d counts. The pair that saves most LUTs becomes a node; where adders have three operands, the third term that most often stands
/// beside the pair joins it if that saves more.
/// </summary>
internal sealed class SharingSearch
{
    private const int PositionBias = 64;

    private readonly AdderGraph _graph;
    private readonly List<Term>[] _sums;
    private readonly SearchSettings _settings;
    private readonly Dictionary<ulong, int> _counts = [];
    private readonly PriorityQueue<ulong, (double, ulong)> _queue = new();
    private readonly HashSet<ulong> _touched = [];
    private readonly DelayBudget _delay;

    public SharingSearch(AdderGraph graph, List<Term>[] sums, SearchSettings settings, DelayBudget delay)
    {
        (_graph, _sums, _settings, _delay) = (graph, sums, settings, delay);
        foreach (List<Term> sum in sums)
        {
            for (int i = 0; i < sum.Count; i++)
            {
                for (int j = 0; j < i; j++)
                    CollectionsMarshal.GetValueRefOrAddDefault(_counts, Key(sum[i], sum[j]), out _)++;
            }
        }
        foreach ((ulong key, int count) in _counts)
            Offer(key, count);
    }

    /// <summary>Shares until nothing is gained.</summary>
    public void Run()
    {
        while (Best() is { } best)
            Replace(best);
    }

    private sealed record Candidate(Term[] Pattern, double Gain);

    private Candidate? Best()
    {
        Candidate? best = null;
        List<ulong> looked = [];
        while (looked.Count < _settings.Breadth && _queue.TryPeek(out ulong key, out (double, ulong) priority))
        {
            // No pair further on can be better than what its own count promises.
            double bound = -priority.Item1;
            if (best is not null && bound * (_settings.Operands == 3 ? 2.5 : 1) <= best.Gain)
                break;
            _queue.Dequeue();
            double promise = Gain(key, _counts.GetValueOrDefault(key));
            if (promise <= 0)
                continue;
            if (promise < bound)
            {
                _queue.Enqueue(key, (-promise, key));
                continue;
            }
            Candidate? candidate = Evaluate(key);
            if (candidate is null || candidate.Gain <= 0)
                continue;
            looked.Add(key);
            if (best is null || candidate.Gain > best.Gain)
                best = candidate;
        }
        foreach (ulong key in looked)
            Offer(key, _counts.GetValueOrDefault(key));
        return best;
    }

    private Candidate? Evaluate(ulong key)
    {
        Term[] pair = Pattern(key);
        List<(int, int, bool)> matches = Matches(pair, DelayBudget.DepthAfter(_graph, pair));
        if (matches.Count < 2)
            return null;
        double gain = Gain(pair, matches.Count);
        Candidate best = new(pair, gain);
        if (_settings.Operands < 3)
            return best;
        Dictionary<Term, int> thirds = [];
        foreach ((int sum, int at, bool negative) in matches)
        {
            foreach (Term t in _sums[sum])
            {
                Term relative = t.Times(-at, negative);
                if (!Same(relative, pair[0]) && !Same(relative, pair[1]))
                    CollectionsMarshal.GetValueRefOrAddDefault(thirds, relative, out _)++;
            }
        }
        foreach ((Term third, int count) in thirds.Where(t => t.Value > 1).OrderByDescending(t => t.Value).ThenBy(t => t.Key.Node).ThenBy(t => t.Key.Shift).Take(4))
        {
            int low = Math.Min(0, third.Shift);
            Term[] triple = [pair[0].Times(-low, false), pair[1].Times(-low, false), third.Times(-low, false)];
            if (Gain(triple, count) <= best.Gain)
                continue;
            int found = Matches(triple, DelayBudget.DepthAfter(_graph, triple)).Count;
            if (found > 1 && Gain(triple, found) is double g && g > best.Gain)
                best = new(triple, g);
        }
        return best;
    }

    private static bool Same(Term a, Term b) => a.Node == b.Node && a.Shift == b.Shift;

    private double Gain(ulong key, int count) => count < 2 ? 0 : Gain(Pattern(key), count);

    private double Gain(Term[] pattern, int count)
    {
        // Interval arithmetic is near enough here; the node that is made has its exact range.
        long min = 0, max = 0;
        foreach (Term t in pattern)
        {
            AdderNode node = _graph[t];
            (long low, long high) = (node.Min, node.Max);
            (low, high) = t.Shift >= 0 ? (low << t.Shift, high << t.Shift) : (low >> -t.Shift, high >> -t.Shift);
            (min, max) = t.Negative ? (min - high, max - low) : (min + low, max + high);
        }
        int cost = AdderCost.Lut(_graph, pattern, min, max);
        double saved = (_settings.TermValue * cost) + _settings.TermLuts;
        return (count * (pattern.Length - 1) * saved) - cost;
    }

    // Where a pattern stands: disjoint occurrences in every sum, as far as delays allow.
    private List<(int Sum, int Base, bool Negative)> Matches(Term[] pattern, int depth)
    {
        List<(int, int, bool)> matches = [];
        List<int> used = [];
        for (int s = 0; s < _sums.Length; s++)
        {
            List<Term> sum = _sums[s];
            used.Clear();
            double load = _delay.Load(s);
            for (int i = 0; i < sum.Count; i++)
            {
                Term t = sum[i];
                if (t.Node != pattern[0].Node || used.Contains(i))
                    continue;
                int at = t.Shift - pattern[0].Shift;
                bool negative = t.Negative ^ pattern[0].Negative;
                int start = used.Count;
                used.Add(i);
                bool complete = true;
                for (int p = 1; p < pattern.Length && complete; p++)
                {
                    int j = sum.IndexOf(pattern[p].Times(at, negative));
                    complete = j >= 0 && !used.Contains(j);
                    if (complete)
                        used.Add(j);
                }
                double after = load + _delay.Change(_graph, pattern, depth);
                if (complete && after <= _delay.Limit)
                {
                    load = after;
                    matches.Add((s, at, negative));
                }
                else
                {
                    used.RemoveRange(start, used.Count - start);
                }
            }
        }
        return matches;
    }

    private void Replace(Candidate candidate)
    {
        Term node = _graph.Add(candidate.Pattern);
        _touched.Clear();
        // A node that was there already may be deeper than a new one.
        foreach ((int s, int at, bool negative) in Matches(candidate.Pattern, _graph[node].Depth))
        {
            foreach (Term t in candidate.Pattern)
                Remove(s, _sums[s].IndexOf(t.Times(at, negative)));
            Add(s, node.Times(at, negative));
        }
        foreach (ulong key in _touched)
            Offer(key, _counts.GetValueOrDefault(key));
    }

    private void Remove(int sum, int index)
    {
        List<Term> terms = _sums[sum];
        Term removed = terms[index];
        _delay.Remove(_graph, sum, removed);
        terms[index] = terms[^1];
        terms.RemoveAt(terms.Count - 1);
        foreach (Term t in terms)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, Key(removed, t));
            count--;
        }
    }

    private void Add(int sum, Term added)
    {
        List<Term> terms = _sums[sum];
        int twin = terms.FindIndex(t => Same(t, added));
        if (twin >= 0)
        {
            bool doubled = terms[twin].Negative == added.Negative;
            Remove(sum, twin);
            if (doubled)
                Add(sum, added.Times(1, false));
            return;
        }
        foreach (Term t in terms)
        {
            ulong key = Key(added, t);
            if (++CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) > 1)
                _touched.Add(key);
        }
        terms.Add(added);
        _delay.Add(_graph, sum, added);
    }

    private void Offer(ulong key, int count)
    {
        double gain = Gain(key, count);
        if (gain > 0)
            _queue.Enqueue(key, (-gain, key));
    }

    // Both nodes, the second's shift and sign relative to the first's.
    private static ulong Key(Term a, Term b)
    {
        if (a.Node > b.Node || (a.Node == b.Node && a.Shift > b.Shift))
            (a, b) = (b, a);
        return ((ulong)a.Node << 40) | ((ulong)b.Node << 16) | ((ulong)(b.Shift - a.Shift + PositionBias) << 1) | (a.Negative != b.Negative ? 1UL : 0);
    }

    private static Term[] Pattern(ulong key)
    {
        int a = (int)(key >> 40), b = (int)(key >> 16 & 0xFFFFFF), shift = (int)(key >> 1 & 0x7FFF) - PositionBias;
        bool negative = (key & 1) != 0;
        Term first = new(a, Math.Max(0, -shift), false), second = new(b, Math.Max(0, shift), negative);
        // The lower one is added, not subtracted: then its low bits are wires.
        return negative && second.Shift == 0 && first.Shift > 0 ? [first with { Negative = true }, second with { Negative = false }] : [first, second];
    }
}
