namespace Hls4Net.Circuits.Streaming;

/// <summary>What a process reads or writes: a port of its name with a valid and a ready bit.</summary>
/// <param name="Port">An item.</param>
/// <param name="Items">Items of a sample.</param>
internal sealed record StreamPort(Port Port, int Items);

/// <summary>The nets of a stream: an item moves at an edge of the clock where valid and ready are set.</summary>
internal sealed record StreamNets(Net Valid, Net Ready, Net Item)
{
    /// <summary>The condition under which an item moves.</summary>
    public Expression Moves => Valid & Ready;

    /// <summary>The ports of a stream that a circuit reads.</summary>
    public static StreamNets Input(CircuitBuilder c, string name, int width) =>
        new(c.Input($"{name}_valid", 1), c.Output($"{name}_ready", 1), c.Input(name, width));

    /// <summary>The ports of a stream that a circuit writes.</summary>
    public static StreamNets Output(CircuitBuilder c, string name, int width) =>
        new(c.Output($"{name}_valid", 1), c.Input($"{name}_ready", 1), c.Output(name, width));

    /// <summary>The wires of a stream.</summary>
    public static StreamNets Wires(CircuitBuilder c, string name, int width) =>
        new(c.Wire($"{name}_valid", 1), c.Wire($"{name}_ready", 1), c.Wire(name, width));
}
