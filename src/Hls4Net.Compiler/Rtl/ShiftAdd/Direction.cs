using System.Numerics;

namespace Hls4Net.Rtl.ShiftAdd;

/// <summary>What coefficients have in common with their negatives and doubles: they without their common power of two, the first that is not zero being positive.</summary>
internal readonly struct Direction : IEquatable<Direction>
{
    private readonly long[] _reduced;
    private readonly int _hash;

    public Direction(ReadOnlySpan<long> coefficients)
    {
        long any = 0, first = 0;
        foreach (long c in coefficients)
        {
            any |= c;
            first = first == 0 ? c : first;
        }
        Zeros = any == 0 ? 0 : BitOperations.TrailingZeroCount(any);
        Negative = first < 0;
        _reduced = new long[coefficients.Length];
        // HashCode would take a seed of its own for each process; nothing depends on it, but this is quicker as well.
        ulong hash = 0;
        for (int i = 0; i < coefficients.Length; i++)
        {
            _reduced[i] = (Negative ? -coefficients[i] : coefficients[i]) >> Zeros;
            hash = BitOperations.RotateLeft((hash ^ (ulong)_reduced[i]) * 0x9E3779B97F4A7C15, 29);
        }
        _hash = (int)(hash ^ (hash >> 32));
    }

    /// <summary>The common power of two.</summary>
    public int Zeros { get; }

    /// <summary>True if the first coefficient that is not zero is negative.</summary>
    public bool Negative { get; }

    public bool Equals(Direction other) => _hash == other._hash && _reduced.AsSpan().SequenceEqual(other._reduced);

    public override bool Equals(object? obj) => obj is Direction other && Equals(other);

    public override int GetHashCode() => _hash;
}
