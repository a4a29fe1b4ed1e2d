using System.Text;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Text;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// Joins the layers' modules: delays what comes before it is needed, registers the outputs, and carries the valid bit.
/// </summary>
internal sealed class TopEmitter
{
    private sealed record Arrival(int Cycle, int Phase, bool IsConstant);

    private readonly string _name;
    private readonly TypedModel _model;
    private readonly VerilogNames _names;
    private readonly Dictionary<Value, Arrival> _arrivals = [];
    private readonly Dictionary<Value, string> _wires = [];

    // Layers that have to be started, and the cycles in which they are done.
    private readonly Dictionary<Layer, int> _sequential = [];

    public TopEmitter(string name, TypedModel model, VerilogNames names)
    {
        (_name, _model, _names) = (name, model, names);
        foreach (Value input in model.Network.Inputs)
        {
            _arrivals[input] = new Arrival(0, 0, false);
            _wires[input] = names.Input(input);
        }
    }

    /// <summary>Cycles from a sample to its results; known when all layers have been added.</summary>
    public int Latency => _model.Network.Outputs.Select(o => _arrivals[_model.Storage(o.Value)])
        .Max(a => a.Cycle + (a.Phase > 0 ? 1 : 0));

    /// <summary>Cycles from one sample to the next: the largest reuse factor.</summary>
    public int Interval { get; private set; } = 1;

    /// <summary>A port that holds a value.</summary>
    public static Port Port(string name, Value value) =>
        new(name, value.Shape.Size, value.Type.Width, value.Type.Signed);

    /// <summary>How far into their cycle a layer's inputs come.</summary>
    public int PhaseOf(Layer layer)
    {
        int start = StartOf(layer);
        return Sources(layer).Where(a => a.Cycle == start).Select(a => a.Phase).DefaultIfEmpty(0).Max();
    }

    /// <summary>Takes a layer up; the cycle of its outputs.</summary>
    public int Add(Layer layer, Datapath datapath)
    {
        int cycle = StartOf(layer) + datapath.Latency;
        _arrivals[layer.Output] = new Arrival(cycle, datapath.Phase, layer.Operation is Literal);
        Interval = Math.Max(Interval, datapath.Interval);
        if (datapath.IsSequential)
            _sequential[layer] = cycle;
        _wires[layer.Output] = _names.Result(layer);
        return cycle;
    }

    /// <summary>
    /// Bits of the registers that the top itself has, the valid bit's included; known after <see cref="Emit"/>.
    /// </summary>
    public long RegisterBits { get; private set; }

