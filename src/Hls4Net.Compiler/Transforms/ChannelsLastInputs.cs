using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// TransposeInputs: inputs with channels are fed channels-last, [1, spatial…, channels], in place of the model's [1,
/// channels, spatial…]. The transposition back meets the one to channels-last behind it, and both are gone.
/// </summary>
internal static class ChannelsLastInputs
{
    public static Network Apply(Network network)
    {
        if (!network.Inputs.Any(ChannelsLast.HasChannels))
        {
            throw new ModelException(
                Descriptors.InvalidOption,
                    $"TransposeInputs is set, but no input has channels before other axes: "
                    + $"{string.Join(", ", network.Inputs)}; leave the option out");
        }
        Dictionary<Value, Value> fed = network.Inputs.Where(ChannelsLast.HasChannels)
            .ToDictionary(i => i, i => new Value(i.Name, new Shape([1, .. i.Shape.Dimensions[2..], i.Shape[1]])));
        IEnumerable<Node> back = fed.Select(f =>
        {
            int rank = f.Key.Shape.Rank;
            Transpose transpose = new([0, rank - 1, .. Enumerable.Range(1, rank - 2)]);
            return new Node($"{f.Key.Name}_transposed", new NodeSource(f.Key.Name, "Transpose"), transpose, [f.Value],
                f.Key);
        });
        return network with
        {
            Inputs = [.. network.Inputs.Select(i => fed.GetValueOrDefault(i, i))],
            Nodes = [.. back, .. network.Nodes]
        };
    }
}
