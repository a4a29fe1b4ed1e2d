using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>What <see cref="ExactFunction"/> computes.</summary>
public enum ExactFunctionKind
{
    /// <summary>|x|.</summary>
    Abs,

    /// <summary>-1, 0 or 1.</summary>
    Sign,

    /// <summary>The largest integer not above x.</summary>
    Floor,

    /// <summary>The smallest integer not below x.</summary>
    Ceil,

    /// <summary>The nearest integer, of two the even one.</summary>
    Round,

    /// <summary>The integer part: towards zero.</summary>
    Truncate,

    /// <summary>1 where x is 0, else 0.</summary>
    Not,

    /// <summary>1 where x is not 0, else 0.</summary>
    IsNonzero,
}

/// <summary>A function of every element that needs no table: exact on mantissas.</summary>
public sealed record ExactFunction(ExactFunctionKind Function) : Operation
{
    public override string Kind => Function.ToString();

    public override bool IsElementwise => true;

    public override bool KeepsType =>
        Function is ExactFunctionKind.Sign or ExactFunctionKind.Not or ExactFunctionKind.IsNonzero;

    public override ScaleRule Scaling => Function == ExactFunctionKind.Abs ? ScaleRule.Common : ScaleRule.None;

    /// <summary>How an integer is made; null where none is.</summary>
    public Rounding? Rounding => Function switch
    {
        ExactFunctionKind.Floor => Numerics.Rounding.Trn,
        ExactFunctionKind.Round => Numerics.Rounding.RndConv,
        ExactFunctionKind.Truncate => Numerics.Rounding.TrnZero,
        // The floor of -x, negated.
        ExactFunctionKind.Ceil => Numerics.Rounding.Trn,
        _ => null,
    };

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => this;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => inputs[0];

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        for (int i = 0; i < output.Length; i++)
        {
            double x = inputs[0][i];
            output[i] = Function switch
            {
                ExactFunctionKind.Abs => Math.Abs(x),
                ExactFunctionKind.Sign => x > 0 ? 1 : x < 0 ? -1 : 0,
                ExactFunctionKind.Floor => Math.Floor(x),
                ExactFunctionKind.Ceil => Math.Ceiling(x),
                ExactFunctionKind.Round => Math.Round(x, MidpointRounding.ToEven),
                ExactFunctionKind.Truncate => Math.Truncate(x),
                ExactFunctionKind.Not => x == 0 ? 1 : 0,
                ExactFunctionKind.IsNonzero => x != 0 ? 1 : 0,
                _ => throw new InvalidOperationException($"unknown function {Function}"),
            };
        }
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        int fraction = Rounding is null ? Function == ExactFunctionKind.Abs ? x.Type.Fraction : 0
            : Math.Min(x.Type.Fraction, 0);
        return new ExactRange(fraction, x.Range.Map(r => Image(r, x.Type.Fraction)));
    }

    private Interval Image(Interval r, int fraction)
    {
        if (Function == ExactFunctionKind.Not)
            return new(r is { Min: var low, Max: var high } && low == 0 && high == 0 ? 1 : 0, r.Min > 0
                || r.Max < 0 ? 0 : 1);
        Int128 a = Execute(r.Min, fraction), b = Execute(r.Max, fraction);
        bool turns = Function is ExactFunctionKind.Abs or ExactFunctionKind.IsNonzero;
        // All but these two are monotone, and these are on either side of zero.
        return turns ? new(r.Min <= 0 && r.Max >= 0 ? 0 : Int128.Min(a, b), Int128.Max(a, b)) : new(a, b);
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        int fraction = operands[0].Type.Fraction;
        for (int i = 0; i < output.Length; i++)
            output[i] = (long)Execute(inputs[0][i], fraction);
        return 0;
    }

    private Int128 Execute(Int128 x, int fraction) => Function switch
    {
        ExactFunctionKind.Abs => Int128.Abs(x),
        ExactFunctionKind.Sign => Int128.Sign(x),
        ExactFunctionKind.Not => x == 0 ? 1 : 0,
        ExactFunctionKind.IsNonzero => x != 0 ? 1 : 0,
        _ when fraction <= 0 => x,
        ExactFunctionKind.Ceil => -FixedPoint.Round(-x, fraction, Numerics.Rounding.Trn, FixedPointType.MaxWidth),
        _ => FixedPoint.Round(x, fraction, Rounding!.Value, FixedPointType.MaxWidth),
    };
}
