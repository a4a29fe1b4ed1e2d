using FsCheck.Xunit;
using Hls4Net.Devices;
using Hls4Net.Programs;
using Hls4Net.Programs.Mapping;

namespace Hls4Net.Tests.Rtl.Mapping;

/// <summary>The logic whose tables are counted computes what it should; registers are there once.</summary>
public sealed class ModuleLogicTests
{
    private readonly ModuleLogic _logic = new(Family.UltraScalePlus);

    [Property(MaxTest = 300)]
    public void Comparisons_with_constants_decide_as_numbers_do(int number, byte bits, bool signed)
    {
        int width = 1 + (bits % 12);
        long bound = Wrapped(number, width, signed);
        int[] a = _logic.Inputs(width);
        int result = _logic.AtLeast(a, Constant(bound, width), signed);
        for (long value = 0; value < 1L << width; value++)
            Assert.Equal(Wrapped(value, width, signed) >= bound, Value(result, [(a, value)]));
    }

    [Property(MaxTest = 100)]
    public void Comparisons_of_variables_decide_as_numbers_do(byte bits, bool signed)
    {
        int width = 1 + (bits % 6);
        int[] a = _logic.Inputs(width), b = _logic.Inputs(width);
        int result = _logic.AtLeast(a, b, signed);
        for (long x = 0; x < 1L << width; x++)
        {
            for (long y = 0; y < 1L << width; y++)
                Assert.Equal(Wrapped(x, width, signed) >= Wrapped(y, width, signed), Value(result, [(a, x), (b, y)]));
        }
    }

    [Property(MaxTest = 100)]
    public void Tables_hold_their_entries(int first, long[] entries)
    {
        if (entries.Length < 2)
            return;
        IntegerOperation.Table table = new(0, first, [.. entries]);
        int[] address = _logic.Inputs(table.AddressBits),
            word = _logic.Table(address, [.. Enumerable.Range(0, 64).Select(table.Plane)], lookups: false);
        for (int i = 0; i < entries.Length; i++)
        {
            for (int bit = 0; bit < 64; bit++)
                Assert.Equal(((entries[i] >> bit) & 1) != 0, Value(word[bit], [(address, (long)first + i)]));
        }
    }

    // Carries that run through two positions only are logic.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Narrow_sums_are_logic(bool subtract)
    {
        int[] a = _logic.Inputs(2), b = _logic.Inputs(2), sum = _logic.Add(a, b, subtract);
        for (long x = 0; x < 4; x++)
        {
            for (long y = 0; y < 4; y++)
            {
                long expected = subtract ? x - y : x + y;
                Assert.Equal((expected & 1, (expected >> 1) & 1),
                    (Value(sum[0], [(a, x), (b, y)]) ? 1L : 0, Value(sum[1], [(a, x), (b, y)]) ? 1L : 0));
            }
        }
    }

    [Fact]
    public void Equal_registers_are_one_and_constants_need_none()
    {
        int a = _logic.Inputs(1)[0];
        int once = _logic.Register(a), twice = _logic.Register(once);
        Assert.Equal(LogicGraph.True, _logic.Register(LogicGraph.True));
        Assert.Equal(once, _logic.Register(a));
        Assert.Equal(new ModuleCost(Ff: 2), _logic.Cost([once, twice]));
        Assert.Equal(new ModuleCost(Ff: 1), _logic.Cost([once]));
    }

    // Of a sum whose upper bits nobody reads the lower positions are built alone.
    [Fact]
    public void Adders_end_where_nobody_reads_on()
    {
        int[] sum = _logic.Add(_logic.Inputs(16), _logic.Inputs(16), subtract: false);
        Assert.Equal(16, _logic.Cost(sum).Lut);
        Assert.Equal(5, _logic.Cost([sum[4]]).Lut);
    }

    private static long Wrapped(long value, int width, bool signed)
    {
        long low = value & ((1L << width) - 1);
        return signed && (low >> (width - 1)) != 0 ? low - (1L << width) : low;
    }

    private static int[] Constant(long value, int width) =>
        [.. Enumerable.Range(0, width).Select(i => (int)((value >> i) & 1))];

    private bool Value(int literal, (int[] Bits, long Value)[] inputs)
    {
        Dictionary<int, bool> known = new() { [0] = false };
        foreach ((int[] bits, long value) in inputs)
        {
            for (int i = 0; i < bits.Length; i++)
                known[LogicGraph.NodeOf(bits[i])] = ((value >> i) & 1) != 0;
        }
        return Of(literal);

        bool Of(int l)
        {
            int node = LogicGraph.NodeOf(l);
            if (!known.TryGetValue(node, out bool set))
            {
                LogicNode n = _logic.Graph[node];
                known[node] = set = n.Function switch
                {
                    LogicFunction.And => Of(n.A) & Of(n.B),
                    LogicFunction.Xor => Of(n.A) ^ Of(n.B),
                    LogicFunction.Select => Of(n.A) ? Of(n.B) : Of(n.C),
                    _ => throw new InvalidOperationException("an input is not given"),
                };
            }
            return set != ((l & 1) != 0);
        }
    }
}
