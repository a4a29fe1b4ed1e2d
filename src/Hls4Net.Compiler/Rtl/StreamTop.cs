using System.Collections.Immutable;
using Hls4Net.Circuits;
using Hls4Net.Circuits.Streaming;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Rtl;

/// <summary>
/// Joins the processes of a network in io_stream by wires: all queues are in the modules that write to them.
/// </summary>
internal sealed class StreamTop(string name, TypedModel model, StreamPlan plan, DesignInterface design,
    VerilogNames names, StreamSchedule schedule)
{
    /// <summary>
    /// The values whose items are copied: those with several readers, and inputs that are outputs as they are.
    /// </summary>
    public IEnumerable<Value> Splits => plan.Streams.Where(v => plan.Readers(v).Length > 1
        || (plan.Readers(v) is [{ Layer: null }] && model.Network.Inputs.Contains(v)));

    /// <summary>The top module, or the one that shows the items of all layers.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="links">What is between them, by the names of their modules.</param>
    /// <param name="trace">True for the outputs of all layers.</param>
    public Circuit Build(ImmutableArray<RtlLayer> layers, IReadOnlyDictionary<string, Circuit> links, bool trace)
    {
        CircuitBuilder c = new($"{name}{(trace ? "_trace" : "")}", $"{CommentText.Of(name)}: latency "
            + $"{schedule.LatencyCycles - 1} cycles from a sample's first item to its last result, a sample every "
            + $"{schedule.Interval} cycles. An item moves where valid and ready are set.");
        Dictionary<string, StreamNets> streams = [];
        foreach (DesignPort port in design.Inputs)
            streams[names.Input(port.Value)] = StreamNets.Input(c, names.Input(port.Value), port.ItemBits);
        StreamNets[] outputs = [.. design.Outputs.Select((p, i) => StreamNets.Output(c, names.Outputs[i], p.ItemBits))];
        (Net Valid, Net Item)[] traces = [.. layers.Where(_ => trace).Select(l => names.Trace(l.Layer)).Select((t, i) =>
            (c.Output($"{t}_valid", 1), c.Output(t, Width(layers[i].Layer.Output))))];
        HashSet<Value> splits = [.. Splits];
        foreach (Value input in model.Network.Inputs)
            Read(input, streams[names.Input(input)]);
        for (int i = 0; i < layers.Length; i++)
        {
            Layer layer = layers[i].Layer;
            StreamNets[] operands = [.. layer.Inputs.Select((v, k) => Operand(layer, k))];
            StreamNets y = Wires(names.Result(layer), Width(layer.Output));
            Instance(layers[i].Hardware, names.Instance(layer),
                [.. operands.Select((x, k) => (operands.Length == 1 ? "x" : $"x{k}", x))], [("y", y)]);
            Read(layer.Output, y);
            if (trace)
                c.Assign(traces[i].Valid, y.Moves).Assign(traces[i].Item, y.Item);
        }
        for (int i = 0; i < outputs.Length; i++)
        {
            StreamNets from = streams[Reader(splits, model.Network.Outputs[i].Value, new StreamUse(null, i))];
            c.Assign(outputs[i].Valid, from.Valid).Assign(from.Ready, outputs[i].Ready)
                .Assign(outputs[i].Item, from.Item);
        }
        return c.Build();

        StreamNets Wires(string stream, int width) => streams[stream] = StreamNets.Wires(c, stream, width);

        void Instance(Module module, string instance, IEnumerable<(string Port, StreamNets Stream)> inputs,
            IEnumerable<(string Port, StreamNets Stream)> results) => c.Instance(module, instance,
            [.. inputs.SelectMany(i => new[]
                { ($"{i.Port}_valid", (Expression)i.Stream.Valid), (i.Port, i.Stream.Item) }),
                .. results.Select(o => ($"{o.Port}_ready", (Expression)o.Stream.Ready))],
            [.. inputs.Select(i => ($"{i.Port}_ready", i.Stream.Ready)),
                .. results.SelectMany(o => new[] { ($"{o.Port}_valid", o.Stream.Valid), (o.Port, o.Stream.Item) })]);

        // What becomes of a stream's items: a copy for each of several readers; without one they are let go.
        void Read(Value value, StreamNets from)
        {
            if (plan.Readers(value).IsEmpty)
            {
                c.Assign(from.Ready, Expression.True);
                return;
            }
            if (!splits.Contains(value))
                return;
            (string module, string instance) = names.Split(value);
            Instance(links[module], instance, [("x", from)], [.. Enumerable.Range(0, plan.Readers(value).Length)
                .Select(i => ($"y{i}", Wires(names.Copy(value, i), Width(value))))]);
        }

        // What a layer reads, in items of as many pixels as it takes.
        StreamNets Operand(Layer layer, int operand)
        {
            StreamNets from = streams[Reader(splits, layer.Inputs[operand], new StreamUse(layer, operand))];
            if (!plan.IsAdapted(layer, operand))
                return from;
            StreamFifo fifo = StreamProcess.Adapted(plan, layer, operand);
            (string module, string instance, string stream) = StreamRtl.Adapted(names, fifo);
            StreamNets adapted = Wires(stream, plan.Operand(layer, operand).Pack * fifo.Value.Type.Width);
            Instance(links[module], instance, [("x", from)], [("y", adapted)]);
            return adapted;
        }
    }

    private int Width(Value value) => StreamRtl.Port("", value, plan).Port.Width;

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
