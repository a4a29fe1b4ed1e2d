using System.Collections.Immutable;

namespace Hls4Net.Graph;

/// <summary>
/// The dimensions of a tensor, all known; the first is the sample axis where the model has one, and then 1.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _dimensions;

    /// <summary>The most elements that a tensor may have: what memory holds several times over.</summary>
    public const int MaxSize = 1 << 27;

    /// <exception cref="ShapeException">A dimension is negative, or there are more than <see cref="MaxSize"/>
    /// elements.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        long size = 1;
        foreach (int d in dimensions)
        {
            if (d < 0)
                throw new ShapeException($"[{string.Join(", ", dimensions.ToArray())}] has a negative dimension");
            size = Math.Min(size * d, int.MaxValue);
        }
        // A zero makes the tensor empty wherever it stands.
        if (size > MaxSize && !dimensions.Contains(0))
            throw new ShapeException($"[{string.Join(", ", dimensions.ToArray())}] has more than {MaxSize} elements");
        _dimensions = [.. dimensions];
    }

    /// <summary>The dimensions, outermost first; empty for a scalar.</summary>
    public ImmutableArray<int> Dimensions => _dimensions.IsDefault ? [] : _dimensions;

    public int Rank => Dimensions.Length;

    /// <summary>The number of elements.</summary>
    public int Size
    {
        get
        {
            int size = 1;
            foreach (int d in Dimensions)
                size *= d;
            return size;
        }
    }

    /// <summary>The length of the last axis; 1 for a scalar.</summary>
    internal int LastAxis => Rank == 0 ? 1 : Dimensions[^1];

    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int this[int axis] => (uint)axis < (uint)Rank ? Dimensions[axis]
        : throw new ShapeException($"{this} has no axis {axis}");

    /// <summary>
    /// The number of elements of the axes from <paramref name="start"/> up to <paramref name="end"/>.
    /// </summary>
    public int Product(int start, int end) => new Shape(Dimensions.AsSpan()[start..end]).Size;

    /// <summary>How far apart neighbours along each axis lie in memory.</summary>
    public int[] Strides()
    {
        int[] strides = new int[Rank];
        for (int axis = Rank - 1, stride = 1; axis >= 0; stride *= this[axis--])
            strides[axis] = stride;
        return strides;
    }

    /// <summary>Numpy's broadcast of two shapes; null where they don't fit.</summary>
    public static Shape? Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] result = new int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int da = i <= a.Rank ? a[a.Rank - i] : 1, db = i <= b.Rank ? b[b.Rank - i] : 1;
            if (da != db && da != 1 && db != 1)
                return null;
            result[rank - i] = da == 1 ? db : da;
        }
        return new Shape(result);
    }

    /// <summary>
    /// For every element of <paramref name="target"/> the index of the element that is broadcast to it.
    /// </summary>
    public int[] BroadcastIndices(Shape target) => BroadcastIndices(target, target.Size);

    /// <summary>
    /// For the first <paramref name="count"/> elements of <paramref name="target"/> the index of the element that is
    /// broadcast to each.
    /// </summary>
    public int[] BroadcastIndices(Shape target, int count)
    {
        int[] indices = new int[count];
        // What is filled so far, moved along the next axis.
        for (int axis = 1, stride = 1, filled = 1; axis <= target.Rank && filled < count; axis++)
        {
            int own = axis <= Rank ? this[Rank - axis] : 1, step = own == 1 ? 0 : stride,
                end = (int)Math.Min(count, (long)filled * target[target.Rank - axis]);
            for (int i = filled; i < end; i++)
                indices[i] = indices[i - filled] + step;
            stride *= own;
            filled = end;
        }
        return indices;
    }

    /// <summary>
    /// After how many elements of <paramref name="target"/> the indices of <see cref="BroadcastIndices(Shape)"/>
    /// repeat.
    /// </summary>
    public int BroadcastPeriod(Shape target)
    {
        int period = 1, repeat = 1;
        for (int axis = 1; axis <= target.Rank; axis++)
        {
            repeat *= target[target.Rank - axis];
            if (axis <= Rank && this[Rank - axis] != 1)
                period = repeat;
        }
        return period;
    }

    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int d in Dimensions)
            hash.Add(d);
        return hash.ToHashCode();
    }

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>E.g. <c>[1, 36]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Dimensions)}]";
}
