using Hls4Net.Devices;
using Hls4Net.Programs.Pipelining;

namespace Hls4Net.Programs.Mapping;

/// <summary>An integer program's logic and registers, as its module has them.</summary>
internal sealed class ProgramLogic
{
    private readonly ModuleLogic _logic;
    private readonly IntegerProgram _program;
    private readonly Schedule _schedule;
    private readonly int[][] _inputs;
    private readonly int[][] _bits;

    private ProgramLogic(ModuleLogic logic, IntegerProgram program, Schedule schedule, int[][] inputs) =>
        (_logic, _program, _schedule, _inputs, _bits) = (logic, program, schedule, inputs,
            new int[program.Values.Length][]);

    /// <summary>What a program takes as a module of its own.</summary>
    public static ModuleCost CostOf(IntegerProgram program, Schedule schedule, Family family)
    {
        ModuleLogic logic = new(family);
        int[][] inputs = [.. Enumerable.Range(0, program.InputCount).Select(_ => Array.Empty<int>())];
        foreach (IntegerValue value in program.Values)
        {
            if (value.Operation is IntegerOperation.Input { Index: int index })
                inputs[index] = logic.Inputs(value.Width);
        }
        return logic.Cost(Add(logic, program, schedule, inputs).SelectMany(b => b));
    }

    /// <summary>Adds a program to a module.</summary>
    /// <param name="logic">The module.</param>
    /// <param name="program">The program.</param>
    /// <param name="schedule">Its schedule.</param>
    /// <param name="inputs">Bits of each input, as many as its range needs at least.</param>
    /// <returns>Bits of each output.</returns>
    public static int[][] Add(ModuleLogic logic, IntegerProgram program, Schedule schedule, int[][] inputs)
    {
        ProgramLogic adding = new(logic, program, schedule, inputs);
        for (int n = 0; n < program.Values.Length; n++)
            adding._bits[n] = adding.Define(program.Values[n], schedule[n]);
        return [.. program.Outputs.Select(o => adding.Read(o, schedule.Latency, 0, program.Values[o].Width))];
    }

    // Bits of a value as they are in a cycle: its sign above its highest, zeros below its lowest.
    private int[] Read(int value, int cycle, int from, int count)
    {
        int[] bits = _bits[value];
        bool signed = _program.Values[value].Signed;
        int delay = _schedule.IsConstant(value) ? 0 : cycle - _schedule[value];
        int[] read = new int[count];
        for (int i = 0; i < count; i++)
        {
            int at = from + i;
            read[i] = at < 0 ? LogicGraph.False : at < bits.Length ? bits[at] : signed ? bits[^1] : LogicGraph.False;
        }
        for (int d = 0; d < delay; d++)
        {
            for (int i = 0; i < count; i++)
                read[i] = _logic.Register(read[i]);
        }
        return read;
    }

    private int[] Define(IntegerValue value, int cycle)
    {
        int width = value.Width;
        switch (value.Operation)
        {
            case IntegerOperation.Input input:
                return _inputs[input.Index][..width];
            case IntegerOperation.Constant constant:
                return [.. Enumerable.Range(0, width).Select(i => (int)((constant.Value >> i) & 1))];
            case IntegerOperation.Sum sum:
                return Sum(value, sum, cycle);
            case IntegerOperation.Product product:
                return _logic.Multiply(Factor(product.A, cycle), Factor(product.B, cycle), width);
            case IntegerOperation.ShiftRight shift:
                return Read(shift.A, cycle, shift.Bits, width);
            case IntegerOperation.LowBits low:
                return Read(low.A, cycle, 0, width);
            case IntegerOperation.AtLeast compare:
                ComparatorShape comparator = ComparatorShape.Of(_program, compare);
                int[] a = Read(compare.A, cycle, comparator.From, comparator.Width);
                return [comparator.IsSign ? a[0] ^ 1
                    : _logic.AtLeast(a, Read(compare.B, cycle, comparator.From, comparator.Width), comparator.Signed)];
            case IntegerOperation.Select select:
                int condition = Read(select.Condition, cycle, 0, 1)[0];
                int[] set = Read(select.IfSet, cycle, 0, width), clear = Read(select.IfClear, cycle, 0, width);
                return [.. set.Select((s, i) => _logic.Graph.Select(condition, s, clear[i]))];
            case IntegerOperation.Table table when table.IsPairs(_logic.Family):
                return _logic.Pairs(Read(table.A, cycle, 0, table.AddressBits), TableShape.Of(table, width));
            case IntegerOperation.Table { IsMemory: true } table:
                return _logic.LargeTable(Read(table.A, cycle, 0, table.AddressBits), width);
            case IntegerOperation.Table table:
                return _logic.Table(Read(table.A, cycle, 0, table.AddressBits),
                    [.. Enumerable.Range(0, width).Select(table.Plane)], table.IsLookups(_logic.Family));
            default:
                throw new InvalidOperationException();
        }
    }

    private int[] Factor(int value, int cycle) =>
        Read(value, cycle, 0, _program.Values[value].Width + (_program.Values[value].Signed ? 0 : 1));

    private int[] Sum(IntegerValue value, IntegerOperation.Sum sum, int cycle)
    {
        int width = value.Width;
        if (sum.Concatenated(_program) is (SumTerm Term, int Lowest)[] parts)
        {
            int[] all = new int[width];
            foreach ((SumTerm term, int lowest) in parts.Where(p => p.Lowest < width))
                Read(term.Value, cycle, lowest - term.Shift, width - lowest).CopyTo(all, lowest);
            return all;
        }
        if (sum.Terms is [SumTerm single])
        {
            int[] bits = Read(single.Value, cycle, -single.Shift, width);
            return _logic.Add([.. bits.Select(_ => LogicGraph.False)], bits, subtract: true);
        }
        AdderShape shape = AdderShape.Of(_program, value, sum, Fabric.Of(_logic.Family));
        int start = shape.Start, count = width - start;
        int[] low = shape is { Wired: true, First: SumTerm wired } ? Read(wired.Value, cycle, -wired.Shift, start)
            : [.. Enumerable.Repeat(LogicGraph.False, start)];
        if (count == 0)
            return low;
        int[] first = Operand(shape.First);
        if (shape.IsTernary)
            return [.. low, .. _logic.AddThree(first, Operand(shape.Others[0]), Operand(shape.Others[1]),
                shape.Others[0].Negative, shape.Others[1].Negative, shape.Extension)];
        if (shape.First is { Negative: true })
            first = _logic.Add([.. first.Select(_ => LogicGraph.False)], first, subtract: true);
        foreach (SumTerm other in shape.Others)
            first = _logic.Add(first, Operand(other), other.Negative);
        return [.. low, .. first];

        int[] Operand(SumTerm? term) => term is SumTerm t ? Read(t.Value, cycle, start - t.Shift, count)
            : new int[count];
    }
}
