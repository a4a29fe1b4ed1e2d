using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A region with carried values: a cell, itself a network, that runs once for each step and hands its states on. The
/// operands are what states begin with where no constant says it, then sequences, of which a step reads a row of the
/// first axis; the result is a row of states behind each step, [steps, elements], or the last one alone.
/// </summary>
/// <param name="Cell">A step. Its inputs are the states before it, then a row of each sequence; its outputs the states
/// behind it. Typed, a state has the same type before and behind.</param>
/// <param name="Steps">How often it runs; two at least.</param>
/// <param name="Initial">What each state begins with; null where an operand says it.</param>
/// <param name="Growth">By how much the magnitude of each state exceeds what it begins with at most, for reasons that
/// ranges do not show.</param>
/// <param name="Shown">How many of the states, the first ones, are a row of the result.</param>
/// <param name="Reverses">True if the last row comes first. Rows of the result stay in the sequences' order.</param>
/// <param name="LastOnly">True if the result is the row behind the last step alone.</param>
public sealed record Recurrence(Network Cell, int Steps, ImmutableArray<Constant?> Initial,
    ImmutableArray<double> Growth, int Shown, bool Reverses, bool LastOnly) : Operation
{
    public override string Kind => "Recurrence";

    /// <summary>How many states there are.</summary>
    public int States => Initial.Length;

    /// <summary>Elements of a row of the result.</summary>
    public int Row => Cell.Outputs.Take(Shown).Sum(o => o.Value.Shape.Size);

    /// <summary>The operand that a state begins with; null where it begins with a constant.</summary>
    public int? OperandOf(int state) => Initial[state] is not null ? null
        : Enumerable.Range(0, state).Count(k => Initial[k] is null);

    /// <summary>The operand that is a sequence of which a step reads a row.</summary>
    public int OperandOfSequence(int sequence) => Initial.Count(i => i is null) + sequence;

    /// <summary>The rows that a step reads, inputs of the cell.</summary>
    public ImmutableArray<Value> Rows => Cell.Inputs[States..];

    /// <summary>The constants of all its operations.</summary>
    public override ImmutableArray<(ConstantRole Role, Constant Constant)> Constants =>
        [.. Cell.Nodes.SelectMany(n => n.Operation.Constants)];

    public override Operation WithConstants(ImmutableArray<Constant> constants)
    {
        int at = 0;
        return this with
        {
            Cell = Cell with
            {
                Nodes = [.. Cell.Nodes.Select(n =>
                {
                    int count = n.Operation.Constants.Length;
                    at += count;
                    return count == 0 ? n
                        : n with { Operation = n.Operation.WithConstants(constants.Slice(at - count, count)) };
                })],
            },
        };
    }

    public override long Multiplications => Steps * Cell.Nodes.Sum(n => n.Operation.Multiplications);

    // A record prints its properties, and a network is long.
    public override string ToString() => $"Recurrence of {Steps} steps";

    public override Shape OutputShape(ImmutableArray<Shape> inputs)
    {
        for (int k = 0; k < States; k++)
        {
            int size = Initial[k]?.Shape.Size ?? inputs[OperandOf(k)!.Value].Size;
            if (size != Cell.Inputs[k].Shape.Size)
                throw new ShapeException($"a state of {Cell.Inputs[k].Shape} begins with {size} elements");
        }
        for (int k = 0; k < Rows.Length; k++)
        {
            Shape sequence = inputs[OperandOfSequence(k)];
            if (sequence.Rank == 0 || sequence[0] != Steps || sequence.Size != Steps * Rows[k].Shape.Size)
                throw new ShapeException($"a sequence {sequence} has no {Steps} rows of {Rows[k].Shape}");
        }
        return new Shape(LastOnly ? 1 : Steps, Row);
    }

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output) =>
        Run(inputs, output, constant => constant.Values, (node, x, y) =>
        {
            node.Operation.Evaluate([.. node.Inputs.Select(v => v.Shape)], x, y);
            return 0;
        });

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Interval[] row = [.. Cell.Outputs.Take(Shown).SelectMany(o => o.Value.Typing!.Range)];
        return new ExactRange(Cell.Outputs[0].Value.Type.Fraction,
            Intervals.Repeat(row, OutputShape([.. inputs.Select(i => i.Shape)]).Size));
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output) =>
        Run(inputs, output, constant => constant.Mantissas, (node, x, y) => node.Operation.Execute(node.Inputs, x, y));

    private delegate long RunNode<T>(Node node, T[][] inputs, T[] output);

    // One meaning for real numbers and for mantissas.
    private long Run<T>(ReadOnlySpan<T[]> inputs, Span<T> output, Func<Constant, ImmutableArray<T>> initial,
        RunNode<T> run)
    {
        Dictionary<Value, T[]> values = Cell.Inputs.Concat(Cell.Nodes.Select(n => n.Output))
            .ToDictionary(v => v, v => new T[v.Shape.Size]);
        for (int k = 0; k < States; k++)
        {
            if (Initial[k] is Constant first)
                initial(first).CopyTo(values[Cell.Inputs[k]]);
            else
                inputs[OperandOf(k)!.Value].CopyTo(values[Cell.Inputs[k]], 0);
        }
        T[][][] operands = [.. Cell.Nodes.Select(n => n.Inputs.Select(v => values[v]).ToArray())];
        long overflows = 0;
        for (int i = 0; i < Steps; i++)
        {
            int t = Reverses ? Steps - 1 - i : i;
            for (int k = 0; k < Rows.Length; k++)
            {
                T[] row = values[Rows[k]];
                Array.Copy(inputs[OperandOfSequence(k)], t * row.Length, row, 0, row.Length);
            }
            for (int n = 0; n < operands.Length; n++)
                overflows += run(Cell.Nodes[n], operands[n], values[Cell.Nodes[n].Output]);
            // All are taken before any is handed on: one state may become another.
            T[][] next = [.. Cell.Outputs.Select(o => (T[])values[o.Value].Clone())];
            for (int k = 0, at = LastOnly ? 0 : t * Row; k < Shown && (!LastOnly || i == Steps - 1);
                at += next[k++].Length)
                next[k].CopyTo(output[at..]);
            for (int k = 0; k < States; k++)
                next[k].CopyTo(values[Cell.Inputs[k]], 0);
        }
        return overflows;
    }
}
