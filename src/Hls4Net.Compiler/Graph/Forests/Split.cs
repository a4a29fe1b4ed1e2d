using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Forests;

/// <summary>What a branch of a decision tree asks of a feature.</summary>
public enum SplitKind
{
    /// <summary>Is it at most the threshold?</summary>
    AtMost,

    /// <summary>Is it below the threshold?</summary>
    Below,

    /// <summary>Is it one of some numbers?</summary>
    OneOf,
}

/// <summary>
/// A question about one feature. Other comparisons are these with the answers swapped: x ≥ t is not x &lt; t.
/// </summary>
/// <param name="Feature">The feature's place in a row.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Values">The threshold, or the numbers of a set.</param>
public sealed record Split(int Feature, SplitKind Kind, ImmutableArray<double> Values)
{
    /// <summary>The answer for a real number.</summary>
    public bool Holds(double x) => Kind switch
    {
        SplitKind.AtMost => x <= Values[0],
        SplitKind.Below => x < Values[0],
        _ => Values.Contains(x),
    };

    /// <summary>
    /// The same question about mantissas k in units of 2^-<paramref name="fraction"/>, exactly: x ≤ t is k ≤ ⌊t·2^f⌋,
    /// x &lt; t is k ≤ ⌈t·2^f⌉ - 1, and of a set only those numbers count that lie on the grid.
    /// </summary>
    public GridSplit On(int fraction) => Kind switch
    {
        SplitKind.AtMost => new GridSplit(Feature, Held(Math.Floor(Math.ScaleB(Values[0], fraction))), []),
        SplitKind.Below => new GridSplit(Feature, Held(Math.Ceiling(Math.ScaleB(Values[0], fraction)) - 1), []),
        _ => new GridSplit(Feature, null, [.. Values.Select(v => Math.ScaleB(v, fraction))
            .Where(v => double.IsInteger(v) && Math.Abs(v) < Limit).Select(v => (long)v).Distinct().Order()]),
    };

    public bool Equals(Split? other) => other is not null && Feature == other.Feature && Kind == other.Kind
        && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode() => Values.Aggregate(HashCode.Combine(Feature, Kind), HashCode.Combine);

    // The first number beyond every mantissa.
    private const double Limit = 9223372036854775808;

    private static long Held(double bound) =>
        bound >= Limit ? long.MaxValue : bound < -Limit ? long.MinValue : (long)bound;
}

/// <summary>A question about a mantissa: is it at most a bound, or one of some numbers?</summary>
/// <param name="Feature">The feature's place in a row.</param>
/// <param name="Bound">The largest mantissa for which the answer is yes; null for a set.</param>
/// <param name="Members">The numbers of a set, in order.</param>
public sealed record GridSplit(int Feature, long? Bound, ImmutableArray<long> Members)
{
    public bool Holds(long k) => Bound is long bound ? k <= bound : Members.BinarySearch(k) >= 0;

    /// <summary>The answer for every mantissa of an interval; null where it differs.</summary>
    public bool? Decided(Interval range)
    {
        if (Bound is long bound)
            return range.Max <= bound ? true : range.Min > bound ? false : null;
        int inside = Members.Count(m => IsIn(range, m));
        return inside == 0 ? false : range.Max - range.Min < inside ? true : null;
    }

    /// <summary>The mantissas of an interval that an answer leaves, and may be some more.</summary>
    public Interval Left(Interval range, bool answer)
    {
        if (Bound is long bound)
            return answer ? range with { Max = Int128.Min(range.Max, bound) }
                : range with { Min = Int128.Max(range.Min, (Int128)bound + 1) };
        if (answer)
        {
            long[] inside = [.. Members.Where(m => IsIn(range, m))];
            return new Interval(inside[0], inside[^1]);
        }
        while (range.Min < range.Max && Members.Any(m => m == range.Min))
            range = range with { Min = range.Min + 1 };
        while (range.Max > range.Min && Members.Any(m => m == range.Max))
            range = range with { Max = range.Max - 1 };
        return range;
    }

    private static bool IsIn(Interval range, long m) => range.Min <= m && m <= range.Max;

    public bool Equals(GridSplit? other) => other is not null && Feature == other.Feature && Bound == other.Bound
        && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    public override int GetHashCode() => Members.Aggregate(HashCode.Combine(Feature, Bound), HashCode.Combine);
}
