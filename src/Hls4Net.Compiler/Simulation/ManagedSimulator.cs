using Hls4Net.Graph;

namespace Hls4Net.Simulation;

/// <summary>
/// Executes a typed network on mantissas. This is the definition of the firmware: every other execution must give the
/// same bits for every value.
/// </summary>
public sealed class ManagedSimulator
{
    private readonly Network _network;
    private readonly Dictionary<Value, long[]> _values;
    private readonly long[] _overflows, _inputOverflows;

    public ManagedSimulator(Network network)
    {
        _network = network;
        _values = network.Inputs.Concat(network.Nodes.Select(n => n.Output))
            .ToDictionary(v => v, v => new long[v.Shape.Size]);
        _overflows = new long[network.Nodes.Length];
        _inputOverflows = new long[network.Inputs.Length];
    }

    /// <summary>
    /// How many conversions of each node have overflowed in all samples so far, in the order of the network's nodes.
    /// </summary>
    public ReadOnlySpan<long> Overflows => _overflows;

    /// <summary>How many elements of each input lay beyond its type.</summary>
    public ReadOnlySpan<long> OverflowsOfInputs => _inputOverflows;

    /// <summary>How many input elements lay beyond their type.</summary>
    public long InputOverflows => _inputOverflows.Sum();

    /// <summary>A value's mantissas of the sample last run.</summary>
    public ReadOnlySpan<long> this[Value value] => _values[value];

    /// <summary>
    /// Runs one sample of real inputs, all inputs one after another; each is converted to its type first.
    /// </summary>
    public void Run(ReadOnlySpan<double> sample)
    {
        for (int port = 0; port < _inputOverflows.Length; port++)
        {
            Value input = _network.Inputs[port];
            long[] mantissas = _values[input];
            for (int i = 0; i < mantissas.Length; i++)
            {
                mantissas[i] = input.Typing!.Convert(sample[i], i, out bool overflow);
                _inputOverflows[port] += overflow && !input.Typing.SaturationIsMeant ? 1 : 0;
            }
            sample = sample[mantissas.Length..];
        }
        RunNodes();
    }

    /// <summary>Runs one sample of mantissas, all inputs one after another.</summary>
    public void RunRaw(ReadOnlySpan<long> sample)
    {
        foreach (Value input in _network.Inputs)
        {
            sample[..input.Shape.Size].CopyTo(_values[input]);
            sample = sample[input.Shape.Size..];
        }
        RunNodes();
    }

    private void RunNodes()
    {
        for (int i = 0; i < _network.Nodes.Length; i++)
        {
            Node node = _network.Nodes[i];
            _overflows[i] += node.Operation.Execute(node.Inputs, [.. node.Inputs.Select(v => _values[v])],
                _values[node.Output]);
        }
    }
}
