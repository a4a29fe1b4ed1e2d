using System.Numerics;
using Hls4Net.Data;

namespace Hls4Net.Tests.Quantization;

/// <summary>Exact numbers in a shape, with the few operations that ONNX defines its operators by.</summary>
internal sealed record ExactTensor(int[] Shape, Fraction[] Values)
{
    public static ExactTensor Scalar(Fraction value) => new([], [value]);

    public static ExactTensor Of(Tensor tensor) => new([.. tensor.Shape], [.. tensor.Values.Select(v => (Fraction)v)]);

    public int Rank => Shape.Length;

    public int[] Integers => [.. Values.Select(v => (int)v.Floor)];

    public ExactTensor Map(Func<Fraction, Fraction> function) => new(Shape, [.. Values.Select(function)]);

    public ExactTensor Reshape(params int[] shape)
    {
        int unknown = Array.IndexOf(shape, -1);
        int[] result = [.. shape.Select((d, i) => d == 0 ? Shape[i] : d)];
        if (unknown >= 0)
            result[unknown] = Values.Length / -result.Aggregate(1, (a, b) => a * b);
        return new(result, Values);
    }

    /// <summary>A list of parameters laid along an axis of a tensor of some rank.</summary>
    public ExactTensor Along(int axis, int rank) =>
        Values.Length == 1 ? Reshape()
            : Reshape([Values.Length, .. Enumerable.Repeat(1, rank - 1 - (axis < 0 ? axis + rank : axis))]);

    /// <summary>The tensor with numpy's broadcasting to a shape.</summary>
    public ExactTensor BroadcastTo(int[] shape)
    {
        if (Shape.SequenceEqual(shape))
            return this;
        Fraction[] result = new Fraction[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            int rest = i, at = 0, stride = 1;
            for (int axis = 1; axis <= shape.Length; axis++)
            {
                int index = rest % shape[^axis], own = axis <= Rank ? Shape[^axis] : 1;
                rest /= shape[^axis];
                at += own == 1 ? 0 : index * stride;
                stride *= own;
            }
            result[i] = Values[at];
        }
        return new(shape, result);
    }

    public static ExactTensor Zip(ExactTensor a, ExactTensor b, Func<Fraction, Fraction, Fraction> function)
    {
        int[] shape = [.. Enumerable.Range(1, Math.Max(a.Rank, b.Rank)).Reverse()
            .Select(axis => Math.Max(Size(a, axis), Size(b, axis)))];
        return new(shape, [.. a.BroadcastTo(shape).Values.Zip(b.BroadcastTo(shape).Values, function)]);

        static int Size(ExactTensor t, int axis) => axis <= t.Rank ? t.Shape[^axis] : 1;
    }

    public ExactTensor Transpose(params int[] permutation)
    {
        int[] shape = [.. permutation.Select(axis => Shape[axis])];
        int[] strides = [.. permutation.Select(axis => Shape[(axis + 1)..].Aggregate(1, (a, b) => a * b))];
        Fraction[] result = new Fraction[Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int rest = i, at = 0;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                at += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            result[i] = Values[at];
        }
        return new(shape, result);
    }

    /// <summary>Every element so many times along each axis.</summary>
    public ExactTensor Repeat(params int[] times)
    {
        int[] shape = [.. Shape.Select((d, axis) => d * times[axis])];
        Fraction[] result = new Fraction[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < result.Length; i++)
        {
            int rest = i, at = 0, stride = 1;
            for (int axis = Rank - 1; axis >= 0; axis--)
            {
                at += rest % shape[axis] / times[axis] * stride;
                rest /= shape[axis];
                stride *= Shape[axis];
            }
            result[i] = Values[at];
        }
        return new(shape, result);
    }

    /// <summary>Tensors side by side along an axis.</summary>
    public static ExactTensor Concat(IReadOnlyList<ExactTensor> parts, int axis)
    {
        int outer = parts[0].Shape[..axis].Aggregate(1, (a, b) => a * b);
        int[] shape = [.. parts[0].Shape];
        shape[axis] = parts.Sum(p => p.Shape[axis]);
        return new(shape,
            [.. Enumerable.Range(0, outer)
                .SelectMany(o => parts.SelectMany(p => p.Values.AsSpan()
                    .Slice(o * (p.Values.Length / outer), p.Values.Length / outer).ToArray()))]);
    }

    /// <summary>The product with a matrix, or of the matrices of two equal stacks.</summary>
    public ExactTensor MatMul(ExactTensor right)
    {
        (int inner, int columns) = (right.Shape[^2], right.Shape[^1]);
        int stacks = right.Values.Length / (inner * columns), rows = Values.Length / inner / stacks;
        // On common denominators the sums are sums of integers.
        (BigInteger[] x, BigInteger dx) = Integral(Values);
        (BigInteger[] w, BigInteger dw) = Integral(right.Values);
        Fraction[] result = new Fraction[stacks * rows * columns];
        for (int i = 0; i < result.Length; i++)
        {
            BigInteger sum = 0;
            int row = i / columns, stack = row / rows;
            for (int k = 0; k < inner; k++)
                sum += x[(row * inner) + k] * w[(((stack * inner) + k) * columns) + (i % columns)];
            result[i] = new Fraction(sum, dx * dw);
        }
        return new([.. Shape[..^1], columns], result);
    }

    /// <summary>The numbers as integers over one denominator.</summary>
    public static (BigInteger[] Numerators, BigInteger Denominator) Integral(Fraction[] values)
    {
        BigInteger common = 1;
        foreach (BigInteger d in values.Select(v => v.Denominator).Distinct())
            common *= d / BigInteger.GreatestCommonDivisor(common, d);
        return ([.. values.Select(v => v.Numerator * (common / v.Denominator))], common);
    }
}
