using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>What <see cref="Elementwise"/> computes.</summary>
public enum ElementwiseKind
{
    /// <summary>a + b + …</summary>
    Add,

    /// <summary>a - b.</summary>
    Sub,

    /// <summary>a · b.</summary>
    Mul,

    /// <summary>The smallest of all.</summary>
    Min,

    /// <summary>The largest of all.</summary>
    Max,

    /// <summary>What a quotient towards zero of a and b leaves, of the sign of a; 0 where b is 0.</summary>
    Remainder,

    /// <summary>What a quotient towards -∞ of a and b leaves, of the sign of b; 0 where b is 0.</summary>
    Modulo,

    /// <summary>1 where a = b, else 0.</summary>
    Equal,

    /// <summary>1 where a &lt; b, else 0.</summary>
    Less,

    /// <summary>1 where a ≤ b, else 0.</summary>
    LessOrEqual,

    /// <summary>1 where a &gt; b, else 0.</summary>
    Greater,

    /// <summary>1 where a ≥ b, else 0.</summary>
    GreaterOrEqual,

    /// <summary>1 where neither is 0, else 0.</summary>
    And,

    /// <summary>1 where one is not 0, else 0.</summary>
    Or,

    /// <summary>1 where exactly one is not 0, else 0.</summary>
    Xor,
}

/// <summary>
/// An exact function of the elements of several tensors, broadcast to one another as numpy does: two operands, or any
/// number for
/// <see cref="ElementwiseKind.Add"/>, <see cref="ElementwiseKind.Min"/> and <see cref="ElementwiseKind.Max"/>.
/// </summary>
/// <param name="Function">What is computed.</param>
/// <param name="Bound">The largest magnitude that the result can have for reasons that the operands' ranges do not
/// show; null for none.</param>
public sealed record Elementwise(ElementwiseKind Function, double? Bound = null) : Operation
{
    /// <summary>The most operands.</summary>
    public const int MaxOperands = 64;

    // What the C simulation computes with.
    private const int MaxExpressionWidth = 128;

    public override string Kind => Function.ToString();

    public override bool IsElementwise => true;

    /// <summary>True if the result is a truth value, 0 or 1.</summary>
    public bool IsTruth => Function >= ElementwiseKind.Equal;

    public override bool KeepsType => IsTruth;

    public override ScaleRule Scaling => Function switch
    {
        // The bound is one of the unscaled product.
        ElementwiseKind.Mul => Bound is null ? ScaleRule.Product : ScaleRule.None,
        ElementwiseKind.Add or ElementwiseKind.Sub or ElementwiseKind.Min or ElementwiseKind.Max
            or ElementwiseKind.Remainder or ElementwiseKind.Modulo => ScaleRule.Common,
        _ => ScaleRule.None,
    };

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        inputs.All(i => i.Rank == permutation.Length) ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Broadcast(inputs);

