using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Operations that join elements of windows, axes or groups: sums, extremes, sorted lists, normalizations.
/// </summary>
internal static class Reductions
{
    public static int[] Groups(int[] x, int count, int stride, Func<int[], int[]> normalise)
    {
        int[] y = new int[x.Length];
        for (int group = 0; group < x.Length / count; group++)
        {
            int start = (group / stride * stride * count) + (group % stride);
            int[] result = normalise([.. Enumerable.Range(0, count).Select(i => x[start + (i * stride)])]);
            for (int i = 0; i < count; i++)
                y[start + (i * stride)] = result[i];
        }
        return y;
    }

    public static int[] Pool(ProgramBuilder b, Pool pool, Value input, int[] x)
    {
        int channels = input.Shape[input.Shape.Rank - 1], taps = pool.Window.Taps;
        int[] sources = pool.Window.Sources(input.Shape);
        int[] scale = pool.Scale?.Shape.BroadcastIndices(pool.OutputShape([input.Shape])) ?? [];
        int[] y = new int[sources.Length / taps * channels];
        for (int i = 0; i < y.Length; i++)
        {
            int[] elements = [.. sources.AsSpan(i / channels * taps, taps).ToArray().Where(s => s >= 0)
                .Select(s => x[(s * channels) + (i % channels)])];
            y[i] = elements.Length == 0 ? b.Constant(0) : pool.Function == PoolKind.Max ? Tree(elements, b.Max)
                : Reductions.Sum(b, elements);
            if (pool.Scale is not null)
                y[i] = b.Multiple(y[i], pool.Scale.Mantissas[scale[i]]);
        }
        return y;
    }

    public static int[] Reduce(ProgramBuilder b, Reduce reduce, Value input, int[] x)
    {
        ILookup<int, int> elements = reduce.Targets(input.Shape).Select((target, i) => (target, x[i]))
            .ToLookup(p => p.target, p => p.Item2);
        return [.. Enumerable.Range(0, elements.Count).Select(target => reduce.Function switch
        {
            ReduceKind.Max => Tree([.. elements[target]], b.Max),
            ReduceKind.Min => Tree([.. elements[target]], b.Min),
            ReduceKind.Sum => Reductions.Sum(b, [.. elements[target]]),
            _ => throw new ArgumentOutOfRangeException(nameof(reduce)),
        })];
    }

    // Of two neighbours the later wins if it is better, or equal where the last is wanted.
    public static int[] ArgExtreme(ProgramBuilder b, ArgExtreme operation, Value input, int[] x)
    {
        int[] y = new int[operation.OutputShape([input.Shape]).Size];
        foreach ((int line, int[] elements) in Lines.Of(input.Shape, operation.Axis))
        {
            (int Value, int Place)[] candidates = [.. elements.Select((e, i) => (x[e], b.Constant(i)))];
            y[line] = Tree(candidates, (early, late) =>
            {
                int earlyStays = (operation.Largest, operation.Last) switch
                {
                    (true, false) => b.AtLeast(early.Value, late.Value),
                    (true, true) => b.Not(b.AtLeast(late.Value, early.Value)),
                    (false, false) => b.AtLeast(late.Value, early.Value),
                    (false, true) => b.Not(b.AtLeast(early.Value, late.Value)),
                };
                return (b.Select(earlyStays, early.Value, late.Value), b.Select(earlyStays, early.Place, late.Place));
            }).Place;
        }
        return y;
    }

    // An element enters the list of the best before it in front of all that are worse, which move on by one place.
    public static int[] TopK(ProgramBuilder b, TopK operation, Value input, int[] x)
    {
        int inner = input.Shape.Product(operation.Axis + 1, input.Shape.Rank);
        int[] y = new int[operation.OutputShape([input.Shape]).Size];
        foreach ((int line, int[] elements) in Lines.Of(input.Shape, operation.Axis))
        {
            List<(int Value, int Place)> best = [];
            for (int i = 0; i < elements.Length; i++)
            {
                (int Value, int Place) entering = (x[elements[i]], b.Constant(i));
                int[] stays = [.. best.Select(old => operation.Largest ? b.AtLeast(old.Value, entering.Value)
                    : b.AtLeast(entering.Value, old.Value))];
                (int Value, int Place)[] moved = [.. Enumerable.Range(0, best.Count + 1)
                    .Select(k => k == 0 ? entering : Chosen(stays[k - 1], entering, best[k - 1]))];
                best = [.. moved.Take(operation.Count)
                    .Select((m, k) => k < best.Count ? Chosen(stays[k], best[k], m) : m)];
            }
            for (int k = 0; k < operation.Count; k++)
                y[operation.Target(line, k, inner)] = operation.Places ? best[k].Place : best[k].Value;
        }
        return y;

        (int, int) Chosen(int condition, (int Value, int Place) ifSet, (int Value, int Place) ifClear) =>
            (b.Select(condition, ifSet.Value, ifClear.Value), b.Select(condition, ifSet.Place, ifClear.Place));
    }

    /// <summary>Joins elements two by two, as flat as can be.</summary>
    public static T Tree<T>(T[] elements, Func<T, T, T> join)
    {
        while (elements.Length > 1)
            elements = [.. elements.Chunk(2).Select(pair => pair.Length == 2 ? join(pair[0], pair[1]) : pair[0])];
        return elements[0];
    }

    /// <summary>The sum of values.</summary>
    public static int Sum(ProgramBuilder b, ReadOnlySpan<int> values)
    {
        long[,] ones = new long[values.Length, 1];
        for (int i = 0; i < values.Length; i++)
            ones[i, 0] = 1;
        return b.Matrix(values, ones, [])[0];
    }
}
