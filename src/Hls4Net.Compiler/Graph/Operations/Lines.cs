namespace Hls4Net.Graph.Operations;

/// <summary>The lines of elements along an axis, in the order of the elements that they become.</summary>
internal static class Lines
{
    public static IEnumerable<(int Line, int[] Elements)> Of(Shape shape, int axis)
    {
        int length = shape[axis], inner = shape.Product(axis + 1, shape.Rank);
        for (int line = 0; line < shape.Size / length; line++)
        {
            int first = (line / inner * length * inner) + (line % inner);
            yield return (line, [.. Enumerable.Range(0, length).Select(i => first + (i * inner))]);
        }
    }
}
