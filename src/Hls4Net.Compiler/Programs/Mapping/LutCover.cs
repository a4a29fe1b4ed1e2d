using System.Numerics;
using Hls4Net.Devices;

namespace Hls4Net.Programs.Mapping;

/// <summary>
/// Covers logic with look-up tables: as few levels as there can be, and then, by the area that each cut stands for and
/// by what it really adds, as little area as is found (priority cuts: Mishchenko, Cho, Chatterjee, Brayton,
/// "Combinational and sequential mapping with priority cuts", ICCAD 2007). That is how ABC maps for Yosys, and what is
/// counted is what it would count, up to what it restructures.
/// </summary>
internal sealed class LutCover
{
    /// <summary>Most inputs of a look-up table that is supported.</summary>
    public const int MostInputs = Fabric.TableInputs;

    private const int MostCuts = 8;

    private readonly LogicGraph _graph;
    private readonly int _inputs;
    private readonly float[] _areas;
    private readonly bool[] _needed;
    private readonly int[] _roots;
    private readonly Cut[] _cuts;
    private readonly byte[] _counts;
    private readonly int[] _slots;
    private readonly Cut[] _best;
    private readonly int[] _uses;
    private readonly float[] _flow;
    private readonly float[] _fanouts;
    private readonly short[] _arrival;
    private readonly short[] _required;

    private LutCover(LogicGraph graph, IReadOnlyCollection<int> roots, ReadOnlySpan<int> areas)
    {
        _graph = graph;
        _inputs = areas.Length - 1;
        _areas = new float[areas.Length];
        for (int i = 0; i < areas.Length; i++)
            _areas[i] = areas[i];
        int count = graph.Count;
        _needed = new bool[count];
        _roots = [.. roots.Select(LogicGraph.NodeOf).Where(n => n != 0 && !graph.IsLeaf(n)).Distinct()];
        _fanouts = new float[count];
        foreach (int root in _roots)
        {
            _needed[root] = true;
            _fanouts[root]++;
        }
        _slots = new int[count];
        int slots = 0;
        for (int n = count - 1; n > 0; n--)
        {
            if (!_needed[n])
                continue;
            LogicNode node = graph[n];
            for (int i = 0; i < node.Operands; i++)
            {
                int operand = LogicGraph.NodeOf(node.Operand(i));
                _fanouts[operand]++;
                _needed[operand] |= !graph.IsLeaf(operand);
            }
        }
        for (int n = 1; n < count; n++)
        {
            if (_needed[n])
                _slots[n] = slots++;
        }
        _cuts = new Cut[slots * MostCuts];
        _counts = new byte[slots];
        _best = new Cut[slots];
        (_uses, _flow, _arrival, _required) = (new int[count], new float[count], new short[count], new short[count]);
    }

    /// <summary>How many look-up tables cover what literals need.</summary>
    /// <param name="graph">The logic.</param>
    /// <param name="roots">The literals wanted.</param>
    /// <param name="areas">The area of a table by its inputs, from 0 on: what is minimised.</param>
    public static int Count(LogicGraph graph, IReadOnlyCollection<int> roots, ReadOnlySpan<int> areas)
    {
        LutCover cover = new(graph, roots, areas);
        cover.Enumerate(byDepth: true);
        cover.Use();
        cover.Enumerate(byDepth: false);
        cover.Use();
        cover.Recover();
        cover.Recover();
        return cover.Tables();
    }

    private int Tables()
    {
        int tables = 0;
        for (int n = 1; n < _uses.Length; n++)
        {
            if (_needed[n] && _uses[n] > 0)
                tables++;
        }
        return tables;
    }

    // The best cuts of every node, from those of its operands.
    private void Enumerate(bool byDepth)
    {
        Span<Cut> found = stackalloc Cut[MostCuts + 1];
        Span<Cut> partial = stackalloc Cut[MostCuts + 1];
        for (int n = 1; n < _graph.Count; n++)
        {
            if (!_needed[n])
                continue;
            LogicNode node = _graph[n];
            (int a, int b) = (LogicGraph.NodeOf(node.A), LogicGraph.NodeOf(node.B));
            int count = Merge(CutsOf(a), a, CutsOf(b), b, found, 0, n, byDepth);
            if (node.Function == LogicFunction.Select)
            {
                int c = LogicGraph.NodeOf(node.C), pairs = count;
                found[..pairs].CopyTo(partial);
                count = Merge(partial[..pairs], 0, CutsOf(c), c, found, 0, n, byDepth);
            }
            // Pairs of the first two operands may all be too wide for the third.
            if (count == 0)
            {
                Cut.TryUnite(Cut.Of(Math.Min(a, b)), Cut.Of(Math.Max(a, b)), _inputs, out Cut pair);
                Cut.TryUnite(pair, Cut.Of(LogicGraph.NodeOf(node.C)), _inputs, out Cut operands);
                count = Insert(found, 0, Measured(operands), n, byDepth);
            }
            int slot = _slots[n];
            // What covers it now may be lost among better ones that are too deep elsewhere.
            if (!byDepth)
                count = Insert(found, count, Measured(_best[slot]), n, byDepth);
            found[..count].CopyTo(_cuts.AsSpan(slot * MostCuts, MostCuts));
            _counts[slot] = (byte)count;
            _best[slot] = found[0];
            _arrival[n] = found[0].Depth;
            _flow[n] = found[0].Flow / Math.Max(1, _fanouts[n]);
        }
    }

