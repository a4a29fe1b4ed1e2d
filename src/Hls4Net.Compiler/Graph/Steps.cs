using System.Collections.Immutable;
using System.Numerics;

namespace Hls4Net.Graph;

/// <summary>
/// What any two mantissas of an element differ by a multiple of, for every element of a tensor: 2 for the -1 and +1 of
/// a bipolar quantizer, 2^n where n low bits never change. Kept once where they repeat; 1 where nothing is known.
/// </summary>
public readonly struct Steps
{
    private readonly ImmutableArray<long> _pattern;

    private Steps(ImmutableArray<long> pattern) => _pattern = pattern;

    /// <summary>After how many elements they repeat.</summary>
    public int Period => Pattern.Length;

    public long this[int element] => Pattern[Pattern.Length == 1 ? 0 : element % Pattern.Length];

    /// <summary>The step that holds for every element.</summary>
    public long Common => Pattern.Aggregate(Divisor);

    private ImmutableArray<long> Pattern => _pattern.IsDefaultOrEmpty ? [1] : _pattern;

    /// <summary>Steps that repeat after so many elements, a divisor of the tensor's number.</summary>
    public static Steps Of(ReadOnlySpan<long> pattern) =>
        new(pattern.IsEmpty || pattern.ContainsAnyExcept(pattern[0]) ? [.. pattern] : [pattern[0]]);

    public static implicit operator Steps(long step) => new([step]);

    /// <summary>Those of mantissas with so many more fraction bits.</summary>
    public Steps Shifted(int bits) => bits == 0 ? this : Of([.. Pattern.Select(s =>
        BitOperations.Log2((ulong)s) + bits < 62 ? s << bits : 1L << BitOperations.TrailingZeroCount(s))]);

    /// <summary>The largest step that divides both; the step of what never changes is 0.</summary>
    public static long Divisor(long a, long b) => (long)BigInteger.GreatestCommonDivisor(a, b);
}
