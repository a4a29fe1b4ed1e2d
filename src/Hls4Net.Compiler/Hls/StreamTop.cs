using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// io_stream: layers are processes that run beside one another, joined by streams. A layer's function reads items,
/// calls what io_parallel prints, on one item or on all, and writes items.
/// </summary>
internal static class StreamTop
{
    public static void Print(CppWriter w, Firmware firmware)
    {
        StreamPlan plan = firmware.Streams!;
        foreach (PrintedLayer printed in firmware.Layers)
            Function(w, firmware, printed);
        foreach (Value value in plan.Streams.Where(v => Copies(firmware, v) != 1 || IsWire(firmware, v)))
            Split(w, firmware, value);
        foreach (Value value in plan.Streams)
        {
            foreach (int pixels in plan.Adapted(value))
                Adapter(w, firmware, value, pixels);
        }
        IEnumerable<string> pragmas =
        [
            .. firmware.Dialect.StreamInterface(firmware.Interface),
            .. firmware.Memories.SelectMany(m => firmware.Dialect.ExternalMemory(m.Name)),
            firmware.Dialect.Dataflow(),
        ];
        using (w.Function(firmware.Signature, pragmas))
        {
            w.Line("HLS4NET_PROCESSES();");
            foreach (Value input in firmware.Model.Network.Inputs)
            {
                // Before anybody reads the port.
                for (int i = 0; i < firmware.Model.Layers.Length; i++)
                {
                    if (plan.Form(firmware.Model.Layers[i]) is StreamForm.AtPort
                        && firmware.Model.Layers[i].Input == input)
                        w.Line($"HLS4NET_TRACE({i}, {firmware.Names.Array(input)});");
                }
                Distribute(w, firmware, input);
            }
            ILookup<int, PrintedLayer> printed = firmware.Layers.ToLookup(l => l.Index);
            for (int i = 0; i < firmware.Model.Layers.Length; i++)
                Process(w, firmware, i, printed[i].FirstOrDefault());
            w.Line("HLS4NET_JOIN();");
        }
    }

    private static void Function(CppWriter w, Firmware firmware, PrintedLayer printed)
    {
        StreamPlan plan = firmware.Streams!;
        LayerSource source = printed.Source;
        Layer layer = printed.Layer;
        Dialect dialect = firmware.Dialect;
        w.Line($"// {FirmwareEmitter.Describe(layer)}{Comment(plan, layer)}");
        if (plan.Form(layer) is not (
            StreamForm.Accumulate or StreamForm.Reduced or StreamForm.Scheduled { Schedule.Moves: true }))
        {
            using (w.Function($"static void {source.Named("compute")}({source.Parameters})", dialect.Inline()))
                w.Body(source.Body);
            w.Line();
        }
        ImmutableArray<(string Name, string Type, int Size)> inputs = source.Inputs;
        IEnumerable<string> parameters = inputs.Select((x, i) =>
            $"{dialect.Stream(firmware.OperandPack(layer, i))}& {x.Name}")
            .Concat(source.Memories.Select(m => m.Parameter))
                .Append($"{dialect.Stream(firmware.Names.Pack(layer.Output))}& y");
        using (w.Function($"static void {source.Name}({string.Join(", ", parameters)})", OfProcess(firmware, layer)))
        {
            switch (plan.Form(layer))
            {
                case StreamForm.EachItem:
                    EachItem(w, firmware, printed);
                    break;
                case StreamForm.Lines lines:
                    LineBufferEmitter.Print(w, firmware, printed, lines.Buffer);
                    break;
                case StreamForm.Accumulate or StreamForm.Reduced:
                    w.Body(source.Body);
                    break;
                case StreamForm.Scheduled items:
                    ItemScheduleEmitter.Print(w, firmware, printed, items.Schedule);
                    break;
                default:
                    Whole(w, firmware, printed);
                    break;
            }
        }
        w.Line();
    }

