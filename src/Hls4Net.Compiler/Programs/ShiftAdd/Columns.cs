using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// A matrix's columns on their way to a network: one sum for all that are equal up to a power of two and a sign.
/// </summary>
internal sealed class Columns
{
    private readonly AdderGraph _graph;
    private readonly SearchSettings _settings;
    private readonly SharingSearch _search;
    private readonly DelayBudget _delay;
    private readonly (int Sum, int Shift, bool Negative)?[] _outputs;

    /// <summary>Shares what the columns have in common.</summary>
    public Columns(ImmutableArray<LinearForm> columns, ImmutableArray<Interval> inputs, SearchSettings settings,
        int extraDepth)
    {
        (_graph, _settings) = (new(inputs), settings);
        Dictionary<Direction, (int Sum, bool Negative)> known = [];
        List<LinearSum> sums = [];
        _outputs = new (int, int, bool)?[columns.Length];
        for (int o = 0; o < _outputs.Length; o++)
        {
            if (columns[o].Inputs.IsEmpty)
                continue;
            Direction direction = new(columns[o]);
            if (known.TryAdd(direction, (sums.Count, direction.Negative)))
                sums.Add(Sum(columns[o], direction.Zeros));
            // What must be negated is another adder: the first column's sign is kept.
            (int sum, bool negative) = known[direction];
            _outputs[o] = (sum, direction.Zeros, direction.Negative != negative);
        }
        // Depths of inputs and constants are 0, so that a sum's load is the number of its digits.
        _delay = new(settings.Operands, (int)sums.Select(s => s.Load).DefaultIfEmpty(1).Max(),
            extraDepth);
        _search = new(_graph, [.. sums], settings, _delay);
        _search.Run();
    }

    /// <summary>How long that took, see <see cref="SharingSearch.Work"/>.</summary>
    public long Work => _search.Work;

    /// <summary>Improves what is shared, for so long.</summary>
    public void Improve(long work) => new RuinAndRecreate(_graph, _search, new(_graph, _settings.Operands, _delay))
        .Run(work);

    /// <summary>The network, with a tree for what is left of each sum.</summary>
    public AdderNetwork Finish()
    {
        // What trees add up is not for the search.
        AdderGraph graph = new(_graph);
        SumTree tree = new(graph, _settings.Operands, _delay);
        Term[] results = new Term[_search.Sums.Length];
        // Short ones first: longer ones may find them.
        foreach (int s in Enumerable.Range(0, results.Length).OrderBy(s => _search.Sums[s].Load))
            results[s] = tree.Build(_search.Sums[s]);
        Reduction reduction = new(graph,
            [.. _outputs.Select(o => o is (int sum, int shift, bool negative) ? results[sum].Times(shift, negative)
                : (Term?)null)]);
        if (_settings.Operands == 3)
            reduction.Inline();
        return reduction.Finish();
    }

    private LinearSum Sum(LinearForm column, int zeros)
    {
        LinearSum sum = new();
        for (int i = 0; i < column.Inputs.Length; i++)
        {
            (int input, long coefficient) = (column.Inputs[i], column.Coefficients[i] >> zeros);
            // A constant takes a place of its own in the tree.
            sum.Add(input < _graph.InputCount ? new(input, coefficient) : Constant(coefficient), 1);
        }
        return sum;
    }

    private Factor Constant(long value)
    {
        Term constant = _graph.Constant(value);
        return new(constant.Node, (constant.Negative ? -1L : 1L) << (constant.Shift + _graph[constant].Zeros));
    }
}
