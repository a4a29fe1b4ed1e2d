using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits;

/// <summary>A counter's net, null for a count of one, and the condition of its last value.</summary>
internal readonly record struct Counter(Net? Net, Expression IsLast);

/// <summary>Counters of items that are joined along axes.</summary>
/// <param name="IsFirst">The condition of the first item along those axes.</param>
/// <param name="IsLast">That of the last one.</param>
/// <param name="Place">The place that an item has along the other axes; null where there is one place.</param>
internal readonly record struct ItemCounters(Expression IsFirst, Expression IsLast, Expression? Place);

/// <summary>Puts a circuit together.</summary>
internal sealed class CircuitBuilder(string name, params IEnumerable<string> title)
{
    private readonly ImmutableArray<CircuitPort>.Builder _ports = ImmutableArray.CreateBuilder<CircuitPort>();
    private readonly ImmutableArray<CircuitItem>.Builder _items = ImmutableArray.CreateBuilder<CircuitItem>();

    /// <summary>An input port.</summary>
    public Net Input(string port, int width, string? comment = null) => Port(port, width, false, comment);

    /// <summary>An output port.</summary>
    public Net Output(string port, int width, string? comment = null) => Port(port, width, true, comment);

    private Net Port(string port, int width, bool isOutput, string? comment)
    {
        Net net = new(port, width);
        _ports.Add(new CircuitPort(net, isOutput, comment));
        return net;
    }

    /// <summary>A line of comment.</summary>
    public CircuitBuilder Comment(string text)
    {
        _items.Add(new CircuitItem.Comment(text));
        return this;
    }

    /// <summary>A wire; without a value it is driven by assignments or an instance.</summary>
    public Net Wire(string wire, int width, Expression? value = null)
    {
        Net net = new(wire, width);
        _items.Add(new CircuitItem.Wire(net, value));
        return net;
    }

    /// <summary>A wire with the bits of its value; constants and nets need none.</summary>
    public Expression Named(string wire, Expression value) =>
        value is Expression.Number or Net ? value : Wire(wire, value.Width, value);

    /// <summary>Drives a wire or an output from a bit on.</summary>
    public CircuitBuilder Assign(Net target, Expression value, int from = 0)
    {
        _items.Add(new CircuitItem.Assign(target, from, value));
        return this;
    }

    /// <summary>A register.</summary>
    /// <param name="register">Its bits.</param>
    /// <param name="next">What it takes.</param>
    /// <param name="enable">The clock enable; null for every edge.</param>
    /// <param name="clear">The condition under which it becomes zero; null for never.</param>
    public Net Register(Net register, Expression next, Expression? enable = null, Expression? clear = null)
    {
        if (register.Width != next.Width)
            throw new ArgumentException($"{register.Name} has {register.Width} bits and takes {next.Width}");
        _items.Add(new CircuitItem.Register(register, next, enable ?? Expression.True, clear ?? Expression.False));
        return register;
    }

    /// <summary>A register with the bits of what it takes.</summary>
    public Net Register(string register, Expression next, Expression? enable = null, Expression? clear = null) =>
        Register(new Net(register, next.Width), next, enable, clear);

    /// <summary>A shift register of so many words; its net, the oldest word lowest.</summary>
    public Net Shift(string register, Expression input, int words, Expression? enable = null, Expression? clear = null)
    {
        Net net = new(register, input.Width * words);
        if (words == 1)
            return Register(net, input, enable, clear);
        _items.Add(new CircuitItem.Shift(net, input, enable ?? Expression.True, clear ?? Expression.False));
        return net;
    }

    /// <summary>
    /// A bit as it was so many cycles ago, from registers that a reset clears. A constant needs none.
    /// </summary>
    public Expression Delayed(Expression bit, int cycles, string stages) => cycles == 0 || bit is Expression.Number
        ? bit : Shift(stages, bit, cycles, clear: Circuit.Reset).Slice(0, 1);