    private static string Comment(StreamPlan plan, Layer layer) => plan.Form(layer) switch
    {
        StreamForm.EachItem when plan.Layout(layer.Output).Items > 1 =>
            $"; {plan.Layout(layer.Output).Items} "
            + $"items{(layer.Parallelism == 1 ? "" : $" of {layer.Parallelism} pixels")}, one at a time",
        StreamForm.Lines { Buffer: LineBuffer buffer } => $"; {buffer.Pixels} pixels in {buffer.Steps} steps",
        StreamForm.Reduced { Reduction: ItemReduction reduction } =>
            $"; of {Plural(reduction.Steps, "item")}, as they come",
        StreamForm.Scheduled { Schedule: ItemSchedule schedule } =>
            $"; {Plural(schedule.Output.Items, "item")} in {schedule.Steps} steps",
        StreamForm.Accumulate accumulate => $"; of {Plural(accumulate.Items, "item")}, as they come",
        _ => "",
    };

    // What goes through a process in one step needs no loop to be a pipeline.
    private static IEnumerable<string> OfProcess(Firmware firmware, Layer layer) => firmware.Streams!.Form(layer) switch
    {
        StreamForm.EachItem when firmware.Streams.Layout(layer.Output).Items == 1 => Pipeline(firmware, layer),
        StreamForm.Scheduled { Schedule.Axes.IsEmpty: true } => [firmware.Dialect.StreamPipeline(1)],
        _ => [],
    };

    /// <summary>
    /// The pragma of a layer's loop over items. The loop inside a Resource product is a pipeline itself; around it
    /// there can be none.
    /// </summary>
    public static IEnumerable<string> Pipeline(Firmware firmware, Layer layer) =>
        layer.IsLoop ? [] : [firmware.Dialect.StreamPipeline(layer.ReuseFactor)];

    private static void EachItem(CppWriter w, Firmware firmware, PrintedLayer printed)
    {
        Layer layer = printed.Layer;
        Dialect dialect = firmware.Dialect;
        int items = firmware.Streams!.Layout(layer.Output).Items;
        using (ItemLoop(w, "Item", items, Pipeline(firmware, layer)))
        {
            for (int i = 0; i < layer.Inputs.Length; i++)
            {
                string name = printed.Source.Inputs[i].Name;
                w.Line($"const {firmware.OperandPack(layer, i)} {name}_item = {dialect.Read(name)};");
            }
            w.Line($"{firmware.Names.Pack(layer.Output)} y_item;");
            w.Pragmas(dialect.Aggregate("y_item"));
            w.Line($"{printed.Source.Named("compute")}({string.Concat(printed.Source.Inputs.Select(x => $"{x.Name}_item.data, "))}{Memories(printed)}y_item.data);");
            w.Line(dialect.Write("y", "y_item"));
        }
    }

    private static void Whole(CppWriter w, Firmware firmware, PrintedLayer printed)
    {
        StreamPlan plan = firmware.Streams!;
        Dialect dialect = firmware.Dialect;
        Layer layer = printed.Layer;
        StreamLayout output = plan.Layout(layer.Output);
        (string Name, string Type, int Size)[] inputs = [.. printed.Source.Inputs];
        foreach ((string name, string type, int size) in inputs)
            w.Line($"{Firmware.Local(size)}{type} {name}_all[{size}];").Pragmas(dialect.Partition($"{name}_all"));
        if (inputs.Length > 0)
        {
            int items = Enumerable.Range(0, inputs.Length).Max(k => plan.Operand(layer, k).Items);
            using (ItemLoop(w, "Read", items, dialect.StreamPipeline(1)))
            {
                for (int k = 0; k < inputs.Length; k++)
                {
                    StreamLayout layout = plan.Operand(layer, k);
                    using CppWriter.Scope? some = layout.Items < items ? w.Block($"if (item < {layout.Items})") : null;
                    w.Line($"const {firmware.OperandPack(layer, k)} {inputs[k].Name}_item = "
                        + $"{dialect.Read(inputs[k].Name)};");
                    using (w.Loop(null, "i", layout.Pack, dialect.Unroll()))
                        w.Line($"{inputs[k].Name}_all[{At(layout)}] = {inputs[k].Name}_item.data[i];");
                }
            }
        }
        w.Line($"{Firmware.Local(layer.Output.Shape.Size)}{printed.Source.OutputType} y_all[{layer.Output.Shape.Size}];")
            .Pragmas(dialect.Partition("y_all"));
        w.Line($"{printed.Source.Named("compute")}({string.Concat(inputs.Select(x => $"{x.Name}_all, "))}{Memories(printed)}y_all);");
        using (ItemLoop(w, "Write", output.Items, dialect.StreamPipeline(1)))
        {
            w.Line($"{firmware.Names.Pack(layer.Output)} y_item;").Pragmas(dialect.Aggregate("y_item"));
            using (w.Loop(null, "i", output.Pack, dialect.Unroll()))
                w.Line($"y_item.data[i] = y_all[{At(output)}];");
            w.Line(dialect.Write("y", "y_item"));
        }
    }

