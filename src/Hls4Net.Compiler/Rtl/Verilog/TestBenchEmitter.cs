using System.Text;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// A test bench for one or more designs that Verilator and Icarus both run. In io_parallel it applies a sample or a gap
/// after the other, checks the valid bits, and writes the outputs of every layer whenever its sample is there. In
/// io_stream it sends items and takes results, the first samples' without a pause and the others' with gaps and
/// pressure from behind at random, and writes every item that a layer gives.
/// </summary>
internal static class TestBenchEmitter
{
    /// <summary>The name of the test bench's module.</summary>
    public const string Name = "hls4net_test_bench";

    /// <summary>
    /// Samples of a design in io_stream that are sent and taken without a pause: latency and interval are measured on
    /// them.
    /// </summary>
    public const int SteadySamples = Scheduling.ScheduleSimulation.Samples;

    /// <summary>
    /// The file that a design's stimulus is read from, lines of hexadecimal digits: in io_parallel the inputs of a
    /// sample below a valid bit, in io_stream an item of one input.
    /// </summary>
    public static string StimulusFile(int design, int input) => $"stimulus{design}_{input}.hex";

    /// <summary>
    /// The file with a line for every output of a layer, or item of it: its design, its number, the cycle and the bits.
    /// Numbers of outputs follow those of layers; -1 is a wrong valid bit, and -2 the acceptance of a sample or item.
    /// </summary>
    public const string ResultFile = "results.txt";

    // Cycles without any progress, beyond what a design takes for a sample, after which it is given up.
    private const int Patience = 2000;

    /// <summary>The text of the test bench.</summary>
    /// <param name="designs">The designs.</param>
    /// <param name="lengths">Samples and gaps of each design; in io_stream samples.</param>
    public static string Emit(IReadOnlyList<RtlDesign> designs, IReadOnlyList<int> lengths)
    {
        StringBuilder text = new();
        text.Append("`timescale 1ns/1ps\n");
        text.Append($"module {Name};\n    reg clk = 0;\n    reg rst = 1;\n    integer file, cycle = 0;\n");
        text.Append($"    always #5 clk = ~clk;\n    initial file = $fopen(\"{ResultFile}\", \"w\");\n");
        for (int d = 0; d < designs.Count; d++)
        {
            text.Append($"    // {designs[d].Name}\n    integer idle{d} = 0;\n    wire progress{d}, finished{d};\n");
            if (designs[d].IsStream)
                Stream(text, designs[d], d, lengths[d]);
            else
                Parallel(text, designs[d], d, lengths[d]);
            text.Append(
                $"    always @(posedge clk) idle{d} <= progress{d} || cycle < {Begin(designs[d])} ? 0 : idle{d} + 1;\n");
        }
        text.Append("    always @(posedge clk) begin\n        cycle <= cycle + 1;\n        if (cycle > 1) rst <= 0;\n");
        text.Append(
            $"        if (cycle > {4 + designs.Max(Begin)} && "
            + $"{string.Join(" && ", Enumerable.Range(0, designs.Count).Select(d => $"finished{d}"))}) begin\n         "
            + "   $fclose(file);\n            $finish;\n        end\n    end\nendmodule\n");
        return text.ToString();
    }

    // The reset is over, and what needs no sample is there.
    private static int Begin(RtlDesign design) => 4 + design.HeadStart;

    // A line of the results. Verilator prints no more than 8,192 bits at once.
    private static string Write(int design, int number, string signal, int width)
    {
        const int most = 4096;
        List<string> parts = [];
        for (int low = (width - 1) / most * most; low >= 0; low -= most)
            parts.Add(BitText.Part(signal, width, low, Math.Min(most, width - low)));
        return $"$fdisplay(file, \"{design} {number} %0d {string.Concat(parts.Select(_ => "%h"))}\", cycle, "
            + $"{string.Join(", ", parts)});";
    }

