using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hls4Net.Devices;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// The text of a module that is written by hand rather than from a program: ports, wires, registers, and what happens
/// at the clock's edge.
/// </summary>
internal sealed class VerilogWriter
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _clocked = new();

    private readonly List<(int Depth, int Width)> _memories = [];
    private long _counters, _chosen;

    /// <summary>Bits of all registers declared.</summary>
    public long RegisterBits { get; private set; }

    /// <summary>What has been declared.</summary>
    public ModuleParts Parts => new(RegisterBits, _counters, _chosen, [.. _memories]);

    /// <summary>A line as it is.</summary>
    public VerilogWriter Line(string text)
    {
        _text.Append(text).Append('\n');
        return this;
    }

    /// <summary>A module's head.</summary>
    public VerilogWriter Module(string name, params IEnumerable<string> ports) =>
        Line($"module {name} (").Line($"    {string.Join(",\n    ", ports)}").Line(");");

    /// <summary>A wire of so many bits.</summary>
    public VerilogWriter Wire(string name, int width, string? value = null) =>
        Line($"    wire {Range(width)}{name}{(value is null ? "" : $" = {value}")};");

    /// <summary>A register of so many bits, which takes a value at every edge of the clock.</summary>
    public VerilogWriter Register(string name, int width, string next)
    {
        Declare(name, width);
        return Clocked($"{name} <= {next};");
    }

    /// <summary>A register of so many bits.</summary>
    public VerilogWriter Declare(string name, int width)
    {
        RegisterBits += width;
        return Line($"    reg  {Range(width)}{name};");
    }

    /// <summary>A register of so many bits that counts.</summary>
    public VerilogWriter DeclareCounter(string name, int width)
    {
        _counters += width;
        return Declare(name, width);
    }

    /// <summary>Says that so many bits are chosen from two.</summary>
    public VerilogWriter Chooses(long bits)
    {
        _chosen += bits;
        return this;
    }

    /// <summary>
    /// A memory that is written and read at different addresses, the latter into a register that has been declared.
    /// </summary>
    public VerilogWriter Memory(string name, int width, long depth)
    {
        _memories.Add(((int)depth, width));
        // Block RAM has that register.
        RegisterBits -= depth > Memories.LutDepth ? width : 0;
        return Line($"    reg  {Range(width)}{name} [0:{depth - 1}];");
    }

    /// <summary>Instantiates a queue.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="width">Bits of an item.</param>
    /// <param name="depth">Its places.</param>
    /// <param name="ports">What is connected to its ports, but for the clock and the reset.</param>
    public VerilogWriter Queue(string name, int width, int depth, string ports)
    {
        int counters = (depth == 1 ? 2 : 4) * Bits(depth);
        (_counters, RegisterBits) = (_counters + counters, RegisterBits + counters);
        if (depth == 1)
            RegisterBits += width;
        else
            _memories.Add((depth, width));
        if (depth > Memories.LutDepth)
            (_chosen, RegisterBits) = (_chosen + width, RegisterBits + width + 1);
        return Line($"    hls4net_fifo #(.WIDTH({width}), .DEPTH({depth}), .BITS({Bits(depth)})) {name} (")
            .Line($"        .clk(clk), .rst(rst), {ports});");
    }

    /// <summary>A statement at every edge of the clock.</summary>
    public VerilogWriter Clocked(string statement)
    {
        _clocked.Append("        ").Append(statement.Replace("\n", "\n        ", StringComparison.Ordinal))
            .Append('\n');
        return this;
    }

    /// <summary>
    /// A bit as it was so many cycles ago, from registers that a reset clears; <paramref name="stages"/> names them.
    /// </summary>
    public string Delayed(string bit, int cycles, string stages)
    {
        if (cycles == 0)
            return bit;
        Register(stages, cycles,
            $"rst ? {BitText.Zeros(cycles)} : {(cycles == 1 ? bit : $"{{{stages}[{cycles - 2}:0], {bit}}}")}");
        return cycles == 1 ? stages : $"{stages}[{cycles - 1}]";
    }

    /// <summary>
    /// A register that counts 0, 1, … <paramref name="count"/> - 1 where <paramref name="step"/> is set and begins
    /// again; no register for a count of 1. The condition of its last value, which is a constant for 1.
    /// </summary>
    public string Counter(string name, int count, string step)
    {
        if (count == 1)
            return "1'b1";
        int width = Bits(count - 1);
        string last = $"{name} == {BitText.Number(count - 1, width)}";
        DeclareCounter(name, width);
        Clocked($"if (rst) {name} <= {BitText.Zeros(width)};\nelse if ({step}) {name} <= {last} ? "
            + $"{BitText.Zeros(width)} : {name} + {BitText.Number(1, width)};");
        return $"({last})";
    }

    /// <summary>
    /// Counters of the items that are joined along axes, which advance where <paramref name="step"/> is set: the
    /// conditions of the first and the last along those that are joined, and the place that an item has along the
    /// others, in so many bits; none where there is one place.
    /// </summary>
    /// <param name="axes">The axes, outermost first.</param>
    /// <param name="step">The condition of an item.</param>
    public (string First, string Last, string Place,
        int PlaceBits) Counters(ImmutableArray<JoinedAxis> axes, string step)
    {
        List<string> first = [], last = [], place = [];
        int bits = 0;
        for (int axis = axes.Length - 1; axis >= 0; axis--)
        {
            string name = axes.Length == 1 ? "item" : string.Create(CultureInfo.InvariantCulture, $"item{axis}");
            string ends = Counter(name, axes[axis].Size, step);
            if (axes[axis].Reduced)
            {
                first.Add(axes[axis].Size == 1 ? "1'b1" : $"({name} == 0)");
                last.Add(ends);
            }
            else if (IsPlace(axes, axis))
            {
                place.Insert(0, name);
                bits += Bits(axes[axis].Size - 1);
            }
            step = And(step, ends);
        }
        return (And(first), And(last), place.Count == 1 ? place[0] : $"{{{string.Join(", ", place)}}}", bits);
    }

    /// <summary>
    /// True for an axis along which items have results of their own that wait for one another: one inside the outermost
    /// along which they are joined.
    /// </summary>
    public static bool IsPlace(ImmutableArray<JoinedAxis> axes, int axis) => !axes[axis].Reduced
        && axes.Take(axis).Any(a => a.Reduced);

    /// <summary>All of some conditions.</summary>
    public static string And(params IEnumerable<string?> conditions)
    {
        string[] some = [.. conditions.OfType<string>().Where(c => c != "1'b1")];
        return some.Length == 0 ? "1'b1" : some.Length == 1 ? some[0] : string.Join(" & ",
            some.Select(c => c.Contains(' ', StringComparison.Ordinal) && c[0] != '(' ? $"({c})" : c));
    }

    /// <summary>Ends the module.</summary>
    public string End()
    {
        if (_clocked.Length > 0)
            _text.Append("    always @(posedge clk) begin\n").Append(_clocked).Append("    end\n");
        return _text.Append("endmodule\n").ToString();
    }

    /// <summary>Bits of an unsigned number.</summary>
    public static int Bits(long number) => number <= 0 ? 1 : (int)long.Log2(number) + 1;

    /// <summary>A declaration's range: none for one bit.</summary>
    public static string Range(int width) => width == 1 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"[{width - 1}:0] ");
}
