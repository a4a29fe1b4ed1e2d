using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hls4Net.Circuits;
using Hls4Net.Configuration;
using Hls4Net.Rtl.Tools;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// Writes a circuit as a module: registers and memories first, so that everything is declared before it is read, then
/// wires and instances in their order, then what happens at the clock's edge.
/// </summary>
internal sealed class CircuitPrinter
{
    private readonly StringBuilder _declared = new(), _text = new(), _clocked = new();

    /// <summary>The text of a circuit, without the modules that it consists of.</summary>
    public static string Print(Circuit circuit)
    {
        CircuitPrinter printer = new();
        foreach (CircuitItem item in circuit.Items)
            printer.Item(item);
        StringBuilder text = new();
        foreach (string line in circuit.Title)
            text.Append("// ").Append(line).Append('\n');
        text.Append("// verilator lint_off UNUSED\n");
        text.Append($"module {circuit.Name} (\n");
        ImmutableArray<string> ports = ["    input  wire clk", "    input  wire rst", .. circuit.Ports.Select(Port)];
        for (int i = 0; i < ports.Length; i++)
        {
            string? comment = i < 2 ? null : circuit.Ports[i - 2].Comment;
            text.Append(ports[i]).Append(i < ports.Length - 1 ? "," : "")
                .Append(comment is null ? "" : $" // {comment}").Append('\n');
        }
        text.Append(");\n").Append(printer._declared).Append(printer._text);
        if (printer._clocked.Length > 0)
            text.Append("    always @(posedge clk) begin\n").Append(printer._clocked).Append("    end\n");
        return text.Append("endmodule\n// verilator lint_on UNUSED\n").ToString();
    }

    // Data have a range even where it is one bit; bits that say when something happens have none.
    private static string Port(CircuitPort port) =>
        $"    {(port.IsOutput ? "output" : "input ")} wire {Range(port.Net.Width)}{port.Net.Name}";

    private static string Range(int width) => width == 1 ? ""
        : string.Create(CultureInfo.InvariantCulture, $"[{width - 1}:0] ");

    private void Item(CircuitItem item)
    {
        switch (item)
        {
            case CircuitItem.Comment comment:
                _text.Append($"    // {comment.Text}\n");
                break;
            case CircuitItem.Wire wire:
                _text.Append($"    wire {Range(wire.Net.Width)}{wire.Net.Name}");
                _text.Append(wire.Value is null ? ";\n" : $" = {ExpressionText.Of(wire.Value)};\n");
                break;
            case CircuitItem.Assign assign:
                _text.Append($"    assign {ExpressionText.Part(assign.Target, assign.From, assign.Value.Width)} = "
                    + $"{ExpressionText.Of(assign.Value)};\n");
                break;
            case CircuitItem.Register register:
                Declare(register.Net);
                Clocked(register.Net, register.Enable, register.Clear, register.Next);
                break;
            case CircuitItem.Shift shift:
                Declare(shift.Net);
                Clocked(shift.Net, shift.Enable, shift.Clear, Expression.Side(
                    shift.Net.Slice(shift.Input.Width, shift.Net.Width - shift.Input.Width), shift.Input));
                break;
            case CircuitItem.Memory memory:
                Declare(memory.Net);
                Clocked($"{Condition(memory.Enable)}{memory.Net.Name}[{ExpressionText.Of(memory.Address)}] <= "
                    + $"{ExpressionText.Of(memory.Data)};");
                break;
            case CircuitItem.Constants constants:
                Constants(constants);
                break;
            case CircuitItem.Instance instance:
                Instance(instance);
                break;
            default:
                throw new InvalidOperationException($"{item} has no text");
        }
    }

    private void Declare(Net register) => _declared.Append($"    reg  {Range(register.Width)}{register.Name};\n");

    private void Declare(MemoryNet memory) =>
        _declared.Append($"    reg  {Range(memory.Width)}{memory.Name} [0:{memory.Depth - 1}];\n");

    private void Clocked(string line) => _clocked.Append("        ").Append(line).Append('\n');

    private static string Condition(Expression condition) =>
        condition.IsTrue ? "" : $"if ({ExpressionText.Of(condition)}) ";

    private void Clocked(Net register, Expression enable, Expression clear, Expression next)
    {
        string name = register.Name, otherwise = "";
        if (!clear.IsFalse)
        {
            Clocked($"{Condition(clear)}{name} <= {BitText.Zeros(register.Width)};");
            otherwise = "else ";
        }
        if (next is not Expression.Case choice)
        {
            Clocked($"{otherwise}{Condition(enable)}{name} <= {ExpressionText.Of(next)};");
            return;
        }
        Clocked($"{otherwise}{Condition(enable)}case ({ExpressionText.Of(choice.Selector)})");
        for (int i = 0; i < choice.Words.Length; i++)
        {
            string number = i == choice.Words.Length - 1 ? "default"
                : BitText.Number(choice.Words[i].Number, choice.Selector.Width);
            Clocked($"    {number}: {name} <= {ExpressionText.Of(choice.Words[i].Word)};");
        }
        Clocked("endcase");
    }

    private void Constants(CircuitItem.Constants memory)
    {
        // Yosys' distributed memories are those that can be written.
        _declared.Append(memory.Storage switch
        {
            WeightStorage.Bram => "    (* rom_style = \"block\" *)\n",
            WeightStorage.Logic => "`ifdef YOSYS\n    (* rom_style = \"logic\" *)\n`else\n"
                + "    (* rom_style = \"distributed\" *)\n`endif\n",
            _ => "",
        });
        Declare(memory.Net);
        _declared.Append("    initial begin\n");
        for (int word = 0; word < memory.Words.Length; word++)
            _declared.Append($"        {memory.Net.Name}[{word}] = {memory.Net.Width}'h"
                + $"{BitVector.Hex(memory.Words[word], memory.Bits)};\n");
        _declared.Append("    end\n");
    }

    private void Instance(CircuitItem.Instance instance)
    {
        IEnumerable<string> clocks = instance.Module is Circuit ? [".clk(clk)", ".rst(rst)"] : [".clk(clk)"];
        IEnumerable<string> connections = clocks
            .Concat(instance.Inputs.Select(i => $".{i.Port}({ExpressionText.Of(i.Value)})"))
            .Concat(instance.Outputs.Select(o => $".{o.Port}({o.Wire.Name})"));
        _text.Append($"    {instance.Module.Name} {instance.Name} ({string.Join(", ", connections)});\n");
    }
}
