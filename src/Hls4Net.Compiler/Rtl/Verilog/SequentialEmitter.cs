using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Rtl.Mapping;
using Hls4Net.Rtl.Sequential;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// Writes a sequential program as a module that starts on an item when told to, and its three parts, which it joins:
/// counters choose operands and a word of the weight memory, a pipeline makes terms of them, accumulators take the
/// terms, and a pipeline makes results of sums.
/// </summary>
internal static class SequentialEmitter
{
    /// <summary>The module and its parts.</summary>
    /// <param name="module">The module's name; its parts' begin with it.</param>
    /// <param name="title">What it computes, for the comment above it.</param>
    /// <param name="program">The program.</param>
    /// <param name="target">The device and clock.</param>
    /// <param name="delays">How long operations take.</param>
    /// <param name="x">The port of an item.</param>
    /// <param name="y">The port of results.</param>
    public static Datapath Emit(string module, string title, SequentialProgram program, Target target,
        DelayModel delays, Port x, Port y)
    {
        bool several = program.Steps > 1;
        int operandCount = program.Operands[0].Length, wordCount = program.Words[0].Length,
            sums = program.Accumulate.Outputs.Length, terms = program.Terms.Outputs.Length;
        Port operand = new("x", operandCount, x.ElementWidth, x.Signed),
            word = new("w", Math.Max(wordCount, 1), program.WordBits, true);
        Port term = new("t", terms, program.TermBits, true), accumulators = new("a", sums, program.AccumulatorBits,
            true), results = new("y", sums, y.ElementWidth, y.Signed);
        Schedule product = new(program.Terms, delays, target.ClockPeriodNs, 0),
            sum = new(program.Accumulate, delays, double.MaxValue, 0),
            result = new(program.Result, delays, target.ClockPeriodNs, 0);
        string termText = ModuleEmitter.Emit($"{module}__terms",
            $"terms of a step, {operandCount} operands{(wordCount > 0 ? $" with {wordCount} weights" : "")}",
            program.Terms, product, target, wordCount > 0 ? [operand, word] : [operand], term);
        string sumText = ModuleEmitter.Emit($"{module}__sums", "accumulators with the terms of a step",
            program.Accumulate, sum, target, [new Port("first", 1, 1, false), accumulators, term],
            new Port("y", sums, program.AccumulatorBits, true));
        string resultText = ModuleEmitter.Emit($"{module}__result", "results of sums", program.Result, result, target,
            [accumulators], results);

        VerilogWriter w = new();
        w.Line($"// {title}");
        w.Line($"// {Steps(program)}; {program.Words.Length} word{(program.Words.Length == 1 ? "" : "s")} of "
            + $"{wordCount} weights. The result comes {Latency(program, product, result)} cycles after the last item's "
            + "start.");
        w.Module(module, "input  wire clk", "input  wire rst", "input  wire start", $"input  wire [{x.Width - 1}:0] x",
            "output wire done", $"output wire [{y.Width - 1}:0] y");
        string active = "start", source = "x";
        if (several)
        {
            w.Declare("held", x.Width).Clocked("if (start) held <= x;");
            w.Register("busy", 1, "~rst & (start | (busy & ~finished))");
            (active, source) = ("busy", "held");
        }
        string lastSlice = w.Counter("slice", program.Slices, active);
        string lastGroup = w.Counter("group", program.Groups, VerilogWriter.And(active, lastSlice));
        w.Wire("finished", 1, VerilogWriter.And(lastSlice, lastGroup));
        (string firstItem, string lastItem, string place, int placeBits) = w.Counters(program.Axes,
            VerilogWriter.And(active, "finished"));
        if (placeBits == 0 && program.Items > 1 && program.Groups > 1)
            (place, placeBits) = ("group", VerilogWriter.Bits(program.Groups - 1));
        w.Counter("step", program.Words.Length, active);
        Operands(w, program, source, x.Width, operand);
        if (wordCount > 0)
            Words(w, program, word);

        // Flags travel beside the terms, whose last registers are before the accumulators.
        int depth = product.Latency + 2;
        string first = VerilogWriter.And(program.Slices > 1 ? "(slice == 0)" : "1'b1", firstItem);
        string arrives = w.Delayed(active, depth, "arrives"), begins = w.Delayed(first, depth, "begins");
        string completes = w.Delayed(VerilogWriter.And(active, lastSlice, lastItem), depth + 1 + result.Latency,
            "completes");
        string ends = program.Groups > 1 ? w.Delayed(VerilogWriter.And(active, "finished", lastItem),
            depth + 1 + result.Latency, "ends") : completes;

        w.Wire("made", term.Width);
        w.Line($"    {module}__terms u_terms (.clk(clk), .x(operands){(wordCount > 0 ? ", .w(weights)" : "")}, "
            + ".t(made));");
        w.Register("terms", term.Width, "made");
        int width = accumulators.Width;
        w.Declare("sums", width);
        w.Wire("next", width);
        string partial = placeBits == 0 ? "sums" : Partial(w, place, placeBits, width, depth, arrives);
        w.Line($"    {module}__sums u_sums (.clk(clk), .first({begins}), .a({partial}), .t(terms), .y(next));");
        w.Clocked($"if ({arrives}) sums <= next;");
        w.Wire("results", results.Width);
        w.Line($"    {module}__result u_result (.clk(clk), .a(sums), .y(results));");
        w.Line($"    assign done = {ends};");
        string all = "results";
        if (program.Groups > 1)
        {
            int before = (program.Groups - 1) * results.Width;
            w.Declare("collected", before)
                .Clocked(
                    $"if ({completes}) collected <= "
                    + $"{(program.Groups == 2 ? "results" : $"{{results, collected[{before - 1}:{results.Width}]}}")};");
            w.Wire("all", before + results.Width, "{results, collected}");
            all = "all";
        }
        for (int i = 0; i < program.Places.Length; i++)
            w.Line($"    assign y[{((program.Places[i] + 1) * y.ElementWidth) - 1}:{program.Places[i] * y.ElementWidth}] = {BitText.Slice(all, program.Groups * results.Width, false, i * y.ElementWidth, y.ElementWidth)};");
        string text = w.End();
        long registers = w.RegisterBits + product.RegisterBits + result.RegisterBits;
        return new Datapath(
            module, string.Join('\n', termText, sumText, resultText,
                $"// verilator lint_off UNUSED\n{text}// verilator lint_on UNUSED\n"),
                Latency(program, product, result), program.Steps, IsSequential: true, result.Phase,
            registers, new[] { product.LongestPathNs, sum.LongestPathNs, result.LongestPathNs }.Max(),
            [program.Terms, program.Accumulate, program.Result],
                new(() => SequentialLogic.CostOf(program, product, sum, result, x, target.Family)));
    }

