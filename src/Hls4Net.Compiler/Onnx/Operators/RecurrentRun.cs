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
    /// <param name="cell">Makes a step that emits what it consists of into a node's network.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="x">The input, [steps, samples, elements].</param>
    /// <param name="initial">What each state begins with, [samples, units].</param>
    /// <param name="lengths">How many steps each sample has.</param>
    /// <param name="reverses">True if the last step comes first.</param>
    /// <param name="name">What the names of its parts begin with.</param>
    public static RecurrentRun Of(ImportNode node, Func<ImportNode, RecurrentCell> cell, RecurrentWeights weights,
        Operand x, ImmutableArray<Operand> initial, ImmutableArray<int> lengths, bool reverses, string name)
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

    private static RecurrentRun Alike(ImportNode node, Func<ImportNode, RecurrentCell> cell, RecurrentWeights weights,
        Operand x, ImmutableArray<Operand> initial, int length, bool reverses, string name)
    {
        Shape row = new([1, .. initial[0].Shape.Dimensions]);
        if (length == 0)
            return Padded(node, null, row, x.Shape[0], initial, name);
        ImmutableArray<int>[] lists = MovementImporter.All(x.Shape);
        lists[0] = [.. Enumerable.Range(0, length)];
        Operand rows = MovementImporter.Moved(node, "Slice", x, lists, part: $"{name}length");
        (Operand? sequence, ImmutableArray<Operand> final) =
            Looped(node, cell, weights, rows, initial, reverses, name)
            ?? Unrolled(node, cell(node), weights, rows, initial, reverses, name);
        return Padded(node, sequence, row, x.Shape[0], final, name);
    }

    // Rows behind the end of a sequence are zero.
    private static RecurrentRun Padded(ImportNode node, Operand? sequence, Shape row, int steps,
        ImmutableArray<Operand> final, string name)
    {
        int missing = steps - (sequence?.Shape[0] ?? 0);
        if (!node.HasOutput(0))
            return new RecurrentRun(null, final);
        if (missing == 0)
            return new RecurrentRun(sequence, final);
        Shape shape = new([missing, .. row.Dimensions[1..]]);
        Operand zeros = new("", new Constant(shape, [.. new double[shape.Size]]));
        return new RecurrentRun(sequence is null ? zeros
            : node.Emit(new Concatenate(0), [sequence, zeros], $"{name}padded"), final);
    }

    // One cell for all steps, where it is known how large its states can become: only then have they a type.
    private static (Operand? Sequence, ImmutableArray<Operand> Final)? Looped(ImportNode node,
        Func<ImportNode, RecurrentCell> cell, RecurrentWeights weights, Operand x, ImmutableArray<Operand> initial,
        bool reverses, string name)
    {
        int steps = x.Shape[0];
        ImmutableArray<double?> growth = cell(node).StateBounds([.. initial.Select(_ => (double?)0)], steps);
        if (steps == 1 || x.Constant is not null || growth.Any(g => g is null))
            return null;
        NetworkBuilder inside = new();
        ImportNode step = node.In(inside);
        RecurrentCell own = cell(step);
        Value[] states = [.. initial.Select((s, k) => new Value($"state{k}", s.Shape))];
        Value row = new("row", new Shape(x.Shape.Dimensions.AsSpan()[1..]));
        Operand product = RecurrentWeights.Product(step, new Operand(row), weights.Input, own.InputBias, "input");
        ImmutableArray<Operand> next = own.Step(product, [.. states.Select(s => new Operand(s))],
            [.. states.Select(_ => (double?)null)], "cell");
        if (next.Any(n => n.Value is null))
            return null;
        foreach (Constant constant in initial.Select(i => i.Constant).OfType<Constant>())
            node.RequireFinite(constant);
        int shown = states.Length > 1 && node.HasOutput(2) ? 2 : 1, size = states[0].Shape.Size;
        Recurrence recurrence = new(
            new Network([.. states, row], [.. next.Select((n, k) => new NetworkOutput($"state{k}", n.Value!))],
                inside.Nodes),
            steps, [.. initial.Select(i => i.Constant)], [.. growth.Select(g => g!.Value)], shown, reverses,
            !node.HasOutput(0));
        Operand all = node.Emit(recurrence, [.. initial.Where(i => i.Constant is null), x],
            name.Length == 0 ? null : name.TrimEnd('_'));
        int last = recurrence.LastOnly || reverses ? 0 : steps - 1;
        return (recurrence.LastOnly ? null : Columns(Enumerable.Range(0, steps), 0, $"{name}shown",
                new Shape([steps, .. states[0].Shape.Dimensions])),
            [.. states.Select((s, k) => k < shown ? Columns([last], k, $"{name}last{k}", s.Shape) : initial[k])]);

        Operand Columns(IEnumerable<int> rows, int state, string part, Shape shape) => node.Emit(new Reshape(shape),
            MovementImporter.Moved(node, "Slice", all,
                [[.. rows], [.. Enumerable.Range(state * size, size)]], part: part), $"{part}_shape");
    }

    // A cell for each step.
    private static (Operand? Sequence, ImmutableArray<Operand> Final) Unrolled(ImportNode node, RecurrentCell cell,
        RecurrentWeights weights, Operand x, ImmutableArray<Operand> initial, bool reverses, string name)
    {
        int steps = x.Shape[0];
        Shape row = new([1, .. initial[0].Shape.Dimensions]);
        ImmutableArray<Operand> states = initial;
        Operand[] rows = new Operand[steps];
        Operand product = RecurrentWeights.Product(node, x, weights.Input, cell.InputBias, $"{name}input");
        ImmutableArray<double?> bounds = [.. initial.Select(Bound)];
        for (int i = 0; i < steps; i++)
        {
            int t = reverses ? steps - 1 - i : i;
            string part = $"{name}step{t}";
            states = cell.Step(ControlImporter.Element(node, product, 0, t, $"{part}_row"), states,
                cell.StateBounds(bounds, i + 1), part);
            if (node.HasOutput(0))
                rows[t] = node.Emit(new Reshape(row), states[0], $"{part}_shape");
        }
        return (!node.HasOutput(0) ? null : steps == 1 ? rows[0]
            : node.Emit(new Concatenate(0), [.. rows], $"{name}steps"), states);
    }

    // The largest magnitude of what a state begins with; null where it flows.
    private static double? Bound(Operand state) =>
        state.Constant?.Values.Select(Math.Abs).DefaultIfEmpty(0).Max();
}
