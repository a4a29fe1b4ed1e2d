using Hls4Net.Graph;
using Hls4Net.Transforms;

namespace Hls4Net.Simulation;

/// <summary>Executes a real-valued network in double precision: the model that firmware is compared with.</summary>
public sealed class ReferenceSimulator(Network network)
{
    private readonly Dictionary<Value, double[]> _values =
        network.Inputs.Concat(network.Nodes.Select(n => n.Output)).ToDictionary(v => v, v => new double[v.Shape.Size]);

    /// <summary>Computes every value of one sample; read them with <see cref="this[Value]"/>.</summary>
    /// <param name="sample">All inputs of the sample, one after another.</param>
    public void Run(ReadOnlySpan<double> sample)
    {
        foreach (Value input in network.Inputs)
        {
            sample[..input.Shape.Size].CopyTo(_values[input]);
            sample = sample[input.Shape.Size..];
        }
        foreach (Node node in network.Nodes)
            node.Operation.Evaluate([.. node.Inputs.Select(i => i.Shape)], [.. node.Inputs.Select(i => _values[i])], _values[node.Output]);
    }

    /// <summary>A value of the sample last run.</summary>
    public ReadOnlySpan<double> this[Value value] => _values[value];

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
                double[] finite = Array.TrueForAll(elements, double.IsFinite) ? elements : [.. elements.Where(double.IsFinite)];
                RealRange now = finite.Length == 0 ? default : new(finite.Min(), finite.Max());
                ranges[value] = ranges.TryGetValue(value, out RealRange before)
                    ? new RealRange(Math.Min(before.Min, now.Min), Math.Max(before.Max, now.Max))
                    : now;
            }
        }
        return ranges;
    }
}