    /// <summary>The arguments of a layer's function for the memories outside that it reads.</summary>
    public static string Memories(PrintedLayer printed) =>
        string.Concat(printed.Source.Memories.Select(m => $"{m.Name}, "));

    // One item needs no loop.
    private static CppWriter.Scope? ItemLoop(CppWriter w, string label, int items,
        params IEnumerable<string> pipeline) =>
        items == 1 ? null : w.Loop(label, "item", items, pipeline);

    private static string At(StreamLayout layout) => layout.Items == 1 ? "i" : $"item * {layout.Pack} + i";

    // A process that copies every item to each reader; one without readers drops them.
    private static void Split(CppWriter w, Firmware firmware, Value value)
    {
        int copies = Copies(firmware, value);
        string pack = firmware.Names.Pack(value), name = firmware.Names.Array(value);
        w.Line($"// {(copies == 0 ? "No output depends on it: its items are dropped." : $"{Plural(copies, "reader")} of {name}.")}");
        Dialect dialect = firmware.Dialect;
        string stream = dialect.Stream(pack);
        string targets = string.Concat(Enumerable.Range(0, copies).Select(i => $", {stream}& y{i}"));
        using (w.Function($"static void {firmware.Names.Split(value)}({stream}& x{targets})"))
        using (w.Loop("Item", "item", firmware.Streams!.Layout(value).Items, dialect.StreamPipeline(1)))
        {
            w.Line(copies == 0 ? $"{dialect.Read("x")};" : $"const {pack} item_of_x = {dialect.Read("x")};");
            for (int i = 0; i < copies; i++)
                w.Line(dialect.Write($"y{i}", "item_of_x"));
        }
        w.Line();
    }

    // A process that joins items into longer ones, or parts them, for a reader that takes another number of pixels at a
    // time.
    private static void Adapter(CppWriter w, Firmware firmware, Value value, int pixels)
    {
        Dialect dialect = firmware.Dialect;
        StreamLayout from = firmware.Streams!.Layout(value), to = from.With(pixels);
        (string read, string written) = (firmware.Names.Pack(value), firmware.Names.Pack(value, pixels));
        PixelPacker packer = new(firmware.Names.Type(value), from.Channels, from.Pixels, to.Pixels);
        w.Line($"// {firmware.Names.Array(value)}: {from} to {to}.");
        using (w.Function(
            $"static void {firmware.Names.Adapter(value, pixels)}({dialect.Stream(read)}& x, "
            + $"{dialect.Stream(written)}& y)"))
        {
            packer.Declare(w, dialect);
            using (w.Loop("Item", "item", Math.Max(from.Items, to.Items), dialect.StreamPipeline(1)))
            {
                bool joins = to.Pixels > from.Pixels;
                using (CppWriter.Scope? due = joins ? null : w.Block($"if (count < {to.Pixels})"))
                {
                    w.Line($"const {read} x_item = {dialect.Read("x")};");
                    using (w.Loop(null, "i", from.Pack, dialect.Unroll()))
                        w.Line($"{packer.Behind("i")} = x_item.data[i];");
                    w.Line($"count += {from.Pixels};");
                }
                using (CppWriter.Scope? full = joins ? w.Block($"if (count >= {to.Pixels})") : null)
                    packer.Write(w, dialect, written);
            }
        }
        w.Line();
    }

