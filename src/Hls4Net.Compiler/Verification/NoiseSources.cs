using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Vectors;

namespace Hls4Net.Verification;

/// <summary>
/// What each layer adds to an output's noise. A layer's own error is what it gives beside what its operation gives on
/// real numbers for the very operands that the firmware has; that error alone is then put into the exact network, and
/// the output's error is its effect.
/// </summary>
internal sealed class NoiseSources
{
    private const int MostSamples = 32;

    // Multiplications for all samples and layers: a few seconds.
    private const long MostProducts = 1L << 30;

    private readonly Network _real;
    private readonly TypedModel _model;
    private readonly Dictionary<string, Layer> _layers;
    private readonly Dictionary<Value, double[]> _firmware = [], _errors = [], _values = [];
    private readonly ReferenceSimulator _exact;
    private readonly ManagedSimulator _managed;

    private NoiseSources(Network real, TypedModel model)
    {
        (_real, _model) = (real, model);
        _layers = model.Layers.GroupBy(l => l.Name).ToDictionary(g => g.Key, g => g.Last());
        _exact = new ReferenceSimulator(real);
        _managed = new ManagedSimulator(model.Network);
    }

    /// <summary>The sources of an output's noise, the largest first; empty where it would take too long.</summary>
    public static ImmutableArray<NoiseSource> Of(ImportedReference imported, Network real, TypedModel model,
        TestVectors vectors, int output)
    {
        long products = real.Nodes.Sum(n =>
            (long)n.Output.Shape.Size * (n.Operation.Matrix is Dense matrix ? matrix.Columns : 1));
        int samples = (int)Math.Min(Math.Min(MostSamples, vectors.Count),
            MostProducts / Math.Max(1, products * (real.Nodes.Length + 1)));
        if (samples == 0)
            return [];
        NoiseSources sources = new(real, model);
        Dictionary<Value, (double Noise, double Weights, double Rounding)> sums = [];
        for (int i = 0; i < samples; i++)
            sources.Add(imported.Representable(vectors.Input((int)((long)i * vectors.Count / samples))),
                real.Outputs[output].Value, sums);
        double total = sums.Values.Sum(s => s.Noise);
        int elements = real.Outputs[output].Value.Shape.Size;
        return total == 0 ? []
            : [.. sums.Where(s => s.Value.Noise > 0).OrderByDescending(s => s.Value.Noise).Select(s => new NoiseSource(
            sources.NameOf(s.Key), s.Value.Noise / samples / elements, s.Value.Noise / total,
                s.Value.Weights > s.Value.Rounding))];
    }

    private string NameOf(Value value) => _real.Nodes.FirstOrDefault(n => n.Output == value)?.Name ?? value.Name;

    private void Add(ReadOnlySpan<double> sample, Value output,
        Dictionary<Value, (double Noise, double Weights, double Rounding)> sums)
    {
        _exact.Run(sample);
        _managed.Run(sample);
        _errors.Clear();
        foreach (Value value in _real.Inputs.Concat(_real.Nodes.Select(n => n.Output)))
            _values[value] = _exact[value].ToArray();
        for (int i = 0; i < _real.Inputs.Length; i++)
            Take(_real.Inputs[i], Real(_model.Network.Inputs[i]), _exact[_real.Inputs[i]]);
        Dictionary<Value, (double Weights, double Rounding)> parts = [];
        foreach (Node node in _real.Nodes)
        {
            double[] ideal = new double[node.Output.Shape.Size];
            node.Operation.Evaluate([.. node.Inputs.Select(v => v.Shape)], [.. node.Inputs.Select(v => _firmware[v])],
                ideal);
            // What is before the conversion of a result differs by its rounded weights. Units that nothing reads are
            // not in the firmware, and reshapes are no layers.
            bool found = node.Operation is not Reshape && _layers.TryGetValue(node.Name, out Layer? layer)
                && layer.Output.Shape.Size == ideal.Length;
            Take(node.Output, found ? Real(_layers[node.Name].Output) : ideal, ideal);
            if (found && _layers[node.Name].Main.Output is { Shape.Size: int size } main && size == ideal.Length)
                parts[node.Output] = (Power(Real(main), ideal), Power(Real(main), _firmware[node.Output]));
        }
        foreach ((Value value, double[] error) in _errors)
        {
            (double noise, double weights, double rounding) = sums.GetValueOrDefault(value);
            (double ofWeights, double ofRounding) = parts.GetValueOrDefault(value);
            sums[value] = (noise + Effect(value, error, output), weights + ofWeights, rounding + ofRounding);
        }
    }

    private void Take(Value value, double[] firmware, ReadOnlySpan<double> ideal)
    {
        _firmware[value] = firmware;
        double[] error = new double[firmware.Length];
        for (int i = 0; i < error.Length; i++)
            error[i] = double.IsFinite(ideal[i]) ? firmware[i] - ideal[i] : 0;
        if (Array.Exists(error, e => e != 0))
            _errors[value] = error;
    }

    // The power of the output's error where one value is off.
    private double Effect(Value value, double[] error, Value output)
    {
        double[] moved = [.. _values[value]];
        for (int i = 0; i < moved.Length; i++)
            moved[i] += error[i];
        Dictionary<Value, double[]> changed = new() { [value] = moved };
        foreach (Node node in _real.Nodes)
        {
            if (!node.Inputs.Any(changed.ContainsKey))
                continue;
            double[] result = new double[node.Output.Shape.Size];
            node.Operation.Evaluate([.. node.Inputs.Select(v => v.Shape)],
                [.. node.Inputs.Select(v => changed.TryGetValue(v, out double[]? c) ? c : _values[v])], result);
            changed[node.Output] = result;
        }
        return changed.TryGetValue(output, out double[]? reached) ? Power(reached, _values[output]) : 0;
    }

    private static double Power(double[] values, ReadOnlySpan<double> reference)
    {
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
            sum += double.IsFinite(values[i] - reference[i]) ? (values[i] - reference[i]) * (values[i] - reference[i])
                : 0;
        return sum;
    }

    private double[] Real(Value typed)
    {
        double ulp = typed.Type.Ulp;
        ReadOnlySpan<long> mantissas = _managed[typed];
        double[] result = new double[mantissas.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = mantissas[i] * ulp;
        return result;
    }
}
