using System.Text;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Hls;
using Hls4Net.Rtl.Pipelining;
using Hls4Net.Transforms;

namespace Hls4Net.Rtl.Verilog;

/// <summary>Joins the layers' modules: delays what comes before it is needed, registers the outputs, and carries the valid bit.</summary>
internal sealed class TopEmitter
{
    private sealed record Arrival(int Cycle, int Phase, bool IsConstant);

    private readonly string _name;
    private readonly TypedModel _model;
    private readonly FirmwareNames _names;
    private readonly Dictionary<Value, Arrival> _arrivals = [];
    private readonly Dictionary<Value, string> _wires = [];

    public TopEmitter(string name, TypedModel model, FirmwareNames names)
    {
        (_name, _model, _names) = (name, model, names);
        foreach (Value input in model.Network.Inputs)
        {
            _arrivals[input] = new Arrival(0, 0, false);
            _wires[input] = $"in_{names.Array(input)}";
        }
    }

    public FirmwareNames Names => _names;

    /// <summary>Cycles from a sample to its results; known when all layers have been added.</summary>
    public int Latency => _model.Network.Outputs.Select(o => _arrivals[_model.Storage(o.Value)]).Max(a => a.Cycle + (a.Phase > 0 ? 1 : 0));

    /// <summary>A port that holds a value.</summary>
    public static Port Port(string name, Value value) => new(name, value.Shape.Size, value.Type.Width, value.Type.Signed);

    /// <summary>How far into their cycle a layer's inputs come.</summary>
    public int PhaseOf(Layer layer)
    {
        int start = StartOf(layer);
        return Sources(layer).Where(a => a.Cycle == start).Select(a => a.Phase).DefaultIfEmpty(0).Max();
    }

    /// <summary>Takes a layer up; the cycle of its outputs.</summary>
    public int Add(Layer layer, Schedule schedule)
    {
        int cycle = StartOf(layer) + schedule.Latency;
        _arrivals[layer.Output] = new Arrival(cycle, schedule.Phase, layer.Operation is Literal);
        _wires[layer.Output] = $"{_names.Of(layer)}_y";
        return cycle;
    }

    /// <summary>Bits of the registers that the top itself has, the valid bit's included; known after <see cref="Emit"/>.</summary>
    public long RegisterBits { get; private set; }

    /// <summary>The text of the top module, or of the one that shows the outputs of all layers.</summary>
    public string Emit(bool trace)
    {
        StringBuilder text = new(), body = new();
        Dictionary<(Value, int), string> delayed = [];
        List<string> registers = [];
        int latency = Latency;
        RegisterBits = latency;
        foreach (Layer layer in _model.Layers)
        {
            int start = StartOf(layer);
            body.Append($"    wire {Range(layer.Output)} {_wires[layer.Output]};\n");
            IEnumerable<string> inputs = layer.Inputs.Select((v, i) => $".{(layer.Inputs.Length == 1 ? "x" : $"x{i}")}({At(v, start)}), ");
            string connections = string.Concat(inputs);
            body.Append($"    {_name}_{_names.Of(layer)} u_{_names.Of(layer)} (.clk(clk), {connections}.y({_wires[layer.Output]}));\n");
            if (trace)
                body.Append($"    assign trace_{_names.Of(layer)} = {_wires[layer.Output]};\n");
        }
        for (int i = 0; i < _model.Network.Outputs.Length; i++)
        {
            string result = At(_model.Network.Outputs[i].Value, latency);
            body.Append($"    assign out_{_names.Outputs[i]} = {result};\n");
        }
        text.Append($"// {CommentText.Of(_name)}: latency {latency} cycles, a new sample every cycle; elements of a port lie from the lowest bits up.\n// verilator lint_off UNUSED\n");
        text.Append($"module {_name}{(trace ? "_trace" : "")} (\n    input  wire clk,\n    input  wire rst,\n    input  wire in_valid,\n");
        foreach (Value input in _model.Network.Inputs)
            text.Append($"    input  wire {Range(input)} {_wires[input]}, // {input.Shape} {input.Type}\n");
        for (int i = 0; i < _model.Network.Outputs.Length; i++)
        {
            Value v = _model.Storage(_model.Network.Outputs[i].Value);
            text.Append($"    output wire {Range(v)} out_{_names.Outputs[i]}, // {v.Shape} {v.Type}\n");
        }
        foreach (Layer layer in _model.Layers.Where(_ => trace))
            text.Append($"    output wire {Range(layer.Output)} trace_{_names.Of(layer)},\n");
        text.Append("    output wire out_valid\n);\n");
        text.Append(body);
        if (latency == 0)
        {
            text.Append("    assign out_valid = in_valid;\n");
        }
        else
        {
            text.Append($"    reg [{latency - 1}:0] valid;\n    assign out_valid = valid[{latency - 1}];\n    always @(posedge clk) begin\n");
            text.Append($"        valid <= rst ? {BitText.Zeros(latency)} : {(latency == 1 ? "in_valid" : $"{{valid[{latency - 2}:0], in_valid}}")};\n");
            foreach (string r in registers)
                text.Append($"        {r}\n");
            text.Append("    end\n");
        }
        return text.Append("endmodule\n// verilator lint_on UNUSED\n").ToString();

        // A value as it is in a cycle.
        string At(Value value, int cycle)
        {
            Value storage = _model.Storage(value);
            Arrival arrival = _arrivals[storage];
            string name = _wires[storage];
            for (int c = arrival.Cycle + 1; c <= cycle && !arrival.IsConstant; c++)
            {
                string next = $"{_wires[storage]}_{c - arrival.Cycle}";
                if (delayed.TryAdd((storage, c), next))
                {
                    body.Append($"    reg  {Range(storage)} {next};\n");
                    RegisterBits += Port("", storage).Width;
                    registers.Add($"{next} <= {name};");
                }
                name = next;
            }
            return name;
        }
    }

    private static string Range(Value value) => $"[{Port("", value).Width - 1}:0]";

    private IEnumerable<Arrival> Sources(Layer layer) => layer.Inputs.Select(v => _arrivals[_model.Storage(v)]).Where(a => !a.IsConstant);

    private int StartOf(Layer layer) => Sources(layer).Select(a => a.Cycle).DefaultIfEmpty(0).Max();
}
