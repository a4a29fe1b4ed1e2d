using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Devices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// A matrix in which tables of the bits of narrow inputs stand for these: five bits of one-bit activations, whatever
/// their weights, are half a LUT6 for each bit of their sum, where adders would take a carry chain for every digit of
/// every weight (distributed arithmetic, Croisier et al. 1973, with the tables in LUTs).
/// </summary>
/// <param name="Outputs">Each output by the inputs, and the tables, which are numbered behind them.</param>
/// <param name="Inputs">What each input and each table can be.</param>
/// <param name="Tables">The tables.</param>
internal sealed record TabledMatrix(ImmutableArray<LinearForm> Outputs, ImmutableArray<Interval> Inputs,
    ImmutableArray<BitTable> Tables)
{
    // With wider inputs adders that are shared take fewer LUTs on nearly all matrices that were tried
    // (docs/results.md).
    private const int WidestInput = 2;

    // Where fewer than one of so many weights belong to narrow inputs, tables save little.
    private const int LeastShare = 10;

    // Sums of tables stay within 63 bits.
    private const long MostWeight = 1L << 48;

    // A bit times a constant.
    private readonly record struct Part(InputBit Bit, long Coefficient);

    // A table's place in an output's sum.
    private readonly record struct Use(int Table, int Output, long Factor);

    /// <summary>
    /// The matrix as it is, and with tables where it has narrow inputs and the fabric has tables: which of these is
    /// cheapest depends on how much the outputs have in common.
    /// </summary>
    public static IEnumerable<TabledMatrix> Candidates(long[,] weights, ReadOnlySpan<long> bias,
        ImmutableArray<Interval> inputs, Fabric fabric)
    {
        ImmutableArray<LinearForm>.Builder outputs = ImmutableArray.CreateBuilder<LinearForm>(weights.GetLength(1));
        long[] column = new long[inputs.Length + 1];
        for (int output = 0; output < outputs.Capacity; output++)
        {
            for (int i = 0; i < inputs.Length; i++)
                column[i] = weights[i, output];
            column[^1] = bias.IsEmpty ? 0 : bias[output];
            outputs.Add(LinearForm.Of(column));
        }
        return new TabledMatrix(outputs.MoveToImmutable(), inputs, []).Candidates(fabric);
    }

    private IEnumerable<TabledMatrix> Candidates(Fabric fabric)
    {
        yield return this;
        foreach (int widest in Inputs.Select(IntegerValue.BitsOf).Where(w => fabric.HasTables && w <= WidestInput)
            .Distinct())
        {
            bool[] narrow = [.. Inputs.Select(r => IntegerValue.BitsOf(r) <= widest), false];
            int all = 0, tabled = 0;
            long largest = 0;
            foreach (LinearForm output in Outputs)
            {
                for (int i = 0; i < output.Inputs.Length; i++)
                {
                    all++;
                    if (!narrow[output.Inputs[i]])
                        continue;
                    tabled++;
                    largest = Math.Max(largest, output.Coefficients[i] == long.MinValue ? long.MaxValue
                        : Math.Abs(output.Coefficients[i]));
                }
            }
            if (tabled * LeastShare < all || largest > MostWeight)
                continue;
            yield return Tabled(narrow, common: false);
            yield return Tabled(narrow, common: true);
        }
    }

    // With inputs of up to so many bits in tables: each output's bits by the size of their coefficients, so that small
    // ones share narrow tables; or the same bits for all outputs, so that outputs have tables in common.
    private TabledMatrix Tabled(bool[] narrow, bool common)
    {
        Part[] parts = [.. Parts(narrow)];
        long[] constants = [.. Outputs.Select(o => o[Inputs.Length])];
        Dictionary<BitTable, int> known = [];
        List<BitTable> tables = [];
        List<Use> uses = [];
        for (int output = 0; output < Outputs.Length; output++)
        {
            foreach (Part[] group in Groups(parts, output, ref constants[output], common))
            {
                (BitTable table, long factor, long offset) = Sum(group, common);
                constants[output] = checked(constants[output] + offset);
                if (known.TryAdd(table, tables.Count))
                    tables.Add(table);
                uses.Add(new Use(known[table], output, factor));
            }
        }
        TakeConstants(constants, tables, uses);
        ILookup<int, Use> ofOutput = uses.ToLookup(u => u.Output);
        return new TabledMatrix(
            [.. Outputs.Select((o, output) => Form(o, narrow, tables.Count, ofOutput[output], constants[output]))],
            [.. Inputs, .. tables.Select(t => t.Range)], [.. tables]);
    }

    // An output by what stays of its inputs, by its tables and its constant.
    private LinearForm Form(LinearForm output, bool[] narrow, int tables, IEnumerable<Use> uses, long constant)
    {
        List<(int Input, long Coefficient)> terms = [];
        for (int i = 0; i < output.Inputs.Length; i++)
        {
            if (output.Inputs[i] < Inputs.Length && !narrow[output.Inputs[i]])
                terms.Add((output.Inputs[i], output.Coefficients[i]));
        }
        terms.AddRange(uses.Select(u => (Inputs.Length + u.Table, u.Factor)).OrderBy(t => t.Item1));
        if (constant != 0)
            terms.Add((Inputs.Length + tables, constant));
        return new LinearForm([.. terms.Select(t => t.Input)], [.. terms.Select(t => t.Coefficient)]);
    }

    // The bits of narrow inputs, each with what it counts for.
    private IEnumerable<Part> Parts(bool[] narrow)
    {
        for (int i = 0; i < Inputs.Length; i++)
        {
            int width = narrow[i] ? IntegerValue.BitsOf(Inputs[i]) : 0;
            for (int bit = 0; bit < width; bit++)
                yield return new Part(new InputBit(i, bit), Inputs[i].Min < 0
                    && bit == width - 1 ? -(1L << bit) : 1L << bit);
        }
    }

    // As many as a table takes; bits that are always the same are for the constant. A LUT6 that makes two functions of
    // five inputs makes one of six: for that twice as dear, a last bit that is left over does not make the number of
    // operands even, which would cost an adder of two.
    private List<Part[]> Groups(Part[] bits, int output, ref long constant, bool common)
    {
        List<Part> parts = [];
        foreach ((InputBit bit, long value) in bits)
        {
            long coefficient = value * Outputs[output][bit.Input];
            (long min, long max) = ((long)Inputs[bit.Input].Min >> bit.Position,
                (long)Inputs[bit.Input].Max >> bit.Position);
            if (min == max)
                constant += (min & 1) * coefficient;
            else if (common || coefficient != 0)
                parts.Add(new Part(bit, coefficient));
        }
        if (!common)
            parts.Sort((a, b) => (Math.Abs(b.Coefficient), a.Bit.Input, a.Bit.Position)
                .CompareTo((Math.Abs(a.Coefficient), b.Bit.Input, b.Bit.Position)));
        const int size = Fabric.PairInputs;
        int full = parts.Count / size;
        List<Part[]> groups = [.. parts.Chunk(size)];
        if (parts.Count % size == 1 && full % 2 == 1)
        {
            groups[full - 1] = [.. groups[full - 1], parts[^1]];
            groups.RemoveAt(full);
        }
        return [.. groups.Select(g => g.Where(p => p.Coefficient != 0).ToArray()).Where(g => g.Length > 0)];
    }

    // A group's sum as table · factor + offset: entries are not negative and have no common power of two; where tables
    // may be common the first coefficient is positive.
    private static (BitTable Table, long Factor, long Offset) Sum(Part[] group, bool common)
    {
        long[] entries = new long[1 << group.Length];
        for (int address = 0; address < entries.Length; address++)
        {
            for (int i = 0; i < group.Length; i++)
                entries[address] += ((address >> i) & 1) * group[i].Coefficient;
        }
        bool negative = common && group[0].Coefficient < 0;
        long first = negative ? entries.Max() : entries.Min();
        int zeros = BitOperations.TrailingZeroCount(entries.Aggregate(0L, (any, e) => any | (e - first)));
        return (new BitTable([.. group.Select(p => p.Bit)],
            [.. entries.Select(e => (negative ? first - e : e - first) >> zeros)]),
            negative ? -(1L << zeros) : 1L << zeros, first);
    }

    // An output's constant goes into a table that is its own, where that costs no adder: the one with the largest
    // entries, whose bits it hardly makes more.
    private static void TakeConstants(long[] constants, List<BitTable> tables, List<Use> uses)
    {
        int[] readers = new int[tables.Count];
        foreach (Use use in uses)
            readers[use.Table]++;
        foreach (IGrouping<int, int> own in Enumerable.Range(0, uses.Count).Where(u => readers[uses[u].Table] == 1)
            .GroupBy(u => uses[u].Output).ToList())
        {
            int place = own.MaxBy(u => tables[uses[u].Table].Range.Max * Math.Abs(uses[u].Factor));
            Use use = uses[place];
            long constant = constants[use.Output];
            if (constant == 0)
                continue;
            long[] entries = [.. tables[use.Table].Entries.Select(e => checked((e * use.Factor) + constant))];
            int zeros = BitOperations.TrailingZeroCount(entries.Aggregate(0L, (any, e) => any | e));
            tables[use.Table] = tables[use.Table] with { Entries = [.. entries.Select(e => e >> zeros)] };
            uses[place] = use with { Factor = 1L << zeros };
            constants[use.Output] = 0;
        }
    }
}
