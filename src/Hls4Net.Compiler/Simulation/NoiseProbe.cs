using Hls4Net.Graph;

namespace Hls4Net.Simulation;

/// <summary>
/// How far coarser values move a network's outputs: the real network with the values of some samples kept, from which
/// only what depends on a change is computed anew.
/// </summary>
internal sealed class NoiseProbe
{
    private readonly Network _network;
    private readonly Dictionary<Value, double[]>[] _exact;

    /// <param name="network">The network on real numbers.</param>
    /// <param name="samples">Samples, all inputs one after another; the values of all of them are kept.</param>
    public NoiseProbe(Network network, IReadOnlyList<ReadOnlyMemory<double>> samples)
    {
        _network = network;
        _exact = [.. samples.Select(Exact)];
    }

    /// <summary>Samples.</summary>
    public int Count => _exact.Length;

    /// <summary>A value of a sample, unchanged.</summary>
    public ReadOnlySpan<double> Exact(int sample, Value value) => _exact[sample][value];

    /// <summary>
    /// The mean square over samples and elements by which each output moves, where some values are rounded to a step
    /// and some nodes compute with other constants.
    /// </summary>
    /// <param name="steps">The step that a value, an input or a node's result, is rounded to.</param>
    /// <param name="operations">What nodes compute instead of their own operation.</param>
    public double[] NoisePower(
        IReadOnlyDictionary<Value, double> steps, IReadOnlyDictionary<Node, Operation> operations)
    {
        double[] power = new double[_network.Outputs.Length];
        foreach (Dictionary<Value, double[]> exact in _exact)
        {
            Dictionary<Value, double[]> moved = Moved(exact, steps, operations);
            for (int k = 0; k < power.Length; k++)
            {
                Value output = _network.Outputs[k].Value;
                if (moved.TryGetValue(output, out double[]? now))
                    power[k] += MeanSquare(exact[output], now) / _exact.Length;
            }
        }
        return power;
    }

    private Dictionary<Value, double[]> Moved(
        Dictionary<Value, double[]> exact,
        IReadOnlyDictionary<Value, double> steps,
        IReadOnlyDictionary<Node, Operation> operations)
    {
        Dictionary<Value, double[]> moved = [];
        foreach (Value input in _network.Inputs)
        {
            if (steps.TryGetValue(input, out double step))
                moved[input] = Rounded(exact[input], step);
        }
        foreach (Node node in _network.Nodes)
        {
            Operation operation = operations.GetValueOrDefault(node, node.Operation);
            double[] result = exact[node.Output];
            if (!ReferenceEquals(operation, node.Operation) || node.Inputs.Any(moved.ContainsKey))
                result = moved[node.Output] = Evaluated(operation, node, v => moved.GetValueOrDefault(v) ?? exact[v]);
            if (steps.TryGetValue(node.Output, out double step))
                moved[node.Output] = Rounded(result, step);
        }
        return moved;
    }

    private Dictionary<Value, double[]> Exact(ReadOnlyMemory<double> sample)
    {
        Dictionary<Value, double[]> values = [];
        int start = 0;
        foreach (Value input in _network.Inputs)
        {
            values[input] = sample.Span.Slice(start, input.Shape.Size).ToArray();
            start += input.Shape.Size;
        }
        foreach (Node node in _network.Nodes)
            values[node.Output] = Evaluated(node.Operation, node, v => values[v]);
        return values;
    }

    private static double[] Evaluated(Operation operation, Node node, Func<Value, double[]> value)
    {
        double[] result = new double[node.Output.Shape.Size];
        operation.Evaluate([.. node.Inputs.Select(i => i.Shape)], [.. node.Inputs.Select(value)], result);
        return result;
    }

    private static double[] Rounded(double[] values, double step) =>
        Array.ConvertAll(values, v => Math.Floor((v / step) + 0.5) * step);

    // What is no number by the definition, a division by zero, tells nothing of rounding.
    private static double MeanSquare(double[] exact, double[] moved)
    {
        double sum = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double error = moved[i] - exact[i];
            sum += double.IsFinite(error) ? error * error : 0;
        }
        return sum / Math.Max(1, exact.Length);
    }
}
