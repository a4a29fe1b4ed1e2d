namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>Adds up the terms that remain of a sum, narrow ones first, as in a Huffman tree of carry chains.</summary>
internal sealed class SumTree(AdderGraph graph, int operands, DelayBudget delay)
{
    private const int Window = 7;

    /// <summary>The sum as one term; it is negative only where it would take a subtraction more than an adder has.</summary>
    public Term Build(IReadOnlyList<Term> sum)
    {
        List<Term> terms = [.. sum];
        while (terms.Count > 1)
        {
            // The one adder that is not full comes first, where sums are narrow.
            int size = operands == 3 && terms.Count % 2 == 1 ? 3 : 2;
            Term[] merged = Cheapest(terms, size) ?? [.. terms.OrderBy(t => graph[t].Depth).Take(Math.Min(operands, terms.Count))];
            foreach (Term t in merged)
                terms.Remove(t);
            terms.Add(Merge(merged, terms.Count == 0));
        }
        return terms[0];
    }

    private Term Merge(Term[] merged, bool last)
    {
        (Term[] oriented, bool flipped) = Orient(merged);
        // The value itself is wanted of the last one: as many operands as an adder subtracts may be negative.
        if (last && flipped && merged.Count(t => t.Negative) < operands)
            return graph.Add(merged);
        return graph.Add(oriented).Times(0, flipped);
    }

    // The lowest operand is added: then its low bits are wires.
    private (Term[] Terms, bool Flipped) Orient(Term[] terms)
    {
        int lowest = terms.Min(Lsb);
        bool flip = terms.Where(t => Lsb(t) == lowest).All(t => t.Negative);
        return (flip ? [.. terms.Select(t => t.Times(0, true))] : terms, flip);
    }

    private int Lsb(Term t) => graph[t].Zeros + t.Shift;

    private int Top(Term t) => graph[t].Top + t.Shift;

    private Term[]? Cheapest(List<Term> terms, int size)
    {
        double load = terms.Sum(t => delay.Weight(graph[t].Depth));
        Term[] window = [.. terms.OrderBy(Top).ThenBy(Lsb).ThenBy(t => t.Node).Take(Window)];
        Term[]? best = null;
        double least = double.PositiveInfinity;
        for (int i = 0; i < window.Length; i++)
        {
            for (int j = i + 1; j < window.Length; j++)
            {
                for (int k = size == 3 ? j + 1 : j; k < (size == 3 ? window.Length : j + 1); k++)
                {
                    Term[] candidate = size == 3 ? [window[i], window[j], window[k]] : [window[i], window[j]];
                    double after = load + delay.Change(graph, candidate, DelayBudget.DepthAfter(graph, candidate));
                    if (after > delay.Limit)
                        continue;
                    (Term[] oriented, _) = Orient(candidate);
                    (long min, long max) = graph.Range(graph.Combine(oriented));
                    double score = AdderCost.Lut(graph, oriented, min, max) + (0.5 * candidate.Max(Top));
                    if (score < least)
                        (best, least) = (candidate, score);
                }
            }
        }
        return best;
    }
}
