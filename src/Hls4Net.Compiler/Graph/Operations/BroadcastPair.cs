namespace Hls4Net.Graph.Operations;

/// <summary>The elements of two tensors that meet where both are broadcast to one shape.</summary>
internal readonly struct BroadcastPair
{
    private readonly int[] _a, _b;

    /// <exception cref="ShapeException">The shapes do not broadcast to one another.</exception>
    public BroadcastPair(Shape a, Shape b)
    {
        Shape shape = Elementwise.Broadcast([a, b]);
        (_a, _b) = (a.BroadcastIndices(shape), b.BroadcastIndices(shape));
    }

    /// <summary>Elements of the result.</summary>
    public int Size => _a.Length;

    /// <summary>Which element of either tensor meets the other's in an element of the result.</summary>
    public (int A, int B) this[int element] => (_a[element], _b[element]);
}
