using System.Collections.Immutable;
using Hls4Net.Circuits;
using Hls4Net.Circuits.Streaming;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Rtl;

/// <summary>
/// A network in io_stream as Verilog: a process for each layer, as the plan has it, with a queue behind it whose depth
/// comes from simulating the schedule with the cycles that the processes really take.
/// </summary>
internal static class StreamRtl
{
    // Items of whole tensors lie in registers.
    private const int MaxWholeBits = 1 << 16;

    /// <summary>Lowers, schedules and prints a network.</summary>
    /// <param name="name">The top module.</param>
    /// <param name="model">The network.</param>
    /// <param name="plan">Its streams.</param>
    /// <param name="design">Its ports.</param>
    /// <param name="target">The device and clock.</param>
    /// <exception cref="ModelException">A layer cannot be lowered.</exception>
    public static RtlDesign Build(string name, TypedModel model, StreamPlan plan, DesignInterface design, Target target)
    {
        VerilogNames names = new(name, model, plan.Stream);
        Layer[] processes = [.. model.Layers.Where(l => plan.Form(l) is not StreamForm.AtPort)];
        Dictionary<Layer, Datapath> datapaths = processes.ToDictionary(l => l,
            l => DatapathOf(l, names.Module(l), plan, target));
        StreamSchedule schedule = ScheduleOf(model, plan, datapaths);
        ImmutableArray<RtlLayer> layers = [.. processes.Select(l =>
            new RtlLayer(l, Process(l, names.Module(l), plan, datapaths[l],
                schedule.Depths[new StreamFifo(l.Output, null)]), datapaths[l], target, 0))];
        StreamTop top = new(name, model, plan, design, names, schedule);
        ImmutableArray<Circuit> links =
        [
            .. top.Splits.Select(value => Split(names.Split(value).Module, value, plan, schedule)),
            .. from layer in processes from i in Enumerable.Range(0, layer.Inputs.Length) where plan.IsAdapted(layer, i)
                select Adapter(names, layer, i, plan, schedule),
        ];
        Dictionary<string, Circuit> byName = links.ToDictionary(l => l.Name);
        return new RtlDesign(
            name, model, target, layers, [.. links.Select(l => new RtlLink(l, target))],
                top.Build(layers, byName, trace: false), top.Build(layers, byName, trace: true),
                schedule.LatencyCycles - 1, schedule.Interval,
            [.. design.Inputs.Select(p => RtlPort.Of(names.Input(p.Value), p))],
            [.. design.Outputs.Select((p, i) => RtlPort.Of(names.Outputs[i], p))],
            [.. layers.Select(l => TracePort(names.Trace(l.Layer), Port("", l.Layer.Output, plan), l.Layer.Output))],
                IsStream: true)
        { HeadStart = schedule.HeadStart, Schedule = schedule };
    }

    /// <summary>A port that carries the items of a value.</summary>
    public static StreamPort Port(string name, Value value, StreamPlan plan) =>
        Port(name, value, plan, plan.Layout(value));

    /// <summary>The stream that brings a layer an operand in items of as many pixels as it takes.</summary>
    public static (string Module, string Instance, string Stream) Adapted(VerilogNames names, StreamFifo fifo) =>
        names.Adapter(fifo.Value, fifo.Reader!.Value, fifo.Pixels!.Value);

    private static StreamPort Port(string name, Value value, StreamPlan plan, StreamLayout layout)
    {
        Value stream = plan.Stream(value);
        return new StreamPort(new Port(name, layout.Pack, stream.Type.Width, stream.Type.Signed), layout.Items);
    }

    // What a layer reads.
    private static ImmutableArray<StreamPort> Operands(Layer layer, StreamPlan plan) =>
        [.. layer.Inputs.Select((v, i) =>
            Port(layer.Inputs.Length == 1 ? "x" : $"x{i}", v, plan, plan.Operand(layer, i)))];

