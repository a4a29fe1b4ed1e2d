using Hls4Net.Data;
using Hls4Net.Graph;

namespace Hls4Net.Verification;

/// <summary>Test vectors for a project that names none: enough to compare executions, no measure of accuracy on real data.</summary>
internal static class RandomVectors
{
    private const int Count = 1000;

    /// <summary>The same vectors each time: half of them uniform within [-1, 1], half over the whole of the inputs' types, ends included.</summary>
    public static TestVectors Make(Network typed)
    {
        Random random = new(1);
        int size = typed.Inputs.Sum(i => i.Shape.Size);
        double[] values = new double[Count * size];
        for (int sample = 0, at = 0; sample < Count; sample++)
        {
            foreach (Value input in typed.Inputs)
            {
                double min = input.Type.MinValue, max = input.Type.MaxValue;
                (double low, double high) = sample % 2 == 0 ? (Math.Max(min, -1), Math.Min(max, 1)) : (min, max);
                for (int i = 0; i < input.Shape.Size; i++)
                    values[at++] = sample < 2 ? (i % 2 == sample ? min : max) : low + (random.NextDouble() * (high - low));
            }
        }
        return new TestVectors(Count, values, null, null);
    }
}
