using Hls4Net.Devices;

namespace Hls4Net.Programs.Mapping;

/// <summary>
/// A module's logic being collected: look-up tables' in a graph, and registers, adders, multipliers and memories, whose
/// outputs are leaves of the graph and whose inputs are wanted of it as soon as anything reads their outputs. Bits of
/// values are literals, the lowest first.
/// </summary>
internal sealed partial class ModuleLogic(Family family)
{
    // By the leaf that it makes, what makes it.
    private readonly Dictionary<int, (Block Block, int Output)> _makers = [];
    private readonly Dictionary<(int Data, int Enable, int Clear), int> _registers = [];

    /// <summary>The logic.</summary>
    public LogicGraph Graph { get; } = new();

    /// <summary>The family.</summary>
    public Family Family => family;

    /// <summary>Bits that come from outside.</summary>
    public int[] Inputs(int count) => [.. Enumerable.Range(0, count).Select(_ => Graph.Leaf())];

    /// <summary>A bit from a register. Equal registers are one, and a constant needs none.</summary>
    /// <param name="data">What it takes at every edge.</param>
    /// <param name="enable">The clock enable.</param>
    /// <param name="clear">The synchronous reset.</param>
    public int Register(int data, int enable = LogicGraph.True, int clear = LogicGraph.False)
    {
        if (LogicGraph.IsConstant(data))
            return data;
        if (!_registers.TryGetValue((data, enable, clear), out int leaf))
            _registers[(data, enable, clear)] = leaf =
                Made(new Block.Register { Data = data, Enable = enable, Clear = clear }, 1)[0];
        return leaf;
    }

    /// <summary>
    /// Registers whose inputs are said later, with <see cref="Connect(int[], int[], int, int)"/>: what depends on its
    /// own past.
    /// </summary>
    public int[] Registers(int count) => [.. Enumerable.Range(0, count).Select(_ => Made(new Block.Register(), 1)[0])];

    /// <summary>What registers take.</summary>
    public void Connect(int[] registers, int[] data, int enable, int clear)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            Block.Register register = (Block.Register)_makers[LogicGraph.NodeOf(registers[i])].Block;
            (register.Data, register.Enable, register.Clear) = (data[i], enable, clear);
        }
    }

    /// <summary>
    /// The word at an address: of each of its bits the table, 64 addresses a number; <paramref name="lookups"/> where
    /// each number is a look-up table of its own.
    /// </summary>
    public int[] Table(int[] address, ulong[][] planes, bool lookups)
    {
        int low = Math.Min(address.Length, IntegerOperation.Table.LookupBits);
        Dictionary<ulong, int> known = [];
        return [.. planes.Select(plane => Tree(address[low..], i => Lookup(plane[i])))];

        int Lookup(ulong entries)
        {
            if (entries is 0 or ulong.MaxValue)
                return (int)(entries & 1);
            if (!lookups)
                return Tree(address[..low], i => (int)(entries >> (int)i) & 1);
            if (!known.TryGetValue(entries, out int leaf))
                known[entries] = leaf = Made(new Block.Lookup(address[..low]), 1)[0];
            return leaf;
        }
    }

    /// <summary>
    /// The word at an address of a table of thousands of entries: for each bit as many look-up tables as hold it, and a
    /// third as many that choose among them by fours. Covering each bit of it by itself takes minutes, and finds little
    /// that is alike.
    /// </summary>
    public int[] LargeTable(int[] address, int width)
    {
        long lookups = 1L << (address.Length - IntegerOperation.Table.LookupBits);
        return Made(new Block.Memory(address, new ModuleCost(Lut: width * (lookups + (lookups / 3)))), width);
    }

    /// <summary>The word at an address of a table whose functions share look-up tables by twos.</summary>
    public int[] Pairs(int[] address, TableShape shape)
    {
        int[] made = [.. Enumerable.Range(0, shape.Pairs).SelectMany(_ => Made(new Block.Lookup(address), 2))];
        return [.. shape.Bits.Select(bit => bit.Lookup is int lookup ? made[lookup]
            : (bit.Address is int at ? address[at] : LogicGraph.False) ^ (bit.Inverted ? 1 : 0))];
    }

    /// <summary>The word at an address, in block RAM, whose own register keeps it.</summary>
    public int[] BlockMemory(int[] address, long blocks, int width) =>
        Made(new Block.Memory(address, new ModuleCost(Bram18: blocks)), width);

    /// <summary>
    /// The word at an address of a memory that is written as well, whose inputs are said later, with
    /// <see cref="Connect(int[], int[])"/>.
    /// </summary>
    /// <param name="depth">Words.</param>
    /// <param name="width">Bits of a word.</param>
    public int[] WrittenMemory(int depth, int width) =>
        Made(new Block.Memory([], MemoryCost.Of(depth, width, family)), width);

    /// <summary>What a memory that is written needs: addresses, when it is written, and what.</summary>
    public void Connect(int[] word, int[] controls) =>
        ((Block.Memory)_makers[LogicGraph.NodeOf(word[0])].Block).Controls = controls;

    /// <summary>A choice among many: at(i) at address i.</summary>
    public int Tree(int[] address, Func<long, int> at)
    {
        return Node(address.Length, 0);

        int Node(int level, long offset) =>
            level == 0 ? at(offset) : Graph.Select(address[level - 1], Node(level - 1, offset + (1L << (level - 1))),
                Node(level - 1, offset));
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
            int from = built.GetValueOrDefault(maker.Block), to = Math.Min(maker.Block.Positions,
                (maker.Output / maker.Block.Step * maker.Block.Step) + maker.Block.Step);
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
    private ReadOnlySpan<int> TableAreas => Target.IsAmd(family)
        || family is Family.Asic or Family.Generic ? [0, 2, 2, 3, 5, 5, 5] : [0, 1, 1, 1, 1];

    private int[] Made(Block block, int outputs)
    {
        int[] leaves = Inputs(outputs);
        for (int i = 0; i < outputs; i++)
            _makers.Add(LogicGraph.NodeOf(leaves[i]), (block, i));
        return leaves;
    }
}
