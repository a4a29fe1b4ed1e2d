using System.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// What linear forms have in common with their negatives and doubles: they without their common power of two, the first
/// coefficient being positive.
/// </summary>
internal readonly struct Direction : IEquatable<Direction>
{
    private readonly LinearForm _form;
    private readonly int _hash;

    public Direction(LinearForm form)
    {
        _form = form;
        Negative = form.Coefficients is [< 0, ..];
        // HashCode would take a seed of its own for each process; nothing depends on it, but this is quicker as well.
        ulong hash = 0;
        for (int i = 0; i < form.Inputs.Length; i++)
            hash = BitOperations.RotateLeft(
                (hash ^ (ulong)Reduced(i) ^ ((ulong)form.Inputs[i] << 40)) * 0x9E3779B97F4A7C15, 29);
        _hash = (int)(hash ^ (hash >> 32));
    }

    /// <summary>The common power of two.</summary>
    public int Zeros => _form.Zeros;

    /// <summary>True if the first coefficient that is not zero is negative.</summary>
    public bool Negative { get; }

    public bool Equals(Direction other)
    {
        if (_hash != other._hash || !_form.Inputs.SequenceEqual(other._form.Inputs))
            return false;
        for (int i = 0; i < _form.Inputs.Length; i++)
        {
            if (Reduced(i) != other.Reduced(i))
                return false;
        }
        return true;
    }

    public override bool Equals(object? obj) => obj is Direction other && Equals(other);

    public override int GetHashCode() => _hash;

    private long Reduced(int i) => (Negative ? -_form.Coefficients[i] : _form.Coefficients[i]) >> Zeros;
}
