using System.Collections;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>
/// An interval for every element of a tensor, kept once where they repeat: an image's pixels share those of the
/// channels.
/// </summary>
[CollectionBuilder(typeof(Intervals), nameof(Create))]
public readonly struct Intervals : IReadOnlyList<Interval>
{
    private readonly ImmutableArray<Interval> _pattern;

    private Intervals(ImmutableArray<Interval> pattern, int length) => (_pattern, Length) = (pattern, length);

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>After how many elements they repeat; their number where they do not.</summary>
    public int Period => _pattern.Length;

    int IReadOnlyCollection<Interval>.Count => Length;

    public Interval this[int element] => _pattern[_pattern.Length == Length ? element : element % _pattern.Length];

    /// <summary>The interval that holds every element's; empty tensors have none.</summary>
    public Interval Hull
    {
        get
        {
            Interval hull = _pattern[0];
            foreach (Interval interval in _pattern)
                hull = Interval.Hull(hull, interval);
            return hull;
        }
    }

    public static Intervals Create(ReadOnlySpan<Interval> elements) => new([.. elements], elements.Length);

    /// <summary>Intervals that repeat until there are <paramref name="length"/> of them.</summary>
    public static Intervals Repeat(ReadOnlySpan<Interval> pattern, int length) => new([.. pattern], length);

    /// <summary>
    /// An interval for each of <paramref name="length"/> elements, computed for the first ones where all that it
    /// depends on repeats.
    /// </summary>
    /// <param name="length">Number of elements.</param>
    /// <param name="interval">The interval of an element.</param>
    /// <param name="periods">After how many elements each of what it depends on repeats.</param>
    public static Intervals Of(int length, Func<int, Interval> interval, params ReadOnlySpan<int> periods)
    {
        Interval[] pattern = new Interval[CommonPeriod(length, periods)];
        for (int i = 0; i < pattern.Length; i++)
            pattern[i] = interval(i);
        return new(ImmutableArray.Create(pattern), length);
    }

    /// <summary>
    /// After how many of <paramref name="length"/> elements things with several periods repeat together.
    /// </summary>
    public static int CommonPeriod(int length, params ReadOnlySpan<int> periods)
    {
        long common = 1;
        foreach (int period in periods)
        {
            common = common / (long)BigInteger.GreatestCommonDivisor(common, Math.Max(period, 1)) * Math.Max(period, 1);
            if (common >= length)
                return length;
        }
        return length % common == 0 ? (int)common : length;
    }

    public static implicit operator Intervals(ImmutableArray<Interval> elements) => new(elements, elements.Length);

    /// <summary>The same intervals, kept once if they repeat after <paramref name="period"/> elements.</summary>
    public Intervals Compact(int period)
    {
        ReadOnlySpan<Interval> elements = _pattern.AsSpan();
        if (period < 1 || elements.Length <= period || elements.Length % period != 0)
            return this;
        for (int i = period; i < elements.Length; i++)
        {
            if (elements[i] != elements[i - period])
                return this;
        }
        return new Intervals([.. elements[..period]], Length);
    }

    /// <summary>Their images under a function.</summary>
    public Intervals Map(Func<Interval, Interval> image) => new([.. _pattern.Select(image)], Length);

    /// <summary>Of rows of so many elements the hull of each column.</summary>
    public Interval[] ColumnHulls(int columns)
    {
        Interval[] hulls = Slice(0, columns);
        int distinct = CommonPeriod(Length, Period, columns);
        for (int i = columns; i < distinct; i++)
            hulls[i % columns] = Interval.Hull(hulls[i % columns], this[i]);
        return hulls;
    }

    /// <summary>A copy of some of them.</summary>
    public Interval[] Slice(int start, int length)
    {
        Interval[] result = new Interval[length];
        for (int i = 0; i < length; i++)
            result[i] = this[start + i];
        return result;
    }

    public IEnumerator<Interval> GetEnumerator()
    {
        for (int i = 0; i < Length; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
