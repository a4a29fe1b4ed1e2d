using Hls4Net.Graph;
using Hls4Net.Vectors;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// The samples that noise is measured with: test vectors spread evenly over all, and neighbours of theirs where there
/// are too few for the roundings of a few outputs to tell an average.
/// </summary>
internal static class ProbeSamples
{
    // How far a neighbour's elements are moved, as a share of their own magnitude.
    private const double Spread = 0.1;

    public static ReadOnlyMemory<double>[] Of(Network network, TestVectors vectors, int count)
    {
        int given = Math.Min(count, vectors.Count);
        // Integers stay what they are: a neighbour of an index or a code is none.
        bool[] moves = [.. network.Inputs.SelectMany(i => Enumerable.Repeat(i.Typing is null, i.Shape.Size))];
        Random random = new(1);
        ReadOnlyMemory<double>[] samples = new ReadOnlyMemory<double>[count];
        for (int s = 0; s < count; s++)
        {
            samples[s] = vectors.Sample((int)((long)(s % given) * vectors.Count / given));
            if (s >= given)
                samples[s] = Neighbour(samples[s].Span, moves, random);
        }
        return samples;
    }

    private static double[] Neighbour(ReadOnlySpan<double> sample, bool[] moves, Random random)
    {
        double[] result = sample.ToArray();
        for (int i = 0; i < result.Length; i++)
            result[i] *= moves[i] ? 1 + (Spread * ((2 * random.NextDouble()) - 1)) : 1;
        return result;
    }
}
