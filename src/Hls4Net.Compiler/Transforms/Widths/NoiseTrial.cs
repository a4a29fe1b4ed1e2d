using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Vectors;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// The samples on which typed networks are tried: as many test vectors as are affordable, since a few of them may cause
/// most of the noise; where there are fewer than noise is measured with, their neighbours as well.
/// </summary>
internal sealed class NoiseTrial
{
    // Values kept of all samples.
    private const long MostValues = 1L << 22;

    private const int Most = 1024;

    private readonly Network _network;
    private readonly ReadOnlyMemory<double>[] _samples;
    private readonly double[][][] _exact;
    private readonly int _given;

    /// <param name="network">The network on real numbers.</param>
    /// <param name="vectors">The test vectors.</param>
    /// <param name="measured">The samples that noise is measured with.</param>
    /// <param name="affordable">How many samples can be run.</param>
    public NoiseTrial(Network network, TestVectors vectors, ReadOnlyMemory<double>[] measured, long affordable)
    {
        long values = network.Inputs.Sum(i => (long)i.Shape.Size) + network.Outputs.Sum(o => (long)o.Value.Shape.Size);
        int count = (int)Math.Min(Math.Min(Most, vectors.Count), Math.Min(affordable, MostValues / values));
        _network = network;
        _samples = count > measured.Length ? ProbeSamples.Of(network, vectors, count) : measured;
        _given = Math.Min(_samples.Length, vectors.Count);
        HasAll = _given == vectors.Count;
        ReferenceSimulator reference = new(network, outputsOnly: true);
        _exact = [.. _samples.Select(sample =>
        {
            reference.Run(sample.Span);
            return network.Outputs.Select(o => reference[o.Value].ToArray()).ToArray();
        })];
    }

    /// <summary>True if every test vector is among the samples.</summary>
    public bool HasAll { get; }

    /// <summary>An output on the test vectors.</summary>
    public SignalToNoise Reference(int output)
    {
        SignalToNoise result = new(_network.Outputs[output].Value.Shape.Size);
        foreach (double[][] exact in _exact.Take(_given))
            result.Add(exact[output], exact[output]);
        return result;
    }

    /// <summary>The noise of a typed network, over the test vectors and with their neighbours.</summary>
    public TrialNoise Noise(Network typed, OutputNoise budget)
    {
        ManagedSimulator simulator = new(typed);
        double[] given = new double[typed.Outputs.Length], all = new double[typed.Outputs.Length];
        for (int s = 0; s < _samples.Length; s++)
        {
            simulator.Run(_samples[s].Span);
            for (int k = 0; k < all.Length; k++)
            {
                double power = MeanSquare(_exact[s][k], typed.Outputs[k].Value, simulator);
                all[k] += power / _samples.Length;
                given[k] += s < _given ? power / _given : 0;
            }
        }
        return new TrialNoise(budget.Ratio(given), budget.Ratio(all));
    }

    private static double MeanSquare(ReadOnlySpan<double> exact, Value output, ManagedSimulator simulator)
    {
        ReadOnlySpan<long> mantissas = simulator[output];
        double sum = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double error = (mantissas[i] * output.Type.Ulp) - exact[i];
            sum += double.IsFinite(error) ? error * error : 0;
        }
        return sum / Math.Max(1, exact.Length);
    }
}