    private static void Process(CppWriter w, Firmware firmware, int index, PrintedLayer? printed)
    {
        if (printed is null)
        {
            // A transposition before an output: what is traced of it is what passes through the port.
            Layer layer = firmware.Model.Layers[index];
            if (firmware.Model.Network.Inputs.Contains(layer.Input))
                return;
            DesignPort port = firmware.Interface.Outputs.First(p => firmware.Model.Storage(p.Value) == layer.Output);
            w.Line($"HLS4NET_TRACE({index}, {port.Identifier}, hls4net::planar<{port.PlanarChannels}>());").Line();
            return;
        }
        Value output = printed.Layer.Output;
        bool direct = firmware.Streams!.Readers(output) is [{ Layer: null }];
        string target = direct ? firmware.Reader(output, 0) : firmware.Names.Array(output);
        if (!direct)
            Declare(w, firmware, target, new StreamFifo(output, null));
        string[] operands = [.. printed.Layer.Inputs.Select((value, i) =>
            firmware.Reader(value, firmware.Streams!.Readers(value).IndexOf(new StreamUse(printed.Layer, i))))];
        for (int i = 0; i < operands.Length; i++)
        {
            if (!firmware.Streams!.IsAdapted(printed.Layer, i))
                continue;
            StreamFifo fifo = StreamProcess.Adapted(firmware.Streams, printed.Layer, i);
            string adapted = firmware.Names.Adapted(fifo.Value, fifo.Reader!.Value, fifo.Pixels!.Value);
            Declare(w, firmware, adapted, fifo);
            w.Line($"HLS4NET_PROCESS({firmware.Names.Adapter(fifo.Value, fifo.Pixels.Value)}({operands[i]}, "
                + $"{adapted}));");
            operands[i] = adapted;
        }
        w.Line($"HLS4NET_PROCESS({printed.Source.Name}({string.Join(", ", operands.Concat(printed.Source.Memories.Select(m => m.Name)).Append(target))}));");
        w.Line($"HLS4NET_TRACE({printed.Index}, {target});");
        Distribute(w, firmware, output);
        w.Line();
    }

    private static void Distribute(CppWriter w, Firmware firmware, Value value)
    {
        int copies = Copies(firmware, value);
        if (copies == 1 && !IsWire(firmware, value))
            return;
        string[] targets = [.. Enumerable.Range(0, copies).Select(i => firmware.Reader(value, i))];
        for (int i = 0; i < copies; i++)
        {
            if (firmware.Streams!.Readers(value)[i].Layer is not null)
                Declare(w, firmware, targets[i], new StreamFifo(value, i));
        }
        w.Line($"HLS4NET_PROCESS({firmware.Names.Split(value)}({string.Join(", ", targets.Prepend(firmware.Names.Array(value)))}));");
    }

    private static void Declare(CppWriter w, Firmware firmware, string name, StreamFifo fifo)
    {
        int depth = firmware.Schedule!.Depths[fifo];
        string pack = fifo.Pixels is int pixels ? firmware.Names.Pack(fifo.Value, pixels)
            : firmware.Names.Pack(fifo.Value);
        w.Line($"{firmware.Dialect.Fifo(pack, depth)} {name}(\"{name}\");");
        w.Pragmas(firmware.Dialect.StreamDepth(name, depth));
    }

    private static int Copies(Firmware firmware, Value value) => firmware.Streams!.Readers(value).Length;

    // An input that is an output as it is.
    private static bool IsWire(Firmware firmware, Value value) => firmware.Model.Network.Inputs.Contains(value)
        && firmware.Streams!.Readers(value) is [{ Layer: null }];

    private static string Plural(int count, string noun) => count == 1 ? $"one {noun}" : $"{count} {noun}s";
}
