using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Numerics;
using Hls4Net.Programs.ShiftAdd;

namespace Hls4Net.Programs;

/// <summary>
/// Appends operations to a program. What is known is not built: constants fold, comparisons that ranges decide and
/// bounds that nothing reaches vanish, and equal operations become one value.
/// </summary>
internal sealed class ProgramBuilder(int inputCount, Fabric fabric)
{
    private readonly List<IntegerValue> _values = [];
    private readonly Dictionary<IntegerOperation, int> _known = [];
    private readonly Dictionary<string, SumNetwork> _networks = new(StringComparer.Ordinal);

    public IntegerValue this[int value] => _values[value];

    public IntegerProgram Finish(IEnumerable<int> outputs)
    {
        // Outputs may still be appended to the values as they are listed.
        ImmutableArray<int> listed = [.. outputs];
        return ProgramPruning.Apply(new IntegerProgram(inputCount, [.. _values], listed));
    }

    /// <summary>
    /// An element of the input. Where it can only be one of two values it is rebuilt from the bit that tells which.
    /// </summary>
    public int Input(int index, Interval range, long step)
    {
        if (range.Min == range.Max)
            return Constant(range.Min);
        // A number that begins on the step's grid stays on it.
        int zeros = System.Numerics.BitOperations.TrailingZeroCount(Math.Max(step, 1));
        int value = Add(new IntegerOperation.Input(index), range,
            range.Min == 0 ? zeros : Math.Min(zeros, (int)Int128.TrailingZeroCount(range.Min)));
        if (step < 2 || range.Max - range.Min != step || !long.IsPow2(step))
            return value;
        // Below it both numbers have the same bits.
        int position = System.Numerics.BitOperations.TrailingZeroCount(step);
        bool upper = ((range.Max >> position) & 1) != 0;
        return Terms(new SumTerm(Constant(upper ? range.Min : range.Max), 0, false),
            new SumTerm(Bit(value, position), position, !upper));
    }

    public int Constant(Int128 value) => Add(new IntegerOperation.Constant(value), new Interval(value, value),
        value == 0 ? 0 : (int)Int128.TrailingZeroCount(value));

    /// <summary>The value of a constant; null for any other.</summary>
    public Int128? Known(int value) => _values[value].Range is var r && r.Min == r.Max ? r.Min : null;

    /// <summary>a · 2^shift; bits that a negative shift drops must be zero.</summary>
    public int Scale(int a, int shift) => Terms(new SumTerm(a, shift, false));

    public int Negate(int a) => Terms(new SumTerm(a, 0, true));

    public int Sum(int a, int b) => Terms(new SumTerm(a, 0, false), new SumTerm(b, 0, false));

    public int Difference(int a, int b) => Terms(new SumTerm(a, 0, false), new SumTerm(b, 0, true));

    /// <summary>A sum of terms, at most as many as an adder has of which are not constant.</summary>
    public int Terms(params ReadOnlySpan<SumTerm> terms) => TermsWithin(null, terms);

    /// <summary>
    /// As <see cref="Terms"/>, with a range that is known to be narrower than the terms' own make it.
    /// </summary>
    public int TermsWithin(Interval? known, params ReadOnlySpan<SumTerm> terms)
    {
        Int128 constant = 0;
        List<SumTerm> variable = [];
        Interval range = new(0, 0);
        int zeros = 126;
        foreach (SumTerm t in terms)
        {
            IntegerValue v = _values[t.Value];
            if (Known(t.Value) is Int128 c)
            {
                Int128 shifted = t.Shift >= 0 ? Interval.Shift(c, t.Shift) : c >> -t.Shift;
                constant += t.Negative ? -shifted : shifted;
                continue;
            }
            Interval r = t.Shift >= 0 ? v.Range << t.Shift : new(v.Range.Min >> -t.Shift, v.Range.Max >> -t.Shift);
            range += t.Negative ? r * -1 : r;
            zeros = Math.Min(zeros, v.Zeros + t.Shift);
            variable.Add(t);
        }
        if (variable.Count == 0)
            return Constant(constant);
        if (variable is [{ Shift: 0, Negative: false } same] && constant == 0)
            return same.Value;
        if (constant != 0)
        {
            // A constant that is subtracted is added with its sign.
            variable.Add(new SumTerm(Constant(constant), 0, false));
            range += new Interval(constant, constant);
            zeros = Math.Min(zeros, (int)Int128.TrailingZeroCount(constant));
        }
        if (known is Interval k)
            range = new(Int128.Max(range.Min, k.Min), Int128.Min(range.Max, k.Max));
        if (range.Min == range.Max)
            return Constant(range.Min);
        return variable.Count > fabric.AdderOperands && variable.Count > 2
            ? TermsWithin(known, [new SumTerm(TermsWithin(null, [.. variable.Take(2)]), 0, false), .. variable.Skip(2)])
            : Add(new IntegerOperation.Sum([.. variable]), range, zeros);
    }

