namespace Hls4Net.Rtl.Mapping;

/// <summary>
/// A module's logic being collected: look-up tables' in a graph, and registers, adders, multipliers and memories, whose outputs are leaves of the graph and whose inputs are wanted of it
/// as soon as anything reads their outputs. Bits of values are literals, the lowest first.
/// </summary>
internal sealed class ModuleLogic(Family family)
{
    private const int TableInputs = 6;

    // Yosys makes narrower products of LUTs.
    private const int LeastDspBits = 9, LeastDspFactor = 3;

    // By the leaf that it makes, what makes it.
    private readonly Dictionary<int, (Block Block, int Output)> _makers = [];
    private readonly Dictionary<(int Data, int Reset, int Enable), int> _registers = [];

    /// <summary>The logic.</summary>
    public LogicGraph Graph { get; } = new();

    /// <summary>The family.</summary>
    public Family Family => family;

    /// <summary>Bits that come from outside.</summary>
    public int[] Inputs(int count) => [.. Enumerable.Range(0, count).Select(_ => Graph.Leaf())];

    /// <summary>A bit from a register. Equal registers are one, and a constant needs none.</summary>
    /// <param name="data">What it takes at every edge.</param>
    /// <param name="reset">What sets it to a constant instead, for which registers have an input of their own.</param>
    /// <param name="enable">Without what it stays.</param>
    public int Register(int data, int reset = LogicGraph.False, int enable = LogicGraph.True)
    {
        if (LogicGraph.IsConstant(data) && reset == LogicGraph.False)
            return data;
        if (!_registers.TryGetValue((data, reset, enable), out int leaf))
            _registers[(data, reset, enable)] = leaf = Made(new Block.Register(data, reset, enable), 1)[0];
        return leaf;
    }

    /// <summary>Registers whose inputs are said later, with <see cref="Connect"/>: what depends on its own past.</summary>
    public int[] Registers(int count) => [.. Enumerable.Range(0, count).Select(_ => Made(new Block.Feedback(), 1)[0])];