    /// <summary>The shape that all broadcast to.</summary>
    public static Shape Broadcast(ImmutableArray<Shape> shapes) =>
        shapes.Aggregate((a, b) => Shape.Broadcast(a, b)
            ?? throw new ShapeException($"shapes {a} and {b} do not broadcast"));

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Shape shape = OutputShape(shapes);
        int[] at = shapes[0].BroadcastIndices(shape);
        for (int i = 0; i < output.Length; i++)
            output[i] = inputs[0][at[i]];
        for (int k = 1; k < shapes.Length; k++)
        {
            at = shapes[k].BroadcastIndices(shape);
            for (int i = 0; i < output.Length; i++)
                output[i] = Evaluate(output[i], inputs[k][at[i]]);
        }
    }

    // What is bounded is zero where a factor is, whatever the other.
    private double Evaluate(double a, double b) => Function == ElementwiseKind.Mul && Bound is not null
        && (a == 0 || b == 0) ? 0 : Join(a, b);

    // One meaning for real numbers and for mantissas.
    private T Join<T>(T a, T b)
        where T : INumber<T> => Function switch
        {
            ElementwiseKind.Add => a + b,
            ElementwiseKind.Sub => a - b,
            ElementwiseKind.Mul => a * b,
            ElementwiseKind.Min => T.Min(a, b),
            ElementwiseKind.Max => T.Max(a, b),
            ElementwiseKind.Remainder => b == T.Zero ? T.Zero : a % b,
            ElementwiseKind.Modulo => b == T.Zero ? T.Zero : a % b is T rest && rest != T.Zero
                && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : a % b,
            ElementwiseKind.Equal => Truth<T>(a == b),
            ElementwiseKind.Less => Truth<T>(a < b),
            ElementwiseKind.LessOrEqual => Truth<T>(a <= b),
            ElementwiseKind.Greater => Truth<T>(a > b),
            ElementwiseKind.GreaterOrEqual => Truth<T>(a >= b),
            ElementwiseKind.And => Truth<T>(a != T.Zero && b != T.Zero),
            ElementwiseKind.Or => Truth<T>(a != T.Zero || b != T.Zero),
            ElementwiseKind.Xor => Truth<T>(a != T.Zero != (b != T.Zero)),
            _ => throw new InvalidOperationException($"unknown function {Function}"),
        };

    private static T Truth<T>(bool value)
        where T : INumber<T> => value ? T.One : T.Zero;

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Shape shape = OutputShape([.. inputs.Select(i => i.Shape)]);
        CheckExpression(inputs);
        if (IsTruth)
            return new ExactRange(0, [.. Enumerable.Repeat(new Interval(0, 1), shape.Size)]);
        int fraction = Fraction(inputs);
        Interval[] result = [.. Aligned(inputs[0])];
        for (int k = 1; k < inputs.Length; k++)
        {
            bool same = inputs[k] == inputs[0];
            int i = 0;
            foreach (Interval b in Aligned(inputs[k]))
            {
                result[i] = Function == ElementwiseKind.Mul && same ? Interval.Square(b) : Combined(result[i], b);
                i++;
            }
        }
        return new ExactRange(fraction, ImmutableArray.Create(result));

        IEnumerable<Interval> Aligned(Value operand)
        {
            int shift = Function == ElementwiseKind.Mul ? 0 : fraction - operand.Type.Fraction;
            return operand.Shape.BroadcastIndices(shape).Select(at => operand.Typing!.Range[at] << shift);
        }
    }

    private Interval Combined(Interval a, Interval b) => Function switch
    {
        ElementwiseKind.Add => a + b,
        ElementwiseKind.Sub => a + (b * -1),
        ElementwiseKind.Mul => a * b,
        ElementwiseKind.Min => new(Int128.Min(a.Min, b.Min), Int128.Min(a.Max, b.Max)),
        ElementwiseKind.Max => new(Int128.Max(a.Min, b.Min), Int128.Max(a.Max, b.Max)),
        ElementwiseKind.Remainder => Rests(a, b),
        ElementwiseKind.Modulo => Moduli(a, b),
        _ => throw new InvalidOperationException($"unknown function {Function}"),
    };

    // Smaller than the divisor and no larger than the dividend, whose sign it has.
    private static Interval Rests(Interval a, Interval b)
    {
        Int128 most = Int128.Max(Int128.Max(Int128.Abs(b.Min), Int128.Abs(b.Max)) - 1, 0);
        return new(a.Min < 0 ? Int128.Max(a.Min, -most) : 0, a.Max > 0 ? Int128.Min(a.Max, most) : 0);
    }

    private static Interval Moduli(Interval a, Interval b) =>
        a.Min >= 0 && b.Min >= 0 ? Rests(a, b) : new(b.Min < 0 ? b.Min + 1 : 0, b.Max > 0 ? b.Max - 1 : 0);

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Shape shape = OutputShape([.. operands.Select(o => o.Shape)]);
        int fraction = Fraction(operands);
        int[] at = operands[0].Shape.BroadcastIndices(shape);
        // Sums may leave 64 bits on the way and come back: the result is what is left modulo 2^64. What is compared may
        // not.
        Int128[] result = new Int128[output.Length];
        for (int i = 0; i < output.Length; i++)
            result[i] = Aligned(inputs[0][at[i]], operands[0]);
        for (int k = 1; k < operands.Length; k++)
        {
            at = operands[k].Shape.BroadcastIndices(shape);
            for (int i = 0; i < output.Length; i++)
                result[i] = Join(result[i], Aligned(inputs[k][at[i]], operands[k]));
        }
        for (int i = 0; i < output.Length; i++)
            output[i] = (long)result[i];
        return 0;

        Int128 Aligned(long mantissa, Value operand) => Function == ElementwiseKind.Mul ? mantissa
            : (Int128)mantissa << (fraction - operand.Type.Fraction);
    }

    private int Fraction(ImmutableArray<Value> inputs) =>
        Function == ElementwiseKind.Mul ? inputs.Sum(i => i.Type.Fraction) : inputs.Max(i => i.Type.Fraction);

    /// <summary>The narrowest type that has every value of every operand; of at most 128 bits.</summary>
    public static FixedPointType Common(ImmutableArray<Value> inputs) => Common(inputs.Select(i => i.Type));

    /// <summary>
    /// Throws where a sum of numbers of these types is wider than any simulation computes with, whatever their values.
    /// </summary>
    /// <exception cref="TooWideException">It is.</exception>
    public static void CheckSum(params ImmutableArray<FixedPointType> terms)
    {
        int width = Common(terms).Width + 1 + IntegerWidth.CeilLog2(terms.Length);
        if (width > MaxExpressionWidth)
            throw new TooWideException(width);
    }

    private static FixedPointType Common(IEnumerable<FixedPointType> types)
    {
        bool signed = types.Any(t => t.Signed);
        int integer = types.Max(t => t.Integer + (signed && !t.Signed ? 1 : 0)), fraction = types.Max(t => t.Fraction);
        return new FixedPointType(integer + fraction, integer, signed);
    }

    // Types that a user pins far apart make expressions that wide.
    private void CheckExpression(ImmutableArray<Value> inputs)
    {
        if (Function != ElementwiseKind.Mul)
            CheckSum([.. inputs.Select(i => i.Type)]);
        else if (inputs.Sum(i => i.Type.Width) is int width and > MaxExpressionWidth)
            throw new TooWideException(width);
    }
}
