using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Diagnostics;

namespace Hls4Net.Vectors;

/// <summary>
/// Finds test vectors that lie far beyond all others, as a value that was never filled in does: they spoil what is
/// calibrated with them.
/// </summary>
internal static class UnusualVectors
{
    // Times the largest of all other vectors.
    private const double Far = 1024;

    // Of a hundred vectors one may be unusual; more of them are data.
    private const int Rare = 100;

    // Fewer tell nothing of what is usual.
    private const int Fewest = 4;

    /// <summary>Warns of each input with such vectors.</summary>
    public static void Report(TestVectors vectors, IReadOnlyList<(string Name, ImmutableArray<int> Shape)> inputs,
        DiagnosticBag diagnostics)
    {
        int start = 0;
        foreach ((string name, ImmutableArray<int> shape) in inputs)
        {
            int size = shape.Aggregate(1, (a, b) => a * b);
            Report(vectors, name, shape, start, size, diagnostics);
            start += size;
        }
    }

    private static void Report(TestVectors vectors, string name, ImmutableArray<int> shape, int start, int size,
        DiagnosticBag diagnostics)
    {
        double[] largest = [.. Enumerable.Range(0, vectors.Count)
            .Select(i => Largest(vectors.Input(i).Slice(start, size)))];
        int[] order = [.. Enumerable.Range(0, vectors.Count).OrderByDescending(i => largest[i])];
        int most = Math.Max(1, vectors.Count / Rare);
        // How many of the largest stand apart from the next.
        int apart = vectors.Count < Fewest ? 0 : Enumerable.Range(1, most)
            .LastOrDefault(k => largest[order[k]] > 0 && largest[order[k - 1]] / largest[order[k]] > Far);
        if (apart == 0)
            return;
        int sample = order[0];
        int element = IndexOf(vectors.Input(sample).Slice(start, size), largest[sample]);
        double usual = largest[order[apart]], step = Math.ScaleB(1, (int)Math.Ceiling(Math.Log2(largest[sample])) - 15);
        diagnostics.Add(
            Descriptors.UnusualVector,
            string.Create(
                CultureInfo.InvariantCulture,
                $"test vector {sample} has {vectors.Input(sample)[start + element]:G6} for input '{name}', element "
                + $"{Index(element, shape)} (counted from "
                + $"0){(apart > 1 ? $", and {apart - 1} more vectors are like it" : "")}; all others reach {usual:G6} "
                + $"at most. Sixteen bits that hold it have steps of {step:G3}. Remove the vector, or give the input's "
                + $"type (HlsLayer Include=\"{name}\" Precision=…)"));
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static int IndexOf(ReadOnlySpan<double> values, double magnitude)
    {
        int i = 0;
        while (Math.Abs(values[i]) != magnitude)
            i++;
        return i;
    }

    private static string Index(int element, ImmutableArray<int> shape)
    {
        int[] index = new int[shape.Length];
        for (int d = shape.Length - 1; d >= 0; d--)
            (element, index[d]) = (element / shape[d], element % shape[d]);
        return $"[{string.Join(", ", index)}]";
    }
}