    private ReadOnlySpan<Cut> CutsOf(int node) => node == 0
        || _graph.IsLeaf(node) ? default : _cuts.AsSpan(_slots[node] * MostCuts, _counts[_slots[node]]);

    // Every cut of one operand, or the operand itself, with every one of the other. Node 0 as an operand has its cuts
    // alone.
    private int Merge(ReadOnlySpan<Cut> first, int firstNode, ReadOnlySpan<Cut> second, int secondNode, Span<Cut> found,
        int count, int node, bool byDepth)
    {
        for (int i = firstNode == 0 ? 0 : -1; i < first.Length; i++)
        {
            Cut a = i < 0 ? Cut.Of(firstNode) : first[i];
            for (int j = -1; j < second.Length; j++)
            {
                Cut b = j < 0 ? Cut.Of(secondNode) : second[j];
                if (BitOperations.PopCount(a.Signature | b.Signature) <= _inputs
                    && Cut.TryUnite(a, b, _inputs, out Cut united))
                    count = Insert(found, count, Measured(united), node, byDepth);
            }
        }
        return count;
    }

    private Cut Measured(Cut cut)
    {
        short depth = 0;
        float flow = _areas[cut.Count];
        for (int i = 0; i < cut.Count; i++)
        {
            int leaf = cut.Leaves[i];
            depth = Math.Max(depth, _arrival[leaf]);
            flow += _flow[leaf];
        }
        return cut with { Depth = (short)(depth + 1), Flow = flow };
    }

    // Keeps cuts in order, best first.
    private int Insert(Span<Cut> found, int count, Cut cut, int node, bool byDepth)
    {
        for (int i = 0; i < count; i++)
        {
            if (found[i].Signature == cut.Signature && found[i].Count == cut.Count && found[i].SameLeaves(cut))
                return count;
        }
        int place = count;
        while (place > 0 && Better(cut, found[place - 1], node, byDepth))
            place--;
        if (place >= MostCuts)
            return count;
        for (int i = Math.Min(count, MostCuts - 1); i > place; i--)
            found[i] = found[i - 1];
        found[place] = cut;
        return Math.Min(count + 1, MostCuts);
    }

    private bool Better(in Cut a, in Cut b, int node, bool byDepth)
    {
        if (byDepth && a.Depth != b.Depth)
            return a.Depth < b.Depth;
        if (!byDepth)
        {
            bool late = a.Depth > _required[node], otherLate = b.Depth > _required[node];
            if (late != otherLate)
                return otherLate;
            if (late && a.Depth != b.Depth)
                return a.Depth < b.Depth;
        }
        if (Math.Abs(a.Flow - b.Flow) > 1e-3f)
            return a.Flow < b.Flow;
        return a.Depth != b.Depth ? a.Depth < b.Depth : a.Count < b.Count;
    }

    // Which nodes the best cuts use, from the roots on.
    private void Use()
    {
        Array.Clear(_uses);
        foreach (int root in _roots)
            _uses[root]++;
        for (int n = _graph.Count - 1; n > 0; n--)
        {
            if (!_needed[n] || _uses[n] == 0)
                continue;
            Cut cut = _best[_slots[n]];
            for (int i = 0; i < cut.Count; i++)
                _uses[cut.Leaves[i]]++;
        }
        for (int n = 1; n < _graph.Count; n++)
        {
            if (_needed[n])
                _fanouts[n] = Math.Max(1, (_fanouts[n] + (2 * _uses[n])) / 3);
        }
        Require();
    }

    // The level at which each node is wanted.
    private void Require()
    {
        short depth = 0;
        foreach (int root in _roots)
            depth = Math.Max(depth, _arrival[root]);
        Array.Fill(_required, depth);
        for (int n = _graph.Count - 1; n > 0; n--)
        {
            if (!_needed[n] || _uses[n] == 0)
                continue;
            Cut cut = _best[_slots[n]];
            for (int i = 0; i < cut.Count; i++)
                _required[cut.Leaves[i]] = Math.Min(_required[cut.Leaves[i]], (short)(_required[n] - 1));
        }
    }

    // Node by node the cut that really adds the least area.
    private void Recover()
    {
        for (int n = 1; n < _graph.Count; n++)
        {
            if (!_needed[n])
                continue;
            int slot = _slots[n];
            _best[slot] = Measured(_best[slot]);
            if (_uses[n] > 0)
            {
                float least = Release(_best[slot]);
                foreach (ref Cut stored in _cuts.AsSpan(slot * MostCuts, _counts[slot]))
                {
                    Cut cut = Measured(stored);
                    if (cut.Depth > _required[n] || cut.SameLeaves(_best[slot]))
                        continue;
                    float area = Take(cut);
                    Release(cut);
                    if (area < least - 1e-3f)
                        (least, _best[slot]) = (area, cut);
                }
                Take(_best[slot]);
            }
            _arrival[n] = _best[slot].Depth;
        }
        Require();
    }

    // The area that a cut adds where nothing else uses its leaves.
    private float Take(in Cut cut)
    {
        float area = _areas[cut.Count];
        for (int i = 0; i < cut.Count; i++)
        {
            int leaf = cut.Leaves[i];
            if (_uses[leaf]++ == 0 && _needed[leaf])
                area += Take(_best[_slots[leaf]]);
        }
        return area;
    }

    private float Release(in Cut cut)
    {
        float area = _areas[cut.Count];
        for (int i = 0; i < cut.Count; i++)
        {
            int leaf = cut.Leaves[i];
            if (--_uses[leaf] == 0 && _needed[leaf])
                area += Release(_best[_slots[leaf]]);
        }
        return area;
    }
}
