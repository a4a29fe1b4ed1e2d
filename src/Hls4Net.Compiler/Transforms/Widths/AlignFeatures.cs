using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Text;
using Hls4Net.Vectors;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// Features of different scale come to one scale by powers of two right behind the port, and what reads them takes the
/// powers back: then one type is as fine for each of them as its own would be.
/// </summary>
/// <remarks>
/// <code>
/// x [pt 0…200, eta −3…3] → Dense W
/// x → Align 2^[−8, −2] → Dense 2^[8, 2] · W
/// </code>
/// </remarks>
internal static class AlignFeatures
{
    // From this many bits between the scales on; a type that is a bit or two wider costs less than other ports.
    private const int LeastSpread = 3;

    // No container of all elements may be wider than mantissas are.
    private const int MostSpread = 26;

    private const int MostFeatures = 256;

    // Elements whose deviation is less than this share of their magnitude have seldom been seen far from zero: how far
    // they reach, the vectors do not tell.
    private const double Sparse = 1.0 / 16;

    public static Network Apply(Network network, ModelOptions options, TestVectors? vectors)
    {
        if (vectors is null || network.Nodes.Any(n => n.Operation is Requantize or QuantizedFunction or FixedQuantize))
            return network;
        LayerSettingsResolver settings = new(options);
        Dictionary<Value, Node> aligned = [];
        int start = 0;
        foreach (Value input in network.Inputs)
        {
            if (Exponents(network, settings, input, vectors, start) is ImmutableArray<int> exponents)
            {
                NodeSource source = new(input.Name, "");
                string name = $"{Identifiers.Of(input.Name)}_aligned";
                aligned[input] = new Node(name, source, new Align(exponents), [input], new Value(name, input.Shape));
            }
            start += input.Shape.Size;
        }
        if (aligned.Count == 0)
            return network;
        IEnumerable<Node> nodes = network.Nodes.Select(n => n.Inputs.Any(aligned.ContainsKey)
            ? Reading(n, aligned[n.Inputs[0]]) : n);
        return UniqueNames.Apply(network with { Nodes = [.. aligned.Values, .. nodes] });
    }

    private static Node Reading(Node reader, Node align) => reader with
    {
        Operation = ChannelPowers.TakenBack(
            reader.Operation, align.Inputs[0].Shape, ((Align)align.Operation).Exponents)!,
        Inputs = [align.Output],
    };

    // Null where the input has one scale, or something else reads it than what can take the powers back.
    private static ImmutableArray<int>? Exponents(
        Network network, LayerSettingsResolver settings, Value input, TestVectors vectors, int start)
    {
        Shape shape = input.Shape;
        int features = shape.Rank == 0 ? 0 : shape[shape.Rank - 1];
        Node[] readers = [.. network.Nodes.Where(n => n.Inputs.Contains(input))];
        if (features is < 2 or > MostFeatures || input.Typing is not null || readers.Length == 0
            || network.Outputs.Any(o => o.Value == input) || !IsOpen(settings.ForInput(input).Result))
            return null;
        int[] scales = Scales(vectors, start, shape.Size, features);
        int least = Math.Max(scales.Min(), scales.Max() - MostSpread);
        if (scales.Max() - least < LeastSpread)
            return null;
        ImmutableArray<int> exponents = [.. scales.Select(s => -Math.Max(s, least))];
        bool taken = readers.All(n => n.Inputs.Length == 1 && IsOpen(settings.For(n).Weight)
            && ChannelPowers.TakenBack(n.Operation, shape, exponents) is not null);
        return taken ? exponents : null;
    }

    private static bool IsOpen(PrecisionSpec spec) => spec is PrecisionSpec.Auto { Width: null };

    // Of each feature the bits left of the point; of one that is constant or sparse those of all.
    private static int[] Scales(TestVectors vectors, int start, int size, int features)
    {
        double[] largest = new double[features], sums = new double[features], squares = new double[features];
        long count = (long)vectors.Count * size / features;
        for (int sample = 0; sample < vectors.Count; sample++)
        {
            ReadOnlySpan<double> x = vectors.Input(sample).Slice(start, size);
            for (int i = 0; i < size; i++)
            {
                int c = i % features;
                largest[c] = Math.Max(largest[c], Math.Abs(x[i]));
                sums[c] += x[i];
                squares[c] += x[i] * x[i];
            }
        }
        double all = largest.Max();
        return [.. largest.Select((most, c) =>
        {
            double mean = sums[c] / count, deviation = Math.Sqrt(Math.Max(0, (squares[c] / count) - (mean * mean)));
            double reach = deviation >= most * Sparse && most > 0 ? most : all;
            return reach > 0 && double.IsFinite(reach) ? Math.ILogB(new RealRange(0, reach).Widened().Max) + 1 : 0;
        })];
    }
}
