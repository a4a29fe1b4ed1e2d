using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Simulation;

namespace Hls4Net.Transforms;

/// <summary>
/// Widths of weights by the error that they cause: for each product with WeightPrecision=auto the narrowest, up to auto's default, with which the
/// outputs of the test vectors move by no more than a share of what rounding to the outputs' types moves them.
/// </summary>
internal static class WeightWidths
{
    /// <summary>What all weights together may add to the error of an output, root mean square, as a share of its type's rounding error.</summary>
    public const double Share = 0.5;

    private const int Narrowest = 2, MostSamples = 64;

    // Of multiplications for all that is tried: about a second.
    private const long MostProducts = 1L << 28;

    /// <summary>True where there is something to choose.</summary>
    public static bool Applies(Network network, TestVectors? vectors, LayerSettingsResolver settings) =>
        vectors is not null && !network.Nodes.Any(n => n.Operation is Requantize) && network.Nodes.Any(n => IsFree(n, settings.For(n)));

    /// <summary>The chosen widths by the names of their nodes.</summary>
    /// <param name="network">The network on real numbers.</param>
    /// <param name="typed">The same network with weights of auto's default width.</param>
    /// <param name="precisions">The settings of its nodes.</param>
    /// <param name="vectors">The samples to measure with, of which a bounded number is taken.</param>
    public static IReadOnlyDictionary<string, int> Choose(Network network, Network typed, IReadOnlyDictionary<string, LayerPrecision> precisions, TestVectors vectors)
    {
        int[] free = [.. Enumerable.Range(0, network.Nodes.Length).Where(i => IsFree(network.Nodes[i], precisions[network.Nodes[i].Name]))];
        // Four widths are tried for each product, and a few for all.
        long tries = (4L * free.Length) + 4, products = Math.Max(1, network.Nodes.Sum(Products));
        int samples = (int)Math.Min(Math.Min(MostSamples, vectors.Count), MostProducts / tries / products);
        if (samples == 0)
            return ImmutableDictionary<string, int>.Empty;
        Measurement measurement = new(network, typed, [.. Enumerable.Range(0, samples).Select(i => (int)((long)i * vectors.Count / samples))], vectors);
        // Errors of products are independent, so their squares add up.
        double each = Share / Math.Sqrt(free.Length);
        int[] widths = [.. free.Select(i => NarrowestWithin(each, width => measurement.Error([(i, width)])))];
        while (widths.Any(w => w < AutoType.DefaultWidth) && measurement.Error([.. free.Zip(widths)]) > Share)
            widths = [.. widths.Select(w => Math.Min(w + 1, AutoType.DefaultWidth))];
        return free.Zip(widths).Where(c => c.Second < AutoType.DefaultWidth).ToDictionary(c => network.Nodes[c.First].Name, c => c.Second);
    }

    private static bool IsFree(Node node, LayerPrecision precision) =>
        node.Operation.Matrix is { IntegerWeights: false } && precision.Weight is PrecisionSpec.Auto { Width: null };

    private static long Products(Node node) =>
        node.Operation.Matrix is Dense matrix ? (long)matrix.Columns * node.Output.Shape.Size : node.Output.Shape.Size;

    private static int NarrowestWithin(double most, Func<int, double> error)
    {
        int low = Narrowest, high = AutoType.DefaultWidth;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = error(middle) <= most ? (low, middle) : (middle + 1, high);
        }
        return low;
    }

    /// <summary>How far weights of some widths move the outputs.</summary>
    private sealed class Measurement
    {
        private readonly Network _network;
        private readonly double[] _rounding;
        private readonly int[] _samples;
        private readonly TestVectors _vectors;
        private readonly double[][][] _exact;

        public Measurement(Network network, Network typed, int[] samples, TestVectors vectors)
        {
            (_network, _samples, _vectors) = (network, samples, vectors);
            // Rounding to nearest is off by up to half a unit, evenly.
            _rounding = [.. typed.Outputs.Select(o => o.Value.Type.Ulp / Math.Sqrt(12))];
            _exact = Outputs(network);
        }

        /// <summary>The root mean square over samples and elements, in rounding errors of the output; of several outputs the largest.</summary>
        public double Error((int Node, int Width)[] widths)
        {
            ImmutableArray<Node>.Builder nodes = _network.Nodes.ToBuilder();
            foreach ((int node, int width) in widths)
                nodes[node] = nodes[node] with { Operation = Narrowed(nodes[node].Operation, width) };
            double[][][] actual = Outputs(_network with { Nodes = nodes.ToImmutable() });
            double largest = 0;
            for (int k = 0; k < _rounding.Length; k++)
            {
                double squares = 0;
                int count = 0;
                for (int sample = 0; sample < actual.Length; sample++)
                {
                    for (int i = 0; i < actual[sample][k].Length; i++, count++)
                        squares += Math.Pow((actual[sample][k][i] - _exact[sample][k][i]) / _rounding[k], 2);
                }
                largest = Math.Max(largest, Math.Sqrt(squares / Math.Max(1, count)));
            }
            return largest;
        }

        private static Operation Narrowed(Operation operation, int width) => operation.WithConstants(
        [
            .. operation.Constants.Select(c =>
            {
                if (c.Role != ConstantRole.Weight)
                    return c.Constant;
                Constant typed = AutoType.Weights(c.Constant, width);
                return Constant.OfMantissas(typed.Shape, typed.Type!.Value, typed.Mantissas);
            }),
        ]);

        // By sample and output.
        private double[][][] Outputs(Network network)
        {
            ReferenceSimulator simulator = new(network);
            return [.. _samples.Select(sample =>
            {
                simulator.Run(_vectors.Input(sample));
                return (double[][])[.. network.Outputs.Select(o => simulator[o.Value].ToArray())];
            })];
        }
    }
}
