namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// Improves what a greedy search found: a few nodes are taken apart, and what that leaves is shared anew by gains with
/// a little noise. What became cheaper is kept (ruin and recreate, Schrimpf et al. 2000), at first also what became a
/// little dearer, so that the search leaves its first hole.
/// </summary>
internal sealed class RuinAndRecreate(AdderGraph graph, SharingSearch search, SumTree tree)
{
    // Of the nodes, the gains, and the whole cost.
    private const double Ruined = 0.01, Noisy = 0.2, Slack = 0.001;

    // The part of the time from which on nothing dearer is taken.
    private const double Cooling = 0.75;

    private bool[] _used = [];

    /// <summary>Works for as long as a search counts so much.</summary>
    /// <param name="work">In units of <see cref="SharingSearch.Work"/>.</param>
    public void Run(long work)
    {
        long end = search.Work + work, rounds = 0;
        double cost = Cost();
        // A round looks at every node besides, which counts like so many pairs.
        for (ulong round = 1; search.Work + rounds < end; round++, rounds += graph.Nodes.Count)
        {
            HashSet<int> ruined = Ruin(round);
            if (ruined.Count == 0)
                continue;
            search.Mark();
            search.Dissolve(ruined.Contains);
            search.Run(round, Noisy);
            double now = Cost(), done = 1 - ((double)(end - search.Work - rounds) / work);
            if (now <= cost * (1 + (Slack * Math.Max(0, 1 - (done / Cooling)))))
            {
                cost = now;
                continue;
            }
            search.Undo();
            Cost();
        }
    }

    // Some of the nodes that are used, and what is made of them.
    private HashSet<int> Ruin(ulong round)
    {
        List<int> shared = [];
        for (int n = graph.InputCount; n < _used.Length; n++)
        {
            if (_used[n] && !graph.Nodes[n].Operands.IsEmpty)
                shared.Add(n);
        }
        HashSet<int> ruined = [];
        int one = (int)(Noise.Of(round, 0) * shared.Count);
        for (int i = 0; i < shared.Count; i++)
        {
            bool ruin = i == one || Noise.Of(round, (ulong)shared[i]) < Ruined;
            foreach (Term t in graph.Nodes[shared[i]].Operands)
                ruin |= ruined.Contains(t.Node);
            if (ruin && search.CanDissolve(shared[i]))
                ruined.Add(shared[i]);
        }
        return ruined;
    }

    // LUTs of the nodes in use and of the trees.
    private double Cost()
    {
        if (_used.Length < graph.Nodes.Count)
            Array.Resize(ref _used, 2 * graph.Nodes.Count);
        Array.Clear(_used);
        int cost = 0;
        foreach (LinearSum sum in search.Sums)
        {
            cost += tree.Cost(sum);
            foreach (Factor f in sum.Factors)
                _used[f.Node] = true;
        }
        for (int n = graph.Nodes.Count - 1; n >= 0; n--)
        {
            if (!_used[n])
                continue;
            cost += graph.Lut(n);
            foreach (Term t in graph.Nodes[n].Operands)
                _used[t.Node] = true;
        }
        return cost;
    }
}