    // The accumulators of several places, in a memory that is read a cycle before their terms arrive; what that cycle's
    // terms make of the same place passes by.
    private static string Partial(VerilogWriter w, string place, int bits, int width, int depth, string arrives)
    {
        w.Memory("partial", width, 1L << bits);
        w.Register("places", bits * depth,
            $"{{{BitText.Part("places", bits * depth, 0, bits * (depth - 1))}, {place}}}");
        string now = BitText.Part("places", bits * depth, bits * (depth - 1), bits),
            coming = BitText.Part("places", bits * depth, bits * (depth - 2), bits);
        w.Declare("read", width).Declare("passes", 1);
        w.Clocked(
            $"if ({arrives}) partial[{now}] <= next;\nread <= partial[{coming}];\npasses <= {arrives} & ({now} == "
            + $"{coming});");
        w.Wire("accumulated", width, "passes ? sums : read");
        return "accumulated";
    }

    private static int Latency(SequentialProgram program, Schedule product, Schedule result) =>
        (program.Steps > 1 ? program.Steps : 0) + product.Latency + result.Latency + 3;

    private static string Steps(SequentialProgram program) => string.Join(", ",
        new[] { (program.Items, "item"), (program.Groups, "group of units"),
            (program.Slices, "slice of inputs") }.Where(p => p.Item1 > 1)
            .Select(p =>
                $"{p.Item1} {(p.Item2.Split(' ', 2) is [string noun, string rest] ? $"{noun}s {rest}" : $"{p.Item2}s")}")
                    .DefaultIfEmpty("one step"));

