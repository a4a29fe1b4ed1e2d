using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Simulation;

namespace Hls4Net.Transforms.Widths;

/// <summary>The noise that a network's outputs may have.</summary>
/// <param name="Network">The network on real numbers.</param>
/// <param name="Power">The mean square of the error that each output may have.</param>
internal sealed record OutputNoise(Network Network, ImmutableArray<double> Power)
{
    // Of the rounding of a type that a setting names, whatever else rounds may add a quarter.
    private const double OfOwnRounding = 0.25;

    /// <summary>The budget of each output.</summary>
    /// <param name="network">The network on real numbers.</param>
    /// <param name="typed">The same network, typed by default.</param>
    /// <param name="probe">The outputs on samples.</param>
    /// <param name="given">How many of the samples, from the first on, are test vectors.</param>
    /// <param name="options">The settings.</param>
    public static OutputNoise Of(Network network, TypedNetwork typed, NoiseProbe probe, int given, ModelOptions options)
    {
        return new(network, [.. network.Outputs.Select(o => Math.Max(Stated(o.Value), Named(o.Value)))]);

        double Stated(Value output)
        {
            SignalToNoise reference = new(output.Shape.Size);
            for (int s = 0; s < given; s++)
                reference.Add(probe.Exact(s, output), probe.Exact(s, output));
            double budget = NoiseBudget.Of(options.AutoError, reference);
            // What fails the build is aimed at too.
            return options.MinSnr is double least ? Math.Min(budget, NoiseBudget.Of(least, reference)) : budget;
        }

        double Named(Value output) =>
            network.Nodes.FirstOrDefault(n => n.Output == output) is Node maker
            && typed.Point.For(maker).Result is PrecisionSpec.Pinned or PrecisionSpec.Auto { Width: not null }
                ? OfOwnRounding * NoiseBudget.Rounding(typed.Values[output].Type.Ulp)
                : 0;
    }

    /// <summary>Noise in budgets; of several outputs the largest share.</summary>
    public double Ratio(double[] noise) => noise.Zip(Power, (n, p) => n == 0 ? 0 : n / p).DefaultIfEmpty(0).Max();

    /// <summary>The noise of a typed network in budgets.</summary>
    public double Ratio(Network typed, NoiseProbe probe, IReadOnlyList<ReadOnlyMemory<double>> samples)
    {
        ManagedSimulator simulator = new(typed);
        double[] power = new double[Power.Length];
        for (int s = 0; s < samples.Count; s++)
        {
            simulator.Run(samples[s].Span);
            for (int k = 0; k < power.Length; k++)
            {
                ReadOnlySpan<double> exact = probe.Exact(s, Network.Outputs[k].Value);
                power[k] += MeanSquare(exact, typed.Outputs[k].Value, simulator) / samples.Count;
            }
        }
        return Ratio(power);
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
