using System.Globalization;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Programs.Pipelining;

namespace Hls4Net.Circuits.Sequential;

/// <summary>
/// A region with carried values, folded: one cell, whose results its states take at the end of every step, and the
/// sequences in registers that move on by a row a step.
/// </summary>
internal sealed class RecurrenceCircuit
{
    private readonly Recurrence _recurrence;
    private readonly ProgramModule _cell;
    private readonly Port[] _inputs;
    private readonly Port _y;
    private readonly CircuitBuilder _c;

    private RecurrenceCircuit(string module, string title, Recurrence recurrence, Target target, Port[] inputs, Port y)
    {
        (_recurrence, _inputs, _y) = (recurrence, inputs, y);
        IntegerProgram program = CellLowering.Step(recurrence, target.Fabric);
        int states = recurrence.States;
        Port[] ports = [.. recurrence.Cell.Inputs.Select((v, k) => new Port(k < states ? Name("s", k)
            : Name("x", k - states), v.Shape.Size, k < states ? v.Type.Width
            : inputs[recurrence.OperandOfSequence(k - states)].ElementWidth, k < states ? v.Type.Signed
            : inputs[recurrence.OperandOfSequence(k - states)].Signed))];
        int width = recurrence.Cell.Inputs.Take(states).Max(v => v.Type.Width + (v.Type.Signed ? 0 : 1));
        _cell = new ProgramModule($"{module}__cell", ["a step: the states behind it"], program,
            new Schedule(program, new DelayModel(target.Family), target.ClockPeriodNs, 0), [.. ports],
            new Port("y", program.Outputs.Length, width, true));
        _c = new CircuitBuilder(module, title, string.Create(CultureInfo.InvariantCulture,
            $"{recurrence.Steps} steps of {CyclesOfStep} cycles; the result comes {Latency} cycles after the start."));
    }

    /// <summary>The module, as what computes a layer.</summary>
    /// <param name="module">The module's name; the cell's begins with it.</param>
    /// <param name="title">What it computes, for the comment above it.</param>
    /// <param name="recurrence">The region.</param>
    /// <param name="target">The device and clock.</param>
    /// <param name="inputs">The ports of the operands.</param>
    /// <param name="y">The port of the result.</param>
    public static Datapath Of(string module, string title, Recurrence recurrence, Target target, Port[] inputs, Port y)
    {
        RecurrenceCircuit made = new(module, title, recurrence, target, inputs, y);
        return new Datapath(made.Build(), y, made.Latency, made.Latency, IsSequential: true, 0,
            made._cell.Schedule.LongestPathNs, [made._cell.Program]);
    }

    /// <summary>Cycles of a step: those of the cell, and that of the states' registers.</summary>
    private int CyclesOfStep => _cell.Schedule.Latency + 1;

    // Operands are taken at the start; behind the last step the states are there.
    private int Latency => (_recurrence.Steps * CyclesOfStep) + 1;

    private static string Name(string stem, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{stem}{number}");

    private Circuit Build()
    {
        Net start = _c.Input("start", 1);
        Net[] operands = [.. _inputs.Select(i => _c.Input(i.Name, i.Width))];
        Net done = _c.Output("done", 1), y = _c.Output("y", _y.Width), busy = new("busy", 1);
        Counter cycle = _c.Counter("cycle", CyclesOfStep, busy);
        Net ends = _c.Wire("ends", 1, busy & cycle.IsLast);
        Counter step = _c.Counter("step", _recurrence.Steps, ends);
        Net finished = _c.Wire("finished", 1, ends & step.IsLast);
        _c.Register(busy, start | (busy & ~finished), clear: Circuit.Reset);

        Net made = _c.Wire("made", _cell.Output.Width);
        Net[] next = [.. Enumerable.Range(0, _recurrence.States).Select(k => _c.Wire(Name("next", k), State(k).Width,
            Expression.Side(Elements(k).Select(e => made.Slice(e * _cell.Output.ElementWidth,
                State(k).ElementWidth)))))];
        Net[] states = [.. next.Select((n, k) => _c.Register(Name("state", k), start.Then(First(k, operands), n),
            start | ends))];
        _c.Instance(_cell, "u_cell", [.. states.Select((s, k) => (Name("s", k), (Expression)s)),
            .. _recurrence.Rows.Select((_, k) => (Name("x", k), Row(k, operands, start, ends)))], [("y", made)]);

        _c.Assign(done, _c.Register("completes", finished, clear: Circuit.Reset));
        if (_recurrence.LastOnly)
        {
            _c.Assign(y, Shown(states));
            return _c.Build();
        }
        int row = _recurrence.Row * _y.ElementWidth;
        Net rows = _c.Shift("rows", _c.Wire("shown", row, Shown(next)), _recurrence.Steps, ends);
        for (int t = 0; t < _recurrence.Steps; t++)
            _c.Assign(y, rows.Slice((_recurrence.Reverses ? _recurrence.Steps - 1 - t : t) * row, row), t * row);
        return _c.Build();
    }

    private Port State(int k)
    {
        Value value = _recurrence.Cell.Inputs[k];
        return new Port(Name("s", k), value.Shape.Size, value.Type.Width, value.Type.Signed);
    }

    // The places of a state's elements among the cell's results.
    private IEnumerable<int> Elements(int k) =>
        Enumerable.Range(Enumerable.Range(0, k).Sum(j => State(j).Elements), State(k).Elements);

    private Expression First(int k, Net[] operands)
    {
        if (_recurrence.Initial[k] is Constant first)
            return new Expression.Numbers(first.Mantissas, State(k).ElementWidth);
        int operand = _recurrence.OperandOf(k)!.Value;
        // A reshaped value may have a narrower type than the wires that it is; here it has its own.
        return Expression.Side(Enumerable.Range(0, State(k).Elements).Select(e =>
            Fit(operands[operand], e * _inputs[operand].ElementWidth, _inputs[operand].ElementWidth,
                _inputs[operand].Signed, State(k).ElementWidth)));
    }

    // A sequence lies in registers, of which those of the next row are read.
    private Expression Row(int k, Net[] operands, Net start, Net ends)
    {
        int operand = _recurrence.OperandOfSequence(k), all = _inputs[operand].Width, row = all / _recurrence.Steps;
        Net held = new(Name("held", k), all);
        _c.Register(held, start.Then(operands[operand], held.Slice(_recurrence.Reverses ? -row : row, all)),
            start | ends);
        return held.Slice(_recurrence.Reverses ? all - row : 0, row);
    }

    // States side by side, in the result's elements.
    private Expression Shown(Net[] states) => Expression.Side(Enumerable.Range(0, _recurrence.Shown)
        .SelectMany(k => Enumerable.Range(0, State(k).Elements).Select(e => Fit(states[k], e * State(k).ElementWidth,
            State(k).ElementWidth, State(k).Signed, _y.ElementWidth))));

    // A number in more bits, or in fewer that hold it.
    private static Expression Fit(Net net, int from, int width, bool signed, int wanted)
    {
        Expression bits = net.Slice(from, Math.Min(width, wanted));
        return wanted <= width ? bits
            : Expression.Side(bits, signed ? new Expression.Repeat(net.Slice(from + width - 1, 1), wanted - width)
                : Expression.Zeros(wanted - width));
    }
}
