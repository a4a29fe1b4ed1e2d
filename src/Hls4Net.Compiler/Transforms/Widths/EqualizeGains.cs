using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Vectors;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// Channels that matter less come to a smaller scale, by powers of two in the product before them and taken back in
/// what reads them: then a unit in the last place matters as much in each, and no type has bits that only some need.
/// </summary>
/// <remarks>
/// <code>
/// x → Dense W → Relu → Dense [[4, 4], [0.5, 0.5]]
/// x → Dense W · 2^[0, −3] → Relu → Dense [[4, 4], [4, 4]]
/// </code>
/// The gain of a channel is the root of the sum of the squares of what it is multiplied with: noise of a rounding grows
/// with it. Equal gains are also the cheapest choice, a bit more of each channel having the same price (Nagel et al.,
/// Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, equalize ranges in this way).
/// </remarks>
internal static class EqualizeGains
{
    // In bits for each channel on average, what a common scale costs: less is not worth uneven channels.
    private const double LeastSaving = 0.5;

    // No channel becomes smaller than this against the others.
    private const int MostSpread = 12;

    /// <param name="network">The network on real numbers.</param>
    /// <param name="options">The settings: what they pin keeps its scale.</param>
    /// <param name="vectors">The samples by which types are chosen; null for none, and then for no change.</param>
    /// <param name="leastSaving">In bits for each channel on average.</param>
    public static Network Apply(
        Network network, ModelOptions options, TestVectors? vectors, double leastSaving = LeastSaving)
    {
        if (vectors is null || network.Nodes.Any(n => n.Operation is Requantize or QuantizedFunction or FixedQuantize))
            return network;
        LayerSettingsResolver settings = new(options);
        ILookup<Value, Node> readers = network.Nodes
            .SelectMany(n => n.Inputs.Select(i => (Value: i, Node: n))).ToLookup(r => r.Value, r => r.Node);
        HashSet<Value> outputs = [.. network.Outputs.Select(o => o.Value)];
        Dictionary<Value, Operation> now = network.Nodes.ToDictionary(n => n.Output, n => n.Operation);
        Dictionary<Value, ImmutableArray<int>> scaled = [];
        // From the outputs on: what reads a channel has equal gains itself by then.
        foreach (Node maker in network.Nodes.Reverse())
        {
            int channels = IsOpen(maker) ? ChannelPowers.Made(maker) : 0;
            if (channels < 2 || Path(maker, channels) is not (List<Node> between, List<Node> takers))
                continue;
            double[] squares = new double[channels];
            foreach (Node taker in takers)
                ChannelPowers.AddSquares(now[taker.Output], taker.Inputs[0].Shape, squares);
            if (Exponents(squares, leastSaving) is not ImmutableArray<int> exponents)
                continue;
            now[maker.Output] = ChannelPowers.Times(now[maker.Output], exponents);
            foreach (Node taker in takers)
                now[taker.Output] = ChannelPowers.TakenBack(now[taker.Output], taker.Inputs[0].Shape, exponents)!;
            foreach (Node node in between.Prepend(maker))
                scaled[node.Output] = exponents;
        }
        return network with
        {
            Nodes =
            [
                .. network.Nodes.Select(n => n with
                {
                    Operation = now[n.Output],
                    ChannelExponents = scaled.GetValueOrDefault(n.Output, []),
                }),
            ],
        };

        bool IsOpen(Node node) => settings.For(node) is
        {
            Weight: PrecisionSpec.Auto { Width: null },
            Result: PrecisionSpec.Auto { Width: null }
        };

        // What powers of a maker's channels go through, and what takes them back; null where something else sees them.
        (List<Node> Between, List<Node> Takers)? Path(Node maker, int channels)
        {
            List<Node> between = [], takers = [];
            Stack<Value> values = new([maker.Output]);
            while (values.TryPop(out Value? value))
            {
                if (outputs.Contains(value))
                    return null;
                foreach (Node reader in readers[value])
                {
                    if (reader.Inputs.Length != 1 || !IsOpen(reader))
                        return null;
                    if (ChannelPowers.Passes(reader, channels))
                    {
                        between.Add(reader);
                        values.Push(reader.Output);
                    }
                    else if (ChannelPowers.Takes(reader.Operation, value.Shape, channels))
                        takers.Add(reader);
                    else
                        return null;
                }
            }
            return (between, takers);
        }
    }

    // Of channels that nothing multiplies none; null where a common scale costs next to nothing.
    private static ImmutableArray<int>? Exponents(double[] squares, double leastSaving)
    {
        double most = squares.Max();
        if (!double.IsNormal(most))
            return null;
        // In bits, against the channel that matters most.
        double[] gains = [.. squares.Select(s => Math.Max(Math.Log2(s / most) / 2, -MostSpread))];
        double[] read = [.. gains.Where((_, c) => squares[c] > 0)];
        double saving = (Math.Log2(read.Average(g => Math.Pow(4, g))) / 2) - read.Average();
        return saving < leastSaving ? null
            : [.. gains.Select((g, c) => squares[c] > 0 ? (int)Math.Round(g) : 0)];
    }
}
