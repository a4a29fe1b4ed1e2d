using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A product of the input's rows with a constant matrix: <c>y[r, j] = bias[j] + Σ_i x[r, i] · weights[i, j]</c>.
/// </summary>
/// <param name="Weights">[inputs, outputs].</param>
/// <param name="Bias">[outputs], or null.</param>
/// <param name="Accumulator">
/// Null for exact sums. A pinned type: the bias and every product are converted to it before they are added, in the
/// order of i, and every sum is converted again, which is what hls4ml's accumulators do.
/// </param>
/// <param name="IntegerWeights">True if the weights are the integers of a quantizer of the model, whose scale is
/// applied to the sums.</param>
public sealed record Dense(Constant Weights, Constant? Bias, FixedPointType? Accumulator = null,
    bool IntegerWeights = false) : Operation
{
    public override string Kind => "Dense";

    public override Operation? OnItem(Items items) => items.Channels() % Columns == 0 ? this : null;

    /// <summary>Length of an input row.</summary>
    public int Columns => Weights.Shape[0];

    /// <summary>Length of an output row.</summary>
    public int Units => Weights.Shape[1];

    public override Dense? Matrix => this;

    // A record prints its properties, and this one is its own matrix.
    public override string ToString() => $"Dense {Weights.Shape}";

    public override Operation WithMatrix(Dense matrix) => matrix;

    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants =>
        Bias is null ? [(ConstantRole.Weight, Weights)] : [(ConstantRole.Weight, Weights), (ConstantRole.Bias, Bias)];

    public override Operation WithConstants(ImmutableArray<Constant> constants) =>
        this with { Weights = constants[0], Bias = constants.Length > 1 ? constants[1] : null };

    /// <summary>Rows in another order; the last axis must stay the last.</summary>
    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        permutation[^1] == permutation.Length - 1 ? this : null;

    public override ScaleRule Scaling => IntegerWeights && Bias is null ? ScaleRule.Common : ScaleRule.None;

    public override long Multiplications => Weights.Type is null ? Weights.Values.Count(w => w != 0)
        : Weights.Mantissas.Count(w => w != 0);

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        Shape x = inputs[0];
        if (x.Rank == 0 || x[x.Rank - 1] != Columns)
            throw new ShapeException($"the input {x} does not end in the weights' {Columns} rows {Weights.Shape}");
        int[] result = [.. x.Dimensions];
        result[^1] = Units;
        return new Shape(result);
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        for (int row = 0; row < Rows(output.Length); row++)
            EvaluateRow(inputs[0].AsSpan(row * Columns, Columns), 0, output.Slice(row * Units, Units));
    }

    // A row may be empty, whose sums are the bias.
    private int Rows(int outputs) => Units == 0 ? 0 : outputs / Units;

    /// <summary>
    /// The real sums of a row, for as many units as <paramref name="y"/> has from <paramref name="first"/> on.
    /// </summary>
    internal void EvaluateRow(ReadOnlySpan<double> x, int first, Span<double> y)
    {
        ReadOnlySpan<double> weights = Weights.Values.AsSpan();
        y.Clear();
        Bias?.Values.AsSpan().Slice(first, y.Length).CopyTo(y);
        for (int i = 0; i < x.Length; i++)
        {
            double xi = x[i];
            ReadOnlySpan<double> w = weights.Slice((i * Units) + first, y.Length);
            for (int j = 0; j < y.Length; j++)
                y[j] += xi * w[j];
        }
    }

    public override bool IsBinary(Value input) =>
        input.Typing is { Type.Fraction: 0 } typing && typing.Steps.Common == 2
            && typing.Hull == new Interval(-1, 1)
            && typing.Range.All(r => r.Min != 0 && r.Max != 0)
        && Accumulator is null && Bias is null && Weights.Fraction == 0 && Weights.Mantissas.All(w => w is 1 or -1);

    /// <summary>Binary digits right of the point of an exact sum.</summary>
    public int SumFraction(FixedPointType input)
    {
        int product = input.Fraction + Weights.Fraction;
        return Bias is null ? product : Math.Max(product, Bias.Fraction);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs) =>
        Accumulator is FixedPointType pinned
            ? Typing.Full(pinned, OutputShape([inputs[0].Shape]).Size).ExactRange
            : new ExactRange(SumFraction(inputs[0].Type), SumIntervals(inputs[0].Typing!, envelope: false));

    public override Steps StepsOf(ImmutableArray<Value> inputs)
    {
        if (Accumulator is not null)
            return 1;
        Typing x = inputs[0].Typing!;
        int productShift = SumFraction(x.Type) - x.Type.Fraction - Weights.Fraction;
        // Differences of sums are whole multiples of what all weights have in common.
        long common = 0;
        foreach (long w in Weights.Mantissas)
        {
            common = (long)BigInteger.GreatestCommonDivisor(common, w);
            if (common == 1)
                break;
        }
        Int128 step = (Int128)Math.Max(common, 1) * x.Steps.Common << productShift;
        return step <= 1L << 62 ? (long)step : 1;
    }

    /// <summary>The narrowest type that holds the bias and every partial sum, whatever the order of addition.</summary>
    public override FixedPointType? AccumulatorType(Value input) =>
        Accumulator ?? new ExactRange(SumFraction(input.Type), SumIntervals(input.Typing!, envelope: true)).Type;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        long overflows = 0;
        for (int row = 0; row < Rows(output.Length); row++)
            overflows += SumRow(inputs[0].AsSpan(row * Columns, Columns), operands[0].Type, 0,
                output.Slice(row * Units, Units));
        return overflows;
    }

    /// <summary>
    /// The sums of a row of mantissas, for as many units as <paramref name="y"/> has from <paramref name="first"/> on.
    /// </summary>
    /// <returns>How many conversions to a pinned accumulator overflowed.</returns>
    internal long SumRow(ReadOnlySpan<long> x, FixedPointType type, int first, Span<long> y)
    {
        if (Accumulator is FixedPointType pinned)
            return SumPinned(x, type, first, y, pinned);
        int sum = SumFraction(type);
        int productShift = sum - type.Fraction - Weights.Fraction;
        ReadOnlySpan<long> weights = Weights.Mantissas.AsSpan();
        y.Clear();
        for (int j = 0; Bias is not null && j < y.Length; j++)
            y[j] = Bias.Mantissas[first + j] << (sum - Bias.Fraction);
        for (int i = 0; i < x.Length; i++)
        {
            long xi = x[i] << productShift;
            ReadOnlySpan<long> w = weights.Slice((i * Units) + first, y.Length);
            for (int j = 0; xi != 0 && j < y.Length; j++)
                y[j] += xi * w[j];
        }
        return 0;
    }

    private long SumPinned(ReadOnlySpan<long> x, FixedPointType type, int first, Span<long> y, FixedPointType pinned)
    {
        long overflows = 0;
        Quantizer product = new(type.Fraction + Weights.Fraction, pinned);
        Quantizer sum = new(pinned.Fraction, pinned);
        ReadOnlySpan<long> weights = Weights.Mantissas.AsSpan();
        y.Clear();
        for (int j = 0; Bias is not null && j < y.Length; j++)
            y[j] = new Quantizer(Bias.Fraction, pinned).Apply(Bias.Mantissas[first + j], ref overflows);
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < y.Length; j++)
                y[j] = sum.Apply(y[j] + product.Apply(x[i] * weights[(i * Units) + first + j], ref overflows),
                    ref overflows);
        }
        return overflows;
    }

    // Rows whose elements have the intervals of an earlier row's have its sums.
    private Intervals SumIntervals(Typing input, bool envelope)
    {
        int rows = Intervals.CommonPeriod(input.Range.Length, input.Range.Period, Columns) / Columns;
        Interval[] result = new Interval[rows * Units];
        for (int row = 0; row < rows; row++)
            RowIntervals(input.Range.Slice(row * Columns, Columns), input.Type, 0, result.AsSpan(row * Units, Units),
                envelope);
        return Intervals.Repeat(result, input.Range.Length / Columns * Units);
    }

    /// <summary>
    /// The intervals of a row's exact sums; the envelope also holds every partial sum: each term may still be missing.
    /// </summary>
    internal void RowIntervals(ReadOnlySpan<Interval> x, FixedPointType type, int first, Span<Interval> y,
        bool envelope)
    {
        int sum = SumFraction(type);
        int productShift = sum - type.Fraction - Weights.Fraction;
        Interval[] terms = new Interval[x.Length];
        for (int i = 0; i < x.Length; i++)
            terms[i] = (envelope ? WithZero(x[i]) : x[i]) << productShift;
        for (int j = 0; j < y.Length; j++)
        {
            Int128 b = Bias is null ? 0 : Interval.Shift(Bias.Mantissas[first + j], sum - Bias.Fraction);
            y[j] = envelope ? WithZero(new(b, b)) : new(b, b);
        }
        if (FitsLong(terms, y))
        {
            AddLong(terms, first, y);
            return;
        }
        ReadOnlySpan<long> weights = Weights.Mantissas.AsSpan();
        for (int i = 0; i < terms.Length; i++)
        {
            ReadOnlySpan<long> w = weights.Slice((i * Units) + first, y.Length);
            for (int j = 0; j < y.Length; j++)
                y[j] += terms[i] * w[j];
        }
    }

    private static Interval WithZero(Interval x) => Interval.Hull(x, new(0, 0));

    // Whether 64 bits hold twice the ends of every sum, as they nearly always do: 128 bits take many times as long.
    private bool FitsLong(ReadOnlySpan<Interval> terms, ReadOnlySpan<Interval> sums)
    {
        return (Bits(terms) + Weights.Type!.Value.Width + IntegerWidth.BitLength(terms.Length)) < 61 && Bits(sums) < 61;

        static int Bits(ReadOnlySpan<Interval> intervals)
        {
            Int128 most = 1;
            foreach (Interval x in intervals)
                most = Int128.Max(most, Int128.Max(x.Max, -x.Min));
            return (int)Int128.Log2(most) + 1;
        }
    }

    // An interval as twice its centre and its length: the one is multiplied by the weight, the other by its magnitude.
    private void AddLong(ReadOnlySpan<Interval> terms, int first, Span<Interval> y)
    {
        ReadOnlySpan<long> weights = Weights.Mantissas.AsSpan();
        long[] centres = new long[y.Length], lengths = new long[y.Length];
        for (int i = 0; i < terms.Length; i++)
        {
            ReadOnlySpan<long> w = weights.Slice((i * Units) + first, y.Length);
            long centre = (long)(terms[i].Min + terms[i].Max), length = (long)(terms[i].Max - terms[i].Min);
            for (int j = 0; j < w.Length; j++)
            {
                centres[j] += w[j] * centre;
                lengths[j] += Math.Abs(w[j]) * length;
            }
        }
        for (int j = 0; j < y.Length; j++)
            y[j] += new Interval((centres[j] - lengths[j]) / 2, (centres[j] + lengths[j]) / 2);
    }
}
