using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Programs;
using Hls4Net.Programs.Mapping;

namespace Hls4Net.Circuits.Mapping;

/// <summary>
/// A module's logic and registers, bit by bit, with those of all modules that it consists of: what synthesis is
/// expected to make of it.
/// </summary>
internal sealed class CircuitLogic
{
    // Bits for which Yosys takes a block RAM of 18 Kbit.
    private const int WorthBlock = 1 << 14;

    private readonly ModuleLogic _logic;
    private readonly Feedback _feedback = new();
    private int[]? _reset;
    private readonly Dictionary<(Scope, string), int[]> _bits = [];

    // Registers whose bits are known and whose inputs are not yet.
    private readonly Queue<(Scope Scope, CircuitItem Register, int[] Bits)> _unconnected = new();

    private CircuitLogic(Family family) => _logic = new ModuleLogic(family);

    private LogicGraph Graph => _logic.Graph;

    /// <summary>What a module takes.</summary>
    public static ModuleCost CostOf(Module module, Family family) => module switch
    {
        ProgramModule pipeline => ProgramLogic.CostOf(pipeline.Program, pipeline.Schedule, family),
        Circuit circuit => new CircuitLogic(family).Cost(new Scope(circuit)),
        _ => throw new InvalidOperationException($"{module.Name} is no module"),
    };

    private ModuleCost Cost(Scope top)
    {
        int[] outputs = [.. top.Circuit.Ports.Where(p => p.IsOutput).SelectMany(p => Bits(top, p.Net))];
        while (_unconnected.TryDequeue(out (Scope Scope, CircuitItem Register, int[] Bits) open))
            Connect(open.Scope, open.Register, open.Bits);
        return _logic.Cost(outputs);
    }

    private int[] Bits(Scope scope, Net net)
    {
        if (!_bits.TryGetValue((scope, net.Name), out int[]? bits))
            _bits[(scope, net.Name)] = bits = Define(scope, net);
        return bits;
    }

    private int[] Define(Scope scope, Net net)
    {
        if (scope.Connected(net) is (Scope outer, Expression value))
            return Bits(outer, value);
        switch (scope.Driver(net))
        {
            case null when scope.Assigned(net).ToArray() is { Length: > 0 } assigned:
                int[] bits = new int[net.Width];
                foreach (CircuitItem.Assign assign in assigned)
                    Bits(scope, assign.Value).CopyTo(bits, assign.From);
                return bits;
            case null when net == Circuit.Reset:
                return _reset ??= _logic.Inputs(1);
            case null:
                return _logic.Inputs(net.Width);
            case CircuitItem.Wire wire:
                return Bits(scope, wire.Value!);
            case CircuitItem.Instance { Module: Circuit } instance:
                return Bits(scope.Inner(instance), Scope.PortOf(instance, net));
            case CircuitItem.Instance { Module: ProgramModule pipeline } instance:
                return Compute(scope, instance, pipeline);
            case CircuitItem register when _feedback.Has(scope, net):
                int[] own = register is CircuitItem.Register { Next: Expression.Word word }
                    && IsInBlockMemory(scope, word) ? _logic.WrittenMemory(word.Memory.Depth, word.Memory.Width)
                    : _logic.Registers(net.Width);
                _unconnected.Enqueue((scope, register, own));
                return own;
            case CircuitItem.Register register:
                return Registered(scope, register);
            case CircuitItem.Shift shift:
                return Shifted(scope, shift);
            default:
                throw new InvalidOperationException($"nothing drives {net.Name}");
        }
    }

    private int[] Registered(Scope scope, CircuitItem.Register register)
    {
        (int enable, int clear) = (Bits(scope, register.Enable)[0], Bits(scope, register.Clear)[0]);
        int[] next = Bits(scope, register.Next);
        return IsInBlockMemory(scope, register.Next) ? next
            : [.. next.Select(bit => _logic.Register(bit, enable, clear))];
    }

