using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Programs.Lowering;

/// <summary>The cells of regions with carried values, one step or all steps one behind another.</summary>
internal static class CellLowering
{
    // A cell is asked for by its estimate, its C++ and its Verilog, and its matrices take seconds.
    private static readonly ConditionalWeakTable<Recurrence, ConcurrentDictionary<Fabric, IntegerProgram>> s_known =
        [];

    /// <summary>
    /// The program of one step: its inputs are the states before it, then a row of each sequence; its outputs the
    /// states behind it.
    /// </summary>
    /// <exception cref="LoweringLimitException">It cannot be lowered.</exception>
    /// <exception cref="OverflowException">Numbers are too wide.</exception>
    public static IntegerProgram Step(Recurrence recurrence, Fabric fabric) =>
        s_known.GetOrCreateValue(recurrence).GetOrAdd(fabric, _ =>
        {
            Network cell = recurrence.Cell;
            ProgramBuilder b = new(cell.Inputs.Sum(v => v.Shape.Size), fabric);
            int at = 0;
            int[][] inputs = [.. cell.Inputs.Select(v => v.Typing!.Range
                .Select((r, e) => b.Input(at++, r, v.Typing.Steps[e])).ToArray())];
            return b.Finish(Step(b, cell, inputs).SelectMany(s => s));
        });

    /// <summary>The elements of the result, all steps one behind another.</summary>
    /// <param name="b">The program.</param>
    /// <param name="recurrence">The region.</param>
    /// <param name="operands">The elements of its operands.</param>
    public static int[] Unrolled(ProgramBuilder b, Recurrence recurrence, int[][] operands)
    {
        int[][] states = [.. Enumerable.Range(0, recurrence.States).Select(k =>
            recurrence.Initial[k] is Constant first ? first.Mantissas.Select(m => b.Constant(m)).ToArray()
                : operands[recurrence.OperandOf(k)!.Value])];
        int[][] shown = new int[recurrence.Steps][];
        for (int i = 0; i < recurrence.Steps; i++)
        {
            int t = recurrence.Reverses ? recurrence.Steps - 1 - i : i;
            states = Step(b, recurrence.Cell, [.. states, .. recurrence.Rows.Select((row, k) =>
                operands[recurrence.OperandOfSequence(k)].AsSpan(t * row.Shape.Size, row.Shape.Size).ToArray())]);
            shown[t] = [.. states.Take(recurrence.Shown).SelectMany(s => s)];
        }
        return recurrence.LastOnly ? shown[recurrence.Reverses ? 0 : ^1] : [.. shown.SelectMany(s => s)];
    }

    private static int[][] Step(ProgramBuilder b, Network cell, int[][] inputs)
    {
        Dictionary<Value, int[]> values = cell.Inputs.Zip(inputs).ToDictionary(p => p.First, p => p.Second);
        foreach (Node node in cell.Nodes)
        {
            int[][] operands = [.. node.Inputs.Select(v => values[v])];
            values[node.Output] = node.Operation is Reshape ? operands[0]
                : LayerLowering.ResultOf(b, new Layer(node, null, Strategy.Latency, 1), operands);
        }
        return [.. cell.Outputs.Select(o => values[o.Value])];
    }
}
