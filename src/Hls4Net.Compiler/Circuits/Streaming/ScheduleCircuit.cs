using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Streaming;

/// <summary>
/// The process of an <see cref="ItemSchedule"/>: counters of its axes say which items a step reads, keeps and makes one
/// of the result of; that goes into the datapath a cycle later.
/// </summary>
internal sealed class ScheduleCircuit(ProcessCircuit process, ItemSchedule schedule, ImmutableArray<StreamPort> inputs)
{
    private readonly CircuitBuilder _c = process.C;

    // The counter of each axis; null for one of a single step.
    private readonly Net?[] _at = new Net?[schedule.Axes.Length];

    public void Build()
    {
        _c.Comment($"{schedule.Steps} steps: "
            + $"{string.Join(" x ", schedule.Axes.Select(a => $"{a.Steps} of {a.Name}").DefaultIfEmpty("one"))}.");
        Net room = _c.Wire("room", 1), start = _c.Wire("start", 1);
        Expression step = start;
        for (int axis = schedule.Axes.Length - 1; axis >= 0; axis--)
        {
            (_at[axis], Expression last) = _c.Counter(Text($"at{axis}"), schedule.Axes[axis].Steps, step);
            step &= last;
        }
        Expression writes = _c.Named("writes", All("writes", a => a.Writes));
        Expression[] reads = [.. inputs.Select((_, k) =>
            _c.Named($"reads{k}", All($"reads{k}", a => [.. a.Operands[k].Read.Select(r => r >= 0)])))];
        process.Start(start, room | ~writes, reads);
        Expression emit = _c.Named("emit", start & writes);
        Net begins = _c.Register("begins", emit, clear: Circuit.Reset);
        List<Expression> operands = [.. inputs.Select((_, k) => Item(k, start, reads[k]))];
        if (schedule.Moves)
            operands = [.. operands.Select((item, k) => Moved(k, (Net)item)), .. Inside()];
        (Net result, Expression done) = process.Compute(begins, begins, operands);
        process.Queue(room, emit, done, result);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // Bits that are in a register beside the operands.
    private IEnumerable<Expression> Inside() =>
        schedule.Chosen.Select(k => _c.Register($"has{k}", All($"uses{k}", a => a.Has(k))));

    // A condition on each axis.
    private Expression All(string name, Func<ItemAxis, ImmutableArray<bool>> flags)
    {
        Expression all = Expression.True;
        for (int axis = 0; axis < schedule.Axes.Length; axis++)
        {
            ImmutableArray<bool> steps = flags(schedule.Axes[axis]);
            if (steps.Contains(false))
                all &= Chosen(Text($"{name}_{axis}"), axis, [.. steps.Select(s => s ? 1L : 0)], 1);
        }
        return all;
    }

    // A sum of numbers that depend on the axes.
    private Expression Sum(string name, int width, Func<int, ImmutableArray<long>> numbers)
    {
        Expression? sum = null;
        for (int axis = 0; axis < schedule.Axes.Length; axis++)
        {
            ImmutableArray<long> steps = numbers(axis);
            if (steps.All(n => n == 0))
                continue;
            Expression term = Chosen(Text($"{name}_{axis}"), axis, steps, width);
            sum = sum is null ? term : new Expression.Add(sum, term);
        }
        return sum ?? Expression.Zeros(width);
    }

    // The number of an axis' step.
    private Expression Chosen(string name, int axis, ImmutableArray<long> numbers, int width) =>
        _at[axis] is not Net at ? Expression.Of(numbers[0], width)
            : new Expression.Pick(_c.Wire(name, numbers.Length * width, new Expression.Numbers(numbers, width)), at,
                width);

    // The item of an operand that the step before uses: the latest, or one of a memory, which what has just come passes
    // by.
    private Net Item(int k, Net start, Expression reads)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        Net x = process.Inputs[k].Item;
        if (operand.Kept <= 1)
            return _c.Register($"{x.Name}_item", x, start & reads);
        Expression place = Address("place", o => o.Read), used = Address("used", o => o.Used);
        MemoryNet kept = _c.Memory(new MemoryNet($"{x.Name}_kept", x.Width, operand.Kept), start & reads, place, x);
        Net read = _c.Register($"{x.Name}_read", new Expression.Word(kept, used), start),
            passed = _c.Register($"{x.Name}_passed", x, start),
            passes = _c.Register($"{x.Name}_passes", reads & new Expression.Equal(place, used), start);
        return _c.Wire($"{x.Name}_item", x.Width, passes.Then(passed, read));

        Expression Address(string of, Func<ItemAxis.Operand, ImmutableArray<int>> numbers)
        {
            string name = $"{x.Name}_{of}";
            return _c.Named(name, Sum(name, Expression.BitsOf(operand.Kept - 1), axis => Places(k, axis, numbers)));
        }
    }

    // What the number of an item along an axis adds to its place in memory, which is a ring along the outermost axis of
    // items that are kept.
    private ImmutableArray<long> Places(int k, int axis, Func<ItemAxis.Operand, ImmutableArray<int>> numbers)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        if (axis < operand.Memory)
            return [.. new long[schedule.Axes[axis].Steps]];
        long stride = 1;
        for (int inner = axis + 1; inner < schedule.Axes.Length; inner++)
            stride *= schedule.Axes[inner].Operands[k].Items;
        return [.. numbers(schedule.Axes[axis].Operands[k])
            .Select(n => n < 0 ? 0 : (axis == operand.Memory ? n % operand.Slots : n) * stride)];
    }

    // The elements of an item in their places in the result.
    private Net Moved(int k, Net item)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        int width = inputs[k].Port.ElementWidth;
        Net source = item;
        if (schedule.Axes.Any(a => a.Operands[k].Part > 0))
        {
            int bits = Expression.BitsOf(item.Width);
            Net part = _c.Register($"part{k}", Sum($"part{k}", bits, axis =>
                [.. Enumerable.Range(0, schedule.Axes[axis].Steps)
                    .Select(s => (long)s * schedule.Axes[axis].Operands[k].Part * width)]));
            source = _c.Wire($"shifted{k}", item.Width, new Expression.ShiftRight(item, part));
        }
        Net moved = _c.Wire($"moved{k}", operand.Elements.Length * width);
        for (int i = 0; i < operand.Elements.Length; i++)
            _c.Assign(moved, operand.Elements[i] < 0 ? Expression.Zeros(width)
                : source.Slice(operand.Elements[i] * width, width), i * width);
        return moved;
    }
}