    private static Circuit Split(string module, Value value, StreamPlan plan, StreamSchedule schedule)
    {
        int[] depths = [.. Enumerable.Range(0, plan.Readers(value).Length)
            .Select(i => schedule.Depths[new StreamFifo(value, i)])];
        return LinkCircuits.Split(module,
            CommentText.Of($"{(depths.Length == 1 ? "one reader" : $"{depths.Length} readers")} of {value.Name}"),
            Port("x", value, plan).Port.Width, depths);
    }

    private static Circuit Adapter(VerilogNames names, Layer layer, int operand, StreamPlan plan,
        StreamSchedule schedule)
    {
        StreamFifo fifo = StreamProcess.Adapted(plan, layer, operand);
        (StreamLayout from, StreamLayout to) = (plan.Layout(fifo.Value), plan.Operand(layer, operand));
        return LinkCircuits.Adapter(Adapted(names, fifo).Module,
            CommentText.Of($"{fifo.Value.Name} for {layer.Name}: {from} to {to}"),
            Port("x", fifo.Value, plan).Port.Width, from, to, schedule.Depths[fifo]);
    }

    private static RtlPort TracePort(string name, StreamPort port, Value result) =>
        new(name, port.Port.Width, result, port.Items);

    private static Datapath DatapathOf(Layer layer, string module, StreamPlan plan, Target target)
    {
        string compute = $"{module}__compute";
        Port[] items = [.. Operands(layer, plan).Select(p => p.Port)];
        Port[] all = [.. items.Select((p, i) => p with { Elements = layer.Inputs[i].Shape.Size })];
        Port y = Port("y", layer.Output, plan).Port;
        switch (plan.Form(layer))
        {
            // The heads of queues come through a multiplexer, and so does a window with padding.
            case StreamForm.EachItem { Layer: Layer item }:
                return Datapath.Of(compute, RtlDesign.Title(item), item, target, phase: 1, items, y);
            case StreamForm.Lines { Buffer: LineBuffer buffer }:
                Layer windows = buffer.Windows;
                return Datapath.Of(
                    compute, RtlDesign.Title(windows), windows, target, phase: 1,
                        [items[0] with { Elements = windows.Input.Shape.Size }],
                    y with { Elements = windows.Output.Shape.Size });
            case StreamForm.Accumulate { Items: int count }:
                return Joined([new JoinedAxis(count, true)]);
            case StreamForm.Reduced { Reduction: ItemReduction reduction }:
                return Joined(reduction.Axes);
            case StreamForm.Scheduled { Schedule: { Moves: true } schedule }:
                Port[] moved = [.. items.Select(p => p with { Elements = y.Elements }),
                    .. schedule.Chosen.Select(k => new Port("has", 1, 1, false))];
                return Datapath.Of(compute, $"{RtlDesign.Title(layer)}; an item",
                    VerilogLimits.Of(layer, () => Movement.Lower(Row(layer, y.Elements), schedule, target.Fabric)),
                    target, phase: 1, Numbered(moved), y);
            case StreamForm.Scheduled { Schedule: ItemSchedule schedule }:
                return Datapath.Of(compute, RtlDesign.Title(schedule.Layer), schedule.Layer, target, phase: 1,
                    items, y);
            default:
                long bits = all.Sum(p => (long)p.Width) + ((long)layer.Output.Shape.Size * y.ElementWidth);
                if (bits > MaxWholeBits)
                    throw VerilogLimits.Refused(layer,
                        $"in io_stream it reads all items before it writes one, which takes {bits} bits of registers; "
                        + $"up to {MaxWholeBits} are supported");
                return Datapath.Of(compute, RtlDesign.Title(layer), layer, target, phase: 0, all,
                    y with { Elements = layer.Output.Shape.Size });
        }

        Datapath Joined(ImmutableArray<JoinedAxis> axes)
        {
            int pack = items[0].Elements;
            Typing item = new(layer.Input.Type, [.. layer.Input.Typing!.HullsOf(pack)],
                layer.Input.Typing!.StepsOf(pack));
            string title = $"{RtlDesign.Title(layer)}; of {ItemReduction.Count(axes.Where(a => a.Reduced))} items";
            return Datapath.Of(compute, title, Row(layer, y.Elements), target, phase: 1, items, y, (axes, item));
        }
    }

