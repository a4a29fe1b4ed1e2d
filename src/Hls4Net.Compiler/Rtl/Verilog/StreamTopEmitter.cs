using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// Joins the processes of a network in io_stream by wires: all queues are in the modules that write to them.
/// </summary>
internal sealed class StreamTopEmitter(string name, TypedModel model, StreamPlan plan, DesignInterface design,
    VerilogNames names, StreamSchedule schedule)
{
    /// <summary>
    /// The values whose items are copied: those with several readers, and inputs that are outputs as they are.
    /// </summary>
    public IEnumerable<Value> Splits => plan.Streams.Where(v => plan.Readers(v).Length > 1
        || (plan.Readers(v) is [{ Layer: null }] && model.Network.Inputs.Contains(v)));

    /// <summary>The text of the top module, or of the one that shows the items of all layers.</summary>
    public string Emit(ImmutableArray<RtlLayer> layers, bool trace)
    {
        VerilogWriter w = new();
        w.Line($"// {CommentText.Of(name)}: latency {schedule.LatencyCycles - 1} cycles from a sample's first item to "
            + $"its last result, a sample every {schedule.Interval} cycles. An item moves where valid and ready "
            + "are set.");
        w.Line("// verilator lint_off UNUSED");
        w.Module($"{name}{(trace ? "_trace" : "")}",
        [
            "input  wire clk", "input  wire rst",
            .. design.Inputs.SelectMany(p => ProcessEmitter.InputPorts(names.Input(p.Value), p.ItemBits)),
            .. design.Outputs.SelectMany((p, i) => ProcessEmitter.OutputPorts(names.Outputs[i], p.ItemBits)),
            .. layers.Where(_ => trace)
                .SelectMany(l =>
                    new[] { $"output wire {names.Trace(l.Layer)}_valid",
                        $"output wire [{Width(l.Layer.Output) - 1}:0] {names.Trace(l.Layer)}" }),
        ]);
        HashSet<Value> splits = [.. Splits];
        foreach (Value input in model.Network.Inputs)
        {
            if (plan.Readers(input).IsEmpty)
                w.Line($"    assign {names.Input(input)}_ready = 1'b1;");
            else if (splits.Contains(input))
                Split(w, input, names.Input(input));
        }
        foreach (RtlLayer layer in layers)
        {
            (Value output, string y) = (layer.Layer.Output, names.Result(layer.Layer));
            Declare(w, y, Width(output));
            string[] operands =
                [.. layer.Layer.Inputs.Select((v, i) => Reader(splits, v, new StreamUse(layer.Layer, i)))];
            for (int i = 0; i < operands.Length; i++)
            {
                if (plan.IsAdapted(layer.Layer, i))
                    operands[i] = Adapter(w, layer.Layer, i, operands[i]);
            }
            IEnumerable<string> inputs = operands.Select((x, i) => Connection(operands.Length == 1 ? "x" : $"x{i}", x));
            w.Line($"    {layer.Module} {names.Instance(layer.Layer)} (.clk(clk), .rst(rst), "
                + $"{string.Concat(inputs.Select(i => $"{i}, "))}{Connection("y", y)});");
            if (plan.Readers(output).IsEmpty)
                w.Line($"    assign {y}_ready = 1'b1;");
            else if (splits.Contains(output))
                Split(w, output, y);
            if (trace)
                w.Line($"    assign {names.Trace(layer.Layer)}_valid = {y}_valid & {y}_ready;")
                    .Line($"    assign {names.Trace(layer.Layer)} = {y};");
        }
        for (int i = 0; i < model.Network.Outputs.Length; i++)
        {
            (string port, string from) = (names.Outputs[i],
                Reader(splits, model.Network.Outputs[i].Value, new StreamUse(null, i)));
            w.Line($"    assign {port}_valid = {from}_valid;").Line($"    assign {from}_ready = {port}_ready;")
                .Line($"    assign {port} = {from};");
        }
        return $"{w.End()}// verilator lint_on UNUSED\n";
    }

    private static void Declare(VerilogWriter w, string stream, int width) => w.Wire($"{stream}_valid", 1)
        .Wire($"{stream}_ready", 1).Line($"    wire [{width - 1}:0] {stream};");

    private static string Connection(string port, string stream) =>
        $".{port}_valid({stream}_valid), .{port}_ready({stream}_ready), .{port}({stream})";

    private int Width(Value value) => StreamRtl.Port("", value, plan).Port.Width;

    private void Split(VerilogWriter w, Value value, string from)
    {
        (string module, string instance) = names.Split(value);
        string[] copies = [.. Enumerable.Range(0, plan.Readers(value).Length).Select(i => names.Copy(value, i))];
        foreach (string copy in copies)
            Declare(w, copy, Width(value));
        w.Line($"    {module} {instance} (.clk(clk), .rst(rst), {Connection("x", from)}, "
            + $"{string.Join(", ", copies.Select((c, i) => Connection($"y{i}", c)))});");
    }

    private string Adapter(VerilogWriter w, Layer layer, int operand, string from)
    {
        StreamFifo fifo = StreamProcess.Adapted(plan, layer, operand);
        (string module, string instance, string adapted) = StreamRtl.Adapted(names, fifo);
        Declare(w, adapted, plan.Operand(layer, operand).Pack * fifo.Value.Type.Width);
        w.Line($"    {module} {instance} (.clk(clk), .rst(rst), {Connection("x", from)}, {Connection("y", adapted)});");
        return adapted;
    }

    // The stream that a reader has to itself.
    private string Reader(HashSet<Value> splits, Value value, StreamUse use)
    {
        Value stream = plan.Stream(value);
        if (splits.Contains(stream))
            return names.Copy(stream, plan.Readers(stream).IndexOf(use));
        return model.Network.Inputs.Contains(stream) ? names.Input(stream)
            : names.Result(model.Layers.First(l => l.Output == stream));
    }
}
