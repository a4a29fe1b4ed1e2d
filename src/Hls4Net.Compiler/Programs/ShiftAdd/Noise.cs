namespace Hls4Net.Programs.ShiftAdd;

/// <summary>Numbers that look random and are the same everywhere (the finisher of SplitMix64).</summary>
internal static class Noise
{
    /// <summary>From 0 to below 1.</summary>
    public static double Of(ulong seed, ulong key) => (Mix(seed ^ Mix(key)) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
