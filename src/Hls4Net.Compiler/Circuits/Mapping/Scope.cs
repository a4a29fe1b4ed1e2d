using System.Collections.Immutable;

namespace Hls4Net.Circuits.Mapping;

/// <summary>
/// A circuit in its place in a hierarchy: what drives its nets, down into the circuits that it consists of and up to
/// what its inputs are connected to.
/// </summary>
internal sealed class Scope
{
    private readonly Dictionary<string, CircuitItem> _drivers = [];
    private readonly ILookup<string, CircuitItem.Assign> _assigned;
    private readonly Dictionary<string, Scope> _inner = [];
    private readonly Dictionary<string, CircuitItem.Memory> _memories = [];
    private readonly Dictionary<string, CircuitItem.Constants> _constants = [];
    private readonly Dictionary<string, Expression> _connected = [];
    private readonly Scope? _outer;

    /// <param name="circuit">The circuit.</param>
    public Scope(Circuit circuit) : this(circuit, null, [])
    {
    }

    private Scope(Circuit circuit, Scope? outer, ImmutableArray<(string Port, Expression Value)> inputs)
    {
        (Circuit, _outer) = (circuit, outer);
        foreach ((string port, Expression value) in inputs)
            _connected[port] = value;
        foreach (CircuitItem item in circuit.Items)
            Take(item);
        _assigned = circuit.Items.OfType<CircuitItem.Assign>().ToLookup(a => a.Target.Name);
    }

    public Circuit Circuit { get; }

    private void Take(CircuitItem item)
    {
        switch (item)
        {
            case CircuitItem.Wire or CircuitItem.Register or CircuitItem.Shift:
                Drive(item);
                break;
            case CircuitItem.Memory memory:
                _memories.Add(memory.Net.Name, memory);
                break;
            case CircuitItem.Constants constants:
                _constants.Add(constants.Net.Name, constants);
                break;
            case CircuitItem.Instance instance:
                Drive(instance);
                if (instance.Module is Circuit inner)
                    _inner.Add(instance.Name, new Scope(inner, this, instance.Inputs));
                break;
            default:
                break;
        }
    }

    private void Drive(CircuitItem item)
    {
        foreach (string net in item.Drives)
            _drivers.Add(net, item);
    }

    /// <summary>What drives a net as a whole: a wire's value, a register, an instance; null for none.</summary>
    public CircuitItem? Driver(Net net) => _drivers.GetValueOrDefault(net.Name);

    /// <summary>What drives parts of a net.</summary>
    public IEnumerable<CircuitItem.Assign> Assigned(Net net) => _assigned[net.Name];

    /// <summary>What writes a memory; null for one of constants.</summary>
    public CircuitItem.Memory? Written(MemoryNet memory) => _memories.GetValueOrDefault(memory.Name);

    /// <summary>The words of a memory of constants.</summary>
    public CircuitItem.Constants Constants(MemoryNet memory) => _constants[memory.Name];

    /// <summary>The scope of a circuit that this one consists of.</summary>
    public Scope Inner(CircuitItem.Instance instance) => _inner[instance.Name];

    /// <summary>What an input is connected to, and where; null at the top and for the reset.</summary>
    public (Scope Scope, Expression Value)? Connected(Net net) =>
        _outer is not null && _connected.TryGetValue(net.Name, out Expression? value) ? (_outer, value) : null;

    /// <summary>The expressions that a net depends on at once or, where it is a register, from an edge ago.</summary>
    public IEnumerable<(Scope Scope, Expression Value)> Reads(Net net)
    {
        if (Connected(net) is (Scope, Expression) outside)
            return [outside];
        return Driver(net) switch
        {
            null => Assigned(net).Select(a => (this, a.Value)),
            CircuitItem.Instance { Module: Circuits.Circuit } instance => [(Inner(instance), PortOf(instance, net))],
            CircuitItem item => item.Reads.Select(e => (this, e)),
        };
    }

    /// <summary>The port of an instance that drives a net.</summary>
    public static Net PortOf(CircuitItem.Instance instance, Net net) =>
        new(instance.Outputs.First(o => o.Wire.Name == net.Name).Port, net.Width);
}
