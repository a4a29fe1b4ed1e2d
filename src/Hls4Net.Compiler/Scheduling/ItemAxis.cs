using System.Collections.Immutable;

namespace Hls4Net.Scheduling;

/// <summary>
/// One axis of items, step by step: at a step the next item of an operand may be read, and the next one of the result
/// be written, of an operand's item that was read at that step or before.
/// </summary>
/// <param name="Name">What the axis is called in the sources.</param>
/// <param name="Steps">Steps along the axis.</param>
/// <param name="Writes">Whether a step writes.</param>
/// <param name="Operands">What becomes of each operand.</param>
public sealed record ItemAxis(string Name, int Steps, ImmutableArray<bool> Writes,
    ImmutableArray<ItemAxis.Operand> Operands)
{
    /// <summary>An operand along the axis.</summary>
    /// <param name="Items">Its items.</param>
    /// <param name="Read">The item that a step reads; -1 for none.</param>
    /// <param name="Used">The item that a step which writes makes the result of; -1 for none.</param>
    /// <param name="Part">By how many elements the part of the item that is used moves from one output to the
    /// next.</param>
    public sealed record Operand(int Items, ImmutableArray<int> Read, ImmutableArray<int> Used, int Part)
    {
        /// <summary>True if every item is used at the step that reads it and at no other.</summary>
        public bool IsCurrent => Enumerable.Range(0, Used.Length)
            .All(step => Used[step] < 0 || Used[step] == Read[step]);

        /// <summary>How many items have to be kept at a time, the one just read among them.</summary>
        public int Kept
        {
            get
            {
                int kept = 1, read = 0;
                for (int step = 0; step < Used.Length; step++)
                {
                    read += Read[step] < 0 ? 0 : 1;
                    kept = Used[step] < 0 ? kept : Math.Max(kept, read - Used[step]);
                }
                return kept;
            }
        }
    }

    /// <summary>For each step whether it has an item of an operand to make the result of, or writes none.</summary>
    internal ImmutableArray<bool> Has(int operand) =>
        [.. Operands[operand].Used.Select((used, step) => used >= 0 || !Writes[step])];

    /// <summary>Which item of an operand each of the result's is made of, -1 for none; and the part of it.</summary>
    public readonly record struct Origin(int Items, ImmutableArray<int> From, int Part = 0);

    /// <summary>The fewest steps in which every operand is read in order and the result written in order.</summary>
    public static ItemAxis Of(string name, params ImmutableArray<Origin> operands)
    {
        int outputs = operands[0].From.Length;
        int[] read = new int[operands.Length], needed = new int[operands.Length];
        List<int>[] reads = [.. operands.Select(_ => new List<int>())],
            used = [.. operands.Select(_ => new List<int>())];
        List<bool> writes = [];
        for (int output = 0; output < outputs || operands.Zip(read).Any(o => o.Second < o.First.Items);)
        {
            for (int k = 0; k < operands.Length; k++)
            {
                // Behind the last output come those that nobody needs.
                needed[k] = output < outputs ? Math.Max(needed[k], operands[k].From[output] + 1) : operands[k].Items;
                reads[k].Add(read[k] < needed[k] ? read[k]++ : -1);
            }
            bool due = output < outputs && needed.SequenceEqual(read);
            for (int k = 0; k < operands.Length; k++)
                used[k].Add(due ? operands[k].From[output] : -1);
            writes.Add(due);
            output += due ? 1 : 0;
        }
        return new ItemAxis(name, writes.Count, [.. writes],
            [.. operands.Select((o, k) => new Operand(o.Items, [.. reads[k]], [.. used[k]], o.Part))]);
    }

    /// <summary>
    /// The axes of one operand whose items are in lists that repeat in blocks: those of the blocks, then those within,
    /// as few as have simple steps.
    /// </summary>
    public static IEnumerable<ItemAxis> Split(string name, int items, ImmutableArray<int> from)
    {
        ItemAxis whole = Of(name, new Origin(items, from));
        if (IsSimple(whole))
            return [whole];
        return Blocks(items, from).Select(b =>
            (ItemAxis[])[.. Split(name, b.Blocks.Items, b.Blocks.From), .. Split(name, b.Within.Items, b.Within.From)])
            .Where(axes => axes.All(IsSimple)).MinBy(axes => axes.Length) ?? [whole];
    }

    // True if conditions and places are written without a table.
    private static bool IsSimple(ItemAxis axis) =>
        Runs(axis.Writes) <= 1 && axis.Operands.All(o => Runs(o.Read.Select(r => r >= 0)) <= 1
            && Runs(o.Used.Select(u => u >= 0)) <= 1 && IsEven(o.Used));

    private static int Runs(IEnumerable<bool> flags)
    {
        int runs = 0;
        bool before = false;
        foreach (bool flag in flags)
        {
            runs += flag && !before ? 1 : 0;
            before = flag;
        }
        return runs;
    }

    private static bool IsEven(ImmutableArray<int> used)
    {
        int[] at = [.. Enumerable.Range(0, used.Length).Where(s => used[s] >= 0)];
        return at.Length < 3
            || at.All(s => (used[s] - used[at[0]]) * (at[1] - at[0]) == (used[at[1]] - used[at[0]]) * (s - at[0]));
    }

    // The ways to have a list as blocks of equal lists, from[block · outputs + i] = blocks[block] · items + within[i].
    private static IEnumerable<(Origin Blocks, Origin Within)> Blocks(int items, ImmutableArray<int> from)
    {
        for (int outputs = 1; outputs <= from.Length && from.All(f => f >= 0); outputs++)
        {
            for (int size = 1; from.Length % outputs == 0 && size <= items; size++)
            {
                if (items % size != 0 || (outputs, size) == (1, 1) || (outputs, size) == (from.Length, items))
                    continue;
                int count = from.Length / outputs;
                ImmutableArray<int> blocks = [.. Enumerable.Range(0, count).Select(b => from[b * outputs] / size)],
                    within = [.. from[..outputs].Select(f => f - (blocks[0] * size))];
                if (within.All(w => w >= 0 && w < size) && Enumerable.Range(0, from.Length)
                    .All(i => from[i] == (blocks[i / outputs] * size) + within[i % outputs]))
                    yield return (new Origin(items / size, blocks), new Origin(size, within));
            }
        }
    }
}
