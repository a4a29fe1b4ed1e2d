using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>Operations that take elements one by one, join a few of them, or only move them.</summary>
internal static class Elements
{
    public static int[] Affine(ProgramBuilder b, Affine affine, Value input, int[] x)
    {
        Affine.Indices at = new(affine, input.Shape);
        int product = input.Type.Fraction + (affine.Scale?.Fraction ?? 0);
        int sum = affine.Shift is null ? product : Math.Max(product, affine.Shift.Fraction);
        int[] y = new int[at.X.Length];
        for (int i = 0; i < y.Length; i++)
        {
            Int128 factor = Interval.Shift(affine.Scale is null ? 1 : affine.Scale.Mantissas[at.Scale[i]], sum - product);
            Int128 shift = affine.Shift is null ? 0 : Interval.Shift(affine.Shift.Mantissas[at.Shift[i]], sum - affine.Shift.Fraction);
            y[i] = b.MultiplyAdd(x[at.X[i]], factor, shift);
        }
        return y;
    }

    public static int[] Rectifier(ProgramBuilder b, Rectifier rectifier, Value input, int[] x)
    {
        int[] at = rectifier.Slope?.Shape.BroadcastIndices(input.Shape) ?? [];
        int fraction = rectifier.Slope?.Fraction ?? 0;
        Int128 threshold = rectifier.AlignedThreshold(input.Type);
        return [.. x.Select((v, i) =>
        {
            int below = rectifier.Slope is null ? b.Constant(0) : b.Multiple(v, Interval.Shift(rectifier.Slope.Mantissas[at[i]], Math.Max(-fraction, 0)));
            // Zero is zero on both sides, so that the sign decides.
            return b.Select(b.Reaches(v, threshold == 0 ? 0 : threshold + 1), b.Scale(v, Math.Max(fraction, 0)), below);
        })];
    }

    public static int[] Clip(ProgramBuilder b, Clip clip, Value input, Value output, int[] x)
    {
        int fraction = output.Type.Fraction;
        return [.. x.Select(v =>
        {
            int y = b.Scale(v, fraction - input.Type.Fraction);
            return (Bound(clip.Lower), Bound(clip.Upper)) switch
            {
                (Int128 min, Int128 max) when min <= max => b.Clamp(y, min, max),
                // ONNX: the upper bound wins.
                (not null, Int128 max) => b.Constant(max),
                (null, Int128 max) => b.Min(y, b.Constant(max)),
                (Int128 min, null) => b.Max(y, b.Constant(min)),
                _ => y,
            };
        })];

        Int128? Bound(Constant? bound) => bound is null ? null : Interval.Shift(bound.Mantissas[0], fraction - bound.Fraction);
    }

