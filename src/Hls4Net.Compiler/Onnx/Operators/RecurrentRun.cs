using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>What the steps of a recurrent layer in one direction give.</summary>
/// <param name="Sequence">The state h behind each step, [steps, samples, units]; null where nothing reads it.</param>
/// <param name="Final">Each state behind the last step, [samples, units].</param>
internal sealed record RecurrentRun(Operand? Sequence, ImmutableArray<Operand> Final)
{
    /// <summary>Runs the steps of every sample.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cell">A step.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="x">The input, [steps, samples, elements].</param>
    /// <param name="initial">What each state begins with, [samples, units].</param>
    /// <param name="lengths">How many steps each sample has.</param>
    /// <param name="reverses">True if the last step comes first.</param>
    /// <param name="name">What the names of its parts begin with.</param>
    public static RecurrentRun Of(ImportNode node, RecurrentCell cell, RecurrentWeights weights, Operand x,
        ImmutableArray<Operand> initial, ImmutableArray<int> lengths, bool reverses, string name)
    {
        int samples = lengths.Length;
        if (lengths.Distinct().Count() <= 1)
            return Alike(node, cell, weights, x, initial, lengths.IsEmpty ? 0 : lengths[0], reverses, name);
        // Sequences of different lengths share the weights only.
        RecurrentRun[] runs = [.. Enumerable.Range(0, samples).Select(s => Alike(node, cell, weights,
            Sample(x, 1, s, $"{name}sample{s}"),
            [.. initial.Select((state, k) => Sample(state, 0, s, $"{name}initial{k}_sample{s}"))],
            lengths[s], reverses, $"{name}sample{s}_"))];
        return new RecurrentRun(
            runs[0].Sequence is null ? null : node.Emit(new Concatenate(1), [.. runs.Select(r => r.Sequence!)],
                $"{name}sequences"),
            [.. initial.Select((_, k) => node.Emit(new Concatenate(0), [.. runs.Select(r => r.Final[k])],
                $"{name}finals{k}"))]);

        Operand Sample(Operand all, int axis, int sample, string part)
        {
            ImmutableArray<int>[] lists = MovementImporter.All(all.Shape);
            lists[axis] = [sample];
            return MovementImporter.Moved(node, "Slice", all, lists, part: part);
        }
    }

    private static RecurrentRun Alike(ImportNode node, RecurrentCell cell, RecurrentWeights weights, Operand x,
        ImmutableArray<Operand> initial, int length, bool reverses, string name)
    {
        int steps = x.Shape[0];
        Shape row = new([1, .. initial[0].Shape.Dimensions]);
        ImmutableArray<Operand> states = initial;
        Operand[] rows = new Operand[steps];
        Operand zeros = new("", new Constant(row, [.. new double[row.Size]]));
        Array.Fill(rows, zeros);
        if (length > 0)
        {
            ImmutableArray<int>[] lists = MovementImporter.All(x.Shape);
            lists[0] = [.. Enumerable.Range(0, length)];
            Operand product = RecurrentWeights.Product(node,
                MovementImporter.Moved(node, "Slice", x, lists, part: $"{name}length"), weights.Input, cell.InputBias,
                $"{name}input");
            ImmutableArray<double?> bounds = [.. initial.Select(Bound)];
            for (int i = 0; i < length; i++)
            {
                int t = reverses ? length - 1 - i : i;
                string part = $"{name}step{t}";
                states = cell.Step(ControlImporter.Element(node, product, 0, t, $"{part}_row"), states,
                    cell.StateBounds(bounds, i + 1), part);
                if (node.HasOutput(0))
                    rows[t] = node.Emit(new Reshape(row), states[0], $"{part}_shape");
            }
        }
        return new RecurrentRun(!node.HasOutput(0) ? null
            : rows.Length == 1 ? rows[0] : node.Emit(new Concatenate(0), [.. rows], $"{name}steps"), states);
    }

    // The largest magnitude of what a state begins with; null where it flows.
    private static double? Bound(Operand state) =>
        state.Constant?.Values.Select(Math.Abs).DefaultIfEmpty(0).Max();
}
