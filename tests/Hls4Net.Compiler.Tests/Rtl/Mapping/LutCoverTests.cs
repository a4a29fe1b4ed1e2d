using Hls4Net.Programs.Mapping;

namespace Hls4Net.Tests.Rtl.Mapping;

/// <summary>How many look-up tables cover logic, where it is known how many must and can.</summary>
public sealed class LutCoverTests
{
    private static readonly int[] s_six = [0, 2, 2, 3, 5, 5, 5], s_four = [0, 1, 1, 1, 1];

    // A table of k inputs takes k - 1 of n inputs away; there is no way around reading each of them.
    [Theory]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    [InlineData(11, 2)]
    [InlineData(36, 7)]
    [InlineData(200, 40)]
    public void Parity_takes_a_table_for_five_inputs(int inputs, int tables)
    {
        LogicGraph graph = new();
        int[] bits = [.. Enumerable.Range(0, inputs).Select(_ => graph.Leaf())];
        Assert.Equal(tables, LutCover.Count(graph, [bits.Aggregate(graph.Xor)], s_six));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 5)]
    [InlineData(6, 21)]
    public void Multiplexers_are_made_of_those_of_four(int addressBits, int tables)
    {
        ModuleLogic logic = new(Hls4Net.Devices.Family.UltraScalePlus);
        int[] address = logic.Inputs(addressBits), data = logic.Inputs(1 << addressBits);
        Assert.Equal(tables, LutCover.Count(logic.Graph, [logic.Tree(address, i => data[i])], s_six));
    }

    [Fact]
    public void Smaller_tables_are_more()
    {
        LogicGraph graph = new();
        int[] bits = [.. Enumerable.Range(0, 16).Select(_ => graph.Leaf())];
        int all = bits.Aggregate(graph.And);
        Assert.Equal((3, 5), (LutCover.Count(graph, [all], s_six), LutCover.Count(graph, [all], s_four)));
    }

    // Many cuts of condition and set that fill a table compete for places with those that leave one for the third
    // operand.
    [Fact]
    public void Selections_read_all_their_operands()
    {
        LogicGraph graph = new();
        int[] x = [.. Enumerable.Range(0, 9).Select(_ => graph.Leaf())];
        (int U, int V) left = Half(x[..4]), right = Half(x[4..8]);
        int condition = graph.Xor(graph.And(left.U, right.U), graph.And(left.V, right.V)),
            set = graph.And(graph.Xor(left.U, right.U), graph.Xor(left.V, right.V));
        int without = LutCover.Count(graph, [condition, set], s_four);
        Assert.Equal(without + 1, LutCover.Count(graph, [graph.Select(condition, set, x[8])], s_four));

        (int, int) Half(int[] b)
        {
            int first = graph.And(b[0], b[1]), second = graph.And(b[2], b[3]), both = graph.And(first, second),
                one = graph.Xor(first, second);
            return (graph.And(both, one), graph.Xor(both, one));
        }
    }

    [Fact]
    public void What_nobody_wants_takes_nothing_and_what_two_want_is_there_once()
    {
        LogicGraph graph = new();
        int[] bits = [.. Enumerable.Range(0, 12).Select(_ => graph.Leaf())];
        int first = bits[..6].Aggregate(graph.And), second = bits[6..].Aggregate(graph.Xor);
        Assert.Equal(0, LutCover.Count(graph, [], s_six));
        Assert.Equal(0, LutCover.Count(graph, [bits[0], bits[0] ^ 1, LogicGraph.True], s_six));
        Assert.Equal(1, LutCover.Count(graph, [first], s_six));
        Assert.Equal(2, LutCover.Count(graph, [first, second, first ^ 1], s_six));
        // Two more readers of both share them.
        Assert.Equal(4,
            LutCover.Count(graph, [first, second, graph.And(first, second), graph.Xor(first, second)], s_six));
    }
}
