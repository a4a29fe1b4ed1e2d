using Hls4Net.Graph;

namespace Hls4Net.Hls.Emitters;

/// <summary>Where element i of a broadcast result finds its operand's element.</summary>
internal static class BroadcastIndex
{
    public static string Expression(LayerSource source, string tableSuffix, Shape operand, Shape result) =>
        Expression(source, tableSuffix, operand.BroadcastIndices(result), operand.Size);

    /// <summary>
    /// The expression of <paramref name="indices"/>[<paramref name="i"/>], each below <paramref name="size"/>; a table
    /// only where no short one fits.
    /// </summary>
    public static string Expression(LayerSource source, string tableSuffix, int[] indices, int size, string i = "i")
    {
        if (size == 1)
            return "0";
        // One run of axes that the operand has: i / (what follows it) % (its size).
        for (int repeat = 1; repeat * size <= indices.Length; repeat++)
        {
            if (Enumerable.Range(0, indices.Length).All(k => indices[k] == k / repeat % size))
                return (repeat, size * repeat == indices.Length) switch
                {
                    (1, true) => i,
                    (1, false) => $"{i} % {size}",
                    (_, true) => $"{i} / {repeat}",
                    (_, false) => $"{i} / {repeat} % {size}",
                };
        }
        return $"{source.IndexArray(tableSuffix, indices)}[{i}]";
    }
}
