namespace Hls4Net.Programs.Mapping;

/// <summary>
/// Combinational logic, bit by bit: conjunctions, exclusive ors and selections of literals. A literal is a node's
/// number twice, and one more where it is inverted; 0 and 1 are the constants. What is known is not built, and equal
/// nodes are one.
/// </summary>
internal sealed class LogicGraph
{
    private readonly List<LogicNode> _nodes = [default];
    private readonly Dictionary<LogicNode, int> _known = [];

    /// <summary>The literals of the constants.</summary>
    public const int False = 0, True = 1;

    /// <summary>How many nodes there are, the constant's among them.</summary>
    public int Count => _nodes.Count;

    /// <summary>A node; operands come before it.</summary>
    public LogicNode this[int node] => _nodes[node];

    /// <summary>The node of a literal.</summary>
    public static int NodeOf(int literal) => literal >> 1;

    /// <summary>True if a literal is one of the constants.</summary>
    public static bool IsConstant(int literal) => literal <= True;

    /// <summary>
    /// True for what is neither a constant nor logic, but comes out of a register, an adder or the like.
    /// </summary>
    public bool IsLeaf(int node) => _nodes[node].Function == LogicFunction.Leaf;

    public int Leaf()
    {
        _nodes.Add(new LogicNode(LogicFunction.Leaf, 0, 0, 0));
        return (_nodes.Count - 1) << 1;
    }

    public int And(int a, int b)
    {
        if (a > b)
            (a, b) = (b, a);
        if (a == False || a == (b ^ 1))
            return False;
        return a == True || a == b ? b : Add(LogicFunction.And, a, b, 0);
    }

    public int Or(int a, int b) => And(a ^ 1, b ^ 1) ^ 1;

    public int Xor(int a, int b)
    {
        int inverted = (a ^ b) & 1;
        (a, b) = (a & ~1, b & ~1);
        if (a > b)
            (a, b) = (b, a);
        return (a == b ? False : a == False ? b : Add(LogicFunction.Xor, a, b, 0)) ^ inverted;
    }

    /// <summary>
    /// <paramref name="set"/> where <paramref name="condition"/> is true, else <paramref name="clear"/>.
    /// </summary>
    public int Select(int condition, int set, int clear)
    {
        if ((condition & 1) != 0)
            (condition, set, clear) = (condition ^ 1, clear, set);
        if (condition == False || set == clear)
            return clear;
        if (set == (clear ^ 1))
            return Xor(condition, clear);
        if (IsConstant(set) || set == condition || set == (condition ^ 1))
            return set == True || set == condition ? Or(condition, clear) : And(condition ^ 1, clear);
        if (IsConstant(clear) || clear == condition || clear == (condition ^ 1))
            return clear == False || clear == condition ? And(condition, set) : Or(condition ^ 1, set);
        int inverted = set & 1;
        return Add(LogicFunction.Select, condition, set ^ inverted, clear ^ inverted) ^ inverted;
    }

    /// <summary>At least two of three.</summary>
    public int Majority(int a, int b, int c) => Select(Xor(a, b), c, a);

    /// <summary>Whether bits, the lowest first, are those of a number.</summary>
    public int Equal(int[] bits, long number)
    {
        int same = True;
        for (int i = 0; i < bits.Length; i++)
            same = And(same, bits[i] ^ (int)((number >> i) & 1) ^ 1);
        return same;
    }

    /// <summary>So many bits of a number, its sign or zeros above its own.</summary>
    public static int[] Extended(int[] bits, bool signed, int width) =>
        [.. Enumerable.Range(0, width).Select(i => i < bits.Length ? bits[i] : signed ? bits[^1] : False)];

    private int Add(LogicFunction function, int a, int b, int c)
    {
        LogicNode node = new(function, a, b, c);
        if (!_known.TryGetValue(node, out int n))
        {
            n = _nodes.Count;
            _nodes.Add(node);
            _known.Add(node, n);
        }
        return n << 1;
    }
}

/// <summary>What a node computes.</summary>
internal enum LogicFunction : byte
{
    /// <summary>Nothing: a constant, or a bit that comes from elsewhere.</summary>
    Leaf,

    /// <summary>A and B.</summary>
    And,

    /// <summary>A or B, not both.</summary>
    Xor,

    /// <summary>B where A, else C.</summary>
    Select,
}

/// <summary>A node's function and literals.</summary>
internal readonly record struct LogicNode(LogicFunction Function, int A, int B, int C)
{
    /// <summary>How many literals it reads.</summary>
    public int Operands => Function switch { LogicFunction.Leaf => 0, LogicFunction.Select => 3, _ => 2 };

    /// <summary>The literal at a place.</summary>
    public int Operand(int place) => place switch { 0 => A, 1 => B, _ => C };
}