    /// <summary>The text of the top module, or of the one that shows the outputs of all layers.</summary>
    public string Emit(bool trace)
    {
        StringBuilder text = new(), body = new(), clocked = new();
        HashSet<string> delayed = [];
        int latency = Latency;
        RegisterBits = 0;
        if (Interval > 1)
            Accept();
        foreach (Layer layer in _sequential.Keys)
            body.Append($"    wire {_names.Done(layer)};\n");
        foreach (Layer layer in _model.Layers)
        {
            int start = StartOf(layer);
            body.Append($"    wire {Range(layer.Output)} {_wires[layer.Output]};\n");
            string connections = string.Concat(
                layer.Inputs.Select((v, i) => $".{(layer.Inputs.Length == 1 ? "x" : $"x{i}")}({At(v, start)}), "));
            if (_sequential.ContainsKey(layer))
                connections = $".rst(rst), .start({Valid(start)}), .done({_names.Done(layer)}), {connections}";
            body.Append(
                $"    {_names.Module(layer)} {_names.Instance(layer)} (.clk(clk), "
                + $"{connections}.y({_wires[layer.Output]}));\n");
            if (trace)
                body.Append($"    assign {_names.Trace(layer)} = {_wires[layer.Output]};\n");
        }
        for (int i = 0; i < _model.Network.Outputs.Length; i++)
        {
            string result = At(_model.Network.Outputs[i].Value, latency);
            body.Append($"    assign {_names.Outputs[i]} = {result};\n");
        }
        string valid = Valid(latency);
        body.Append($"    assign out_valid = {valid};\n");
        string interval = Interval == 1 ? "a new sample every cycle"
            : $"a new sample every {Interval} cycles, when in_ready is set";
        text.Append(
            $"// {CommentText.Of(_name)}: latency {latency} cycles, {interval}; elements of a port lie from the lowest "
            + "bits up.\n// verilator lint_off UNUSED\n");
        text.Append(
            $"module {_name}{(trace ? "_trace" : "")} (\n    input  wire clk,\n    input  wire rst,\n    input  wire "
            + "in_valid,\n");
        if (Interval > 1)
            text.Append("    output wire in_ready,\n");
        foreach (Value input in _model.Network.Inputs)
            text.Append($"    input  wire {Range(input)} {_wires[input]}, // {input.Shape} {input.Type}\n");
        for (int i = 0; i < _model.Network.Outputs.Length; i++)
        {
            Value v = _model.Storage(_model.Network.Outputs[i].Value);
            text.Append($"    output wire {Range(v)} {_names.Outputs[i]}, // {v.Shape} {v.Type}\n");
        }
        foreach (Layer layer in _model.Layers.Where(_ => trace))
            text.Append($"    output wire {Range(layer.Output)} {_names.Trace(layer)},\n");
        text.Append("    output wire out_valid\n);\n");
        text.Append(body);
        if (clocked.Length > 0)
            text.Append("    always @(posedge clk) begin\n").Append(clocked).Append("    end\n");
        return text.Append("endmodule\n// verilator lint_on UNUSED\n").ToString();

        // The interval between samples is kept at the input.
        void Accept()
        {
            int width = VerilogWriter.Bits(Interval - 1);
            RegisterBits += width;
            body.Append(
                $"    reg  [{width - 1}:0] pause;\n    assign in_ready = pause == 0;\n    wire accept = in_valid & "
                + "in_ready;\n");
            clocked.Append(
                $"        if (rst) pause <= {BitText.Zeros(width)};\n        else if (accept) pause <= "
                + $"{BitText.Number(Interval - 1, width)};\n        else if (pause != 0) pause <= pause - "
                + $"{BitText.Number(1, width)};\n");
        }

        // The condition that a sample is as many cycles behind the input; counted from the last layer before that says
        // when it is done.
        string Valid(int cycle)
        {
            (Layer? layer, int done) = _sequential.Where(s => s.Value <= cycle).Select(s => ((Layer?)s.Key, s.Value))
                .Append((null, 0)).MaxBy(s => s.Item2);
            string name = layer is not null ? _names.Done(layer) : Interval > 1 ? "accept" : "in_valid";
            for (int c = done + 1; c <= cycle; c++)
            {
                string next = _names.Valid(c);
                if (delayed.Add(next))
                {
                    body.Append($"    reg  {next};\n");
                    clocked.Append($"        {next} <= ~rst & {name};\n");
                    RegisterBits++;
                }
                name = next;
            }
            return name;
        }

        // A value as it is in a cycle: a register keeps it until the next sample can come.
        string At(Value value, int cycle)
        {
            Value storage = _model.Storage(value);
            Arrival arrival = _arrivals[storage];
            string name = _wires[storage];
            for (int c = arrival.Cycle; c < cycle && !arrival.IsConstant; c += Interval)
            {
                string next = _names.Delayed(storage, _wires[storage], ((c - arrival.Cycle) / Interval) + 1),
                    held = Interval > 1 ? Valid(c) : "";
                if (delayed.Add(next))
                {
                    body.Append($"    reg  {Range(storage)} {next};\n");
                    clocked.Append($"        {(Interval > 1 ? $"if ({held}) " : "")}{next} <= {name};\n");
                    RegisterBits += Port("", storage).Width;
                }
                name = next;
            }
            return name;
        }
    }

    private static string Range(Value value) => $"[{Port("", value).Width - 1}:0]";

    private IEnumerable<Arrival> Sources(Layer layer) => layer.Inputs.Select(v => _arrivals[_model.Storage(v)])
        .Where(a => !a.IsConstant);

    private int StartOf(Layer layer) => Sources(layer).Select(a => a.Cycle).DefaultIfEmpty(0).Max();
}