    private int[] Shifted(Scope scope, CircuitItem.Shift shift)
    {
        (int enable, int clear) = (Bits(scope, shift.Enable)[0], Bits(scope, shift.Clear)[0]);
        int[] word = Bits(scope, shift.Input), bits = new int[shift.Net.Width];
        for (int place = shift.Words - 1; place >= 0; place--)
        {
            word = [.. word.Select(bit => _logic.Register(bit, enable, clear))];
            word.CopyTo(bits, place * word.Length);
        }
        return bits;
    }

    private void Connect(Scope scope, CircuitItem item, int[] own)
    {
        switch (item)
        {
            case CircuitItem.Register { Next: Expression.Word word } register when IsInBlockMemory(scope, word):
                _logic.Connect(own, [.. Controls(scope, word), .. Bits(scope, register.Enable)]);
                break;
            case CircuitItem.Register register:
                _logic.Connect(own, Bits(scope, register.Next), Bits(scope, register.Enable)[0],
                    Bits(scope, register.Clear)[0]);
                break;
            case CircuitItem.Shift shift:
                int[] input = Bits(scope, shift.Input);
                _logic.Connect(own, [.. own[input.Length..], .. input], Bits(scope, shift.Enable)[0],
                    Bits(scope, shift.Clear)[0]);
                break;
            default:
                throw new InvalidOperationException($"{item} is no register");
        }
    }

    // The result of a pipeline, as wide as its port.
    private int[] Compute(Scope scope, CircuitItem.Instance instance, ProgramModule pipeline)
    {
        int[][] ports = [.. pipeline.Inputs.SelectMany(port =>
            Bits(scope, instance.Inputs.First(i => i.Port == port.Name).Value).Chunk(port.ElementWidth))];
        int[][] inputs = [.. Enumerable.Range(0, pipeline.Program.InputCount).Select(_ => Array.Empty<int>())];
        foreach (IntegerValue value in pipeline.Program.Values)
        {
            if (value.Operation is IntegerOperation.Input { Index: int index })
                inputs[index] = LogicGraph.Extended(ports[index], value.Signed, value.Width);
        }
        int[][] outputs = ProgramLogic.Add(_logic, pipeline.Program, pipeline.Schedule, inputs);
        return [.. outputs.SelectMany((bits, i) => LogicGraph.Extended(bits,
            pipeline.Program.Values[pipeline.Program.Outputs[i]].Signed, pipeline.Output.ElementWidth))];
    }

    private int[] Bits(Scope scope, Expression expression)
    {
        int[] Of(Expression e) => Bits(scope, e);
        switch (expression)
        {
            case Net net:
                return Bits(scope, net);
            case Expression.Number number:
                return Constant(number.Value, number.Width);
            case Expression.Numbers numbers:
                return [.. numbers.Values.SelectMany(v => Constant(v, numbers.Bits))];
            case Expression.Part part:
                return Bits(scope, part.Whole)[part.Lowest..(part.Lowest + part.Width)];
            case Expression.Join join:
                return [.. join.Parts.SelectMany(Of)];
            case Expression.Repeat repeat:
                return [.. Enumerable.Repeat(Of(repeat.Bit)[0], repeat.Width)];
            case Expression.Not not:
                return [.. Of(not.A).Select(bit => bit ^ 1)];
            case Expression.And and:
                return and.Terms.Select(Of).Aggregate((a, b) => [.. a.Zip(b, Graph.And)]);
            case Expression.Or or:
                return or.Terms.Select(Of).Aggregate((a, b) => [.. a.Zip(b, Graph.Or)]);
            case Expression.Equal equal:
                return [Of(equal.A).Zip(Of(equal.B), (a, b) => Graph.Xor(a, b) ^ 1)
                    .Aggregate(LogicGraph.True, Graph.And)];
            case Expression.AtLeast compare:
                return [_logic.AtLeast(Of(compare.A), Of(compare.B), signed: false)];
            case Expression.Add add:
                return _logic.Add(Of(add.A), Of(add.B), subtract: false);
            case Expression.Subtract difference:
                return _logic.Add(Of(difference.A), Of(difference.B), subtract: true);
            case Expression.Choose choose:
                int condition = Of(choose.Condition)[0];
                return [.. Of(choose.IfSet).Zip(Of(choose.IfClear), (a, b) => Graph.Select(condition, a, b))];
            case Expression.ShiftRight shift:
                return Shifted(Of(shift.A), Of(shift.Amount));
            case Expression.Pick pick:
                return Picked(Of(pick.Whole).Chunk(pick.Width).ToArray(), Of(pick.Index));
            case Expression.Case choice:
                return Chosen(Of(choice.Selector), choice.Words.ToDictionary(w => w.Number, w => Of(w.Word)),
                    Of(choice.Words[^1].Word));
            case Expression.Word word:
                return Read(scope, word);
            default:
                throw new InvalidOperationException($"{expression} is no logic");
        }
    }

