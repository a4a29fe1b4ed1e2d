namespace Hls4Net.Circuits.Mapping;

/// <summary>
/// Which registers depend on their own past: those on a cycle of nets (strongly connected components: Tarjan, "Depth-
/// first search and linear graph algorithms", 1972). All others are a pipeline's.
/// </summary>
internal sealed class Feedback
{
    private readonly Dictionary<(Scope, string), int> _index = [];
    private readonly Dictionary<(Scope, string), int> _low = [];
    private readonly HashSet<(Scope, string)> _cyclic = [];
    private readonly HashSet<(Scope, string)> _open = [];
    private readonly Stack<(Scope, string)> _stack = new();

    /// <summary>True where a net is on a cycle.</summary>
    public bool Has(Scope scope, Net net)
    {
        if (!_index.ContainsKey((scope, net.Name)))
            Visit(scope, net);
        return _cyclic.Contains((scope, net.Name));
    }

    private int Visit(Scope scope, Net net)
    {
        (Scope, string) node = (scope, net.Name);
        _index[node] = _low[node] = _index.Count;
        _stack.Push(node);
        _open.Add(node);
        foreach ((Scope where, Net read) in scope.Reads(net).SelectMany(r => Nets(r.Scope, r.Value)).Distinct())
        {
            (Scope, string) next = (where, read.Name);
            if (next == node)
                _cyclic.Add(node);
            if (!_index.TryGetValue(next, out int index))
                _low[node] = Math.Min(_low[node], Visit(where, read));
            else if (_open.Contains(next))
                _low[node] = Math.Min(_low[node], index);
        }
        if (_low[node] == _index[node])
            Close(node);
        return _low[node];
    }

    private void Close((Scope, string) root)
    {
        bool several = _stack.Peek() != root;
        while (true)
        {
            (Scope, string) node = _stack.Pop();
            _open.Remove(node);
            if (several)
                _cyclic.Add(node);
            if (node == root)
                return;
        }
    }

    // The nets that an expression reads; through a memory those that were written to it.
    private static IEnumerable<(Scope, Net)> Nets(Scope scope, Expression expression)
    {
        if (expression is Net net)
            return [(scope, net)];
        IEnumerable<Expression> operands = expression.Operands;
        if (expression is Expression.Word word && scope.Written(word.Memory) is CircuitItem.Memory memory)
            operands = [.. operands, memory.Enable, memory.Address, memory.Data];
        return operands.SelectMany(e => Nets(scope, e));
    }
}