    public int Product(int a, int b)
    {
        if (Known(a) is Int128 ka)
            return Multiple(b, ka);
        if (Known(b) is Int128 kb)
            return Multiple(a, kb);
        (Interval x, Interval y) = (_values[a].Range, _values[b].Range);
        Interval p = x * y.Min, q = x * y.Max;
        return Add(new IntegerOperation.Product(Math.Min(a, b), Math.Max(a, b)), Interval.Hull(p, q),
            _values[a].Zeros + _values[b].Zeros);
    }

    /// <summary>a · factor in shifts and additions.</summary>
    public int Multiple(int a, Int128 factor) => MultiplyAdd(a, factor, 0);

    /// <summary>a · factor + addend in shifts and additions.</summary>
    public int MultiplyAdd(int a, Int128 factor, Int128 addend)
    {
        if (Known(a) is Int128 k)
            return Constant(checked((k * factor) + addend));
        if (factor == 0)
            return Constant(addend);
        // A power of two is a shift.
        int zeros = (int)Int128.TrailingZeroCount(factor);
        if (Int128.Abs(factor) == Int128.One << zeros)
            return Terms(new SumTerm(a, zeros, factor < 0), new SumTerm(Constant(addend), 0, false));
        Int128 widest = checked(Int128.Max(Int128.Abs(_values[a].Range.Min), _values[a].Range.Max) * Int128.Abs(factor))
            + Int128.Abs(addend);
        if (widest < Int128.One << 60)
            return Matrix([a], new long[,] { { (long)factor } }, [(long)addend])[0];
        Interval product = _values[a].Range * factor;
        return Sum(Add(new IntegerOperation.Product(a, Constant(factor)), product, _values[a].Zeros + zeros),
            Constant(addend));
    }

    /// <summary>Σ_i inputs[i] · weights[i, j] + bias[j] as a network of tables, shifts and additions.</summary>
    public int[] Matrix(ReadOnlySpan<int> inputs, long[,] weights, ReadOnlySpan<long> bias)
    {
        int[] outputs = new int[weights.GetLength(1)];
        long[] constants = bias.IsEmpty ? new long[outputs.Length] : bias.ToArray();
        Dictionary<int, int> places = [];
        List<int> variables = [];
        List<long[]> rows = [];
        for (int i = 0; i < inputs.Length; i++)
        {
            (int variable, long factor, long addend) = Affine(inputs[i]);
            if (factor != 0 && places.TryAdd(variable, rows.Count))
            {
                variables.Add(variable);
                rows.Add(new long[outputs.Length]);
            }
            long[]? row = factor == 0 ? null : rows[places[variable]];
            for (int j = 0; j < outputs.Length; j++)
            {
                constants[j] = checked(constants[j] + (addend * weights[i, j]));
                if (row is not null)
                    row[j] = checked(row[j] + (factor * weights[i, j]));
            }
        }
        Interval[] ranges = new Interval[rows.Count];
        long[,] matrix = new long[rows.Count, outputs.Length];
        for (int r = 0; r < rows.Count; r++)
        {
            // The zeros below an input's step are moved to its weights.
            IntegerValue v = _values[variables[r]];
            ranges[r] = new(v.Range.Min >> v.Zeros, v.Range.Max >> v.Zeros);
            for (int j = 0; j < outputs.Length; j++)
                matrix[r, j] = checked(rows[r][j] * (1L << v.Zeros));
            variables[r] = Scale(variables[r], -v.Zeros);
        }
        (ImmutableArray<BitTable> tables, AdderNetwork network) = Network(matrix, constants, ranges);
        int[] numbers = new int[network.Nodes.Length];
        for (int n = 0; n < numbers.Length; n++)
        {
            AdderNode node = network.Nodes[n];
            numbers[n] = n < rows.Count ? variables[n]
                : n < network.InputCount
                ? Table(Concatenation(
                    [.. tables[n - rows.Count].Address.Select(bit => Bit(variables[bit.Input], bit.Position))]), 0,
                    tables[n - rows.Count].Entries)
                : node.Operands.IsEmpty ? Constant(node.Min)
                : TermsWithin(new Interval(node.Min, node.Max),
                    [.. node.Operands.Select(t => new SumTerm(numbers[t.Node], t.Shift, t.Negative))]);
        }
        for (int j = 0; j < outputs.Length; j++)
        {
            outputs[j] = network.Outputs[j] is Term t ? Terms(new SumTerm(numbers[t.Node], t.Shift, t.Negative))
                : Constant(0);
            if (tables.IsEmpty)
                continue;
            // Tables of single bits do not know which of an input's bits are never set together.
            Interval exact = new(constants[j], constants[j]);
            for (int r = 0; r < rows.Count; r++)
                exact += ranges[r] * matrix[r, j];
            outputs[j] = Bounded(outputs[j], exact);
        }
        return outputs;
    }