    /// <summary>
    /// A register that counts 0, 1, … <paramref name="count"/> - 1 where <paramref name="step"/> is set and begins
    /// again; no register for a count of 1, whose only value is the last.
    /// </summary>
    /// <param name="counter">Its name.</param>
    /// <param name="count">How many values it takes.</param>
    /// <param name="step">The condition of a step.</param>
    /// <param name="clear">The condition under which it begins again beside the reset; null for none.</param>
    public Counter Counter(string counter, int count, Expression step, Expression? clear = null)
    {
        if (count == 1)
            return new Counter(null, Expression.True);
        Net net = new(counter, Expression.BitsOf(count - 1));
        Expression last = net.Is(count - 1);
        Register(net, last.Then(Expression.Zeros(net.Width), net.Plus(1)), step,
            Circuit.Reset | (clear ?? Expression.False));
        return new Counter(net, last);
    }

    /// <summary>
    /// A register that is a number after a step and counts down to zero, so that steps are so many cycles apart; the
    /// condition under which it is zero.
    /// </summary>
    public Expression Pause(string counter, int cycles, Expression step)
    {
        if (cycles == 1)
            return Expression.True;
        Net net = new(counter, Expression.BitsOf(cycles - 1));
        Expression idle = net.Is(0);
        Register(net, step.Then(Expression.Of(cycles - 1, net.Width), net.Minus(1)), step | ~idle, Circuit.Reset);
        return idle;
    }

    /// <summary>
    /// Counters of the items that are joined along axes, which advance where <paramref name="step"/> is set.
    /// </summary>
    /// <param name="axes">The axes, outermost first.</param>
    /// <param name="step">The condition of an item.</param>
    public ItemCounters Items(ImmutableArray<JoinedAxis> axes, Expression step)
    {
        (Expression first, Expression last) = (Expression.True, Expression.True);
        List<Expression> place = [];
        for (int axis = axes.Length - 1; axis >= 0; axis--)
        {
            string counter = axes.Length == 1 ? "item" : string.Create(CultureInfo.InvariantCulture, $"item{axis}");
            (Net? net, Expression ends) = Counter(counter, axes[axis].Size, step);
            if (axes[axis].Reduced)
                (first, last) = (first & (net?.Is(0) ?? Expression.True), last & ends);
            else if (net is not null && ItemReduction.IsPlace(axes, axis))
                place.Add(net);
            step &= ends;
        }
        return new ItemCounters(first, last, place.Count == 0 ? null : Expression.Side(place));
    }

    /// <summary>A memory that is written at edges of the clock.</summary>
    public MemoryNet Memory(MemoryNet memory, Expression enable, Expression address, Expression data)
    {
        _items.Add(new CircuitItem.Memory(memory, enable, address, data));
        return memory;
    }

    /// <summary>A part of another kind.</summary>
    public CircuitBuilder Add(CircuitItem item)
    {
        _items.Add(item);
        return this;
    }

    /// <summary>A module in this one.</summary>
    public CircuitBuilder Instance(Module module, string instance, IEnumerable<(string Port, Expression Value)> inputs,
        IEnumerable<(string Port, Net Wire)> outputs) =>
        Add(new CircuitItem.Instance(module, instance, [.. inputs], [.. outputs]));

    /// <summary>The circuit, without what no output depends on.</summary>
    public Circuit Build()
    {
        ILookup<string, CircuitItem> drivers = _items.SelectMany(item => item.Drives.Select(net => (net, item)))
            .ToLookup(d => d.net, d => d.item);
        HashSet<CircuitItem> needed = new(ReferenceEqualityComparer.Instance);
        HashSet<string> read = [];
        Stack<string> open = new(_ports.Where(p => p.IsOutput).Select(p => p.Net.Name));
        while (open.TryPop(out string? net))
        {
            if (!read.Add(net))
                continue;
            foreach (Expression value in drivers[net].Where(needed.Add).SelectMany(item => item.Reads))
            {
                foreach (string other in value.Names)
                    open.Push(other);
            }
        }
        // Wires that are read, and those of an instance that is needed for another of its outputs.
        HashSet<string> driven = [.. needed.SelectMany(i => i.Drives)];
        return new Circuit(name, [.. title], _ports.ToImmutable(), [.. _items.Where(i => i is CircuitItem.Comment
            || needed.Contains(i) || (i is CircuitItem.Wire { Value: null } wire && driven.Contains(wire.Net.Name)))]);
    }
}