    private static void Parallel(StringBuilder text, RtlDesign design, int d, int length)
    {
        int inputs = design.InputPorts.Sum(p => p.Width);
        int depth = Math.Max(design.Latency, design.Layers.Select(l => l.Cycle).DefaultIfEmpty(0).Max());
        text.Append(
            $"    reg [{inputs}:0] stimulus{d} [0:{length - 1}];\n    reg [{inputs}:0] now{d} = 0;\n    reg "
            + $"[{depth}:0] past{d} = 0;\n    integer next{d} = 0;\n    wire out_valid{d}, ready{d};\n");
        text.Append($"    wire accept{d} = now{d}[{inputs}] & ready{d};\n");
        text.Append($"    initial $readmemh(\"{StimulusFile(d, 0)}\", stimulus{d});\n");
        StringBuilder ports = new(), writes = new();
        int at = 0;
        foreach (RtlPort port in design.InputPorts)
        {
            ports.Append($"        .{port.Name}(now{d}[{at + port.Width - 1}:{at}]),\n");
            at += port.Width;
        }
        if (design.Interval > 1)
            ports.Append($"        .in_ready(ready{d}),\n");
        else
            text.Append($"    assign ready{d} = 1'b1;\n");
        for (int l = 0; l < design.Layers.Length; l++)
        {
            text.Append($"    wire [{design.TracePorts[l].Width - 1}:0] trace{d}_{l};\n");
            ports.Append($"        .{design.TracePorts[l].Name}(trace{d}_{l}),\n");
            writes.Append(
                $"        if ({Past(design.Layers[l].Cycle)}) "
                + $"{Write(d, l, $"trace{d}_{l}", design.TracePorts[l].Width)}\n");
        }
        for (int o = 0; o < design.OutputPorts.Length; o++)
        {
            text.Append($"    wire [{design.OutputPorts[o].Width - 1}:0] out{d}_{o};\n");
            ports.Append($"        .{design.OutputPorts[o].Name}(out{d}_{o}),\n");
            writes.Append(
                $"        if (out_valid{d}) "
                + $"{Write(d, design.Layers.Length + o, $"out{d}_{o}", design.OutputPorts[o].Width)}\n");
        }
        text.Append(
            $"    {design.Name}_trace u{d} (\n        .clk(clk), .rst(rst), .in_valid(now{d}[{inputs}]),\n{ports}      "
            + $"  .out_valid(out_valid{d}));\n");
        text.Append(
            $"    assign progress{d} = accept{d};\n    assign finished{d} = next{d} == {length} && !now{d}[{inputs}] "
            + $"&& idle{d} > {depth + 8};\n");
        text.Append("    always @(posedge clk) begin\n");
        text.Append(
            $"        if (cycle >= 4 && (!now{d}[{inputs}] || ready{d})) begin\n            now{d} <= next{d} < "
            + $"{length} ? stimulus{d}[next{d}] : 0;\n            if (next{d} < {length}) next{d} <= next{d} + 1;\n    "
            + "    end\n");
        if (depth > 0)
            text.Append($"        past{d} <= {{past{d}[{depth - 1}:0], accept{d}}};\n");
        text.Append($"        if (accept{d}) $fdisplay(file, \"{d} -2 %0d 0\", cycle);\n");
        text.Append(writes);
        text.Append(
            $"        if (cycle > 4 && out_valid{d} !== {Past(design.Latency)}) $fdisplay(file, \"{d} -1 %0d 0\", "
            + "cycle);\n    end\n");

        string Past(int latency) => latency == 0 ? $"accept{d}" : $"past{d}[{latency - 1}]";
    }

