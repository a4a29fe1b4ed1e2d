using System.Collections.Immutable;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Streaming;

/// <summary>
/// Layers as processes on streams: ports with a valid and a ready bit, a datapath, and a queue for its results. A step
/// starts when its items are there and the queue has a place for its result, so that no pipeline ever has to stand
/// still.
/// </summary>
internal sealed class ProcessCircuit
{
    private readonly string _module;
    private readonly ImmutableArray<StreamPort> _ports;
    private readonly StreamPort _output;
    private readonly Datapath _datapath;
    private readonly int _depth;
    private readonly StreamNets _y;

    private ProcessCircuit(string module, string title, ImmutableArray<StreamPort> inputs, StreamPort output,
        Datapath datapath, int depth)
    {
        (_module, _ports, _output, _datapath, _depth) = (module, inputs, output, datapath, depth);
        C = new CircuitBuilder(module, title);
        Inputs = [.. inputs.Select(i => StreamNets.Input(C, i.Port.Name, i.Port.Width))];
        _y = StreamNets.Output(C, "y", output.Port.Width);
    }

    /// <summary>The circuit of a layer.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="title">What it computes, for the comment above it.</param>
    /// <param name="form">How it works.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="output">What it writes.</param>
    /// <param name="datapath">What computes a result.</param>
    /// <param name="depth">Places of the queue for results.</param>
    public static Circuit Of(string module, string title, StreamForm form, ImmutableArray<StreamPort> inputs,
        StreamPort output, Datapath datapath, int depth)
    {
        ProcessCircuit process = new(module, title, inputs, output, datapath, depth);
        switch (form)
        {
            case StreamForm.EachItem:
                process.EachItem([]);
                break;
            case StreamForm.Accumulate accumulate:
                process.EachItem([new JoinedAxis(accumulate.Items, true)]);
                break;
            case StreamForm.Reduced reduced:
                process.EachItem(reduced.Reduction.Axes);
                break;
            case StreamForm.Lines lines:
                new LinesCircuit(process, lines.Buffer, inputs[0].Port).Build();
                break;
            case StreamForm.Scheduled scheduled:
                new ScheduleCircuit(process, scheduled.Schedule, inputs).Build();
                break;
            case StreamForm.Whole:
                process.Whole();
                break;
            default:
                throw new InvalidOperationException($"{module} is no process");
        }
        return process.C.Build();
    }

    /// <summary>The circuit that is put together.</summary>
    public CircuitBuilder C { get; }

    /// <summary>The streams that it reads.</summary>
    public ImmutableArray<StreamNets> Inputs { get; }

    /// <summary>Bits of what the datapath gives at a time.</summary>
    public int ResultBits => _datapath.Output.Width;

    /// <summary>
    /// Instantiates the datapath; its result, and the condition under which it is there.
    /// </summary>
    /// <param name="start">The condition under which its inputs are there.</param>
    /// <param name="emits">The condition under which they lead to a result.</param>
    /// <param name="inputs">The inputs.</param>
    public (Net Result, Expression Done) Compute(Expression start, Expression emits,
        params IReadOnlyList<Expression> inputs)
    {
        Net result = C.Wire("result", ResultBits);
        IEnumerable<(string, Expression)> ports = inputs.Select((x, i) => (inputs.Count == 1 ? "x" : $"x{i}", x));
        if (_datapath.IsSequential)
        {
            Net done = C.Wire("done", 1);
            C.Instance(_datapath.Module, "u_compute", [("start", start), .. ports], [("done", done), ("y", result)]);
            return (result, done);
        }
        C.Instance(_datapath.Module, "u_compute", ports, [("y", result)]);
        return (result, C.Delayed(emits, _datapath.Latency, "sent"));
    }

    /// <summary>The queue behind the datapath.</summary>
    /// <param name="room">The wire that says whether it has a place.</param>
    /// <param name="take">The condition under which one is taken.</param>
    /// <param name="push">The condition under which an item comes.</param>
    /// <param name="item">The item.</param>
    public void Queue(Net room, Expression take, Expression push, Expression item) =>
        Queue(C, _module, "queue", _depth, room, take, push, item, _y);

