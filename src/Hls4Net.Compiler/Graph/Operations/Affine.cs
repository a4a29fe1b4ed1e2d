using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A constant factor and a constant addend for every element, both broadcast as numpy does: <c>y = x · scale +
/// shift</c>. An addition of a constant has no scale, a multiplication no shift; a batch normalization that cannot be
/// fused has both.
/// </summary>
public sealed record Affine(Constant? Scale, Constant? Shift) : Operation
{
    public override string Kind => (Scale, Shift) switch
    {
        (null, _) => "Add",
        (_, null) => "Mul",
        _ => "Affine",
    };

    public override bool IsElementwise => true;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants =>
    [
        .. Scale is null ? [] : new[] { (ConstantRole.Weight, Scale) },
        .. Shift is null ? [] : new[] { (ConstantRole.Bias, Shift) },
    ];

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        new Affine(Scale is null ? null : constants[0], Shift is null ? null : constants[^1]);

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        OutputShape(inputs) == inputs[0] ? WithConstants([.. Constants.Select(c => c.Constant.Permuted(permutation))])
            : null;

    public override long Multiplications => Scale?.Values.Count(s => s != 0) ?? 0;

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape result = inputs[0];
        foreach ((_, Constant c) in Constants)
            result = Shape.Broadcast(result, c.Shape)
                ?? throw new ShapeException($"shapes {result} and {c.Shape} do not broadcast");
        return result;
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        Indices at = new(this, shapes[0]);
        for (int i = 0; i < output.Length; i++)
            output[i] = (inputs[0][at.X[i]] * (Scale is null ? 1 : Scale.Values[at.Scale[i]]))
                + (Shift is null ? 0 : Shift.Values[at.Shift[i]]);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        Shape output = OutputShape([inputs[0].Shape]);
        // An input that is not broadcast repeats as its intervals do.
        int[] periods = [inputs[0].Shape == output ? x.Range.Period : inputs[0].Shape.BroadcastPeriod(output),
            .. Constants.Select(c => c.Constant.Shape.BroadcastPeriod(output))];
        Indices at = new(this, inputs[0].Shape, Intervals.CommonPeriod(output.Size, periods));
        (int sum, int productShift, int shiftShift) = Alignment(x.Type);
        Intervals range = Intervals.Of(output.Size, Image, periods);
        FixedPointType product = Scale?.Type is FixedPointType scale
            ? new FixedPointType(x.Type.Width + scale.Width, x.Type.Integer + scale.Integer, x.Type.Signed
                || scale.Signed) : x.Type;
        Elementwise.CheckSum(Shift?.Type is FixedPointType addend ? [product, addend] : [product]);
        return new ExactRange(sum, range);

        Interval Image(int i)
        {
            Interval scaled = x.Range[at.X[i]] * (Scale is null ? Int128.One : Scale.Mantissas[at.Scale[i]]);
            Int128 shift = Shift is null ? 0 : Interval.Shift(Shift.Mantissas[at.Shift[i]], shiftShift);
            return (scaled << productShift) + new Interval(shift, shift);
        }
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        Indices at = new(this, operands[0].Shape);
        (_, int productShift, int shiftShift) = Alignment(operands[0].Type);
        for (int i = 0; i < output.Length; i++)
        {
            long product = inputs[0][at.X[i]] * (Scale is null ? 1 : Scale.Mantissas[at.Scale[i]]);
            output[i] = (product << productShift) + (Shift is null ? 0 : Shift.Mantissas[at.Shift[i]] << shiftShift);
        }
        return 0;
    }

    private (int Sum, int ProductShift, int ShiftShift) Alignment(FixedPointType x)
    {
        int product = x.Fraction + (Scale?.Fraction ?? 0);
        int sum = Shift is null ? product : Math.Max(product, Shift.Fraction);
        return (sum, sum - product, Shift is null ? 0 : sum - Shift.Fraction);
    }

    /// <summary>For every element of the output, which elements of the input and the constants make it.</summary>
    public readonly struct Indices
    {
        /// <param name="affine">The operation.</param>
        /// <param name="input">The input's shape.</param>
        /// <param name="count">For how many elements; null for all.</param>
        public Indices(Affine affine, Shape input, int? count = null)
        {
            Shape output = affine.OutputShape([input]);
            int elements = count ?? output.Size;
            X = input.BroadcastIndices(output, elements);
            Scale = affine.Scale?.Shape.BroadcastIndices(output, elements) ?? [];
            Shift = affine.Shift?.Shape.BroadcastIndices(output, elements) ?? [];
        }

        public int[] X { get; }

        public int[] Scale { get; }

        public int[] Shift { get; }
    }
}
