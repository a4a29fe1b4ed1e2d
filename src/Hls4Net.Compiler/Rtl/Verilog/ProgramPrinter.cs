using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hls4Net.Circuits;
using Hls4Net.Devices;
using Hls4Net.Programs;
using Hls4Net.Programs.Pipelining;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// Writes an integer program as a module: a wire for each value, a register for each cycle that it is kept.
/// </summary>
internal sealed class ProgramPrinter
{
    private readonly string _name;
    private readonly IntegerProgram _program;
    private readonly Schedule _schedule;
    private readonly Target _target;
    private readonly StringBuilder _text = new();
    private readonly List<string> _registers = [];
    private readonly List<(IntegerOperation.Table Table, int Width, string Module)> _memories = [];

    private ProgramPrinter(ProgramModule pipeline, Target target) =>
        (_name, _program, _schedule, _target) = (pipeline.Name, pipeline.Program, pipeline.Schedule, target);

    /// <summary>The text of a pipeline.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="target">The device.</param>
    public static string Print(ProgramModule pipeline, Target target)
    {
        ProgramPrinter printer = new(pipeline, target);
        printer.Module(pipeline);
        printer.Memories();
        return printer._text.ToString();
    }

    private void Line(string text) => _text.Append(text).Append('\n');

    private void Module(ProgramModule pipeline)
    {
        (ImmutableArray<Port> inputs, Port output) = (pipeline.Inputs, pipeline.Output);
        foreach (string line in pipeline.Title)
            Line($"// {line}");
        Line($"// Latency {_schedule.Latency}, interval 1; {_schedule.RegisterBits} register bits.");
        Line("// verilator lint_off UNUSED");
        Line($"module {_name} (");
        Line("    input  wire clk,");
        foreach (Port p in inputs)
            Line($"    input  wire [{p.Width - 1}:0] {p.Name},");
        Line($"    output wire [{output.Width - 1}:0] {output.Name}");
        Line(");");
        (Port Port,
            int Element)[] elements = [.. inputs.SelectMany(p => Enumerable.Range(0, p.Elements).Select(e => (p, e)))];
        int[] lastUses = _schedule.LastUses();
        for (int n = 0; n < _program.Values.Length; n++)
        {
            IntegerValue value = _program.Values[n];
            if (value.Operation is IntegerOperation.Constant)
                continue;
            Define(n, value, elements);
            for (int delay = 1; delay <= lastUses[n] - _schedule[n]; delay++)
            {
                Line($"    reg  [{value.Width - 1}:0] {Name(n, delay)};");
                _registers.Add($"{Name(n, delay)} <= {Name(n, delay - 1)};");
            }
        }
        for (int i = 0; i < output.Elements; i++)
            Line($"    assign {output.Name}[{((i + 1) * output.ElementWidth) - 1}:{i * output.ElementWidth}] = "
                + $"{Bits(_program.Outputs[i], _schedule.Latency, 0, output.ElementWidth)};");
        if (_registers.Count > 0)
        {
            Line("    always @(posedge clk) begin");
            foreach (string r in _registers)
                Line($"        {r}");
            Line("    end");
        }
        Line("endmodule");
        Line("// verilator lint_on UNUSED");
    }

    private static string Name(int value, int delay) => delay == 0 ? $"v{value}"
        : string.Create(CultureInfo.InvariantCulture, $"v{value}_{delay}");

    // Bits of a value as they are in a cycle.
    private string Bits(int value, int cycle, int from, int count)
    {
        IntegerValue v = _program.Values[value];
        if (v.Operation is not IntegerOperation.Constant constant)
            return BitText.Slice(Name(value, cycle - _schedule[value]), v.Width, v.Signed, from, count);
        return BitText.Number(from >= 0 ? constant.Value >> Math.Min(from, 127) : constant.Value << -from, count);
    }

    private void Define(int n, IntegerValue value, (Port Port, int Element)[] elements)
    {
        int cycle = _schedule[n], width = value.Width;
        string declaration = $"    wire [{width - 1}:0] {Name(n, 0)}";
        switch (value.Operation)
        {
            case IntegerOperation.Input input:
                (Port port, int element) = elements[input.Index];
                Line($"{declaration} = {Slice(port, element, width)};");
                break;
            case IntegerOperation.Sum sum:
                Sum(n, value, sum, cycle, declaration);
                break;
            case IntegerOperation.Product product:
                Line("    // verilator lint_off WIDTH");
                Line($"{declaration} = {Factor(product.A, cycle)} * {Factor(product.B, cycle)};");
                Line("    // verilator lint_on WIDTH");
                break;
            case IntegerOperation.ShiftRight shift:
                Line($"{declaration} = {Bits(shift.A, cycle, shift.Bits, width)};");
                break;
            case IntegerOperation.LowBits low:
                Line($"{declaration} = {Low(low, cycle, width)};");
                break;
            case IntegerOperation.AtLeast compare:
                Line($"{declaration} = {Compare(compare, cycle)};");
                break;
            case IntegerOperation.Select select:
                Line($"{declaration} = {Bits(select.Condition, cycle, 0, 1)} ? {Bits(select.IfSet, cycle, 0, width)} : "
                    + $"{Bits(select.IfClear, cycle, 0, width)};");
                break;
            case IntegerOperation.Table table:
                Table(n, table, cycle, width);
                break;
            default:
                throw new InvalidOperationException();
        }
    }

