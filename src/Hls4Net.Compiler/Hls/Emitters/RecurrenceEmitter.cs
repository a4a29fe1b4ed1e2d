using System.Globalization;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// A region with carried values: states in registers, and a loop over the steps around the statements of one.
/// </summary>
internal static class RecurrenceEmitter
{
    // g++ takes about a millisecond a statement.
    private const int MostStatements = 1 << 15;

    public static void Emit(LayerSource source, Recurrence recurrence)
    {
        IntegerProgram program = Lowered(source, recurrence);
        Network cell = recurrence.Cell;
        string[] states = [.. Enumerable.Range(0, recurrence.States).Select(k => Text($"state{k}"))];
        for (int k = 0; k < states.Length; k++)
            Declare(source, recurrence, k, states[k]);
        // The elements of the cell's inputs follow one another in the program.
        List<string> x = [];
        for (int k = 0; k < cell.Inputs.Length; k++)
        {
            int size = cell.Inputs[k].Shape.Size;
            string sequence = k < states.Length ? ""
                : source.Inputs[recurrence.OperandOfSequence(k - states.Length)].Name;
            x.AddRange(Enumerable.Range(0, size).Select(e => k < states.Length ? Text($"{states[k]}[{e}]")
                : Text($"{sequence}[row * {size} + {e}]")));
        }
        HashSet<int> read = [.. program.Values.Select(v => v.Operation).OfType<IntegerOperation.Input>()
            .Select(i => i.Index)];
        bool readsRows = Enumerable.Range(0, x.Count).Any(i => read.Contains(i) && x[i].Contains("[row ",
            StringComparison.Ordinal));
        (int State, int Element)[] places = [.. cell.Outputs.Take(states.Length)
            .SelectMany((o, k) => Enumerable.Range(0, o.Value.Shape.Size).Select(e => (k, e)))];
        using (source.Body.Loop("Step", "step", recurrence.Steps, source.Dialect.PipelineLoop()))
        {
            if (readsRows || !recurrence.LastOnly)
                source.Body.Line(recurrence.Reverses ? Text($"const int row = {recurrence.Steps - 1} - step;")
                    : "const int row = step;");
            ProgramEmitter.Print(source, program, input => x[input], (element, value) =>
            {
                (int state, int e) = places[element];
                return Set(Text($"{states[state]}[{e}]"), cell.Inputs[state].Type, value);
            });
            if (!recurrence.LastOnly)
                Show(source, recurrence, states, Text($"row * {recurrence.Row} + "));
        }
        if (recurrence.LastOnly)
            Show(source, recurrence, states, "");
        foreach ((string name, _, _) in source.Inputs.Where(i => !x.Where((_, k) => read.Contains(k))
            .Any(e => e.StartsWith($"{i.Name}[", StringComparison.Ordinal))))
            source.Body.Line($"(void){name};");
    }

    private static void Declare(LayerSource source, Recurrence recurrence, int state, string name)
    {
        Value value = recurrence.Cell.Inputs[state];
        string type = source.Typedef(name, value.Type, "a state");
        int size = value.Shape.Size;
        source.Body.Line(Text($"{type} {name}[{size}];")).Pragmas(source.Dialect.Partition(name));
        Constant? first = recurrence.Initial[state];
        string element = "0";
        if (first is null)
            element = $"hls4net::bits_of({source.Inputs[recurrence.OperandOf(state)!.Value].Name}[i])";
        else if (first.Mantissas.Any(m => m != 0))
            element = $"{source.IntegerArray($"initial{state}",
                source.Dialect.Integer(value.Type.Width, value.Type.Signed), first.Mantissas)["i"]}";
        using (source.Body.Loop(Text($"Begin{state}"), "i", size, source.Dialect.Unroll()))
            source.Body.Line(Set($"{name}[i]", value.Type, element));
    }

    private static void Show(LayerSource source, Recurrence recurrence, string[] states, string row)
    {
        for (int k = 0, at = 0; k < recurrence.Shown; at += recurrence.Cell.Inputs[k++].Shape.Size)
        {
            string place = at == 0 ? "i" : Text($"{at} + i");
            using (source.Body.Loop(Text($"Show{k}"), "i", recurrence.Cell.Inputs[k].Shape.Size,
                source.Dialect.Unroll()))
                source.Body.Line(Set($"y[{row}{place}]", source.Layer.Output.Type,
                    $"hls4net::bits_of({states[k]}[i])"));
        }
    }

    private static string Set(string target, Numerics.FixedPointType type, string value) =>
        $"hls4net::set_bits({target}, {ProgramEmitter.Type(type.Width, type.Signed)}({value}));";

    private static IntegerProgram Lowered(LayerSource source, Recurrence recurrence)
    {
        string reason;
        try
        {
            IntegerProgram program = CellLowering.Step(recurrence, ProgramEmitter.Fabric);
            if (program.Values.Length <= MostStatements)
                return program;
            reason = Text($"a step has {program.Values.Length} operations; up to {MostStatements} are supported");
        }
        catch (LoweringLimitException limit)
        {
            reason = limit.Message;
        }
        catch (OverflowException)
        {
            reason = LayerLowering.TooWide;
        }
        throw new ModelException(Descriptors.NotLowered,
            $"layer {source.Layer.Name} (Recurrence): {reason}; take narrower types, or a smaller layer");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