    public static int[] Softmax(int[] x, int count, int stride, Func<int[], int[]> normalise)
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
            int[] elements = [.. sources.AsSpan(i / channels * taps, taps).ToArray().Where(s => s >= 0).Select(s => x[(s * channels) + (i % channels)])];
            y[i] = elements.Length == 0 ? b.Constant(0) : pool.Function == PoolKind.Max ? Tree(elements, b.Max) : Functions.Total(b, elements);
            if (pool.Scale is not null)
                y[i] = b.Multiple(y[i], pool.Scale.Mantissas[scale[i]]);
        }
        return y;
    }

    public static int[] Reduce(ProgramBuilder b, Reduce reduce, Value input, int[] x)
    {
        ILookup<int, int> elements = reduce.Targets(input.Shape).Select((target, i) => (target, x[i])).ToLookup(p => p.target, p => p.Item2);
        return [.. Enumerable.Range(0, elements.Count).Select(target => reduce.Function switch
        {
            ReduceKind.Max => Tree([.. elements[target]], b.Max),
            ReduceKind.Min => Tree([.. elements[target]], b.Min),
            ReduceKind.Sum => Functions.Total(b, [.. elements[target]]),
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

    public static int[] Elementwise(ProgramBuilder b, Elementwise operation, ImmutableArray<Value> inputs, Value output, int[][] x)
    {
        int fraction = operation.IsTruth ? inputs.Max(v => v.Type.Fraction) : output.Type.Fraction;
        int[][] at = [.. inputs.Select(v => v.Shape.BroadcastIndices(output.Shape))];
        int[] y = new int[output.Shape.Size];
        for (int i = 0; i < y.Length; i++)
            y[i] = inputs.Select((v, n) => b.Scale(x[n][at[n][i]], operation.Function == ElementwiseKind.Mul ? 0 : fraction - v.Type.Fraction)).Aggregate(Joined);
        return y;

        int Joined(int left, int right) => operation.Function switch
        {
            ElementwiseKind.Add => b.Sum(left, right),
            ElementwiseKind.Sub => b.Difference(left, right),
            ElementwiseKind.Mul => b.Product(left, right),
            ElementwiseKind.Min => b.Min(left, right),
            ElementwiseKind.Max => b.Max(left, right),
            ElementwiseKind.Remainder => Inside(Division.Rest(b, left, right, modulo: false)),
            ElementwiseKind.Modulo => Inside(Division.Rest(b, left, right, modulo: true)),
            ElementwiseKind.Equal => b.And(b.AtLeast(left, right), b.AtLeast(right, left)),
            ElementwiseKind.Less => b.Not(b.AtLeast(left, right)),
            ElementwiseKind.LessOrEqual => b.AtLeast(right, left),
            ElementwiseKind.Greater => b.Not(b.AtLeast(right, left)),
            ElementwiseKind.GreaterOrEqual => b.AtLeast(left, right),
            ElementwiseKind.And => b.And(Division.IsNonzero(b, left), Division.IsNonzero(b, right)),
            ElementwiseKind.Or => b.Or(Division.IsNonzero(b, left), Division.IsNonzero(b, right)),
            ElementwiseKind.Xor => b.Xor(Division.IsNonzero(b, left), Division.IsNonzero(b, right)),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };

        // What the steps of a division cannot show: a rest is in the range that the operation states.
        int Inside(int rest) => b.Bounded(rest, output.Typing!.Hull);
    }

    public static int Exact(ProgramBuilder b, ExactFunction function, int fraction, int x) => function.Function switch
    {
        ExactFunctionKind.Abs => Division.Magnitude(b, x),
        ExactFunctionKind.Sign => b.Difference(b.Reaches(x, 1), b.Below(x, 0)),
        ExactFunctionKind.Not => b.Not(Division.IsNonzero(b, x)),
        ExactFunctionKind.IsNonzero => Division.IsNonzero(b, x),
        _ when fraction <= 0 => x,
        ExactFunctionKind.Ceil => b.Negate(Conversion.Round(b, b.Negate(x), fraction, Rounding.Trn)),
        _ => Conversion.Round(b, x, fraction, function.Rounding!.Value),
    };

    public static int[] Select(ProgramBuilder b, ImmutableArray<Value> inputs, Value output, int[][] x)
    {
        int[][] at = [.. inputs.Select(v => v.Shape.BroadcastIndices(output.Shape))];
        return [.. Enumerable.Range(0, output.Shape.Size).Select(i => b.Select(Division.IsNonzero(b, x[0][at[0][i]]), Chosen(1, i), Chosen(2, i)))];

        int Chosen(int n, int i) => b.Scale(x[n][at[n][i]], output.Type.Fraction - inputs[n].Type.Fraction);
    }

    public static int[] Divide(ProgramBuilder b, Divide divide, ImmutableArray<Value> inputs, Value output, int[][] x)
    {
        Divide.Arithmetic arithmetic = divide.Of(inputs);
        int[] dividends = inputs[0].Shape.BroadcastIndices(output.Shape), divisors = inputs[1].Shape.BroadcastIndices(output.Shape);
        return [.. dividends.Zip(divisors, (n, m) => Division.Quotient(b, arithmetic, x[0][n], x[1][m]))];
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
                int[] stays = [.. best.Select(old => operation.Largest ? b.AtLeast(old.Value, entering.Value) : b.AtLeast(entering.Value, old.Value))];
                (int Value, int Place)[] moved = [.. Enumerable.Range(0, best.Count + 1).Select(k => k == 0 ? entering : Chosen(stays[k - 1], entering, best[k - 1]))];
                best = [.. moved.Take(operation.Count).Select((m, k) => k < best.Count ? Chosen(stays[k], best[k], m) : m)];
            }
            for (int k = 0; k < operation.Count; k++)
                y[operation.Target(line, k, inner)] = operation.Places ? best[k].Place : best[k].Value;
        }
        return y;

        (int, int) Chosen(int condition, (int Value, int Place) ifSet, (int Value, int Place) ifClear) =>
            (b.Select(condition, ifSet.Value, ifClear.Value), b.Select(condition, ifSet.Place, ifClear.Place));
    }

    public static int[] Rearrange(ProgramBuilder b, Rearrange rearrange, Value input, int[] x)
    {
        int fill = b.Constant(rearrange.AlignedFill(input.Type)), shift = rearrange.ResultFraction(input.Type) - input.Type.Fraction;
        return [.. rearrange.SourceIndices(input.Shape).Select(i => i < 0 ? fill : b.Scale(x[i], shift))];
    }

    public static int[] Concatenate(ProgramBuilder b, Concatenate concatenate, ImmutableArray<Value> inputs, int[][] x)
    {
        int fraction = inputs.Max(i => i.Type.Fraction);
        ImmutableArray<Shape> shapes = [.. inputs.Select(i => i.Shape)];
        int[] y = new int[concatenate.OutputShape(shapes).Size];
        for (int n = 0; n < x.Length; n++)
        {
            (int start, int length, int stride) = concatenate.Runs(shapes, n);
            for (int i = 0; i < x[n].Length; i++)
                y[start + (i / length * stride) + (i % length)] = b.Scale(x[n][i], fraction - inputs[n].Type.Fraction);
        }
        return y;
    }

    /// <summary>Joins elements two by two, as flat as can be.</summary>
    public static T Tree<T>(T[] elements, Func<T, T, T> join)
    {
        while (elements.Length > 1)
            elements = [.. elements.Chunk(2).Select(pair => pair.Length == 2 ? join(pair[0], pair[1]) : pair[0])];
        return elements[0];
    }
}
