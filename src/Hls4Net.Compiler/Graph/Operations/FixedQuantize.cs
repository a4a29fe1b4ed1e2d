using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A quantizer to fixed-point numbers with a type for each element: rounded to multiples of 2^-fraction, then held to
/// the type's range, wrapped or saturated. An element whose type has no bits is zero.
/// </summary>
/// <param name="Keep">1 for elements that have a sign, else 0; broadcasts to x.</param>
/// <param name="Integer">Bits left of the binary point without the sign's; broadcasts to x.</param>
/// <param name="Fraction">Bits right of the binary point; broadcasts to x.</param>
/// <param name="Rounding">What becomes of lower bits.</param>
/// <param name="Overflow">What becomes of values beyond the range.</param>
/// <param name="Types">The type of each element, without bits for zeros; empty before typing.</param>
public sealed record FixedQuantize(
    Constant Keep, Constant Integer, Constant Fraction, Rounding Rounding, Overflow Overflow,
    ImmutableArray<FixedPointType> Types = default) : Operation
{
    /// <summary>True where it takes zero for numbers below: a rectifier is part of it.</summary>
    public bool Rectifies { get; init; }

    public override string Kind => "FixedQuant";

    public override bool IsElementwise => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => this with
    {
        Keep = Keep.Permuted(permutation),
        Integer = Integer.Permuted(permutation),
        Fraction = Fraction.Permuted(permutation),
    };

    public override Operation? OnItem(Items items) => Items.Repeats(Typed.AsSpan(), items.Pack())
        ? this with { Types = Typed[..items.Pack()] } : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        foreach (Constant bits in new[] { Keep, Integer, Fraction })
        {
            if (Shape.Broadcast(inputs[0], bits.Shape) != inputs[0])
                throw new ShapeException($"the widths {bits.Shape} do not broadcast to {inputs[0]}");
        }
        return inputs[0];
    }

    /// <summary>The type of each element of a tensor; without bits for those that are zero.</summary>
    public ImmutableArray<FixedPointType> TypesFor(Shape shape)
    {
        int[] keep = Keep.Shape.BroadcastIndices(shape), integer = Integer.Shape.BroadcastIndices(shape),
            fraction = Fraction.Shape.BroadcastIndices(shape);
        FixedPointType[] types = new FixedPointType[shape.Size];
        for (int e = 0; e < types.Length; e++)
        {
            types[e] = TypeOf((int)Keep.Values[keep[e]], (int)Integer.Values[integer[e]],
                (int)Fraction.Values[fraction[e]]);
        }
        return [.. types];
    }

    /// <summary>Fraction bits that hold every element.</summary>
    public static int CommonFraction(ImmutableArray<FixedPointType> types) =>
        types.Where(t => t.Width > 0).Select(t => t.Fraction).DefaultIfEmpty().Max();

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        ImmutableArray<FixedPointType> types = TypesFor(shapes[0]);
        for (int e = 0; e < output.Length; e++)
        {
            output[e] = types[e] is { Width: > 0 } type
                ? (double)FixedPoint.Convert(Passed(inputs[0][e]), type, out _) * type.Ulp : 0;
        }
    }

    /// <summary>The same with the types of a tensor's elements.</summary>
    public FixedQuantize TypedFor(Shape shape) => this with { Types = TypesFor(shape) };

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        int fraction = CommonFraction(Typed);
        return new ExactRange(fraction, [.. x.Range.Select((r, e) =>
            Image(Typed[e], new Interval(Passed(r.Min), Passed(r.Max)), x.Type.Fraction, fraction))]);
    }

    public override Steps StepsOf(ImmutableArray<Value> inputs)
    {
        int fraction = CommonFraction(Typed);
        return Steps.Of([.. Typed.Select(t => t.Width == 0 ? 0 : 1L << Math.Min(fraction - t.Fraction, 62))]);
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int from = operands[0].Type.Fraction, to = CommonFraction(Typed);
        for (int e = 0; e < output.Length; e++)
        {
            output[e] = Typed[e] is { Width: > 0 } type
                ? (long)FixedPoint.Convert(Passed((Int128)inputs[0][e]), from, type, out _) << (to - type.Fraction) : 0;
        }
        // What wraps or saturates here does so by the model's own definition.
        return 0;
    }

    private T Passed<T>(T x)
        where T : INumber<T> => Rectifies ? T.Max(x, T.Zero) : x;

    private ImmutableArray<FixedPointType> Typed => !Types.IsDefaultOrEmpty ? Types
        : throw new InvalidOperationException("the quantizer has no types yet");

    private FixedPointType TypeOf(int keep, int integer, int fraction) => keep + integer + fraction <= 0 ? default
        : new FixedPointType(keep + integer + fraction, keep + integer, keep != 0, Rounding, Overflow);

    // Rounding and saturation are monotone; a wrap gives any number of the type.
    private static Interval Image(FixedPointType type, Interval x, int from, int to)
    {
        if (type.Width == 0)
            return new Interval(0, 0);
        Int128 min = FixedPoint.Convert(x.Min, from, type, out bool below),
            max = FixedPoint.Convert(x.Max, from, type, out bool above);
        Interval image = (below || above) && type.Overflow is not (Overflow.Sat or Overflow.SatSym)
            ? new Interval(type.MinMantissa, type.MaxMantissa) : new Interval(min, max);
        return image << (to - type.Fraction);
    }
}
