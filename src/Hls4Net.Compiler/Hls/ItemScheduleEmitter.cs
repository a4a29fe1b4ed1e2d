using System.Collections.Immutable;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// The process of an <see cref="ItemSchedule"/>: loops over its axes, which are one pipeline; a step reads an item
/// where one is due, and makes one of the result of those that are kept.
/// </summary>
internal static class ItemScheduleEmitter
{
    public static void Print(CppWriter w, Firmware firmware, PrintedLayer printed, ItemSchedule schedule)
    {
        Dialect dialect = firmware.Dialect;
        Layer layer = printed.Layer;
        CppWriter tables = dialect.Writer(), steps = dialect.Writer();
        StepText text = new(tables);
        using (Loops(steps, schedule, StreamTop.Pipeline(firmware, layer)))
        {
            for (int k = 0; k < schedule.Operands.Length; k++)
                Read(w, steps, text, firmware, printed, schedule, k);
            string due = All(schedule.Axes.Select(a => text.Condition(a.Name, "writes", a.Writes)));
            using CppWriter.Scope? guard = due.Length == 0 ? null : steps.Block($"if ({due})");
            steps.Line($"{firmware.Names.Pack(layer.Output)} y_item;").Pragmas(dialect.Aggregate("y_item"));
            if (schedule.Moves)
                Move(steps, text, firmware, printed, schedule);
            else
                steps.Line(
                    $"{printed.Source.Named("compute")}({string.Concat(printed.Source.Inputs.Select((x, k) => $"{Item(text, printed, schedule, k)}.data, "))}y_item.data);");
            steps.Line(dialect.Write("y", "y_item"));
        }
        if (tables.ToString().Length > 0)
            w.Body(tables);
        w.Body(steps);
    }

    private static string All(IEnumerable<string> conditions) =>
        string.Join(" && ", conditions.Where(c => c.Length > 0).Distinct());

    private static LoopScope Loops(CppWriter w, ItemSchedule schedule, IEnumerable<string> pipeline)
    {
        Stack<CppWriter.Scope> scopes = [];
        for (int axis = 0; axis < schedule.Axes.Length; axis++)
        {
            ItemAxis a = schedule.Axes[axis];
            scopes.Push(w.Loop(axis == 0 ? $"{char.ToUpperInvariant(a.Name[0])}{a.Name[1..]}" : null, a.Name, a.Steps,
                axis == schedule.Axes.Length - 1 ? pipeline : []));
        }
        return new LoopScope(scopes);
    }

