using System.Text;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// A test bench for one or more designs that Verilator and Icarus both run: it reads a sample or a gap for every cycle, checks the valid bits, and
/// writes the outputs of every layer whenever its sample is there.
/// </summary>
internal static class TestBenchEmitter
{
    /// <summary>The name of the test bench's module.</summary>
    public const string Name = "hls4net_test_bench";

    /// <summary>The file that a design's stimulus is read from: for every cycle a line of hexadecimal digits, the valid bit above the inputs.</summary>
    public static string StimulusFile(int design) => $"stimulus{design}.hex";

    /// <summary>The file with a line for every output of a layer: its design, its number (-1 for a wrong valid bit), the cycle and the bits.</summary>
    public const string ResultFile = "results.txt";

    public static string Emit(IReadOnlyList<RtlDesign> designs, int cycles)
    {
        StringBuilder text = new();
        text.Append("`timescale 1ns/1ps\n");
        text.Append($"module {Name};\n    reg clk = 0;\n    reg rst = 1;\n    integer file, cycle = 0;\n");
        text.Append($"    always #5 clk = ~clk;\n    initial file = $fopen(\"{ResultFile}\", \"w\");\n");
        for (int d = 0; d < designs.Count; d++)
            Design(text, designs[d], d, cycles);
        int drain = designs.Max(d => d.Latency);
        text.Append("    always @(posedge clk) begin\n        cycle <= cycle + 1;\n        if (cycle > 1) rst <= 0;\n");
        text.Append($"        if (cycle == {cycles + drain + 8}) begin\n            $fclose(file);\n            $finish;\n        end\n    end\nendmodule\n");
        return text.ToString();
    }

    private static void Design(StringBuilder text, RtlDesign design, int d, int cycles)
    {
        int inputs = design.Model.Network.Inputs.Sum(v => TopEmitter.Port("", v).Width);
        int depth = Math.Max(design.Latency, design.Layers.Select(l => l.Cycle).DefaultIfEmpty(0).Max());
        text.Append($"    // {design.Name}\n");
        text.Append($"    reg [{inputs}:0] stimulus{d} [0:{cycles - 1}];\n    reg [{inputs}:0] now{d} = 0;\n    reg [{depth}:0] past{d} = 0;\n    wire out_valid{d};\n");
        text.Append($"    initial $readmemh(\"{StimulusFile(d)}\", stimulus{d});\n");
        StringBuilder ports = new();
        int at = 0;
        foreach ((string name, int width) in design.InputPorts)
        {
            ports.Append($"        .{name}(now{d}[{at + width - 1}:{at}]),\n");
            at += width;
        }
        StringBuilder writes = new();
        for (int l = 0; l < design.Layers.Length; l++)
        {
            RtlLayer layer = design.Layers[l];
            int width = TopEmitter.Port("", layer.Layer.Output).Width;
            text.Append($"    wire [{width - 1}:0] trace{d}_{l};\n");
            ports.Append($"        .{design.TracePorts[l]}(trace{d}_{l}),\n");
            writes.Append($"        if ({Past(layer.Cycle)}) $fdisplay(file, \"{d} {l} %0d %h\", cycle, trace{d}_{l});\n");
        }
        for (int o = 0; o < design.OutputPorts.Count; o++)
        {
            (string name, int width) = design.OutputPorts[o];
            text.Append($"    wire [{width - 1}:0] out{d}_{o};\n");
            ports.Append($"        .{name}(out{d}_{o}),\n");
            writes.Append($"        if (out_valid{d}) $fdisplay(file, \"{d} {design.Layers.Length + o} %0d %h\", cycle, out{d}_{o});\n");
        }
        text.Append($"    {design.Name}_trace u{d} (\n        .clk(clk), .rst(rst), .in_valid(now{d}[{inputs}]),\n{ports}        .out_valid(out_valid{d}));\n");
        text.Append("    always @(posedge clk) begin\n");
        text.Append($"        now{d} <= cycle >= 4 && cycle < {cycles + 4} ? stimulus{d}[cycle - 4] : 0;\n");
        if (depth > 0)
            text.Append($"        past{d} <= {{past{d}[{depth - 1}:0], now{d}[{inputs}]}};\n");
        text.Append(writes);
        text.Append($"        if (cycle > 4 && out_valid{d} !== {Past(design.Latency)}) $fdisplay(file, \"{d} -1 %0d 0\", cycle);\n    end\n");

        string Past(int latency) => latency == 0 ? $"now{d}[{inputs}]" : $"past{d}[{latency - 1}]";
    }
}
