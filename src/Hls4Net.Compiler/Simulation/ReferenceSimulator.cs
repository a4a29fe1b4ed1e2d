using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Simulation;

/// <summary>Executes a real-valued network in double precision: the model that firmware is compared with.</summary>
public sealed class ReferenceSimulator
{
    // A few hundred units in the last place of a double: more than the order of additions changes, less than anything
    // else does.
    private const double Jitter = 1.0 / (1L << 44);

    private readonly Network _network;
    private readonly Dictionary<Value, double[]> _values;
    private readonly ImmutableArray<Value>[] _done;
    private readonly Dictionary<int, Stack<double[]>> _free = [];

    /// <param name="network">The network.</param>
    /// <param name="outputsOnly">True to keep inputs and outputs only: what no later node reads makes room for
    /// others.</param>
    public ReferenceSimulator(Network network, bool outputsOnly = false)
    {
        _network = network;
        IEnumerable<Value> kept = outputsOnly ? network.Inputs.Concat(network.Outputs.Select(o => o.Value))
            : network.Inputs.Concat(network.Nodes.Select(n => n.Output));
        _values = kept.Distinct().ToDictionary(v => v, v => new double[v.Shape.Size]);
        _done = [.. network.Nodes.Select(_ => ImmutableArray<Value>.Empty)];
        if (!outputsOnly)
            return;
        Dictionary<Value, int> last = [];
        for (int i = 0; i < network.Nodes.Length; i++)
        {
            last[network.Nodes[i].Output] = i;
            foreach (Value input in network.Nodes[i].Inputs)
                last[input] = i;
        }
        foreach ((Value value, int reader) in last.Where(l => !_values.ContainsKey(l.Key)))
            _done[reader] = _done[reader].Add(value);
    }

    /// <summary>Computes every value of one sample; read them with <see cref="this[Value]"/>.</summary>
    /// <param name="sample">All inputs of the sample, one after another.</param>
    public void Run(ReadOnlySpan<double> sample) => Run(sample, null);

    /// <summary>
    /// As <see cref="Run(ReadOnlySpan{double})"/>, every value off by as much as rounding in another order may move it,
    /// at random.
    /// </summary>
    public void RunRounded(ReadOnlySpan<double> sample, Random random) => Run(sample, random);

    /// <summary>A value of the sample last run.</summary>
    public ReadOnlySpan<double> this[Value value] => _values[value];

    private void Run(ReadOnlySpan<double> sample, Random? random)
    {
        foreach (Value input in _network.Inputs)
        {
            sample[..input.Shape.Size].CopyTo(_values[input]);
            Move(_values[input], random);
            sample = sample[input.Shape.Size..];
        }
        for (int i = 0; i < _network.Nodes.Length; i++)
        {
            Node node = _network.Nodes[i];
            if (!_values.TryGetValue(node.Output, out double[]? result))
                _values[node.Output] = result = _free.TryGetValue(node.Output.Shape.Size, out Stack<double[]>? free)
                    && free.TryPop(out double[]? used) ? used : new double[node.Output.Shape.Size];
            node.Operation.Evaluate([.. node.Inputs.Select(v => v.Shape)], [.. node.Inputs.Select(v => _values[v])],
                result);
            Move(result, random);
            foreach (Value value in _done[i])
            {
                _values.Remove(value, out double[]? unread);
                if (!_free.TryGetValue(unread!.Length, out Stack<double[]>? places))
                    _free[unread.Length] = places = [];
                places.Push(unread);
            }
        }
    }

    private static void Move(double[] values, Random? random)
    {
        for (int i = 0; random is not null && i < values.Length; i++)
            values[i] *= 1 + (((2 * random.NextDouble()) - 1) * Jitter);
    }

    /// <summary>The range of every value over a set of samples, each a concatenation of the inputs.</summary>
    public static Dictionary<Value, RealRange> Calibrate(Network network, IEnumerable<ReadOnlyMemory<double>> samples)
    {
        ReferenceSimulator simulator = new(network);
        Dictionary<Value, RealRange> ranges = [];
        foreach (ReadOnlyMemory<double> sample in samples)
        {
            simulator.Run(sample.Span);
            foreach ((Value value, double[] elements) in simulator._values)
            {
                // A division by zero tells no range.
                double[] finite = Array.TrueForAll(elements, double.IsFinite) ? elements
                    : [.. elements.Where(double.IsFinite)];
                RealRange now = finite.Length == 0 ? default : new(finite.Min(), finite.Max());
                ranges[value] = ranges.TryGetValue(value, out RealRange before)
                    ? new RealRange(Math.Min(before.Min, now.Min), Math.Max(before.Max, now.Max))
                    : now;
            }
        }
        return ranges;
    }
}
