using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// The process of an <see cref="ItemSchedule"/>: counters of its axes say which items a step reads, keeps and makes one
/// of the result of; that goes into the datapath a cycle later.
/// </summary>
internal sealed class ScheduleEmitter(VerilogWriter w, ItemSchedule schedule, ImmutableArray<StreamPort> inputs,
    ProcessEmitter process)
{
    private const string Always = "1'b1";

    public void Emit()
    {
        w.Line($"    // {schedule.Steps} steps: "
            + $"{string.Join(" x ", schedule.Axes.Select(a => $"{a.Steps} of {a.Name}").DefaultIfEmpty("one"))}.");
        w.Wire("room", 1).Wire("start", 1);
        string step = "start";
        for (int axis = schedule.Axes.Length - 1; axis >= 0; axis--)
        {
            string last = w.Counter(Counter(axis), schedule.Axes[axis].Steps, step);
            step = $"{step} & {last}";
        }
        w.Wire("writes", 1, All("writes", a => a.Writes));
        for (int k = 0; k < inputs.Length; k++)
            w.Wire($"reads{k}", 1, All($"reads{k}", a => [.. a.Operands[k].Read.Select(r => r >= 0)]));
        process.Start("(room | ~writes)", [.. Enumerable.Range(0, inputs.Length).Select(k => $"reads{k}")]);
        w.Wire("emit", 1, "start & writes");
        w.Register("begins", 1, "~rst & emit");
        List<string> operands = [.. Enumerable.Range(0, inputs.Length).Select(Item)];
        if (schedule.Moves)
            operands = [.. Enumerable.Range(0, inputs.Length).Select(k => Moved(k, operands[k])), .. Inside()];
        string done = process.Compute("begins", "begins", operands);
        process.Queue("emit", done, "result");
    }

    private static string Counter(int axis) => string.Create(CultureInfo.InvariantCulture, $"at{axis}");

    // Bits that are in a register beside the operands.
    private IEnumerable<string> Inside() => schedule.Chosen.Select(k =>
    {
        w.Register($"has{k}", 1, All($"uses{k}", a => a.Has(k)));
        return $"has{k}";
    });

    // A condition on each axis.
    private string All(string what, Func<ItemAxis, ImmutableArray<bool>> flags)
    {
        List<string> conditions = [];
        for (int axis = 0; axis < schedule.Axes.Length; axis++)
        {
            ImmutableArray<bool> steps = flags(schedule.Axes[axis]);
            if (!steps.Contains(false))
                continue;
            if (steps.Length == 1)
                return "1'b0";
            string bits = string.Concat(steps.Reverse().Select(s => s ? '1' : '0'));
            w.Wire($"{what}_{axis}", steps.Length, $"{steps.Length}'b{bits}");
            conditions.Add($"{what}_{axis}[{Counter(axis)}]");
        }
        return conditions.Count == 0 ? Always : string.Join(" & ", conditions);
    }

    // A sum of numbers that depend on the axes.
    private string Sum(string what, int width, Func<int, ImmutableArray<long>> numbers)
    {
        List<string> terms = [];
        for (int axis = 0; axis < schedule.Axes.Length; axis++)
        {
            ImmutableArray<long> steps = numbers(axis);
            if (steps.All(n => n == 0))
                continue;
            if (steps.Length == 1)
            {
                terms.Add(BitText.Number(steps[0], width));
                continue;
            }
            w.Wire($"{what}_{axis}", steps.Length * width,
                $"{steps.Length * width}'h{Tools.BitVector.Hex([.. steps], width)}");
            terms.Add($"{what}_{axis}[{Counter(axis)} * {width} +: {width}]");
        }
        return terms.Count == 0 ? BitText.Zeros(width) : string.Join(" + ", terms);
    }

    // The item of an operand that the step before uses: the latest, or one of a memory, which what has just come passes
    // by.
    private string Item(int k)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        (string x, int width) = (inputs[k].Port.Name, inputs[k].Port.Width);
        if (operand.Kept <= 1)
        {
            w.Declare($"{x}_item", width).Clocked($"if (start & reads{k}) {x}_item <= {x};");
            return $"{x}_item";
        }
        int bits = VerilogWriter.Bits(operand.Kept - 1);
        w.Memory($"{x}_kept", width, operand.Kept).Chooses(width);
        w.Wire($"{x}_place", bits, Sum($"{x}_place", bits, axis => Places(k, axis, o => o.Read)));
        w.Wire($"{x}_used", bits, Sum($"{x}_used", bits, axis => Places(k, axis, o => o.Used)));
        w.Declare($"{x}_read", width).Declare($"{x}_passed", width).Declare($"{x}_passes", 1);
        w.Clocked(
            $"if (start) begin\n    if (reads{k}) {x}_kept[{x}_place] <= {x};\n    {x}_read <= {x}_kept[{x}_used];\n   "
            + $" {x}_passed <= {x};\n    {x}_passes <= reads{k} & ({x}_place == {x}_used);\nend");
        w.Wire($"{x}_item", width, $"{x}_passes ? {x}_passed : {x}_read");
        return $"{x}_item";
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
    private string Moved(int k, string item)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        (Port port, string source) = (inputs[k].Port, item);
        if (schedule.Axes.Any(a => a.Operands[k].Part > 0))
        {
            int bits = VerilogWriter.Bits(port.Width);
            w.Register($"part{k}", bits,
                Sum($"part{k}", bits, axis => [.. Enumerable.Range(0, schedule.Axes[axis].Steps)
                    .Select(s => (long)s * schedule.Axes[axis].Operands[k].Part * port.ElementWidth)]));
            w.Wire($"shifted{k}", port.Width, $"{item} >> part{k}");
            source = $"shifted{k}";
        }
        w.Wire($"moved{k}", operand.Elements.Length * port.ElementWidth);
        for (int i = 0; i < operand.Elements.Length; i++)
        {
            string element = operand.Elements[i] < 0 ? BitText.Zeros(port.ElementWidth)
                : BitText.Slice(source, port.Width, false, operand.Elements[i] * port.ElementWidth, port.ElementWidth);
            w.Line($"    assign {(operand.Elements.Length * port.ElementWidth == 1 ? $"moved{k}" : $"moved{k}[{((i + 1) * port.ElementWidth) - 1}:{i * port.ElementWidth}]")} = {element};");
        }
        return $"moved{k}";
    }
}