    private static void Stream(StringBuilder text, RtlDesign design, int d, int length)
    {
        StringBuilder ports = new(), clocked = new();
        List<string> progress = [], complete = [];
        // Noise for gaps and pressure, and a slow bit that makes long runs of either.
        text.Append($"    reg [31:0] noise{d} = 32'd{2463534242 + (uint)d};\n    reg slow{d} = 0;\n");
        clocked.Append(
            $"        noise{d} <= {{noise{d}[30:0], noise{d}[31] ^ noise{d}[21] ^ noise{d}[1] ^ noise{d}[0]}};\n       "
            + $" if (noise{d}[5:0] == 0) slow{d} <= ~slow{d};\n");
        for (int i = 0; i < design.InputPorts.Length; i++)
        {
            RtlPort port = design.InputPorts[i];
            (string at, int count, int steady) = ($"{d}_{i}", port.Items * length, port.Items * SteadySamples);
            text.Append(
                $"    reg [{port.Width - 1}:0] stimulus{at} [0:{count - 1}];\n    reg [{port.Width - 1}:0] now{at} = "
                + $"0;\n    reg valid{at} = 0;\n    integer next{at} = 0;\n    wire ready{at};\n");
            text.Append($"    initial $readmemh(\"{StimulusFile(d, i)}\", stimulus{at});\n");
            clocked.Append(
                $"        if (cycle >= {Begin(design)} && (!valid{at} || ready{at})) begin\n            valid{at} <= "
                + $"next{at} < {count} && (next{at} < {steady} || (slow{d} ? &noise{d}[{i + 3}:{i}] : "
                + $"noise{d}[{i + 8}]));\n");
            clocked.Append(
                $"            if (next{at} < {count} && (next{at} < {steady} || (slow{d} ? &noise{d}[{i + 3}:{i}] : "
                + $"noise{d}[{i + 8}]))) begin\n                now{at} <= stimulus{at}[next{at}];\n                "
                + $"next{at} <= next{at} + 1;\n            end\n        end\n");
            clocked.Append($"        if (valid{at} && ready{at}) $fdisplay(file, \"{d} -2 %0d 0\", cycle);\n");
            ports.Append(
                $"        .{port.Name}_valid(valid{at}), .{port.Name}_ready(ready{at}), .{port.Name}(now{at}),\n");
            progress.Add($"(valid{at} & ready{at})");
        }
        for (int o = 0; o < design.OutputPorts.Length; o++)
        {
            RtlPort port = design.OutputPorts[o];
            (string at, int count, int steady) = ($"{d}_{o}", port.Items * length, port.Items * SteadySamples);
            text.Append(
                $"    wire [{port.Width - 1}:0] out{at};\n    wire out_valid{at};\n    integer taken{at} = 0;\n    "
                + $"wire take{at} = out_valid{at} && (taken{at} < {steady} || (slow{d} ? noise{d}[{o + 16}] : "
                + $"&noise{d}[{o + 14}:{o + 12}]));\n");
            clocked.Append(
                $"        if (take{at}) begin\n            taken{at} <= taken{at} + 1;\n            "
                + $"{Write(d, design.Layers.Length + o, $"out{at}", port.Width)}\n        end\n");
            ports.Append(
                $"        .{port.Name}_valid(out_valid{at}), .{port.Name}_ready(take{at}), .{port.Name}(out{at}),\n");
            progress.Add($"take{at}");
            complete.Add($"taken{at} >= {count}");
        }
        for (int l = 0; l < design.Layers.Length; l++)
        {
            string trace = $"trace{d}_{l}", name = design.TracePorts[l].Name;
            text.Append($"    wire [{design.TracePorts[l].Width - 1}:0] {trace};\n    wire {trace}_valid;\n");
            clocked.Append(
                $"        if ({trace}_valid && cycle > 3) {Write(d, l, trace, design.TracePorts[l].Width)}\n");
            ports.Append($"        .{name}_valid({trace}_valid), .{name}({trace}),\n");
        }
        text.Append($"    {design.Name}_trace u{d} (\n{ports}        .clk(clk), .rst(rst));\n");
        text.Append($"    assign progress{d} = {string.Join(" | ", progress)};\n");
        text.Append(
            $"    assign finished{d} = idle{d} > {Patience + (2 * (design.Latency + design.Interval))} || (idle{d} > "
            + $"{Math.Max(100, design.Interval)} && {string.Join(" && ", complete)});\n");
        text.Append("    always @(posedge clk) begin\n").Append(clocked).Append("    end\n");
    }
}
