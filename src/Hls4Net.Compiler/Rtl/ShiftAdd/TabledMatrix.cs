using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>
/// A matrix in which tables of the bits of narrow inputs stand for these: five bits of one-bit activations, whatever their weights, are half a LUT6 for each bit of their sum, where
/// adders would take a carry chain for every digit of every weight (distributed arithmetic, Croisier et al. 1973, with the tables in LUTs).
/// </summary>
/// <param name="Weights">[inputs and tables, outputs].</param>
/// <param name="Bias">[outputs].</param>
/// <param name="Inputs">What each input and each table can be.</param>
/// <param name="Tables">The tables.</param>
internal sealed record TabledMatrix(long[,] Weights, long[] Bias, ImmutableArray<Interval> Inputs, ImmutableArray<BitTable> Tables)
{
    // With wider inputs adders that are shared take fewer LUTs on all matrices that were tried (docs/results.md).
    private const int WidestInput = 2;

    // A bit times a constant.
    private readonly record struct Part(InputBit Bit, long Coefficient);

    // A table's place in an output's sum.
    private readonly record struct Use(int Table, int Output, long Factor);

    /// <summary>The matrix as it is, and with tables where it has narrow inputs and the fabric has tables: which of these is cheapest depends on how much the outputs have in common.</summary>
    public static IEnumerable<TabledMatrix> Candidates(long[,] weights, ReadOnlySpan<long> bias, ImmutableArray<Interval> inputs, Fabric fabric)
    {
        TabledMatrix plain = new(weights, bias.IsEmpty ? new long[weights.GetLength(1)] : bias.ToArray(), inputs, []);
        IEnumerable<int> widths = !fabric.HasTables ? [] : inputs.Select(IntegerValue.BitsOf).Where(w => w <= WidestInput).Distinct();
        return [plain, .. widths.SelectMany(widest => new[] { plain.Tabled(widest, common: false), plain.Tabled(widest, common: true) })];
    }

    // With inputs of up to so many bits in tables: each output's bits by the size of their coefficients, so that small ones share narrow tables; or the same bits for all outputs, so that
    // outputs have tables in common.
    private TabledMatrix Tabled(int widest, bool common)
    {
        (int rows, int outputs) = (Weights.GetLength(0), Weights.GetLength(1));
        bool[] narrow = [.. Inputs.Select(r => IntegerValue.BitsOf(r) <= widest)];
        long[] constants = [.. Bias];
        Dictionary<string, int> known = [];
        List<BitTable> tables = [];
        List<Use> uses = [];
        for (int output = 0; output < outputs; output++)
        {
            List<Part> parts = [.. Parts(narrow, output, ref constants[output]).Where(p => common || p.Coefficient != 0)];
            if (!common)
                parts.Sort((a, b) => Math.Abs(a.Coefficient) != Math.Abs(b.Coefficient) ? Math.Abs(b.Coefficient).CompareTo(Math.Abs(a.Coefficient)) : a.Bit.Input != b.Bit.Input ? a.Bit.Input - b.Bit.Input : a.Bit.Position - b.Bit.Position);
            foreach (Part[] group in Groups(parts))
            {
                (BitTable table, long factor, long offset) = Sum(group, common);
                constants[output] = checked(constants[output] + offset);
                string key = $"{string.Join(',', table.Address)}:{string.Join(',', table.Entries)}";
                if (known.TryAdd(key, tables.Count))
                    tables.Add(table);
                uses.Add(new Use(known[key], output, factor));
            }
        }
        TakeConstants(constants, tables, uses);
        long[,] weights = new long[rows + tables.Count, outputs];
        for (int i = 0; i < rows; i++)
        {
            for (int output = 0; output < outputs && !narrow[i]; output++)
                weights[i, output] = Weights[i, output];
        }
        foreach (Use use in uses)
            weights[rows + use.Table, use.Output] = use.Factor;
        return new TabledMatrix(weights, constants, [.. Inputs, .. tables.Select(t => t.Range)], [.. tables]);
    }

    // The bits of narrow inputs for an output; those that are always the same are for the constant.
    private List<Part> Parts(bool[] narrow, int output, ref long constant)
    {
        List<Part> parts = [];
        for (int i = 0; i < narrow.Length; i++)
        {
            (long min, long max) = ((long)Inputs[i].Min, (long)Inputs[i].Max);
            int width = narrow[i] ? IntegerValue.BitsOf(Inputs[i]) : 0;
            for (int bit = 0; bit < width; bit++)
            {
                long value = Weights[i, output] * (min < 0 && bit == width - 1 ? -(1L << bit) : 1L << bit);
                if (min >> bit == max >> bit)
                    constant += ((min >> bit) & 1) * value;
                else
                    parts.Add(new Part(new InputBit(i, bit), value));
            }
        }
        return parts;
    }

    // As many as a table takes. A LUT6 that makes two functions of five inputs makes one of six: for that twice as dear, a last bit that is left over does not make the number of
    // operands even, which would cost an adder of two.
    private static List<Part[]> Groups(List<Part> parts)
    {
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

    // A group's sum as table · factor + offset: entries are not negative and odd; where tables may be common the first coefficient is positive.
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
        return (new BitTable([.. group.Select(p => p.Bit)], [.. entries.Select(e => (negative ? first - e : e - first) >> zeros)]), negative ? -(1L << zeros) : 1L << zeros, first);
    }

    // An output's constant goes into a table that is its own, where that costs no adder: the one with the largest entries, whose bits it hardly makes more.
    private static void TakeConstants(long[] constants, List<BitTable> tables, List<Use> uses)
    {
        int[] readers = new int[tables.Count];
        foreach (Use use in uses)
            readers[use.Table]++;
        foreach (IGrouping<int, int> own in Enumerable.Range(0, uses.Count).Where(u => readers[uses[u].Table] == 1).GroupBy(u => uses[u].Output).ToList())
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
