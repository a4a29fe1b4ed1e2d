using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// TransposeInputs: inputs with channels are fed channels-last, [1, spatial…, channels], in place of the model's [1, channels, spatial…]. The
/// transposition back meets the one to channels-last behind it, and both are gone.
/// </summary>
internal static class ChannelsLastInputs
{
    public static Network Apply(Network network)
    {
        if (!network.Inputs.Any(HasChannels))
        {
            throw new ModelException(
                Descriptors.InvalidOption, $"TransposeInputs is set, but no input has channels before other axes: {string.Join(", ", network.Inputs)}; leave the option out");
        }
        Dictionary<Value, Value> fed = network.Inputs.Where(HasChannels).ToDictionary(i => i, i => new Value(i.Name, new Shape([1, .. i.Shape.Dimensions[2..], i.Shape[1]])));
        IEnumerable<Node> back = fed.Select(f =>
        {
            int rank = f.Key.Shape.Rank;
            Transpose transpose = new([0, rank - 1, .. Enumerable.Range(1, rank - 2)]);
            return new Node($"{f.Key.Name}_transposed", new NodeSource(f.Key.Name, "Transpose"), transpose, [f.Value], f.Key);
        });
        return network with { Inputs = [.. network.Inputs.Select(i => fed.GetValueOrDefault(i, i))], Nodes = [.. back, .. network.Nodes] };
    }

    /// <summary>A file's samples of all inputs, in the model's order, in the order of the ports.</summary>
    public static double[] Permuted(double[] samples, ImmutableArray<Value> model)
    {
        double[] result = new double[samples.Length];
        int[] order = [.. Order(model)];
        for (int i = 0; i < samples.Length; i++)
            result[i] = samples[(i / order.Length * order.Length) + order[i % order.Length]];
        return result;
    }

    /// <summary>A sample of all inputs, in the order of the ports, in the model's order.</summary>
    public static double[] InOrderOfModel(ReadOnlySpan<double> sample, ImmutableArray<Value> model)
    {
        double[] result = new double[sample.Length];
        int at = 0;
        foreach (int place in Order(model))
            result[place] = sample[at++];
        return result;
    }

    private static IEnumerable<int> Order(ImmutableArray<Value> model)
    {
        int start = 0;
        foreach (Value input in model)
        {
            int channels = HasChannels(input) ? input.Shape[1] : 1, positions = input.Shape.Size / channels;
            for (int i = 0; i < input.Shape.Size; i++)
                yield return start + (i % channels * positions) + (i / channels);
            start += input.Shape.Size;
        }
    }

    private static bool HasChannels(Value input) => input.Shape.Rank > 2 && input.Shape[0] == 1;
}
