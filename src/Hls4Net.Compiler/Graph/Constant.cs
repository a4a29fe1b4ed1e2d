using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>What a constant is for; decides which precision setting gives it its type.</summary>
public enum ConstantRole
{
    /// <summary>A multiplier of data: WeightPrecision.</summary>
    Weight,

    /// <summary>Added to data: Precision, or the exact grid of the sum.</summary>
    Bias,

    /// <summary>Compared with data: the data's own grid.</summary>
    Bound,
}

/// <summary>A constant tensor: real values, and after typing their mantissas in a fixed-point type.</summary>
public sealed class Constant
{
    public Constant(Shape shape, ImmutableArray<double> values)
    {
        if (values.Length != shape.Size)
            throw new ArgumentException($"{values.Length} values for shape {shape}", nameof(values));
        Shape = shape;
        Values = values;
    }

    private Constant(Shape shape, ImmutableArray<double> values, FixedPointType? type, ImmutableArray<long> mantissas)
        : this(shape, values)
    {
        Type = type;
        Mantissas = mantissas;
    }

    public Shape Shape { get; }

    /// <summary>The model's real values, row-major.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>The fixed-point type; null before typing.</summary>
    public FixedPointType? Type { get; }

    /// <summary>The mantissas in <see cref="Type"/>, row-major; empty before typing.</summary>
    public ImmutableArray<long> Mantissas { get; } = [];

    /// <summary>Binary digits right of the point of a typed constant.</summary>
    public int Fraction => Type?.Fraction ?? throw new InvalidOperationException("the constant has no type yet");

    public static Constant Scalar(double value) => new(new Shape(), [value]);

    /// <summary>A typed constant of mantissas; its real values are theirs.</summary>
    public static Constant OfMantissas(Shape shape, FixedPointType type, ImmutableArray<long> mantissas) =>
        new(shape, [.. mantissas.Select(m => m * type.Ulp)], type, mantissas);

    /// <summary>This constant in a type, and how many of its values overflow it.</summary>
    public (Constant Typed, int Overflows) Quantize(FixedPointType type)
    {
        long[] mantissas = new long[Values.Length];
        int overflows = 0;
        for (int i = 0; i < mantissas.Length; i++)
        {
            mantissas[i] = (long)FixedPoint.Convert(Values[i], type, out bool overflow);
            overflows += overflow ? 1 : 0;
        }
        return (new Constant(Shape, Values, type, ImmutableArray.Create(mantissas)), overflows);
    }

    /// <summary>
    /// The same values in a type that holds them with <paramref name="zeros"/> fewer low bits, all of which are zero.
    /// </summary>
    public Constant Retype(FixedPointType type, int zeros) =>
        new(Shape, Values, type, [.. Mantissas.Select(m => m >> zeros)]);

    /// <summary>The same elements under another shape of equal size.</summary>
    public Constant Reshape(Shape shape) => new(shape, Values, Type, Mantissas);

    /// <summary>Some of the elements, with their mantissas, in a shape of their own.</summary>
    public Constant Pick(Shape shape, ReadOnlySpan<int> indices)
    {
        ImmutableArray<double>.Builder values = ImmutableArray.CreateBuilder<double>(indices.Length);
        ImmutableArray<long>.Builder mantissas = ImmutableArray.CreateBuilder<long>(indices.Length);
        foreach (int i in indices)
        {
            values.Add(Values[i]);
            if (Type is not null)
                mantissas.Add(Mantissas[i]);
        }
        return new Constant(shape, values.MoveToImmutable(), Type, mantissas.ToImmutable());
    }

    /// <summary>
    /// The constant that broadcasts to a tensor with permuted axes as this one does to the tensor of so many axes.
    /// </summary>
    public Constant Permuted(ImmutableArray<int> permutation)
    {
        if (Values.Length == 1)
            return Reshape(new Shape());
        // Broadcasting aligns the last axes: missing ones are of size one.
        Shape full = new([.. Enumerable.Repeat(1, permutation.Length - Shape.Rank), .. Shape.Dimensions]);
        Operations.Transpose transpose = new(permutation);
        int[] indices = transpose.SourceIndices(full);
        return new Constant(transpose.OutputShape([full]), [.. indices.Select(i => Values[i])]);
    }

    /// <summary>The values repeated as numpy broadcasts them; real-valued constants only.</summary>
    public Constant BroadcastTo(Shape shape)
    {
        if (shape == Shape)
            return this;
        int[] indices = Shape.BroadcastIndices(shape);
        double[] values = new double[indices.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Values[indices[i]];
        return new Constant(shape, ImmutableArray.Create(values));
    }

    /// <summary>One row, if the constant is the same in every row of its last axis; null otherwise.</summary>
    public Constant? AsLastAxis(int columns)
    {
        if (Values.Length == 1)
            return BroadcastTo(new Shape(columns));
        for (int i = columns; i < Values.Length; i++)
        {
            if (Values[i] != Values[i % columns])
                return null;
        }
        return Values.Length % columns == 0 ? new Constant(new Shape(columns), Values[..columns]) : null;
    }

    /// <summary>
    /// One row, if the constant, broadcast to a tensor, is the same in every row of so many elements; null otherwise.
    /// </summary>
    public Constant? AsLastAxis(Shape tensor, int columns) =>
        columns <= tensor.Size && columns % Shape.BroadcastPeriod(tensor) == 0
            ? new Constant(new Shape(columns), [.. Shape.BroadcastIndices(tensor, columns).Select(i => Values[i])])
            : BroadcastTo(tensor).AsLastAxis(columns);

    public Constant Map(Func<double, double> function) => new(Shape, [.. Values.Select(function)]);

    /// <summary>Combines two constants of one shape element by element.</summary>
    public Constant Zip(Constant other, Func<double, double, double> function) =>
        Shape == other.Shape
            ? new(Shape, [.. Values.Zip(other.Values, function)])
            : throw new ArgumentException($"shapes {Shape} and {other.Shape} differ", nameof(other));
}