    // A known range may need fewer bits than the port's type has, never more.
    private static string Slice(Port port, int element, int width) =>
        BitText.Slice(port.Name, port.Width, false, element * port.ElementWidth, width);

    private string Low(IntegerOperation.LowBits low, int cycle, int width)
    {
        int kept = Math.Min(low.Bits, width);
        string bits = Bits(low.A, cycle, 0, kept);
        return kept == width ? bits : throw new InvalidOperationException("low bits are narrower than their range");
    }

    private void Sum(int n, IntegerValue value, IntegerOperation.Sum sum, int cycle, string declaration)
    {
        int width = value.Width;
        if (sum.Concatenated(_program) is (SumTerm Term, int Lowest)[] parts)
        {
            Line($"{declaration} = {Concatenation(parts, cycle, width)};");
            return;
        }
        if (sum.Terms is [SumTerm single])
        {
            Line($"{declaration} = -{Bits(single.Value, cycle, -single.Shift, width)};");
            return;
        }
        AdderShape shape = AdderShape.Of(_program, value, sum, _target.Fabric);
        int start = shape.Start;
        string low = start == 0 ? "" : shape is { Wired: true, First: SumTerm wired }
            ? Bits(wired.Value, cycle, -wired.Shift, start) : BitText.Zeros(start);
        if (start == width)
        {
            Line($"{declaration} = {low};");
            return;
        }
        int count = width - start;
        string Operand(SumTerm? term) => term is SumTerm t ? Bits(t.Value, cycle, start - t.Shift, count)
            : BitText.Zeros(count);
        string upper = $"{Name(n, 0)}_s";
        Line($"    wire [{count - 1}:0] {upper};");
        if (shape.IsTernary)
        {
            Line($"    hls4net_ternary_add #(.W({count}), .EXT({shape.Extension}), .NEG_B({Flag(shape.Others[0])}), "
                + $".NEG_C({Flag(shape.Others[1])})) {Name(n, 0)}_add (");
            Line($"        .a({Operand(shape.First)}), .b({Operand(shape.Others[0])}), .c({Operand(shape.Others[1])}), "
                + $".y({upper}));");
        }
        else
        {
            string terms = $"{(shape.First is { Negative: true } ? "-" : "")}{Operand(shape.First)}";
            foreach (SumTerm t in shape.Others)
                terms += $" {(t.Negative ? '-' : '+')} {Operand(t)}";
            Line($"    assign {upper} = {terms};");
        }
        Line($"{declaration} = {(start == 0 ? upper : $"{{{upper}, {low}}}")};");

        static string Flag(SumTerm t) => t.Negative ? "1'b1" : "1'b0";
    }

    // Up to the next one each has all bits, its own and zeros; what a narrower range leaves above is cut off.
    private string Concatenation((SumTerm Term, int Lowest)[] parts, int cycle, int width)
    {
        List<string> bits = [];
        for (int i = 0; i < parts.Length && (i == 0 || parts[i].Lowest < width); i++)
        {
            int from = i == 0 ? 0 : parts[i].Lowest,
                to = i + 1 < parts.Length ? Math.Min(parts[i + 1].Lowest, width) : width;
            bits.Insert(0, Bits(parts[i].Term.Value, cycle, from - parts[i].Term.Shift, to - from));
        }
        return BitText.Concatenation(bits);
    }

    private string Factor(int value, int cycle)
    {
        IntegerValue v = _program.Values[value];
        string bits = Bits(value, cycle, 0, v.Signed ? v.Width : v.Width + 1);
        return $"$signed({bits})";
    }

    private string Compare(IntegerOperation.AtLeast compare, int cycle)
    {
        ComparatorShape shape = ComparatorShape.Of(_program, compare);
        if (shape.IsSign)
            return $"~{Bits(compare.A, cycle, shape.From, 1)}";
        (string x, string y) = (Bits(compare.A, cycle, shape.From, shape.Width),
            Bits(compare.B, cycle, shape.From, shape.Width));
        return shape.Signed ? $"$signed({x}) >= $signed({y})" : $"{x} >= {y}";
    }