    // A value as variable · factor + addend, where it is another one's multiple and a constant, so that no adder is
    // spent on these.
    private (int Variable, long Factor, long Addend) Affine(int value)
    {
        if (Known(value) is Int128 known)
            return (value, 0, checked((long)known));
        if (_values[value].Operation is not IntegerOperation.Sum sum
            || sum.Terms.Count(t => Known(t.Value) is null) != 1)
            return (value, 1, 0);
        (int variable, long factor, Int128 addend) = (value, 1, 0);
        foreach (SumTerm t in sum.Terms)
        {
            Int128 sign = t.Negative ? -1 : 1;
            if (Known(t.Value) is Int128 c)
                addend += sign * (t.Shift >= 0 ? c << t.Shift : c >> -t.Shift);
            else if (t.Shift is >= 0 and < 62)
                (variable, factor) = (t.Value, (long)sign << t.Shift);
        }
        // It may be known to be narrower than what it is made of, or be so.
        Interval range = _values[variable].Range, own = _values[value].Range;
        bool narrower = (range * factor) + new Interval(addend, addend) != own
            || IntegerValue.BitsOf(range) > IntegerValue.BitsOf(own);
        return variable == value || narrower ? (value, 1, 0) : (variable, factor, checked((long)addend));
    }

    // Rows and windows that are alike have one network.
    private SumNetwork Network(long[,] matrix, long[] constants, Interval[] ranges)
    {
        string key = string.Join(' ',
            [.. matrix.Cast<long>(), .. constants, .. ranges.SelectMany(r => new[] { (long)r.Min, (long)r.Max })]);
        if (!_networks.TryGetValue(key, out SumNetwork? network))
            _networks[key] = network = MatrixOptimizer.Optimize(matrix, constants, [.. ranges], fabric);
        return network;
    }

    /// <summary>⌊a / 2^bits⌋; a multiplication for negative <paramref name="bits"/>.</summary>
    public int ShiftRight(int a, int bits)
    {
        IntegerValue v = _values[a];
        if (bits <= v.Zeros)
            return Scale(a, -bits);
        if (Known(a) is Int128 k)
            return Constant(k >> Math.Min(bits, 127));
        // What is left of a number when all its bits are gone is its sign.
        bits = Math.Min(bits, v.Signed ? v.Width - 1 : v.Width);
        if (bits == 0)
            return a;
        Interval range = new(v.Range.Min >> bits, v.Range.Max >> bits);
        return range.Min == range.Max ? Constant(range.Min) : Add(new IntegerOperation.ShiftRight(a, bits), range, 0);
    }

    /// <summary>The low bits, in two's complement where <paramref name="signed"/>.</summary>
    public int LowBits(int a, int bits, bool signed)
    {
        if (bits == 0)
            return Constant(0);
        Interval all = signed ? new(-(Int128.One << (bits - 1)), (Int128.One << (bits - 1)) - 1)
            : new(0, (Int128.One << bits) - 1);
        if (all.Contains(_values[a].Range))
            return a;
        if (Known(a) is Int128 k)
            return Constant(FixedPoint.Wrap(k, bits, signed));
        return _values[a].Zeros >= bits ? Constant(0)
            : Add(new IntegerOperation.LowBits(a, bits, signed), all, _values[a].Zeros);
    }

    /// <summary>Single bits side by side, the lowest first.</summary>
    public int Concatenation(ReadOnlySpan<int> bits)
    {
        ImmutableArray<SumTerm>.Builder terms = ImmutableArray.CreateBuilder<SumTerm>(bits.Length);
        for (int i = 0; i < bits.Length; i++)
            terms.Add(new SumTerm(bits[i], i, false));
        return bits.Length == 1 ? bits[0]
            : Add(new IntegerOperation.Sum(terms.ToImmutable()), new Interval(0, (Int128.One << bits.Length) - 1), 0);
    }

    /// <summary>1 if a ≥ b, else 0.</summary>
    public int AtLeast(int a, int b)
    {
        if (_values[a].Range.Min >= _values[b].Range.Max)
            return Constant(1);
        if (_values[a].Range.Max < _values[b].Range.Min)
            return Constant(0);
        return Add(new IntegerOperation.AtLeast(a, b), new Interval(0, 1), 0);
    }

