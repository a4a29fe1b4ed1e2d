using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// A node's value times ±2^<paramref name="Shift"/>; a negative shift drops low bits that are always zero.
/// </summary>
internal readonly record struct Term(int Node, int Shift, bool Negative)
{
    /// <summary>This term times ±2^shift.</summary>
    public Term Times(int shift, bool negative) => new(Node, Shift + shift, Negative ^ negative);
}

/// <summary>An input, a constant, or a sum of two or three terms.</summary>
/// <param name="Operands">Empty for inputs and constants.</param>
/// <param name="Form">The value as a linear function of the inputs.</param>
/// <param name="Min">Smallest value, exact where inputs do not depend on each other, as tables of an input's single
/// bits do.</param>
/// <param name="Max">Largest value, as exact.</param>
/// <param name="Depth">Adders on the longest path from an input.</param>
internal sealed record AdderNode(ImmutableArray<Term> Operands, LinearForm Form, long Min, long Max, int Depth)
{
    /// <summary>Low bits that are zero whatever the inputs are.</summary>
    public int Zeros => Form.Zeros;

    /// <summary>The position of the highest bit, the sign's for values that can be negative.</summary>
    public int Top { get; } = IntegerWidth.Covering(Min, Max).Width - 1;
}

/// <summary>
/// Sums over the same inputs, each a known linear function of them: no two nodes are equal up to a power of two and a
/// sign, and ranges are exact, whatever cancels on the way.
/// </summary>
internal sealed class AdderGraph
{
    private readonly ImmutableArray<Interval> _inputs;
    private readonly List<AdderNode> _nodes;
    private readonly Dictionary<Direction, int> _byDirection;

    public AdderGraph(ImmutableArray<Interval> inputs)
    {
        (_inputs, _nodes, _byDirection) = (inputs, [], []);
        for (int i = 0; i < inputs.Length; i++)
            Insert([], LinearForm.Of(i, 1), 0);
    }

    /// <summary>A copy, to which may be added what the original is not to know of.</summary>
    public AdderGraph(AdderGraph other)
    {
        (_inputs, _nodes, _byDirection) = (other._inputs, [.. other._nodes], new(other._byDirection));
    }

    public IReadOnlyList<AdderNode> Nodes => _nodes;

    public int InputCount => _inputs.Length;

    public AdderNode this[Term term] => _nodes[term.Node];

    /// <summary>A term whose value is <paramref name="value"/>, which is not 0.</summary>
    public Term Constant(long value)
    {
        LinearForm form = LinearForm.Of(_inputs.Length, value);
        return Find(form) ?? new(Insert([], form, 0), 0, false);
    }

    /// <summary>A node that has this form up to a power of two and a sign, as a term of exactly this form.</summary>
    public Term? Find(LinearForm form)
    {
        Direction key = new(form);
        if (!_byDirection.TryGetValue(key, out int node))
            return null;
        Direction own = new(_nodes[node].Form);
        return new Term(node, key.Zeros - own.Zeros, key.Negative != own.Negative);
    }

    /// <summary>A term for the sum; the node is new unless there is one already. The sum is not always zero.</summary>
    public Term Add(params ReadOnlySpan<Term> operands) => Add(noDeeper: false, operands);

    /// <summary>
    /// As <see cref="Add(ReadOnlySpan{Term})"/>; where <paramref name="noDeeper"/>, a node that is there already is
    /// made anew if it is deeper than it would be here.
    /// </summary>
    public Term Add(bool noDeeper, params ReadOnlySpan<Term> operands)
    {
        LinearForm? form = null;
        int own = 1;
        foreach (Term t in operands)
        {
            form = _nodes[t.Node].Form.TimesPlus(t.Shift, t.Negative, form);
            own = Math.Max(own, _nodes[t.Node].Depth + 1);
        }
        LinearForm sum = form!;
        if (Find(sum) is Term known && (!noDeeper || this[known].Depth <= own))
            return known;
        int node = Insert([.. operands], sum, own);
        _byDirection[new Direction(sum)] = node;
        return new Term(node, 0, false);
    }

    /// <summary>LUTs of a node's adder.</summary>
    public int Lut(int node) => _nodes[node] is var n
        && n.Operands.IsEmpty ? 0 : AdderCost.Lut(this, n.Operands.AsSpan(), n.Min, n.Max);

    private int Insert(ImmutableArray<Term> operands, LinearForm form, int depth)
    {
        (long min, long max) = Range(form);
        _byDirection.TryAdd(new Direction(form), _nodes.Count);
        _nodes.Add(new AdderNode(operands, form, min, max, depth));
        return _nodes.Count - 1;
    }

    private (long Min, long Max) Range(LinearForm form)
    {
        Interval range = new(0, 0);
        for (int i = 0; i < form.Inputs.Length; i++)
        {
            long coefficient = form.Coefficients[i];
            range += form.Inputs[i] == _inputs.Length ? new(coefficient, coefficient)
                : _inputs[form.Inputs[i]] * coefficient;
        }
        return checked(((long)range.Min, (long)range.Max));
    }
}
