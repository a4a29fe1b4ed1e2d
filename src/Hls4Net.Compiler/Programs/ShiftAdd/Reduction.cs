using System.Collections.Immutable;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// Works on a finished graph: an adder of two operands that only adders of two operands read is left out, each of these
/// taking up its operands instead. Then what nothing reads is dropped.
/// </summary>
internal sealed class Reduction
{
    private readonly AdderGraph _graph;
    private readonly Term?[] _outputs;
    private readonly ImmutableArray<Term>[] _operands;
    private readonly HashSet<int>[] _readers;
    private readonly bool[] _isOutput;

    public Reduction(AdderGraph graph, Term?[] outputs)
    {
        _graph = graph;
        _outputs = outputs;
        _operands = [.. graph.Nodes.Select(n => n.Operands)];
        _readers = [.. graph.Nodes.Select(_ => new HashSet<int>())];
        _isOutput = new bool[graph.Nodes.Count];
        bool[] used = new bool[graph.Nodes.Count];
        foreach (Term? t in outputs)
        {
            if (t is Term o)
                _isOutput[o.Node] = used[o.Node] = true;
        }
        for (int n = used.Length - 1; n >= 0; n--)
        {
            if (!used[n])
            {
                _operands[n] = [];
                continue;
            }
            foreach (Term t in _operands[n])
            {
                used[t.Node] = true;
                _readers[t.Node].Add(n);
            }
        }
    }

    public void Inline()
    {
        PriorityQueue<int, (int, int)> queue = new();
        for (int n = 0; n < _operands.Length; n++)
            Offer(queue, n);
        while (queue.TryDequeue(out int n, out (int Gain, int) priority))
        {
            int gain = Gain(n);
            if (gain <= 0)
                continue;
            if (gain < -priority.Gain)
            {
                queue.Enqueue(n, (-gain, n));
                continue;
            }
            int[] readers = [.. _readers[n]];
            foreach (int r in readers)
            {
                foreach (Term t in _operands[r])
                    _readers[t.Node].Remove(r);
                _operands[r] = Inlined(r, n);
                foreach (Term t in _operands[r])
                    _readers[t.Node].Add(r);
            }
            foreach (Term t in _operands[n])
                _readers[t.Node].Remove(n);
            _operands[n] = [];
            foreach (int r in readers)
            {
                Offer(queue, r);
                foreach (Term t in _operands[r])
                    Offer(queue, t.Node);
            }
        }
    }

    public AdderNetwork Finish()
    {
        int[] numbers = new int[_operands.Length];
        int[] depths = new int[_operands.Length];
        ImmutableArray<AdderNode>.Builder nodes = ImmutableArray.CreateBuilder<AdderNode>();
        ImmutableArray<int>.Builder luts = ImmutableArray.CreateBuilder<int>();
        for (int n = 0; n < _operands.Length; n++)
        {
            if (n >= _graph.InputCount && _operands[n].IsEmpty
                && !(_graph.Nodes[n].Operands.IsEmpty && (_readers[n].Count > 0 || _isOutput[n])))
                continue;
            numbers[n] = nodes.Count;
            depths[n] = _operands[n].IsEmpty ? 0 : 1 + _operands[n].Max(t => depths[t.Node]);
            nodes.Add(_graph.Nodes[n] with
            {
                Operands = [.. _operands[n]
                .Select(t => t with { Node = numbers[t.Node] })],
                Depth = depths[n]
            });
            luts.Add(_operands[n].IsEmpty ? 0 : Cost(n, _operands[n]));
        }
        return new AdderNetwork(_graph.InputCount, nodes.ToImmutable(),
            [.. _outputs.Select(t => t is Term o ? o with { Node = numbers[o.Node] } : t)], luts.ToImmutable());
    }

    private void Offer(PriorityQueue<int, (int, int)> queue, int n)
    {
        if (Gain(n) is int gain and > 0)
            queue.Enqueue(n, (-gain, n));
    }

    private int Gain(int n)
    {
        if (_operands[n].Length != 2 || _isOutput[n] || _readers[n].Count == 0)
            return 0;
        int gain = Cost(n, _operands[n]);
        foreach (int r in _readers[n])
        {
            if (_operands[r].Length != 2 || _operands[r].Count(t => t.Node == n) != 1)
                return 0;
            ImmutableArray<Term> inlined = Inlined(r, n);
            if (inlined.Count(t => t.Negative) > 2)
                return 0;
            gain += Cost(r, _operands[r]) - Cost(r, inlined);
        }
        return gain;
    }

    private ImmutableArray<Term> Inlined(int reader, int n)
    {
        Term use = _operands[reader].Single(t => t.Node == n);
        return [.. _operands[reader].Where(t => t.Node != n),
            .. _operands[n].Select(t => t.Times(use.Shift, use.Negative))];
    }

    private int Cost(int n, ImmutableArray<Term> operands) =>
        AdderCost.Lut(_graph, operands.AsSpan(), _graph.Nodes[n].Min, _graph.Nodes[n].Max);
}
