using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl.Verilog;

/// <summary>What a process reads: a port of its name with a valid and a ready bit.</summary>
/// <param name="Port">An item.</param>
/// <param name="Items">Items of a sample.</param>
internal sealed record StreamPort(Port Port, int Items);

/// <summary>
/// Writes layers as processes on streams: ports with a valid and a ready bit, a datapath, and a queue for its results.
/// A step starts when its items are there and the queue has a place for its result, so that no pipeline ever has to
/// stand still.
/// </summary>
internal sealed class ProcessEmitter
{
    private readonly VerilogWriter _w = new();
    private readonly string _module;
    private readonly ImmutableArray<StreamPort> _inputs;
    private readonly StreamPort _output;
    private readonly Datapath _datapath;
    private readonly int _depth;

    /// <param name="module">The module's name.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="output">What it writes.</param>
    /// <param name="datapath">What computes a result.</param>
    /// <param name="depth">Places of the queue for results.</param>
    public ProcessEmitter(string module, ImmutableArray<StreamPort> inputs, StreamPort output, Datapath datapath,
        int depth) =>
        (_module, _inputs, _output, _datapath, _depth) = (module, inputs, output, datapath, depth);

    /// <summary>The modules' text, and what is around the datapath.</summary>
    /// <param name="title">What it computes, for the comment above it.</param>
    /// <param name="form">How it works.</param>
    public (string Text, ModuleParts Around) Emit(string title, StreamForm form)
    {
        _w.Line($"// {title}");
        _w.Module(_module,
            ["input  wire clk", "input  wire rst", .. _inputs.SelectMany(i => InputPorts(i.Port.Name, i.Port.Width)),
                .. OutputPorts("y", _output.Port.Width)]);
        switch (form)
        {
            case StreamForm.EachItem:
                EachItem([]);
                break;
            case StreamForm.Accumulate accumulate:
                EachItem([new JoinedAxis(accumulate.Items, true)]);
                break;
            case StreamForm.Reduced reduced:
                EachItem(reduced.Reduction.Axes);
                break;
            case StreamForm.Lines lines:
                new LinesEmitter(_w, lines.Buffer, _inputs[0], this).Emit();
                break;
            case StreamForm.Scheduled scheduled:
                new ScheduleEmitter(_w, scheduled.Schedule, _inputs, this).Emit();
                break;
            case StreamForm.Whole:
                Whole();
                break;
            default:
                throw new InvalidOperationException($"{_module} is no process");
        }
        string text =
            $"// verilator lint_off DECLFILENAME\n{_datapath.Text}\n// verilator lint_off UNUSED\n{_w.End()}// "
            + "verilator lint_on UNUSED\n// verilator lint_on DECLFILENAME\n";
        return (text, _w.Parts);
    }

    /// <summary>A module that copies every item to each reader's queue.</summary>
    public static (string Text, ModuleParts Parts) Split(string module, string title, StreamPort input,
        IReadOnlyList<int> depths)
    {
        VerilogWriter w = new();
        int width = input.Port.Width;
        w.Line($"// {title}");
        w.Module(module, ["input  wire clk", "input  wire rst", .. InputPorts("x", width),
            .. Enumerable.Range(0, depths.Count).SelectMany(i => OutputPorts($"y{i}", width))]);
        foreach (int i in Enumerable.Range(0, depths.Count))
            w.Wire($"room{i}", 1);
        w.Line($"    assign x_ready = {string.Join(" & ", Enumerable.Range(0, depths.Count).Select(i => $"room{i}"))};")
            .Wire("copy", 1, "x_valid & x_ready");
        for (int i = 0; i < depths.Count; i++)
            Queue(w, $"queue{i}", width, depths[i], $"room{i}", "copy", "copy", "x", $"y{i}");
        return (w.End(), w.Parts);
    }

