using Hls4Net.Circuits;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Text;

namespace Hls4Net.Rtl;

/// <summary>
/// The top of a network in io_parallel. It joins the layers' modules: delays what comes before it is needed, registers
/// the outputs, and carries the valid bit.
/// </summary>
internal sealed class ParallelTop
{
    private sealed record Arrival(int Cycle, int Phase, bool IsConstant);

    private readonly string _name;
    private readonly TypedModel _model;
    private readonly VerilogNames _names;
    private readonly Dictionary<Value, Arrival> _arrivals = [];
    private readonly List<(Layer Layer, Datapath Datapath)> _layers = [];

    // Layers that have to be started, and the cycles in which they are done.
    private readonly Dictionary<Layer, int> _sequential = [];

    public ParallelTop(string name, TypedModel model, VerilogNames names)
    {
        (_name, _model, _names) = (name, model, names);
        foreach (Value input in model.Network.Inputs)
            _arrivals[input] = new Arrival(0, 0, false);
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
        _layers.Add((layer, datapath));
        return cycle;
    }

    /// <summary>The top module, or the one that shows the outputs of all layers.</summary>
    public Circuit Build(bool trace) => new Joined(this, trace).Build();

    private IEnumerable<Arrival> Sources(Layer layer) => layer.Inputs.Select(v => _arrivals[_model.Storage(v)])
        .Where(a => !a.IsConstant);

    private int StartOf(Layer layer) => Sources(layer).Select(a => a.Cycle).DefaultIfEmpty(0).Max();

    // A top module that is put together.
    private sealed class Joined
    {
        private readonly ParallelTop _top;
        private readonly bool _trace;
        private readonly CircuitBuilder _c;
        private readonly VerilogNames _names;
        private readonly Net _valid, _ready;
        private readonly Dictionary<Value, Net> _values = [];
        private readonly Dictionary<string, Net> _delayed = [];
        private readonly Dictionary<Layer, Net> _done = [];

        public Joined(ParallelTop top, bool trace)
        {
            (_top, _trace, _names) = (top, trace, top._names);
            string interval = top.Interval == 1 ? "a new sample every cycle"
                : $"a new sample every {top.Interval} cycles, when in_ready is set";
            _c = new CircuitBuilder($"{top._name}{(trace ? "_trace" : "")}", $"{CommentText.Of(top._name)}: latency "
                + $"{top.Latency} cycles, {interval}; elements of a port lie from the lowest bits up.");
            _valid = _c.Input("in_valid", 1);
            _ready = top.Interval > 1 ? _c.Output("in_ready", 1) : _valid;
        }

        public Circuit Build()
        {
            TypedModel model = _top._model;
            foreach (Value input in model.Network.Inputs)
                _values[input] = _c.Input(_names.Input(input), Width(input), $"{input.Shape} {input.Type}");
            Value[] results = [.. model.Network.Outputs.Select(o => model.Storage(o.Value))];
            Net[] outputs = [.. results.Select((v, i) =>
                _c.Output(_names.Outputs[i], Width(v), $"{v.Shape} {v.Type}"))];
            Net[] traces = [.. model.Layers.Where(_ => _trace)
                .Select(l => _c.Output(_names.Trace(l), Width(l.Output)))];
            Net valid = _c.Output("out_valid", 1);
            Expression accept = _top.Interval == 1 ? _valid : Accept();
            for (int i = 0; i < _top._layers.Count; i++)
                Instance(_top._layers[i].Layer, _top._layers[i].Datapath, accept, _trace ? traces[i] : null);
            for (int i = 0; i < outputs.Length; i++)
                _c.Assign(outputs[i], At(model.Network.Outputs[i].Value, _top.Latency, accept));
            _c.Assign(valid, Valid(_top.Latency, accept));
            return _c.Build();
        }

        // The interval between samples is kept at the input.
        private Net Accept()
        {
            Net accept = _c.Wire("accept", 1, _valid & _ready);
            _c.Assign(_ready, _c.Pause("pause", _top.Interval, accept));
            return accept;
        }

        private void Instance(Layer layer, Datapath datapath, Expression accept, Net? trace)
        {
            int start = _top.StartOf(layer);
            Net y = _c.Wire(_names.Result(layer), Width(layer.Output));
            List<(string, Expression)> inputs = [.. layer.Inputs.Select((v, i) =>
                (layer.Inputs.Length == 1 ? "x" : $"x{i}", At(v, start, accept)))];
            List<(string, Net)> outputs = [("y", y)];
            if (datapath.IsSequential)
            {
                inputs.Insert(0, ("start", Valid(start, accept)));
                outputs.Insert(0, ("done", _done[layer] = _c.Wire(_names.Done(layer), 1)));
            }
            _c.Instance(datapath.Module, _names.Instance(layer), inputs, outputs);
            _values[layer.Output] = y;
            if (trace is not null)
                _c.Assign(trace, y);
        }

        // The condition that a sample is as many cycles behind the input; counted from the last layer before that says
        // when it is done.
        private Expression Valid(int cycle, Expression accept)
        {
            (Layer? layer, int done) = _top._sequential.Where(s => s.Value <= cycle)
                .Select(s => ((Layer?)s.Key, s.Value)).Append((null, 0)).MaxBy(s => s.Item2);
            Expression valid = layer is not null ? _done[layer] : accept;
            for (int c = done + 1; c <= cycle; c++)
                valid = Once(_names.Valid(c), valid, null, Circuit.Reset);
            return valid;
        }

        // A value as it is in a cycle: a register keeps it until the next sample can come.
        private Net At(Value value, int cycle, Expression accept)
        {
            Value storage = _top._model.Storage(value);
            Arrival arrival = _top._arrivals[storage];
            Net first = _values[storage], net = first;
            for (int c = arrival.Cycle; c < cycle && !arrival.IsConstant; c += _top.Interval)
            {
                string name = _names.Delayed(storage, first.Name, ((c - arrival.Cycle) / _top.Interval) + 1);
                net = Once(name, net, _top.Interval > 1 ? Valid(c, accept) : null, null);
            }
            return net;
        }

        private Net Once(string name, Expression next, Expression? enable, Expression? clear)
        {
            if (!_delayed.TryGetValue(name, out Net? net))
                _delayed[name] = net = _c.Register(name, next, enable, clear);
            return net;
        }

        private static int Width(Value value) => Port("", value).Width;
    }
}