    /// <summary>1 if a is a constant bound or more, else 0.</summary>
    public int Reaches(int a, Int128 bound) => AtLeast(a, Constant(bound));

    /// <summary>1 if a &lt; b, else 0.</summary>
    public int Below(int a, Int128 bound) => Not(Reaches(a, bound));

    public int Not(int bit) => Select(bit, Constant(0), Constant(1));

    public int And(int a, int b) => Select(a, b, Constant(0));

    public int Or(int a, int b) => Select(a, Constant(1), b);

    public int Xor(int a, int b) => Select(a, Not(b), b);

    /// <summary>Bit <paramref name="position"/> of a in two's complement.</summary>
    public int Bit(int a, int position) => LowBits(ShiftRight(a, position), 1, false);

    public int Select(int condition, int ifSet, int ifClear)
    {
        if (Known(condition) is Int128 k)
            return k != 0 ? ifSet : ifClear;
        if (ifSet == ifClear)
            return ifSet;
        if (Known(ifSet) == 1 && Known(ifClear) == 0)
            return condition;
        int zeros = Known(ifSet) == 0 ? _values[ifClear].Zeros : Known(ifClear) == 0 ? _values[ifSet].Zeros
            : Math.Min(_values[ifSet].Zeros, _values[ifClear].Zeros);
        return Add(new IntegerOperation.Select(condition, ifSet, ifClear),
            Interval.Hull(_values[ifSet].Range, _values[ifClear].Range), zeros);
    }

    public int Max(int a, int b) => Bounded(Select(Known(b) is Int128 bound ? Passes(a, bound) : AtLeast(a, b), a, b),
        new(Int128.Max(_values[a].Range.Min, _values[b].Range.Min),
            Int128.Max(_values[a].Range.Max, _values[b].Range.Max)));

    public int Min(int a, int b) => Bounded(Select(Known(b) is Int128 bound ? Passes(a, bound) : AtLeast(a, b), b, a),
        new(Int128.Min(_values[a].Range.Min, _values[b].Range.Min),
            Int128.Min(_values[a].Range.Max, _values[b].Range.Max)));

    /// <summary>Both bounds are compared with the value itself, side by side.</summary>
    public int Clamp(int a, Int128 min, Int128 max) =>
        Bounded(Select(Passes(a, max), Constant(max), Max(a, Constant(min))), new(min, max));

    // 1 if a is more than a bound, 0 if it is less. At the bound itself, where it does not matter, what is known or
    // else has fewer bits to compare: of a type's largest value the next number, of zero the sign.
    private int Passes(int a, Int128 bound)
    {
        bool reaching = _values[a].Range.Max > bound
            && (_values[a].Range.Min >= bound || Int128.TrailingZeroCount(bound) > Int128.TrailingZeroCount(bound + 1));
        return Reaches(a, reaching ? bound : bound + 1);
    }

    /// <summary>entries[a - first]; entries for every value of a's range.</summary>
    public int Table(int a, long first, ImmutableArray<long> entries)
    {
        if (Known(a) is Int128 k)
            return Constant(entries[(int)(k - first)]);
        (long min, long max) = ((long)_values[a].Range.Min, (long)_values[a].Range.Max);
        entries = entries.Slice((int)(min - first), (int)(max - min + 1));
        Interval range = new(entries.Min(), entries.Max());
        if (range.Min == range.Max)
            return Constant(range.Min);
        return Enumerable.Range(0, entries.Length).All(i => entries[i] == min + i) ? a
            : Add(new IntegerOperation.Table(a, min, entries), range, 0);
    }

    /// <summary>Narrows what a value is known to be; the value is the same.</summary>
    public int Bounded(int a, Interval range)
    {
        IntegerValue v = _values[a];
        Interval common = new(Int128.Max(v.Range.Min, range.Min), Int128.Min(v.Range.Max, range.Max));
        if (common == v.Range)
            return a;
        if (common.Min > common.Max)
            throw new InvalidOperationException($"a value of {v.Range} was said to lie in {range}");
        if (common.Min == common.Max)
            return Constant(common.Min);
        _values[a] = v with { Range = common };
        return a;
    }

    private int Add(IntegerOperation operation, Interval range, int zeros)
    {
        if (_known.TryGetValue(operation, out int known))
            return Bounded(known, range);
        _values.Add(new IntegerValue(operation, range, zeros));
        _known[operation] = _values.Count - 1;
        return _values.Count - 1;
    }
}