    /// <summary>
    /// A module that joins items to longer ones, or parts them, for a reader that takes another number of pixels at a
    /// time.
    /// </summary>
    /// <param name="module">The module's name.</param>
    /// <param name="title">The comment above it.</param>
    /// <param name="port">The port that is read.</param>
    /// <param name="from">What it carries.</param>
    /// <param name="to">What the reader takes.</param>
    /// <param name="depth">Places of the reader's queue.</param>
    public static (string Text, ModuleParts Parts) Adapter(string module, string title, StreamPort port,
        StreamLayout from, StreamLayout to, int depth)
    {
        VerilogWriter w = new();
        int pixel = port.Port.Width / from.Pixels, width = to.Pixels * pixel;
        PixelPacker packer = PixelPacker.Of(pixel, from.Pixels, to.Pixels);
        w.Line($"// {title}");
        w.Module(module,
            ["input  wire clk", "input  wire rst", .. InputPorts("x", port.Port.Width), .. OutputPorts("y", width)]);
        w.Wire("room", 1).Wire("start", 1);
        bool parts = from.Pixels > to.Pixels;
        string full = packer.Count(w, "count", "start",
            parts ? $"({packer.Lacks("count")} ? {packer.Amount(packer.Added)} : {packer.Amount(0)})"
                : packer.Amount(packer.Added));
        if (parts)
            w.Wire("reads", 1, packer.Lacks("count")).Line("    assign x_ready = room & reads;")
                .Line("    assign start = room & (x_valid | ~reads);");
        else
            w.Line($"    assign x_ready = room | ~{full};").Line("    assign start = x_valid & x_ready;")
                .Wire("push", 1, $"start & {full}");
        string items = packer.Units(w, "count", "start", parts ? $"{{{port.Port.Width}{{reads}}}} & x" : "x", full);
        string push = parts ? "start" : "push";
        Queue(w, "queue", width, depth, "room", push, push, items, "y");
        return ($"// verilator lint_off UNUSED\n{w.End()}// verilator lint_on UNUSED\n", w.Parts);
    }

    /// <summary>The ports of a stream that a module reads.</summary>
    public static IEnumerable<string> InputPorts(string name, int width) =>
        [$"input  wire {name}_valid", $"output wire {name}_ready", $"input  wire [{width - 1}:0] {name}"];

    /// <summary>The ports of a stream that a module writes.</summary>
    public static IEnumerable<string> OutputPorts(string name, int width) =>
        [$"output wire {name}_valid", $"input  wire {name}_ready", $"output wire [{width - 1}:0] {name}"];

    /// <summary>
    /// Instantiates the datapath; the condition under which its result, in the wire named result, is there.
    /// </summary>
    /// <param name="start">The condition under which its inputs are there.</param>
    /// <param name="emits">The condition under which they lead to a result.</param>
    /// <param name="inputs">The inputs.</param>
    public string Compute(string start, string emits, params IReadOnlyList<string> inputs)
    {
        _w.Wire("result", ResultBits);
        string ports = string.Concat(inputs.Select((x, i) => $".{(inputs.Count == 1 ? "x" : $"x{i}")}({x}), "));
        if (_datapath.IsSequential)
        {
            _w.Wire("done", 1);
            _w.Line($"    {_datapath.Module} u_compute (.clk(clk), .rst(rst), .start({start}), {ports}.done(done), "
                + ".y(result));");
            return "done";
        }
        _w.Line($"    {_datapath.Module} u_compute (.clk(clk), {ports}.y(result));");
        return _w.Delayed(emits, _datapath.Latency, "sent");
    }

    /// <summary>Bits of what the datapath gives at a time.</summary>
    public int ResultBits { get; init; }

    /// <summary>The queue behind the datapath.</summary>
    public void Queue(string take, string push, string item) =>
        Queue(_w, "queue", _output.Port.Width, _depth, "room", take, push, item, "y");

    /// <summary>
    /// Counts down the cycles in which a datapath that shares multipliers cannot start; the condition under which it
    /// can, null if always.
    /// </summary>
    public string? Idle(string starts)
    {
        if (_datapath.Interval == 1)
            return null;
        int width = VerilogWriter.Bits(_datapath.Interval - 1);
        _w.DeclareCounter("pause", width)
            .Clocked(
                $"if (rst) pause <= {BitText.Zeros(width)};\nelse if ({starts}) pause <= "
                + $"{BitText.Number(_datapath.Interval - 1, width)};\nelse if (pause != 0) pause <= pause - "
                + $"{BitText.Number(1, width)};");
        return "(pause == 0)";
    }

    private static void Queue(VerilogWriter w, string name, int width, int depth, string room, string take, string push,
        string item, string y) =>
        w.Queue(name, width, depth,
            $".room({room}), .take({take}), .push({push}), .d({item}),\n        .valid({y}_valid), .pop({y}_valid & "
            + $"{y}_ready), .q({y})");

