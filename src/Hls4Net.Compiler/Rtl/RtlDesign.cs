using System.Collections.Immutable;
using Hls4Net.Circuits;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Programs;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Rtl;

/// <summary>A layer as a module.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Hardware">Its module; in io_stream the process around the datapath.</param>
/// <param name="Datapath">What computes it; in io_stream what computes a step of it.</param>
/// <param name="Target">The device and clock.</param>
/// <param name="Cycle">The cycle in which its outputs are there, counted from the network's inputs; 0 in io_stream,
/// where samples are not in step.</param>
internal sealed record RtlLayer(Layer Layer, Module Hardware, Datapath Datapath, Target Target, int Cycle)
{
    private readonly Lazy<string> _text = new(() => ModulePrinter.Print(Hardware, Target));

    /// <summary>The module's name; its text is in the file of that name.</summary>
    public string Module => Hardware.Name;

    /// <summary>The module, with those that it consists of.</summary>
    public string Text => _text.Value;

    /// <summary>Bits of its registers.</summary>
    public long RegisterBits => ModuleRegisters.Of(Hardware);

    /// <summary>
    /// Cycles from its inputs to its outputs; in io_stream from the items that start a step to the result.
    /// </summary>
    public int Latency => Datapath.Latency;

    /// <summary>Operations of all its programs.</summary>
    public int Operations => Datapath.Programs.Sum(p => p.Values.Length);

    /// <summary>True where it is wires alone, which take nothing of a device.</summary>
    public bool IsWiring => Hardware is ProgramModule program && RegisterBits == 0 && program.Program.IsWiring;

    /// <summary>True where it multiplies variables, which is what DSP blocks are for.</summary>
    public bool Multiplies => Datapath.Programs.Any(p => p.Values.Any(v => v.Operation is IntegerOperation.Product));
}

/// <summary>
/// A module between layers: copies of a stream for its readers, or its pixels for a reader that takes another number of
/// them at a time.
/// </summary>
/// <param name="Hardware">The module.</param>
/// <param name="Target">The device and clock.</param>
internal sealed record RtlLink(Circuit Hardware, Target Target)
{
    private readonly Lazy<string> _text = new(() => ModulePrinter.Print(Hardware, Target));

    /// <summary>The module's name; its text is in the file of that name.</summary>
    public string Module => Hardware.Name;

    /// <summary>The module, with those that it consists of.</summary>
    public string Text => _text.Value;

    /// <summary>Bits of its registers.</summary>
    public long RegisterBits => ModuleRegisters.Of(Hardware);
}

/// <summary>A port of the top.</summary>
/// <param name="Name">Its name, from which those of its valid and ready bits are made in io_stream.</param>
/// <param name="Width">Its bits.</param>
/// <param name="Value">The value whose elements it carries.</param>
/// <param name="Items">How many items a sample is.</param>
/// <param name="Design">The design's port that it is, which says how the elements lie; null for one that shows a
/// layer's result in order.</param>
internal sealed record RtlPort(string Name, int Width, Value Value, int Items, DesignPort? Design = null)
{
    /// <summary>A port of the design under a name of Verilog.</summary>
    public static RtlPort Of(string name, DesignPort port) => new(name, port.ItemBits, port.Value, port.Items, port);

    /// <summary>Elements of an item.</summary>
    public int ItemElements => Value.Shape.Size / Items;

    /// <summary>The place among the value's elements of one that is on the wire.</summary>
    public int ElementAt(int place) => Design?.ElementAt(place) ?? place;
}

