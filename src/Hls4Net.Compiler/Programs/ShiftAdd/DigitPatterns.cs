using System.Numerics;
using System.Runtime.InteropServices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>A pair of digits: the second one's shift and sign relative to the first one's.</summary>
internal readonly record struct Relation(int Shift, bool Negative);

/// <summary>
/// How many operands of a pattern are one node's, and what they make of it together: a + 4a is 5a of two digits.
/// </summary>
internal readonly record struct PatternPart(int Node, long Multiple, int Digits);

/// <summary>
/// Which pairs of digits can be taken off coefficients, in whatever signed digits, of as few as possible, these are
/// written: of 3a + b that is a + b, which leaves 2a, as well as 4a + b and b - a.
/// </summary>
internal sealed class DigitPatterns
{
    private readonly Dictionary<(long, long), (Relation, int)[]> _pairs = [];
    private readonly Dictionary<long, (Relation, int)[]> _alone = [];
    private readonly Dictionary<long, long[]> _removable = [];

    /// <summary>
    /// The pairs of a digit of one coefficient and a digit of another, both odd and positive, and how often each can be
    /// taken off.
    /// </summary>
    public ReadOnlySpan<(Relation Relation, int Count)> Between(long a, long b)
    {
        ref (Relation, int)[]? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (a, b), out _);
        return known ??= Counted(PowersOf(a), PowersOf(b), r => Part(r, a, b).Times);

        static (long Factor, int Times) Part(Relation r, long a, long b) => Occurrences(
            [new(0, r.Shift < 0 ? 1L << -r.Shift : 1, 1), new(1, Signed(Math.Max(0, r.Shift), r.Negative), 1)], [a, b],
                int.MaxValue);
    }

    /// <summary>The pairs of two digits of one coefficient, which is odd and positive.</summary>
    public ReadOnlySpan<(Relation Relation, int Count)> Within(long c)
    {
        ref (Relation, int)[]? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_alone, c, out _);
        return known ??= SignedDigits.Count(c) < 2 ? []
            : Counted(PowersOf(c), PowersOf(c), r => r.Shift <= 0 || r == new Relation(2, true)
            ? 0 : Occurrences([new(0, 1 + Signed(r.Shift, r.Negative), 2)], [c], int.MaxValue).Times);
    }

    /// <summary>
    /// How often a pattern can be taken off coefficients, at most <paramref name="most"/> times, and the sum of the
    /// signed powers of two by which it is multiplied there. Each time every part's coefficient must lose all its
    /// digits.
    /// </summary>
    public static (long Factor, int Times) Occurrences(ReadOnlySpan<PatternPart> parts, ReadOnlySpan<long> coefficients,
        int most)
    {
        Span<int> digits = stackalloc int[3];
        for (int i = 0; i < parts.Length; i++)
            digits[i] = SignedDigits.Count(coefficients[i]);
        int top = Math.Min(62, BitOperations.Log2((ulong)Math.Abs(coefficients[0])) + 1), times = 0;
        long factor = 0;
        for (int position = 0; position <= top && times < most; position++)
        {
            foreach (long power in (ReadOnlySpan<long>)[1L << position, -(1L << position)])
            {
                bool fewer = true;
                for (int i = 0; i < parts.Length && fewer; i++)
                    fewer = SignedDigits.Count(coefficients[i] - ((factor + power) * parts[i].Multiple)) == digits[i]
                        - (parts[i].Digits * (times + 1));
                if (!fewer)
                    continue;
                factor += power;
                times++;
                break;
            }
        }
        return (factor, times);
    }

    /// <summary>Signed powers of two without which a coefficient has a digit fewer.</summary>
    public ReadOnlySpan<long> Removable(long c)
    {
        ref long[]? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_removable, c, out _);
        return known ??= [.. PowersOf(c)];
    }

    private static List<long> PowersOf(long c)
    {
        List<long> powers = [];
        int digits = SignedDigits.Count(c), top = Math.Min(62, BitOperations.Log2((ulong)Math.Abs(c)) + 1);
        for (int position = BitOperations.TrailingZeroCount(c); position <= top; position++)
        {
            long power = 1L << position;
            if (SignedDigits.Count(c - power) < digits)
                powers.Add(power);
            if (SignedDigits.Count(c + power) < digits)
                powers.Add(-power);
        }
        return powers;
    }

    private static long Signed(int shift, bool negative) => negative ? -(1L << shift) : 1L << shift;

    private static (Relation, int)[] Counted(List<long> a, List<long> b, Func<Relation, int> count)
    {
        HashSet<Relation> found = [];
        foreach (long x in a)
        {
            foreach (long y in b)
                found.Add(new(BitOperations.TrailingZeroCount(y) - BitOperations.TrailingZeroCount(x), x < 0 != y < 0));
        }
        return [.. found.OrderBy(r => r.Shift).ThenBy(r => r.Negative).Select(r => (r, count(r)))
            .Where(r => r.Item2 > 0)];
    }
}
