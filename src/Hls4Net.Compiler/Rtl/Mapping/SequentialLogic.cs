using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Programs;
using Hls4Net.Programs.Mapping;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Rtl.Sequential;
using Hls4Net.Rtl.Verilog;

namespace Hls4Net.Rtl.Mapping;

/// <summary>The logic and registers of a sequential program, as <see cref="SequentialEmitter"/> prints them.</summary>
internal static class SequentialLogic
{
    /// <summary>What it takes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="product">The schedule of its terms.</param>
    /// <param name="sum">That of its accumulators.</param>
    /// <param name="result">That of its results.</param>
    /// <param name="x">The port of an item.</param>
    /// <param name="family">The family.</param>
    public static ModuleCost CostOf(SequentialProgram program, Schedule product, Schedule sum, Schedule result, Port x,
        Family family)
    {
        ModuleLogic logic = new(family);
        LogicGraph graph = logic.Graph;
        int start = graph.Leaf(), active = start;
        int[] item = logic.Inputs(x.Width);
        bool several = program.Steps > 1;
        if (several)
        {
            item = [.. item.Select(bit => logic.Register(bit, enable: start))];
            active = logic.Registers(1)[0];
        }
        (int[] slice, int lastSlice) = logic.Counter(program.Slices, active);
        (int[] group, int lastGroup) = logic.Counter(program.Groups, graph.And(active, lastSlice));
        int finished = graph.And(lastSlice, lastGroup);
        (int firstItem, int lastItem, int[] place) = Items(logic, program, graph.And(active, finished));
        if (place.Length == 0 && program.Items > 1)
            place = group;
        if (several)
            logic.Connect([active], [graph.Or(start, graph.And(active, finished ^ 1))], LogicGraph.True);

        int[][] operands = Operands(logic, program, item, x.ElementWidth, slice, group);
        int[][] words = Words(logic, program, logic.Counter(program.Words.Length, active).Bits);
        int[][] terms = ProgramLogic.Add(logic, program.Terms, product, Fit(program.Terms, [.. operands, .. words]));
        terms = [.. terms.Select(t => t.Select(bit => logic.Register(bit)).ToArray())];

        int depth = product.Latency + 2;
        int arrives = logic.Delayed(active, depth),
            begins = logic.Delayed(graph.And(graph.Equal(slice, 0), firstItem), depth);
        int[][] sums = [.. program.Accumulate.Outputs.Select(_ => logic.Registers(program.AccumulatorBits))],
            before = sums;
        if (place.Length > 0)
        {
            // Sums of other places are in a memory that is read into a register; what is just being written passes by.
            int[] coming = [.. place.Select(bit => logic.Delayed(bit, depth - 1))],
                now = [.. coming.Select(bit => logic.Register(bit))];
            int passes = logic.Register(graph.And(arrives, coming.Zip(now)
                .Aggregate(LogicGraph.True, (same, bits) => graph.And(same, graph.Xor(bits.First, bits.Second) ^ 1))));
            int width = program.AccumulatorBits;
            int[] read = logic.WrittenMemory([.. coming, .. now, arrives], 1 << place.Length, sums.Length * width);
            before = [.. sums.Select((sum, s) =>
                sum.Select((bit, i) => graph.Select(passes, bit, read[(s * width) + i])).ToArray())];
        }
        int[][] next = ProgramLogic.Add(logic, program.Accumulate, sum,
            Fit(program.Accumulate, [[begins], .. before, .. terms]));
        for (int s = 0; s < next.Length; s++)
            logic.Connect(sums[s], LogicGraph.Extended(next[s],
                program.Accumulate.Values[program.Accumulate.Outputs[s]].Signed, program.AccumulatorBits), arrives);
        int[][] results = ProgramLogic.Add(logic, program.Result, result, Fit(program.Result, sums));
        int completes = logic.Delayed(graph.And(active, graph.And(lastSlice, lastItem)), depth + 1 + result.Latency);
        List<int> outputs = [completes, .. results.SelectMany(b => b)];
        if (program.Groups > 1)
        {
            outputs.Add(logic.Delayed(graph.And(active, graph.And(finished, lastItem)), depth + 1 + result.Latency));
            int[] collected = [.. results.SelectMany(b => b)];
            for (int g = 1; g < program.Groups; g++)
                outputs.AddRange(collected = [.. collected.Select(bit => logic.Register(bit, enable: completes))]);
        }
        return logic.Cost(outputs);
    }

    // Counters of the items' axes: whether the item is the first and the last that its place's sums are of, and the
    // place.
    private static (int IsFirst, int IsLast, int[] Place) Items(ModuleLogic logic, SequentialProgram program, int step)
    {
        LogicGraph graph = logic.Graph;
        int first = LogicGraph.True, last = LogicGraph.True;
        List<int> place = [];
        for (int axis = program.Axes.Length - 1; axis >= 0; axis--)
        {
            (int[] bits, int isLast) = logic.Counter(program.Axes[axis].Size, step);
            if (program.Axes[axis].Reduced)
                (first, last) = (graph.And(first, graph.Equal(bits, 0)), graph.And(last, isLast));
            else if (VerilogWriter.IsPlace(program.Axes, axis))
                place.AddRange(bits);
            step = graph.And(step, isLast);
        }
        return (first, last, [.. place]);
    }

    private static int[][] Operands(ModuleLogic logic, SequentialProgram program, int[] item, int width, int[] slice,
        int[] group)
    {
        bool slicesAlone = program.SlicesAloneChoose;
        int[] address = slicesAlone ? slice : [.. slice, .. group];
        int cases = slicesAlone ? program.Slices : program.Steps;
        return [.. Enumerable.Range(0, program.Operands[0].Length).Select(o => Enumerable.Range(0, width).Select(bit =>
            logic.Register(logic.Tree(address, at =>
            {
                long step = slicesAlone ? at : ((at >> slice.Length) * program.Slices)
                    + (at & ((1L << slice.Length) - 1));
                int element = program.Operands[(int)Math.Min(step, cases - 1)][o];
                return element < 0 ? LogicGraph.False : item[(element * width) + bit];
            }))).ToArray())];
    }

    // Bits for which Yosys takes a block RAM of 18 Kbit.
    private const int WorthBlock = 1 << 14;

    private static int[][] Words(ModuleLogic logic, SequentialProgram program, int[] step)
    {
        int count = program.Words[0].Length, bits = program.WordBits;
        long blocks = Memories.BlockRams(program.Words.Length, (long)count * bits);
        bool full = (long)program.Words.Length * count * bits >= blocks * WorthBlock;
        if (program.Words.Length > 1 && (program.Storage == WeightStorage.Bram || (program.Storage is null && full)))
        {
            return [.. logic.BlockMemory(step, blocks, count * bits).Chunk(bits)];
        }
        return [.. Enumerable.Range(0, count).Select(w => Enumerable.Range(0, bits).Select(bit =>
            logic.Register(logic.Tree(step,
                at => (int)(program.Words[(int)Math.Min(at, program.Words.Length - 1)][w] >> bit) & 1))).ToArray())];
    }

    // What ports carry, by the programs' inputs.
    private static int[][] Fit(IntegerProgram program, int[][] ports)
    {
        int[][] inputs = new int[program.InputCount][];
        Array.Fill(inputs, []);
        foreach (IntegerValue value in program.Values)
        {
            if (value.Operation is IntegerOperation.Input { Index: int index })
                inputs[index] = LogicGraph.Extended(ports[index], value.Signed, value.Width);
        }
        return inputs;
    }
}