    /// <summary>What registers take.</summary>
    public void Connect(int[] registers, int[] data, int enable)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            Block.Feedback register = (Block.Feedback)_makers[LogicGraph.NodeOf(registers[i])].Block;
            (register.Data, register.Enable) = (data[i], enable);
        }
    }

    /// <summary>a + b, or a - b.</summary>
    public int[] Add(int[] a, int[] b, bool subtract)
    {
        int[] second = subtract ? [.. b.Select(l => l ^ 1)] : b;
        // The bits of one operand go into the chain, too, as well as into the tables: of the wider, or the second of two that are as wide.
        if (!subtract && Own(b) >= Own(a))
            (a, second) = (b, a);
        // Yosys makes carry chains of three positions and more.
        if (a.Length <= 2)
            return Ripple(a, second, subtract ? LogicGraph.True : LogicGraph.False);
        return Made(Target.IsAmd(family) ? new Block.Carry([.. a.Select((l, i) => Graph.Xor(l, second[i]))], a) : new Block.AdderCells(a, second), a.Length);

        // Without copies of a sign.
        static int Own(int[] bits)
        {
            int own = bits.Length;
            while (own > 1 && bits[own - 1] == bits[own - 2])
                own--;
            return own;
        }
    }

    /// <summary>a + b + c, the latter two subtracted where asked, as hls4net_ternary_add adds them.</summary>
    public int[] AddThree(int[] a, int[] b, int[] c, bool negateB, bool negateC, int extension)
    {
        int own = a.Length - extension;
        int[] parity = new int[a.Length];
        for (int i = own; i < a.Length; i++)
        {
            (int bi, int ci) = (b[i] ^ Flag(negateB), c[i] ^ Flag(negateC));
            int saved = i == 0 ? LogicGraph.False : Graph.Majority(a[i - 1], b[i - 1] ^ Flag(negateB), c[i - 1] ^ Flag(negateC));
            parity[i] = Graph.Xor(Graph.Xor(a[i], Graph.Xor(bi, ci)), saved);
        }
        return Made(new Block.Ternary(a, b, c, parity, own), a.Length);

        static int Flag(bool b) => b ? 1 : 0;
    }

    /// <summary>Whether a ≥ b, in two's complement or unsigned.</summary>
    public int AtLeast(int[] a, int[] b, bool signed)
    {
        bool constant = Array.TrueForAll(b, LogicGraph.IsConstant) || Array.TrueForAll(a, LogicGraph.IsConstant);
        if (!Target.IsAmd(family) && !(constant && a.Length <= 4))
            return Made(new Block.AdderCells(a, b), a.Length)[^1];
        // Yosys' cmp2lut and cmp2lcu: as many bits as a table has inputs tell together whether they decide or leave it to those below.
        List<(int Equal, int Greater)> groups = [];
        for (int i = a.Length - 1; i >= 0;)
        {
            int equal = LogicGraph.True, top = i;
            for (int budget = TableInputs; i >= 0 && budget >= Free(i); i--)
            {
                budget -= Free(i);
                equal = Graph.And(equal, Graph.Xor(a[i], b[i]) ^ 1);
            }
            groups.Add((equal, Greater(i + 1, top, LogicGraph.False)));
        }
        // Few groups need no carry chain, and constants then no more than a gate a bit.
        if (groups.Count <= 2 && constant)
            return Greater(0, a.Length - 1, LogicGraph.True);
        groups.Reverse();
        if (groups.Count > 2)
            return Made(new Block.Carry([.. groups.Select(g => g.Equal)], [.. groups.Select(g => g.Greater)]), groups.Count)[^1];
        int carry = LogicGraph.True;
        foreach ((int equal, int greater) in groups)
            carry = Graph.Or(greater, Graph.And(equal, carry));
        return carry;

        int Free(int bit) => (LogicGraph.IsConstant(a[bit]) ? 0 : 1) + (LogicGraph.IsConstant(b[bit]) ? 0 : 1);

        // Of bits so many: the highest that differ decide, and what is below if none does.
        int Greater(int from, int to, int below)
        {
            for (int i = from; i <= to; i++)
                below = Graph.Select(Graph.Xor(a[i], b[i]), signed && i == a.Length - 1 ? b[i] : a[i], below);
            return below;
        }
    }

    /// <summary>The low bits of a · b in two's complement: DSP blocks, as Yosys' mul2dsp divides factors among them, or for narrow factors logic.</summary>
    public int[] Multiply(int[] a, int[] b, int width) =>
        a.Length + b.Length < LeastDspBits || Math.Min(a.Length, b.Length) < LeastDspFactor ? Narrow(a, b, width) : Wide(a, b, width);

    private int[] Wide(int[] a, int[] b, int width)
    {
        if (a.Length < b.Length)
            (a, b) = (b, a);
        (int most, int mostOther) = family switch { Family.Series7 => (25, 18), Family.Ecp5 => (18, 18), Family.Ice40 => (16, 16), _ => (27, 18) };
        return a.Length > most ? Divided(a, b) : b.Length > mostOther ? Divided(b, a) : Extended(Made(new Block.Multiplier(a, b), Math.Min(width, a.Length + b.Length)));

        // The low bits of a factor, without a sign, and the others.
        int[] Divided(int[] factor, int[] other)
        {
            int part = mostOther - 1;
            int[] low = Wide([.. factor[..part], LogicGraph.False], other, Math.Min(width, part + 1 + other.Length));
            if (width <= part)
                return low;
            int[] high = Wide(factor[part..], other, Math.Min(width - part, factor.Length - part + other.Length));
            return [.. low[..part], .. Add(Extended(high)[..(width - part)], Extended(low[part..])[..(width - part)], subtract: false)];
        }

        int[] Extended(int[] bits) => [.. bits, .. Enumerable.Repeat(bits[^1], width - bits.Length)];
    }

    // A sum of rows, of which the highest bit's, as a sign, is subtracted.
    private int[] Narrow(int[] a, int[] b, int width)
    {
        if (a.Length < b.Length)
            (a, b) = (b, a);
        int[] sum = [.. Enumerable.Repeat(LogicGraph.False, width)];
        for (int i = 0; i < Math.Min(b.Length, width); i++)
        {
            int[] row = [.. Enumerable.Range(0, width - i).Select(k => Graph.And(b[i], a[Math.Min(k, a.Length - 1)]))];
            int[] upper = i == 0 && b.Length > 1 ? row : Add(sum[i..], row, subtract: i == b.Length - 1);
            upper.CopyTo(sum, i);
        }
        return sum;
    }

    /// <summary>The word at an address: of each of its bits the table, 64 addresses a number; <paramref name="lookups"/> where each number is a look-up table of its own.</summary>
    public int[] Table(int[] address, ulong[][] planes, bool lookups)
    {
        int low = Math.Min(address.Length, IntegerOperation.Table.LookupBits);
        Dictionary<ulong, int> known = [];
        return [.. planes.Select(plane => Tree(address[low..], address.Length - low, i => Lookup(plane[i])))];

        int Lookup(ulong entries)
        {
            if (entries is 0 or ulong.MaxValue)
                return (int)(entries & 1);
            if (!lookups)
                return Tree(address, low, i => (int)(entries >> (int)i) & 1);
            if (!known.TryGetValue(entries, out int leaf))
                known[entries] = leaf = Made(new Block.Lookup(address[..low]), 1)[0];
            return leaf;
        }
    }

    /// <summary>The word at an address, in block RAM, whose own register keeps it.</summary>
    public int[] BlockMemory(int[] address, long blocks, int width) => Made(new Block.Memory(address, new ModuleCost(Bram18: blocks)), width);

    /// <summary>The word at an address of a memory that is written as well; what is written is read by <see cref="Connect"/>'s registers too and not counted again.</summary>
    /// <param name="controls">Addresses, and when it is written.</param>
    /// <param name="depth">Words.</param>
    /// <param name="width">Bits of a word.</param>
    public int[] WrittenMemory(int[] controls, int depth, int width) => Made(new Block.Memory(controls, MemoryCost.Of(depth, width, family)), width);

    /// <summary>A choice among many: at(i) at address i.</summary>
    public int Tree(int[] address, int bits, Func<long, int> at)
    {
        return Node(bits, 0);

        int Node(int level, long offset) =>
            level == 0 ? at(offset) : Graph.Select(address[level - 1], Node(level - 1, offset + (1L << (level - 1))), Node(level - 1, offset));
    }

    /// <summary>A register that counts 0, 1, … <paramref name="count"/> - 1 where <paramref name="step"/> is set and begins again, and whether it is at its last; no register for a count of 1.</summary>
    public (int[] Bits, int IsLast) Counter(int count, int step)
    {
        if (count == 1)
            return ([], LogicGraph.True);
        int[] bits = Registers(Verilog.VerilogWriter.Bits(count - 1));
        int last = LogicGraph.True;
        for (int i = 0; i < bits.Length; i++)
            last = Graph.And(last, bits[i] ^ (((count - 1) >> i) & 1) ^ 1);
        int[] next = Add(bits, [LogicGraph.True, .. Enumerable.Repeat(LogicGraph.False, bits.Length - 1)], subtract: false);
        Connect(bits, [.. next.Select(b => Graph.And(b, last ^ 1))], step);
        return (bits, last);
    }

    /// <summary>A bit as it was so many cycles ago.</summary>
    public int Delayed(int bit, int cycles)
    {
        for (int i = 0; i < cycles; i++)
            bit = Register(bit);
        return bit;
    }

    /// <summary>What it all takes, as far as given bits need it.</summary>
    public ModuleCost Cost(IEnumerable<int> outputs)
    {
        HashSet<int> roots = [], seen = [0];
        Dictionary<Block, int> built = [];
        Stack<int> open = new();
        ModuleCost cost = new();
        void Want(int literal)
        {
            roots.Add(literal & ~1);
            if (seen.Add(LogicGraph.NodeOf(literal)))
                open.Push(LogicGraph.NodeOf(literal));
        }
        foreach (int output in outputs)
            Want(output);
        while (open.TryPop(out int node))
        {
            LogicNode logic = Graph[node];
            for (int i = 0; i < logic.Operands; i++)
            {
                if (seen.Add(LogicGraph.NodeOf(logic.Operand(i))))
                    open.Push(LogicGraph.NodeOf(logic.Operand(i)));
            }
            if (!_makers.TryGetValue(node, out (Block Block, int Output) maker))
                continue;
            int from = built.GetValueOrDefault(maker.Block), to = Math.Min(maker.Block.Positions, (maker.Output / maker.Block.Step * maker.Block.Step) + maker.Block.Step);
            for (int position = from; position < to; position++)
            {
                cost += maker.Block.Cost(position);
                foreach (int input in maker.Block.Inputs(position))
                    Want(input);
            }
            built[maker.Block] = Math.Max(from, to);
        }
        return cost with { Lut = cost.Lut + LutCover.Count(Graph, roots, TableAreas) };
    }

    // What a table of so many inputs counts for where an area is minimised: Yosys' for AMD's families.
    private ReadOnlySpan<int> TableAreas => Target.IsAmd(family) || family is Family.Asic or Family.Generic ? [0, 2, 2, 3, 5, 5, 5] : [0, 1, 1, 1, 1];

    private int[] Made(Block block, int outputs)
    {
        int[] leaves = Inputs(outputs);
        for (int i = 0; i < outputs; i++)
            _makers.Add(LogicGraph.NodeOf(leaves[i]), (block, i));
        return leaves;
    }

    private int[] Ripple(int[] a, int[] b, int carry)
    {
        int[] sum = new int[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            int differ = Graph.Xor(a[i], b[i]);
            sum[i] = Graph.Xor(differ, carry);
            carry = Graph.Select(differ, carry, a[i]);
        }
        return sum;
    }
}