    private static Port[] Numbered(Port[] ports) => ports.Length == 1 ? ports
        : [.. ports.Select((p, i) => p with { Name = $"x{i}" })];

    // A layer whose result is one of its rows.
    private static Layer Row(Layer layer, int elements)
    {
        if (layer.Output.Shape.Size == elements)
            return layer;
        Typing typing = layer.Output.Typing!;
        Value row = new(layer.Output.Name, new Shape(elements), typing with { Range = [.. typing.HullsOf(elements)] });
        return LayerPart.Of(layer, layer.Operation, layer.Inputs, row);
    }

    private static Circuit Process(Layer layer, string module, StreamPlan plan, Datapath datapath, int depth)
    {
        StreamForm form = plan.Form(layer);
        StreamPort y = Port("y", layer.Output, plan);
        return ProcessCircuit.Of(module, $"{RtlDesign.Title(layer)}{Comment(form, layer, y.Items)}", form,
            Operands(layer, plan), y, datapath, depth);
    }

    private static string Comment(StreamForm form, Layer layer, int items) => form switch
    {
        StreamForm.EachItem when items > 1 =>
            $"; {items} items{(layer.Parallelism == 1 ? "" : $" of {layer.Parallelism} pixels")}, one at a time",
        StreamForm.Lines => layer.Parallelism == 1 ? "; pixel by pixel" : $"; {layer.Parallelism} pixels at a time",
        StreamForm.Scheduled => "; items as they come",
        StreamForm.Accumulate or StreamForm.Reduced => "; of items as they come",
        StreamForm.Whole => "; all items are read, then the result is computed, then written",
        _ => "",
    };

    private static StreamSchedule ScheduleOf(TypedModel model, StreamPlan plan, Dictionary<Layer, Datapath> datapaths)
    {
        // Outputs have queues, too, whose items are taken at once.
        List<StreamProcess> processes = [], outputs = [];
        foreach (StreamProcess process in StreamProcess.All(model, plan, layer => Steps(layer, plan, datapaths[layer]),
            linkLatency: 0, portFifos: true))
            processes.Add(process with { TakesPlaceAtStart = true });
        foreach (Value value in plan.Streams)
        {
            ImmutableArray<StreamUse> readers = plan.Readers(value);
            bool splits = readers.Length > 1 || model.Network.Inputs.Contains(value);
            for (int i = 0; i < readers.Length; i++)
            {
                if (readers[i].Layer is null)
                    outputs.Add(new StreamProcess(plan.Layout(value).Items, 0, _ => 1, (_, _) => true, _ => true,
                        [new StreamFifo(value, splits ? i : null)], [null])
                    { TakesPlaceAtStart = true });
            }
            // Nobody reads it: the top lets its items go.
            if (readers.IsEmpty && !model.Network.Inputs.Contains(value))
                outputs.Add(new StreamProcess(plan.Layout(value).Items, 0, _ => 1, (_, _) => true, _ => false,
                    [new StreamFifo(value, null)], [])
                { TakesPlaceAtStart = true });
        }
        return StreamSchedule.Of(processes.Concat(outputs), headStart: true);
    }

    private static StreamProcess Steps(Layer layer, StreamPlan plan, Datapath datapath)
    {
        StreamForm form = plan.Form(layer);
        StreamSteps steps = StreamSteps.Of(form, layer, plan);
        return form switch
        {
            StreamForm.Whole => StreamProcess.Of(steps, 0, step => steps.Computes(step) ? 2 + datapath.Latency : 1),
            StreamForm.Scheduled => StreamProcess.Of(steps, 1 + datapath.Latency, _ => 1),
            // The window is in registers, and outputs that are put together to items are, too.
            StreamForm.Lines { Buffer: LineBuffer buffer } => StreamProcess.Of(steps,
                1 + datapath.Latency + (buffer.Packs ? 1 : 0), step => steps.Computes(step) ? datapath.Interval : 1),
            _ => StreamProcess.Of(steps, datapath.Latency, _ => datapath.Interval),
        };
    }
}