    // Where an operand's items go, and when one is read.
    private static void Read(CppWriter w, CppWriter steps, StepText text, Firmware firmware, PrintedLayer printed,
        ItemSchedule schedule, int k)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        string x = printed.Source.Inputs[k].Name, pack = firmware.OperandPack(printed.Layer, k),
            read = firmware.Dialect.Read(x);
        string due = All(schedule.Axes.Select(a =>
            text.Condition(a.Name, $"reads{Suffix(schedule, k)}", [.. a.Operands[k].Read.Select(r => r >= 0)])));
        if (due.Length == 0 && operand.Kept <= 1)
        {
            steps.Line($"const {pack} {x}_item = {read};");
            return;
        }
        bool memory = operand.Kept > 1;
        string place = memory ? $"{x}_kept[{Place(text, schedule, k, "read", o => o.Read)}]" : $"{x}_item";
        w.Line(memory
            ? $"{Firmware.Local(operand.Kept * operand.Items.Pack)}{pack} {x}_kept[{operand.Kept}]; // "
                + $"{Kept(schedule, k)}" : $"{pack} {x}_item = {pack}(); // the latest");
        w.Pragmas(firmware.Dialect.Aggregate(memory ? $"{x}_kept" : $"{x}_item"));
        steps.Line(due.Length > 0 ? $"if ({due})" : $"{place} = {read};")
            .Lines(due.Length > 0 ? [$"    {place} = {read};"] : []);
    }

    private static string Kept(ItemSchedule schedule, int k)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        return $"the last {(operand.Slots == 1 ? "" : $"{operand.Slots} ")}of {schedule.Axes[operand.Memory].Name}, "
            + $"{operand.Kept} items";
    }

    // The place in the memory of the item that is read, or used, at a step.
    private static string Place(StepText text, ItemSchedule schedule, int k, string what,
        Func<ItemAxis.Operand, ImmutableArray<int>> numbers)
    {
        ItemSchedule.Operand operand = schedule.Operands[k];
        string place = "";
        for (int axis = operand.Memory; axis < schedule.Axes.Length; axis++)
        {
            ItemAxis a = schedule.Axes[axis];
            int items = axis == operand.Memory ? operand.Slots : a.Operands[k].Items;
            if (items == 1)
                continue;
            string at = text.Index(a.Name, $"{what}{Suffix(schedule, k)}", numbers(a.Operands[k]));
            if (items < a.Operands[k].Items)
                at = $"{Factor(at)} % {items}";
            place = place.Length == 0 ? at
                : $"{Factor(place)} * {items} + {(at.Contains('?', StringComparison.Ordinal) ? $"({at})" : at)}";
        }
        return place;
    }

    // The item of an operand that a step uses.
    private static string Item(StepText text, PrintedLayer printed, ItemSchedule schedule, int k)
    {
        string x = printed.Source.Inputs[k].Name;
        return schedule.Operands[k].Kept > 1 ? $"{x}_kept[{Place(text, schedule, k, "uses", o => o.Used)}]"
            : $"{x}_item";
    }

    private static void Move(CppWriter w, StepText text, Firmware firmware, PrintedLayer printed, ItemSchedule schedule)
    {
        List<(string, Action)> cases = [];
        for (int k = 0; k < schedule.Operands.Length; k++)
        {
            int operand = k;
            // Of several operands one is there at every step that writes.
            string inside = k > 0 && k == schedule.Operands.Length - 1 ? ""
                : All(schedule.Axes.Select(a => text.Condition(a.Name, $"has{Suffix(schedule, operand)}",
                    [.. a.Operands[operand].Used.Select((u, s) => u >= 0 || !a.Writes[s])])));
            cases.Add((inside, () => Elements(w, text, firmware, printed, schedule, operand)));
        }
        cases.Add(("", () =>
        {
            using (w.Loop(null, "i", schedule.Output.Pack, firmware.Dialect.Unroll()))
                w.Line(Outside(printed, schedule, firmware.Dialect));
        }
        ));
        w.Choose([.. cases]);
    }

    private static void Elements(CppWriter w, StepText text, Firmware firmware, PrintedLayer printed,
        ItemSchedule schedule, int k)
    {
        Dialect dialect = firmware.Dialect;
        ImmutableArray<int> elements = schedule.Operands[k].Elements;
        string item = Item(text, printed, schedule, k);
        string part = string.Join(" + ", schedule.Axes.Where(a => a.Operands[k].Part > 0)
            .Select(a => a.Operands[k].Part == 1 ? a.Name : $"{a.Name} * {a.Operands[k].Part}"));
        using (w.Loop(null, "i", schedule.Output.Pack, dialect.Unroll()))
        {
            if (elements.All(e => e < 0))
            {
                w.Line(Outside(printed, schedule, dialect));
                return;
            }
            string at = text.Index("i", $"of{Suffix(schedule, k)}", elements);
            string inside = text.Condition("i", $"has{Suffix(schedule, k)}", [.. elements.Select(e => e >= 0)]);
            string move =
                $"y_item.data[i] = {item}.data[{(part.Length == 0 ? at : at == "0" ? part : $"{part} + {at}")}];";
            if (inside.Length == 0)
                w.Line(move);
            else
                w.Line($"if ({inside})").Line($"    {move}").Line("else")
                    .Line($"    {Outside(printed, schedule, dialect)}");
        }
    }

    private static string Outside(PrintedLayer printed, ItemSchedule schedule, Dialect dialect)
    {
        Numerics.FixedPointType type = printed.Layer.Output.Type;
        string value = schedule.Outside == long.MinValue ? $"-{long.MaxValue} - 1"
            : schedule.Outside.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"hls4net::set_bits(y_item.data[i], {dialect.Integer(type.Width, type.Signed)}({value}));";
    }

    // Tables of several operands have their numbers.
    private static string Suffix(ItemSchedule schedule, int k) => schedule.Operands.Length == 1 ? "" : $"{k}";

    private static string Factor(string expression) => expression.Contains(' ', StringComparison.Ordinal)
        ? $"({expression})" : expression;

    private readonly struct LoopScope(Stack<CppWriter.Scope> scopes) : IDisposable
    {
        public void Dispose()
        {
            while (scopes.TryPop(out CppWriter.Scope scope))
                scope.Dispose();
        }
    }
}
