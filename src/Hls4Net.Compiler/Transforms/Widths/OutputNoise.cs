using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Simulation;

namespace Hls4Net.Transforms;

/// <summary>The noise that a network's outputs may have.</summary>
/// <param name="Network">The network on real numbers.</param>
/// <param name="Power">The mean square of the error that each output may have.</param>
internal sealed record OutputNoise(Network Network, ImmutableArray<double> Power)
{
    // Four bits below the unit of 16 bits on the output's own scale: what a chain of 16-bit layers costs.
    private const double Units = 16;

    // Of the rounding of a type that is coarser than that, whatever else rounds may add a quarter.
    private const double OfOwnRounding = 0.25;

    /// <summary>The budget of each output.</summary>
    public static OutputNoise Of(
        Network network, TypedNetwork typed, IReadOnlyDictionary<Value, RealRange> calibration, NoiseProbe probe, ModelOptions options) =>
        new(network, [.. network.Outputs.Select((o, k) =>
        {
            double unit = AutoType.For(calibration[o.Value].Widened(), AutoType.DefaultWidth, finest: 64).Ulp;
            double own = typed.Network.Outputs[k].Value.Type.Ulp;
            return Math.Max(Units * unit * unit, OfOwnRounding * own * own) / 12;
        })]);

    /// <summary>Noise in budgets; of several outputs the largest share.</summary>
    public double Ratio(double[] noise) => noise.Zip(Power, (n, p) => n / p).DefaultIfEmpty(0).Max();

    /// <summary>The noise of a typed network in budgets.</summary>
    public double Ratio(Network typed, NoiseProbe probe, IReadOnlyList<ReadOnlyMemory<double>> samples)
    {
        ManagedSimulator simulator = new(typed);
        double[] power = new double[Power.Length];
        for (int s = 0; s < samples.Count; s++)
        {
            simulator.Run(samples[s].Span);
            for (int k = 0; k < power.Length; k++)
                power[k] += MeanSquare(probe.Exact(s, Network.Outputs[k].Value), typed.Outputs[k].Value, simulator) / samples.Count;
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
