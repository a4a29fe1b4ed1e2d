using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

/// <summary>Logits of 8 to 24 bits with spreads from 1 to 64, with near ties now and then.</summary>
internal static class RandomLogits
{
    public static (FixedPointType Type, long[] Values) Next(Random random, int count)
    {
        int width = random.Next(8, 25);
        double spread = Math.Pow(2, random.NextDouble() * 6);
        int integer = (int)Math.Ceiling(Math.Log2(spread)) + 1;
        FixedPointType type = new(width, integer, random.Next(3) > 0);
        long last = Math.Min((long)(spread / type.Ulp), (long)type.MaxMantissa - (long)type.MinMantissa);
        return (type, [.. Enumerable.Range(0, count).Select(_ => (long)type.MinMantissa + random.NextInt64(last + 1))]);
    }

    /// <summary>Moves some values near the largest one, equal, one below or a few below.</summary>
    public static void Perturb(Random random, long[] x, int round)
    {
        long largest = x.Max();
        for (int k = 0; k < round; k++)
            x[random.Next(x.Length)] = largest - random.Next(random.Next(1, 5));
    }
}