    // As many low bits as tell the entries apart are the address.
    private void Table(int n, IntegerOperation.Table table, int cycle, int width)
    {
        int bits = table.AddressBits;
        if (table.IsPairs(_target.Family))
        {
            Pairs(n, table, cycle, TableShape.Of(table, width));
            return;
        }
        if (table.IsLookups(_target.Family))
        {
            // Literals of more than 4,096 bits are too long for some readers.
            IEnumerable<string> words = Enumerable.Range(0, width).Reverse()
                .SelectMany(bit => table.Plane(bit).Reverse().Chunk(64))
                .Select(w =>
                    $"{w.Length * 64}'h{string.Concat(w.Select(word => word.ToString("x16", CultureInfo.InvariantCulture)))}");
            Line($"    wire [{width - 1}:0] {Name(n, 0)};");
            Line(Entries(table));
            Line($"    hls4net_table #(.A({bits}), .W({width}), .TABLE({{\n        "
                + $"{string.Join(",\n        ", words)}}})) {Name(n, 0)}_table (");
            Line($"        .a({Bits(table.A, cycle, 0, bits)}), .y({Name(n, 0)}));");
            return;
        }
        if (table.IsMemory)
        {
            Line(Entries(table));
            Line($"    wire [{width - 1}:0] {Name(n, 0)};");
            Line($"    {MemoryOf(table, width)} {Name(n, 0)}_table (.a({Bits(table.A, cycle, 0, bits)}), "
                + $".y({Name(n, 0)}));");
            return;
        }
        string register = $"{Name(n, 0)}_t";
        Line($"    reg  [{width - 1}:0] {register};");
        Line("    always @*");
        Line($"        case ({Bits(table.A, cycle, 0, bits)})");
        for (int i = 0; i < table.Entries.Length; i++)
            Line($"            {BitText.Number(table.First + i, bits)}: {register} = "
                + $"{BitText.Number(table.Entries[i], width)};");
        // No input has these bits.
        if (table.Entries.Length < 1L << bits)
            Line($"            default: {register} = {{{width}{{1'bx}}}};");
        Line("        endcase");
        Line($"    wire [{width - 1}:0] {Name(n, 0)} = {register};");
    }

    // Elements that look into one table have a module for it, whose text is there once.
    private string MemoryOf(IntegerOperation.Table table, int width)
    {
        foreach ((IntegerOperation.Table known, int knownWidth, string module) in _memories)
        {
            if (known.First == table.First && knownWidth == width
                && known.Entries.AsSpan().SequenceEqual(table.Entries.AsSpan()))
                return module;
        }
        _memories.Add((table, width, string.Create(CultureInfo.InvariantCulture, $"{_name}__table{_memories.Count}")));
        return _memories[^1].Module;
    }

    private void Memories()
    {
        if (_memories.Count == 0)
            return;
        Line("// verilator lint_off DECLFILENAME");
        foreach ((IntegerOperation.Table table, int width, string module) in _memories)
        {
            int bits = table.AddressBits;
            Line(Entries(table)[4..]);
            Line($"module {module} (input wire [{bits - 1}:0] a, output reg [{width - 1}:0] y);");
            Line("    always @*");
            Line("        case (a)");
            for (int i = 0; i < table.Entries.Length; i++)
                Line($"        {BitText.Number(table.First + i, bits)}: y = {BitText.Number(table.Entries[i], width)};");
            if (table.Entries.Length < 1L << bits)
                Line($"        default: y = {{{width}{{1'bx}}}};");
            Line("        endcase");
            Line("endmodule");
        }
        Line("// verilator lint_on DECLFILENAME");
    }

    private void Pairs(int n, IntegerOperation.Table table, int cycle, TableShape shape)
    {
        int unused = Fabric.PairInputs - table.AddressBits;
        string made = $"{Name(n, 0)}_t",
            address = BitText.Concatenation([.. unused > 0 ? [BitText.Zeros(unused)] : Array.Empty<string>(),
                Bits(table.A, cycle, 0, table.AddressBits)]);
        Line(Entries(table));
        if (shape.Pairs > 0)
            Line($"    wire [{(2 * shape.Pairs) - 1}:0] {made};");
        for (int p = 0; p < shape.Pairs; p++)
        {
            ulong upper = (2 * p) + 1 < shape.Lookups.Length ? shape.Lookups[(2 * p) + 1] : 0;
            Line($"    hls4net_lut_pair #(.TABLE({BitText.Number((upper << 32) | shape.Lookups[2 * p], 64)})) "
                + $"{made}{p} (");
            Line($"        .a({address}), .y({made}[{(2 * p) + 1}:{2 * p}]));");
        }
        string[] bits = [.. shape.Bits.Reverse().Select(bit =>
            bit.Lookup is int lookup ? $"{made}[{lookup}]" : bit.Address is int at
                ? $"{(bit.Inverted ? "~" : "")}{Bits(table.A, cycle, at, 1)}" : bit.Inverted ? "1'b1" : "1'b0")];
        Line($"    wire [{shape.Bits.Length - 1}:0] {Name(n, 0)} = {BitText.Concatenation(bits)};");
    }

    private static string Entries(IntegerOperation.Table table) =>
        $"    // {table.Entries.Length} entries, that of {table.First} first: "
        + $"{string.Join(", ", table.Entries.Take(4))}{(table.Entries.Length > 4 ? $", ..., {table.Entries[^1]}" : "")}";
}
