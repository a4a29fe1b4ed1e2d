using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Vectors;

/// <summary>
/// Test vectors for a project that names none: enough to compare executions, no measure of accuracy on real data.
/// </summary>
internal static class RandomVectors
{
    private const int Count = 1000;

    /// <summary>
    /// The same vectors each time: ends of the inputs' types first, all of them and one alone; of the others half
    /// uniform within [-1, 1], half over the whole of the types.
    /// </summary>
    public static TestVectors Make(Network typed)
    {
        Random random = new(1);
        int size = typed.Inputs.Sum(i => i.Shape.Size);
        double[] values = new double[Count * size];
        int sample = 0;
        foreach (double[] extreme in ExtremeVectors.Of(typed).Select(s => Reals(typed, s)))
            extreme.CopyTo(values, sample++ * size);
        for (int at = sample * size; sample < Count; sample++)
        {
            foreach (Value input in typed.Inputs)
            {
                double min = input.Type.MinValue, max = input.Type.MaxValue;
                (double low, double high) = sample % 2 == 0 ? (Math.Max(min, -1), Math.Min(max, 1)) : (min, max);
                for (int i = 0; i < input.Shape.Size; i++)
                    values[at++] = low + (random.NextDouble() * (high - low));
            }
        }
        return new TestVectors(Count, values, null, null);
    }

    private static double[] Reals(Network typed, long[] mantissas)
    {
        double[] reals = new double[mantissas.Length];
        int at = 0;
        foreach (Value input in typed.Inputs)
        {
            // The smallest mantissa of a symmetric type is of no real number.
            long least = input.Type is { Overflow: Overflow.SatSym, Signed: true } ? (long)-input.Type.MaxMantissa
                : long.MinValue;
            for (int i = 0; i < input.Shape.Size; i++, at++)
                reals[at] = Math.Max(mantissas[at], least) * input.Type.Ulp;
        }
        return reals;
    }
}