    /// <summary>The condition under which a datapath that shares multipliers can start.</summary>
    public Expression Idle(Expression starts) => C.Pause("pause", _datapath.Interval, starts);

    /// <summary>A queue in front of a stream that a circuit writes.</summary>
    public static void Queue(CircuitBuilder c, string module, string name, int depth, Net room, Expression take,
        Expression push, Expression item, StreamNets y) =>
        c.Instance(QueueCircuit.Of($"{module}__{name}", y.Item.Width, depth), name,
            [("take", take), ("push", push), ("d", item), ("pop", y.Moves)],
            [("room", room), ("valid", y.Valid), ("q", y.Item)]);

    private void EachItem(ImmutableArray<JoinedAxis> axes)
    {
        Net room = C.Wire("room", 1), start = C.Wire("start", 1);
        Expression last = C.Items(axes, start).IsLast;
        Start(start, (room | ~last) & Idle(start), []);
        Expression emit = C.Named("emit", start & last);
        (Net result, Expression done) = Compute(start, emit, [.. Inputs.Select(i => i.Item)]);
        Queue(room, emit, done, result);
    }

    /// <summary>
    /// When a step starts, and which items it takes. A single input is ready whether or not there is an item; several
    /// wait for one another.
    /// </summary>
    /// <param name="start">The wire of a step's start.</param>
    /// <param name="ready">The condition under which a step can start.</param>
    /// <param name="reads">For each input the condition under which a step reads it; none if always.</param>
    public void Start(Net start, Expression ready, IReadOnlyList<Expression> reads)
    {
        Expression Reads(int i) => reads.Count == 0 ? Expression.True : reads[i];
        if (Inputs.Length == 1)
            C.Assign(Inputs[0].Ready, ready & Reads(0));
        C.Assign(start, Expression.All(Inputs.Select((x, i) => x.Valid | ~Reads(i))) & ready);
        for (int i = 0; i < Inputs.Length && Inputs.Length > 1; i++)
            C.Assign(Inputs[i].Ready, start & Reads(i));
    }

    // All items are shifted into registers, the result is computed, and its items are shifted out.
    private void Whole()
    {
        int reading = _ports.Select(i => i.Items).DefaultIfEmpty(0).Max(), writing = _output.Items;
        Net room = C.Wire("room", 1), start = C.Wire("start", 1);
        if (reading == 0)
        {
            Counter at = C.Counter("count", writing, start);
            C.Assign(start, room);
            Net constant = Compute(start, start).Result;
            Queue(room, start, start,
                at.Net is null ? constant : new Expression.Pick(constant, at.Net, _output.Port.Width));
            return;
        }
        Net count = C.Counter("count", reading + writing, start).Net!, computing = new("computing", 1);
        Net reads = C.Wire("reads", 1, count.Below(reading));
        Expression[] takes = [.. _ports.Select(i => i.Items == reading ? reads : count.Below(i.Items))];
        Start(start, ~computing & (reads | room), takes);
        Net full = C.Wire("full", 1, start & count.Is(reading - 1));
        Net begins = C.Register("begins", full, clear: Circuit.Reset);
        Net[] items = [.. Inputs.Select((x, i) =>
            C.Shift($"{x.Item.Name}_all", x.Item, _ports[i].Items, start & takes[i]))];
        (Net result, Expression done) = Compute(begins, begins, items);
        C.Register(computing, full | (computing & ~done), clear: Circuit.Reset);
        Net writes = C.Wire("writes", 1, start & ~reads), all = new("y_all", result.Width);
        int width = _output.Port.Width;
        if (writing == 1)
            C.Register(all, result, done);
        else
            C.Register(all, done.Then(result, all.Slice(width, all.Width)), done | writes);
        Queue(room, writes, writes, all.Slice(0, width));
    }
}