    private void EachItem(ImmutableArray<JoinedAxis> axes)
    {
        _w.Wire("room", 1);
        _w.Wire("start", 1);
        string last = _w.Counters(axes, "start").Last;
        string room = last == "1'b1" ? "room" : $"(room | ~({last}))";
        string? idle = Idle("start");
        Start(VerilogWriter.And(room, idle), []);
        _w.Wire("emit", 1, VerilogWriter.And("start", last));
        string done = Compute("start", "emit", [.. _inputs.Select(i => i.Port.Name)]);
        Queue("emit", done, "result");
    }

    /// <summary>
    /// When a step starts, and which items it takes. A single input is ready whether or not there is an item; several
    /// wait for one another.
    /// </summary>
    /// <param name="ready">The condition under which a step can start.</param>
    /// <param name="reads">For each input the condition under which a step reads it; none if always.</param>
    public void Start(string ready, IReadOnlyList<string> reads)
    {
        string Reads(int i) => reads.Count == 0 ? "1'b1" : reads[i];
        string Valid(int i) => Reads(i) == "1'b1" ? $"{_inputs[i].Port.Name}_valid"
            : $"({_inputs[i].Port.Name}_valid | ~{Reads(i)})";
        if (_inputs.Length == 1)
        {
            _w.Line($"    assign {_inputs[0].Port.Name}_ready = {VerilogWriter.And(ready, Reads(0))};");
            _w.Line($"    assign start = {VerilogWriter.And(Valid(0), ready)};");
            return;
        }
        _w.Line($"    assign start = {VerilogWriter.And([.. Enumerable.Range(0, _inputs.Length).Select(Valid), ready])};");
        for (int i = 0; i < _inputs.Length; i++)
            _w.Line($"    assign {_inputs[i].Port.Name}_ready = {VerilogWriter.And("start", Reads(i))};");
    }

    // All items are shifted into registers, the result is computed, and its items are shifted out.
    private void Whole()
    {
        int reading = _inputs.Select(i => i.Items).DefaultIfEmpty(0).Max(), writing = _output.Items,
            width = _output.Port.Width;
        _w.Wire("room", 1);
        _w.Wire("start", 1);
        if (reading == 0)
        {
            _w.Counter("count", writing, "start");
            _w.Line("    assign start = room;");
            Compute("start", "start");
            Queue("start", "start", writing == 1 ? "result"
                : string.Create(CultureInfo.InvariantCulture, $"result[count * {width} +: {width}]"));
            return;
        }
        int counter = VerilogWriter.Bits(reading + writing - 1);
        _w.DeclareCounter("count", counter).Declare("computing", 1);
        _w.Wire("reads", 1, $"count < {BitText.Number(reading, counter)}");
        _w.Wire("ends", 1, $"count == {BitText.Number(reading + writing - 1, counter)}");
        Start("~computing & (reads | room)",
            [.. _inputs.Select(i => i.Items == reading ? "reads" : $"(count < {BitText.Number(i.Items, counter)})")]);
        _w.Wire("full", 1, $"start & (count == {BitText.Number(reading - 1, counter)})");
        _w.Register("begins", 1, "~rst & full");
        foreach (StreamPort input in _inputs)
        {
            (string x, int all, int item) = (input.Port.Name, input.Items * input.Port.Width, input.Port.Width);
            string enable = input.Items == reading ? "start & reads"
                : $"start & (count < {BitText.Number(input.Items, counter)})";
            _w.Declare($"{x}_all", all)
                .Clocked($"if ({enable}) {x}_all <= {(input.Items == 1 ? x : $"{{{x}, {x}_all[{all - 1}:{item}]}}")};");
        }
        string done = Compute("begins", "begins", [.. _inputs.Select(i => $"{i.Port.Name}_all")]);
        _w.Clocked(
            $"if (rst) count <= {BitText.Zeros(counter)};\nelse if (start) count <= ends ? {BitText.Zeros(counter)} : "
            + $"count + {BitText.Number(1, counter)};");
        _w.Clocked($"computing <= ~rst & (full | (computing & ~{Bit(done)}));");
        _w.Wire("writes", 1, "start & ~reads");
        _w.Declare("y_all", writing * width)
            .Clocked($"if ({done}) y_all <= result;" + (writing == 1 ? ""
                : $"\nelse if (writes) y_all <= {{{BitText.Zeros(width)}, y_all[{(writing * width) - 1}:{width}]}};"));
        Queue("writes", "writes", writing == 1 ? "y_all" : $"y_all[{width - 1}:0]");
    }

    private static string Bit(string expression) => expression.Contains(' ', StringComparison.Ordinal)
        ? $"({expression})" : expression;
}
