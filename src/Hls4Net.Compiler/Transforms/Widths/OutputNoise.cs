using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Numerics;

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
    /// <param name="trial">The outputs on test vectors.</param>
    /// <param name="options">The settings.</param>
    public static OutputNoise Of(Network network, TypedNetwork typed, NoiseTrial trial, ModelOptions options)
    {
        return new(network, [.. network.Outputs.Select((o, k) => Math.Max(Stated(k), Named(o.Value)))]);

        double Stated(int k)
        {
            SignalToNoise reference = trial.Reference(k);
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
    public double Ratio(IEnumerable<double> noise) => noise.Zip(Power, (n, p) => n == 0 ? 0 : n / p).DefaultIfEmpty(0)
        .Max();

    /// <summary>The budget of a value that is an output, the least where it is several; null for others.</summary>
    public double? Of(Value value)
    {
        double[] powers = [.. Network.Outputs.Zip(Power).Where(p => p.First.Value == value).Select(p => p.Second)];
        return powers.Length == 0 ? null : powers.Min();
    }
}
