using System.Collections.Immutable;

namespace Hls4Net.Data;

/// <summary>Numbers with a shape, as read from a file.</summary>
/// <param name="Shape">The dimensions, outermost first; empty for a scalar.</param>
/// <param name="Values">As many as the product of the dimensions, the last dimension running fastest.</param>
internal sealed record Tensor(ImmutableArray<int> Shape, double[] Values)
{
    /// <summary>The shape as people write it: <c>[3, 4]</c>.</summary>
    public string ShapeText => Format(Shape);

    /// <summary>A shape as people write it: <c>[3, 4]</c>.</summary>
    public static string Format(ImmutableArray<int> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>
    /// The number of elements of a shape; null where it exceeds what an array can hold, or a dimension is negative.
    /// </summary>
    public static int? CountOf(IEnumerable<long> shape)
    {
        // A zero makes the tensor empty wherever it stands, so it must not be hidden by an earlier product that is too
        // large.
        long[] dimensions = [.. shape];
        if (dimensions.Any(d => d < 0 || d > int.MaxValue))
            return null;
        if (dimensions.Contains(0))
            return 0;
        long count = 1;
        foreach (long dimension in dimensions)
        {
            count *= dimension;
            if (count > Array.MaxLength)
                return null;
        }
        return (int)count;
    }
}