/// <summary>
/// A network as Verilog: a module for each layer and a top that joins them. In io_parallel a sample enters as a whole,
/// at fixed intervals at least, and a valid bit rides along; in io_stream layers are processes joined by streams.
/// </summary>
/// <param name="Name">The name of the top module.</param>
/// <param name="Model">The network.</param>
/// <param name="Target">The device and clock.</param>
/// <param name="Layers">The layers that are modules: in io_stream all but transpositions at ports.</param>
/// <param name="Links">Modules between layers; none in io_parallel.</param>
/// <param name="TopModule">The top module.</param>
/// <param name="TraceModule">The same, named <c>…_trace</c>, with the outputs of all layers as ports.</param>
/// <param name="Latency">Cycles from a sample to its results; in io_stream from its first item to the last of its
/// results, of a sample alone.</param>
/// <param name="Interval">Cycles from one sample to the next.</param>
/// <param name="InputPorts">The top's input ports, in the order of the network's inputs.</param>
/// <param name="OutputPorts">The top's output ports, in the order of the network's outputs.</param>
/// <param name="TracePorts">The ports of <see cref="Trace"/> that show the layers' outputs.</param>
/// <param name="IsStream">True in io_stream.</param>
internal sealed record RtlDesign(
    string Name, TypedModel Model, Target Target, ImmutableArray<RtlLayer> Layers, ImmutableArray<RtlLink> Links,
        Circuit TopModule, Circuit TraceModule, int Latency, int Interval,
    ImmutableArray<RtlPort> InputPorts, ImmutableArray<RtlPort> OutputPorts, ImmutableArray<RtlPort> TracePorts,
        bool IsStream)
{
    /// <summary>
    /// Cycles until layers that begin a sample's result before they read any of the sample, as one does that puts
    /// padding in front, wait for it; 0 where there are none. Latency is that of a sample that comes then.
    /// </summary>
    public int HeadStart { get; init; }

    /// <summary>Depths and times of its streams, from the cycles that its modules take; null in io_parallel.</summary>
    public StreamSchedule? Schedule { get; init; }

    private static readonly string[] s_parts = ["ternary_add", "lut_pair", "table"];

    private readonly Lazy<string> _top = new(() => ModulePrinter.Own(TopModule, Target)),
        _trace = new(() => ModulePrinter.Own(TraceModule, Target));

    /// <summary>The text of the top module, without the layers'.</summary>
    public string Top => _top.Value;

    /// <summary>The text of the one with the outputs of all layers.</summary>
    public string Trace => _trace.Value;

    /// <summary>Bits of the registers of the top module itself, between layers.</summary>
    public long RegisterBits => ModuleRegisters.OwnOf(TopModule);

    /// <summary>The files, timing constraints and a script for Vivado.</summary>
    /// <param name="options">The model's part and clock.</param>
    public ImmutableArray<GeneratedFile> WithProject(ModelOptions options) =>
        [.. Files, VivadoEmitter.Constraints(options.ClockPeriod),
            VivadoEmitter.Script(Name, options.Part, Files.Select(f => f.Path))];

    /// <summary>What the Verilog consists of, a file for each layer.</summary>
    public IEnumerable<GeneratedFile> Files =>
    [
        .. Layers.Select(l => new GeneratedFile($"{l.Module}.v", l.Text)),
        .. Links.Select(l => new GeneratedFile($"{l.Module}.v", l.Text)),
        .. s_parts.Where(p => Layers.Select(l => l.Text).Concat(Links.Select(l => l.Text)).Append(Top)
            .Any(text => Instantiates(text, p))).Select(Part),
        new GeneratedFile($"{Name}.v", Top),
    ];

    /// <summary>The modules of this library that a text instantiates.</summary>
    public static IEnumerable<GeneratedFile> PartsOf(string text) =>
        s_parts.Where(p => Instantiates(text, p)).Select(Part);

    /// <summary>Lowers and schedules a network for io_parallel.</summary>
    /// <param name="name">The top module.</param>
    /// <param name="model">The network.</param>
    /// <param name="design">Its ports.</param>
    /// <param name="target">The device and clock.</param>
    /// <exception cref="ModelException">A layer cannot be lowered.</exception>
    public static RtlDesign Build(string name, TypedModel model, DesignInterface design, Target target)
    {
        VerilogNames names = new(name, model, model.Storage);
        ParallelTop top = new(name, model, names);
        ImmutableArray<RtlLayer>.Builder layers = ImmutableArray.CreateBuilder<RtlLayer>();
        foreach (Layer layer in model.Layers)
        {
            string module = names.Module(layer);
            // A reshaped value may have a narrower type than the wires that it is.
            Port[] inputs = [.. layer.Inputs.Select((v, i) =>
                ParallelTop.Port(layer.Inputs.Length == 1 ? "x" : $"x{i}", model.Storage(v)))];
            Datapath datapath = Datapath.Of(module, Title(layer), layer, target, top.PhaseOf(layer), inputs,
                ParallelTop.Port("y", layer.Output));
            layers.Add(new RtlLayer(layer, datapath.Module, datapath, target, top.Add(layer, datapath)));
        }
        return new RtlDesign(
            name, model, target, layers.ToImmutable(), [], top.Build(trace: false), top.Build(trace: true), top.Latency,
                top.Interval,
            [.. design.Inputs.Select(p => RtlPort.Of(names.Input(p.Value), p))],
            [.. design.Outputs.Select((p, i) => RtlPort.Of(names.Outputs[i], p))],
            [.. layers.Select(l => new RtlPort(names.Trace(l.Layer), ParallelTop.Port("", l.Layer.Output).Width,
                l.Layer.Output, 1))], IsStream: false);
    }

    /// <summary>What a layer computes, for the comment above its module.</summary>
    public static string Title(Layer layer) =>
        CommentText.Of(
            $"{layer.Name}: {layer.Operation.Kind}, "
            + $"{string.Join(", ", layer.Inputs.Select(v => $"{v.Shape} {v.Type}"))} -> {layer.Output.Shape} "
            + $"{layer.Output.Type}");

    private static bool Instantiates(string text, string part) =>
        text.Contains($"hls4net_{part}", StringComparison.Ordinal);

    private static GeneratedFile Part(string name)
    {
        using Stream stream = typeof(RtlDesign).Assembly.GetManifestResourceStream($"Hls4Net.Rtl.{name}.v")!;
        using StreamReader reader = new(stream);
        return new GeneratedFile($"hls4net_{name}.v", reader.ReadToEnd());
    }
}
