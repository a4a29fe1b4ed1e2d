using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>What <see cref="Bitwise"/> does with two bits.</summary>
public enum BitwiseKind
{
    /// <summary>1 where both are 1.</summary>
    And,

    /// <summary>1 where one is 1.</summary>
    Or,

    /// <summary>1 where they differ.</summary>
    Xor,
}

/// <summary>
/// Two integers bit by bit, in two's complement; of a number with a fraction the integer below. The operands are
/// broadcast to one another.
/// </summary>
public sealed record Bitwise(BitwiseKind Function) : Operation
{
    public override string Kind => $"Bitwise{Function}";

    public override bool IsElementwise => true;

    public override bool KeepsType => true;

    public override Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) =>
        inputs.All(i => i.Rank == permutation.Length) ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Elementwise.Broadcast(inputs);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        BroadcastPair pairs = new(shapes[0], shapes[1]);
        for (int i = 0; i < output.Length; i++)
            output[i] = (double)Join((Int128)Math.Floor(inputs[0][pairs[i].A]),
                (Int128)Math.Floor(inputs[1][pairs[i].B]));
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        BroadcastPair pairs = new(inputs[0].Shape, inputs[1].Shape);
        return new ExactRange(0,
            [.. Enumerable.Range(0, pairs.Size)
                .Select(i => Joined(Whole(inputs[0], pairs[i].A), Whole(inputs[1], pairs[i].B)))]);

        static Interval Whole(Value value, int element)
        {
            Interval range = value.Typing!.Range[element];
            return new(Interval.Shift(range.Min, -value.Type.Fraction),
                Interval.Shift(range.Max, -value.Type.Fraction));
        }
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        BroadcastPair pairs = new(operands[0].Shape, operands[1].Shape);
        for (int i = 0; i < output.Length; i++)
            output[i] = (long)Join(Interval.Shift(inputs[0][pairs[i].A], -operands[0].Type.Fraction),
                Interval.Shift(inputs[1][pairs[i].B], -operands[1].Type.Fraction));
        return 0;
    }

    private Int128 Join(Int128 a, Int128 b) => Function switch
    {
        BitwiseKind.And => a & b,
        BitwiseKind.Or => a | b,
        BitwiseKind.Xor => a ^ b,
        _ => throw new InvalidOperationException($"unknown function {Function}"),
    };

    // A result has the bits of the wider operand; it is negative only where an operand can be, and no bit is set by And
    // that is not in both.
    private Interval Joined(Interval a, Interval b)
    {
        Int128 all = Ones(Int128.Max(Int128.Max(a.Max, ~a.Min), Int128.Max(b.Max, ~b.Min)));
        bool negative = Function == BitwiseKind.And ? a.Min < 0 && b.Min < 0 : a.Min < 0 || b.Min < 0;
        Int128 most = Function == BitwiseKind.And && a.Min >= 0 && b.Min >= 0 ? Int128.Min(a.Max, b.Max)
            : Function == BitwiseKind.And && (a.Min >= 0 || b.Min >= 0) ? (a.Min >= 0 ? a.Max : b.Max)
            : all;
        return new(negative ? ~all : 0, most);
    }

    private static Int128 Ones(Int128 value) => value <= 0 ? 0 : (Int128.One << ((int)Int128.Log2(value) + 1)) - 1;
}
