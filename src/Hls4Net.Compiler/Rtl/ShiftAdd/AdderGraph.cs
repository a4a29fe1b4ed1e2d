using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Hls4Net.Numerics;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>A node's value times ±2^<paramref name="Shift"/>; a negative shift drops low bits that are always zero.</summary>
internal readonly record struct Term(int Node, int Shift, bool Negative)
{
    /// <summary>This term times ±2^shift.</summary>
    public Term Times(int shift, bool negative) => new(Node, Shift + shift, Negative ^ negative);
}

/// <summary>An input, a constant, or a sum of two or three terms.</summary>
/// <param name="Operands">Empty for inputs and constants.</param>
/// <param name="Coefficients">The value as a linear function: a factor for each input, the last one for 1.</param>
/// <param name="Min">Smallest value, exact.</param>
/// <param name="Max">Largest value, exact.</param>
/// <param name="Depth">Adders on the longest path from an input.</param>
internal sealed record AdderNode(ImmutableArray<Term> Operands, ImmutableArray<long> Coefficients, long Min, long Max, int Depth)
{
    /// <summary>Low bits that are zero whatever the inputs are.</summary>
    public int Zeros { get; } = TrailingZeros(Coefficients);

    /// <summary>The position of the highest bit, the sign's for values that can be negative.</summary>
    public int Top { get; } = IntegerWidth.Covering(Min, Max).Width - 1;

    private static int TrailingZeros(ImmutableArray<long> coefficients)
    {
        long any = 0;
        foreach (long c in coefficients)
            any |= c;
        return any == 0 ? 0 : BitOperations.TrailingZeroCount(any);
    }
}

/// <summary>
/// Sums over the same inputs, each a known linear function of them: no two nodes are equal up to a power of two and a sign, and ranges are exact,
/// whatever cancels on the way.
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
        {
            long[] unit = new long[inputs.Length + 1];
            unit[i] = 1;
            Insert([], ImmutableCollectionsMarshal.AsImmutableArray(unit), 0);
        }
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
        long[] coefficients = new long[_inputs.Length + 1];
        coefficients[^1] = value;
        return Find(coefficients) ?? new(Insert([], ImmutableCollectionsMarshal.AsImmutableArray(coefficients), 0), 0, false);
    }

    /// <summary>The linear function of a sum of terms.</summary>
    public long[] Combine(params ReadOnlySpan<Term> operands)
    {
        long[] sum = new long[_inputs.Length + 1];
        foreach (Term t in operands)
        {
            ImmutableArray<long> c = _nodes[t.Node].Coefficients;
            for (int i = 0; i < sum.Length; i++)
            {
                if (c[i] == 0)
                    continue;
                long scaled = t.Shift >= 0 ? c[i] << t.Shift : c[i] >> -t.Shift;
                sum[i] += t.Negative ? -scaled : scaled;
            }
        }
        return sum;
    }

    /// <summary>A node that has these coefficients up to a power of two and a sign, as a term with exactly them.</summary>
    public Term? Find(ReadOnlySpan<long> coefficients)
    {
        Direction key = new(coefficients);
        if (!_byDirection.TryGetValue(key, out int node))
            return null;
        Direction own = new(_nodes[node].Coefficients.AsSpan());
        return new Term(node, key.Zeros - own.Zeros, key.Negative != own.Negative);
    }

    /// <summary>A term for the sum; the node is new unless there is one already. The sum is not always zero.</summary>
    public Term Add(params ReadOnlySpan<Term> operands) => Add(noDeeper: false, operands);

    /// <summary>As <see cref="Add(ReadOnlySpan{Term})"/>; where <paramref name="noDeeper"/>, a node that is there already is made anew if it is deeper than it would be here.</summary>
    public Term Add(bool noDeeper, params ReadOnlySpan<Term> operands)
    {
        long[] sum = Combine(operands);
        int own = 1;
        foreach (Term t in operands)
            own = Math.Max(own, _nodes[t.Node].Depth + 1);
        if (Find(sum) is Term known && (!noDeeper || this[known].Depth <= own))
            return known;
        int node = Insert([.. operands], ImmutableCollectionsMarshal.AsImmutableArray(sum), own);
        _byDirection[new Direction(sum)] = node;
        return new Term(node, 0, false);
    }

    /// <summary>LUTs of a node's adder.</summary>
    public int Lut(int node) => _nodes[node] is var n && n.Operands.IsEmpty ? 0 : AdderCost.Lut(this, n.Operands.AsSpan(), n.Min, n.Max);

    /// <summary>The exact range of a linear function.</summary>
    public (long Min, long Max) Range(ReadOnlySpan<long> coefficients)
    {
        Interval range = new(coefficients[^1], coefficients[^1]);
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (coefficients[i] != 0)
                range += _inputs[i] * coefficients[i];
        }
        return checked(((long)range.Min, (long)range.Max));
    }

    private int Insert(ImmutableArray<Term> operands, ImmutableArray<long> coefficients, int depth)
    {
        (long min, long max) = Range(coefficients.AsSpan());
        _byDirection.TryAdd(new Direction(coefficients.AsSpan()), _nodes.Count);
        _nodes.Add(new AdderNode(operands, coefficients, min, max, depth));
        return _nodes.Count - 1;
    }
}
