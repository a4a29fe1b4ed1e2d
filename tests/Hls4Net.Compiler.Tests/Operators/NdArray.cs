namespace Hls4Net.Tests.Operators;

/// <summary>
/// Numbers in a shape, with the few operations by which the ONNX specification defines its operators. Slow and plain on
/// purpose.
/// </summary>
internal sealed record NdArray(int[] Shape, double[] Values)
{
    public NdArray(params int[] shape)
        : this(shape, new double[shape.Aggregate(1, (a, b) => a * b)])
    {
    }

    public int Rank => Shape.Length;

    public double this[params int[] index]
    {
        get => Values[Flat(index)];
        set => Values[Flat(index)] = value;
    }

    /// <summary>Float32 numbers between -4 and 4.</summary>
    public static NdArray Random(Random random, params int[] shape)
    {
        NdArray result = new(shape);
        for (int i = 0; i < result.Values.Length; i++)
            result.Values[i] = (float)((random.NextDouble() * 8) - 4);
        return result;
    }

    /// <summary>An array whose elements follow from their indices.</summary>
    public static NdArray Make(int[] shape, Func<int[], double> element)
    {
        NdArray result = new(shape);
        foreach (int[] index in Indices(shape))
            result[index] = element(index);
        return result;
    }

    public static IEnumerable<int[]> Indices(int[] shape)
    {
        IEnumerable<int[]> result = [[]];
        foreach (int size in shape)
            result = result.SelectMany(head => Enumerable.Range(0, size).Select(i => (int[])[.. head, i]));
        return result;
    }

    public NdArray Map(Func<double, double> function) => new(Shape, [.. Values.Select(function)]);

    public NdArray Reshape(params int[] shape) => new(shape, Values);

    public NdArray Transpose(params int[] permutation) =>
        Make([.. permutation.Select(axis => Shape[axis])],
            index => this[[.. Enumerable.Range(0, Rank).Select(axis => index[Array.IndexOf(permutation, axis)])]]);

    /// <summary>The elements of some indices along an axis.</summary>
    public NdArray Take(int axis, params int[] indices) =>
        Make([.. Shape.Select((d, a) => a == axis ? indices.Length : d)],
            index => this[[.. index.Select((i, a) => a == axis ? indices[i] : i)]]);

    /// <summary>A function of the elements along some axes, which stay with size one.</summary>
    public NdArray Reduce(int[] axes, Func<double[], double> function) => Make(
        [.. Shape.Select((d, a) => axes.Contains(a) ? 1 : d)],
        index =>
            function([.. Indices(Shape).Where(other => other.Where((_, a) => !axes.Contains(a))
                .SequenceEqual(index.Where((_, a) => !axes.Contains(a)))).Select(other => this[other])]));

    /// <summary>Multidirectional broadcasting.</summary>
    public static NdArray Broadcast(NdArray a, NdArray b, Func<double, double, double> function)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] shape = [.. Enumerable.Range(0, rank).Select(i => Math.Max(a.SizeAt(i - rank), b.SizeAt(i - rank)))];
        return Make(shape, index => function(a.At(index), b.At(index)));
    }

    /// <summary>numpy.matmul.</summary>
    public static NdArray MatMul(NdArray a, NdArray b)
    {
        NdArray left = a.Rank == 1 ? a.Reshape(1, a.Shape[0]) : a, right = b.Rank == 1 ? b.Reshape(b.Shape[0], 1) : b;
        NdArray leftBatch = new([.. left.Shape[..^2], 1, 1]), rightBatch = new([.. right.Shape[..^2], 1, 1]);
        int[] shape = [.. Broadcast(leftBatch, rightBatch, (_, _) => 0).Shape[..^2], left.Shape[^2], right.Shape[^1]];
        NdArray product = Make(shape, index => Enumerable.Range(0, left.Shape[^1])
            .Sum(k => left.At([.. index[..^1], k]) * right.At([.. index[..^2], k, index[^1]])));
        IEnumerable<int> kept = product.Shape.Where((_, axis) => !(a.Rank == 1 && axis == product.Rank - 2)
            && !(b.Rank == 1 && axis == product.Rank - 1));
        return product.Reshape([.. kept]);
    }

    /// <summary>The element that broadcasting finds for an index of a larger shape.</summary>
    private double At(int[] index) =>
        this[[.. Enumerable.Range(0, Rank).Select(axis => Shape[axis] == 1 ? 0 : index[index.Length - Rank + axis])]];

    private int SizeAt(int fromEnd) => Rank + fromEnd >= 0 ? Shape[Rank + fromEnd] : 1;

    private int Flat(int[] index)
    {
        int flat = 0;
        for (int axis = 0; axis < Rank; axis++)
            flat = (flat * Shape[axis]) + index[axis];
        return flat;
    }
}
