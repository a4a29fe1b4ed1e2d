namespace Hls4Net.Graph.Operations;

/// <summary>Walks the groups of elements that are normalised together.</summary>
internal static class SoftmaxGroups
{
    public static void Evaluate<T>(T[] input, Span<T> output, int count, int stride, Action<T[], T[]> normalise)
    {
        T[] x = new T[count], y = new T[count];
        for (int group = 0; group < input.Length / count; group++)
        {
            int start = (group / stride * stride * count) + (group % stride);
            for (int i = 0; i < count; i++)
                x[i] = input[start + (i * stride)];
            normalise(x, y);
            for (int i = 0; i < count; i++)
                output[start + (i * stride)] = y[i];
        }
    }
}
