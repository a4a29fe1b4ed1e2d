using Hls4Net.Devices;

namespace Hls4Net.Programs.Mapping;

/// <summary>Operations on numbers, as Yosys makes them of carry chains, DSP blocks and logic.</summary>
internal sealed partial class ModuleLogic
{
    // Yosys makes narrower products of LUTs.
    private const int LeastDspBits = 9, LeastDspFactor = 3;

    /// <summary>a + b, or a - b.</summary>
    public int[] Add(int[] a, int[] b, bool subtract)
    {
        int[] second = subtract ? [.. b.Select(l => l ^ 1)] : b;
        // The bits of one operand go into the chain, too, as well as into the tables: of the wider, or the second of
        // two that are as wide.
        if (!subtract && Own(b) >= Own(a))
            (a, second) = (b, a);
        // Yosys makes carry chains of three positions and more.
        if (a.Length <= 2)
            return Ripple(a, second, subtract ? LogicGraph.True : LogicGraph.False);
        return Made(Target.IsAmd(family) ? new Block.Carry([.. a.Select((l, i) => Graph.Xor(l, second[i]))], a)
            : new Block.AdderCells(a, second), a.Length);

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
            int saved = i == 0 ? LogicGraph.False
                : Graph.Majority(a[i - 1], b[i - 1] ^ Flag(negateB), c[i - 1] ^ Flag(negateC));
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
        // Yosys' cmp2lut and cmp2lcu: as many bits as a table has inputs tell together whether they decide or leave it
        // to those below.
        List<(int Equal, int Greater)> groups = [];
        for (int i = a.Length - 1; i >= 0;)
        {
            int equal = LogicGraph.True, top = i;
            for (int budget = Fabric.TableInputs; i >= 0 && budget >= Free(i); i--)
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
            return Made(new Block.Carry([.. groups.Select(g => g.Equal)], [.. groups.Select(g => g.Greater)]),
                groups.Count)[^1];
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

    /// <summary>
    /// The low bits of a · b in two's complement: DSP blocks, as Yosys' mul2dsp divides factors among them, or for
    /// narrow factors logic.
    /// </summary>
    public int[] Multiply(int[] a, int[] b, int width) =>
        Multipliers.AreLogic(family) || a.Length + b.Length < LeastDspBits
            || Math.Min(a.Length, b.Length) < LeastDspFactor ? Narrow(a, b, width) : Wide(a, b, width);

    private int[] Wide(int[] a, int[] b, int width)
    {
        if (a.Length < b.Length)
            (a, b) = (b, a);
        (int most, int mostOther) = Multipliers.Block(family);
        return a.Length > most ? Divided(a, b) : b.Length > mostOther ? Divided(b, a)
            : Extended(Made(new Block.Multiplier(a, b), Math.Min(width, a.Length + b.Length)));

        // The low bits of a factor, without a sign, and the others.
        int[] Divided(int[] factor, int[] other)
        {
            int part = mostOther - 1;
            int[] low = Wide([.. factor[..part], LogicGraph.False], other, Math.Min(width, part + 1 + other.Length));
            if (width <= part)
                return low;
            int[] high = Wide(factor[part..], other, Math.Min(width - part, factor.Length - part + other.Length));
            return [.. low[..part],
                .. Add(Extended(high)[..(width - part)], Extended(low[part..])[..(width - part)], subtract: false)];
        }

        int[] Extended(int[] bits) => LogicGraph.Extended(bits, signed: true, width);
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