    // The operands of a step, from a register.
    private static void Operands(VerilogWriter w, SequentialProgram program, string source, int sourceWidth,
        Port operand)
    {
        w.Declare("operands", operand.Width);
        bool slicesAlone = program.SlicesAloneChoose;
        int cases = slicesAlone ? program.Slices : program.Steps;
        if (cases == 1)
        {
            w.Clocked($"operands <= {Joined(program.Operands[0], source, sourceWidth, operand.ElementWidth)};");
            return;
        }
        (string by, int width) = slicesAlone ? ("slice", VerilogWriter.Bits(program.Slices - 1))
            : program.Slices == 1 ? ("group", VerilogWriter.Bits(program.Groups - 1))
            : ("{group, slice}", VerilogWriter.Bits(program.Groups - 1) + VerilogWriter.Bits(program.Slices - 1));
        IEnumerable<string> lines = Enumerable.Range(0, cases).Select(step =>
        {
            long number = slicesAlone || program.Slices == 1 ? step
                : ((long)(step / program.Slices) << VerilogWriter.Bits(program.Slices - 1)) + (step % program.Slices);
            return $"    {(step == cases - 1 ? "default" : BitText.Number(number, width))}: operands <= "
                + $"{Joined(program.Operands[step], source, sourceWidth, operand.ElementWidth)};";
        });
        w.Clocked($"case ({by})\n{string.Join('\n', lines)}\nendcase");
    }

    // Elements of an item side by side, the first lowest; neighbours are one slice.
    private static string Joined(int[] elements, string source, int sourceWidth, int width)
    {
        List<string> parts = [];
        for (int i = 0; i < elements.Length;)
        {
            int count = 1;
            while (i + count < elements.Length
                && (elements[i] < 0 ? elements[i + count] < 0 : elements[i + count] == elements[i] + count))
                count++;
            parts.Add(elements[i] < 0 ? $"{{{count * width}{{1'b0}}}}"
                : BitText.Slice(source, sourceWidth, false, elements[i] * width, count * width));
            i += count;
        }
        parts.Reverse();
        return parts.Count == 1 ? parts[0] : $"{{{string.Join(", ", parts)}}}";
    }

    // The word of a step, from a register.
    private static void Words(VerilogWriter w, SequentialProgram program, Port word)
    {
        if (program.Words.Length == 1)
        {
            w.Wire("weights", word.Width, Literal(program.Words[0], program.WordBits));
            return;
        }
        Style(w, program.Storage);
        w.Line($"    reg  [{word.Width - 1}:0] memory [0:{program.Words.Length - 1}];").Line("    initial begin");
        for (int step = 0; step < program.Words.Length; step++)
            w.Line($"        memory[{step}] = {Literal(program.Words[step], program.WordBits)};");
        w.Line("    end");
        w.Register("weights", word.Width, "memory[step]");
    }

    // What WeightStorage asks for, as synthesis is told. Yosys' distributed memories are those that can be written.
    private static void Style(VerilogWriter w, WeightStorage? storage)
    {
        if (storage == WeightStorage.Bram)
            w.Line("    (* rom_style = \"block\" *)");
        else if (storage == WeightStorage.Logic)
            w.Line("`ifdef YOSYS\n    (* rom_style = \"logic\" *)\n`else\n    (* rom_style = \"distributed\" *)\n`endif");
    }

    private static string Literal(long[] word, int bits) => $"{word.Length * bits}'h{Tools.BitVector.Hex(word, bits)}";
}