    private static int[] Constant(Int128 value, int width) =>
        [.. Enumerable.Range(0, width).Select(i => (int)((value >> Math.Min(i, 127)) & 1))];

    private int[] Shifted(int[] bits, int[] amount)
    {
        for (int level = 0; level < amount.Length; level++)
        {
            int by = (int)Math.Min(1L << level, bits.Length), set = amount[level];
            bits = [.. bits.Select((bit, i) =>
                Graph.Select(set, i + by < bits.Length ? bits[i + by] : LogicGraph.False, bit))];
        }
        return bits;
    }

    private int[] Picked(int[][] words, int[] number) => [.. Enumerable.Range(0, words[0].Length).Select(bit =>
        _logic.Tree(number, at => words[(int)Math.Min(at, words.Length - 1)][bit]))];

    private int[] Chosen(int[] number, Dictionary<long, int[]> words, int[] otherwise) =>
        [.. otherwise.Select((last, bit) => _logic.Tree(number, at => words.GetValueOrDefault(at)?[bit] ?? last))];

    // What a memory that is written needs as soon as anything reads it.
    private int[] Controls(Scope scope, Expression.Word word) => scope.Written(word.Memory) is CircuitItem.Memory memory
        ? [.. Bits(scope, word.Address), .. Bits(scope, memory.Address), .. Bits(scope, memory.Enable),
            .. Bits(scope, memory.Data)] : Bits(scope, word.Address);

    // The bits of a memory's word.
    private int[] Read(Scope scope, Expression.Word word)
    {
        int[] address = Bits(scope, word.Address);
        if (scope.Written(word.Memory) is not null)
        {
            int[] read = _logic.WrittenMemory(word.Memory.Depth, word.Memory.Width);
            _logic.Connect(read, Controls(scope, word));
            return read;
        }
        CircuitItem.Constants constants = scope.Constants(word.Memory);
        if (Blocks(constants) is long blocks)
            return _logic.BlockMemory(address, blocks, word.Memory.Width);
        return [.. Enumerable.Range(0, word.Memory.Width).Select(bit => _logic.Tree(address, at =>
            (int)(constants.Words[(int)Math.Min(at, constants.Words.Length - 1)][bit / constants.Bits]
                >> (bit % constants.Bits)) & 1))];
    }

    // Block RAM has a register of its own behind it.
    private static bool IsInBlockMemory(Scope scope, Expression expression) => expression is Expression.Word word
        && (scope.Written(word.Memory) is not null ? word.Memory.Depth > Memories.LutDepth
            : Blocks(scope.Constants(word.Memory)) is not null);

    private static long? Blocks(CircuitItem.Constants memory)
    {
        long blocks = Memories.BlockRams(memory.Net.Depth, memory.Net.Width);
        bool full = (long)memory.Net.Depth * memory.Net.Width >= blocks * WorthBlock;
        return memory.Storage == WeightStorage.Bram || (memory.Storage is null && full) ? blocks : null;
    }
}
