using System.Collections.Immutable;

namespace Hls4Net.Graph;

/// <summary>
/// Samples of inputs that are fed channels-last, [1, spatial…, channels], beside the model's [1, channels, spatial…].
/// </summary>
internal static class ChannelsLast
{
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

    /// <summary>True of an input that has channels before other axes.</summary>
    public static bool HasChannels(Value input) => input.Shape.Rank > 2 && input.Shape[0] == 1;
}
