namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>
/// Whether sums can still be formed in time: terms that arrive after d adders fit under a tree of k-operand adders of depth D exactly where Σ k^d ≤ k^D
/// (Kraft's inequality).
/// </summary>
internal sealed class DelayBudget
{
    private readonly int _operands;
    private readonly double[] _loads;

    public DelayBudget(AdderGraph graph, List<Term>[] sums, int operands, int extraDepth)
    {
        _operands = operands;
        _loads = [.. sums.Select(s => s.Sum(t => Weight(graph[t].Depth)))];
        int least = 0;
        while (Weight(least) < _loads.Max())
            least++;
        Depth = least + extraDepth;
    }

    /// <summary>Adders allowed on a path.</summary>
    public int Depth { get; }

    /// <summary>What the load of a sum may not exceed.</summary>
    public double Limit => Weight(Depth);

    public double Load(int sum) => _loads[sum];

    public double Weight(int depth) => Math.Pow(_operands, depth);

    public static int DepthAfter(AdderGraph graph, ReadOnlySpan<Term> operands)
    {
        int depth = 0;
        foreach (Term t in operands)
            depth = Math.Max(depth, graph[t].Depth);
        return depth + 1;
    }

    /// <summary>How much a sum's load grows if a node of a depth takes the place of its operands.</summary>
    public double Change(AdderGraph graph, ReadOnlySpan<Term> operands, int depth)
    {
        double change = Weight(depth);
        foreach (Term t in operands)
            change -= Weight(graph[t].Depth);
        return change;
    }

    public void Add(AdderGraph graph, int sum, Term term) => _loads[sum] += Weight(graph[term].Depth);

    public void Remove(AdderGraph graph, int sum, Term term) => _loads[sum] -= Weight(graph[term].Depth);
}
