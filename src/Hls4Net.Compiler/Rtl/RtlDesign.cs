using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Hls;
using Hls4Net.Rtl.Lowering;
using Hls4Net.Rtl.Pipelining;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Transforms;

namespace Hls4Net.Rtl;

/// <summary>A layer as a module.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Module">The module's name; its text is in the file of that name.</param>
/// <param name="Program">What it computes.</param>
/// <param name="Text">The module.</param>
/// <param name="Latency">Cycles from its inputs to its outputs.</param>
/// <param name="Cycle">The cycle in which its outputs are there, counted from the network's inputs.</param>
/// <param name="RegisterBits">Bits of its pipeline registers.</param>
/// <param name="LongestPathNs">The longest path between registers, an estimate.</param>
/// <param name="Work">What its operations are, in bits.</param>
internal sealed record RtlLayer(Layer Layer, string Module, IntegerProgram Program, string Text, int Latency, int Cycle, long RegisterBits, double LongestPathNs, RtlWork Work);

/// <summary>
/// A network as Verilog: a module for each layer, completely unrolled, a new sample every clock cycle, and a top that joins them. There is no reset
/// but of the valid bit, which rides along.
/// </summary>
internal sealed class RtlDesign
{
    private RtlDesign(string name, TypedModel model, Target target, ImmutableArray<RtlLayer> layers, TopEmitter top)
    {
        (Name, Model, Target, Layers, Latency) = (name, model, target, layers, top.Latency);
        Top = top.Emit(trace: false);
        RegisterBits = top.RegisterBits;
        Trace = top.Emit(trace: true);
        InputPorts = [.. model.Network.Inputs.Select(v => ($"in_{top.Names.Array(v)}", TopEmitter.Port("", v).Width))];
        OutputPorts = [.. model.Network.Outputs.Select((o, i) => ($"out_{top.Names.Outputs[i]}", TopEmitter.Port("", model.Storage(o.Value)).Width))];
        TracePorts = [.. layers.Select(l => $"trace_{top.Names.Of(l.Layer)}")];
    }

    /// <summary>The name of the top module.</summary>
    public string Name { get; }

    public TypedModel Model { get; }

    public Target Target { get; }

    public ImmutableArray<RtlLayer> Layers { get; }

    /// <summary>Cycles from a sample to its results.</summary>
    public int Latency { get; }

    /// <summary>The top module.</summary>
    public string Top { get; }

    /// <summary>Bits of the registers of the top module itself, between layers.</summary>
    public long RegisterBits { get; }

    /// <summary>The same, named <c>…_trace</c>, with the outputs of all layers as ports.</summary>
    public string Trace { get; }

    /// <summary>The top's input ports, in the order of the network's inputs.</summary>
    public IReadOnlyList<(string Name, int Width)> InputPorts { get; }

    /// <summary>The top's output ports, in the order of the network's outputs.</summary>
    public IReadOnlyList<(string Name, int Width)> OutputPorts { get; }

    /// <summary>The ports of <see cref="Trace"/> that show the layers' outputs.</summary>
    public IReadOnlyList<string> TracePorts { get; }

    /// <summary>What the Verilog consists of, one module a file.</summary>
    public IEnumerable<GeneratedFile> Files =>
    [
        .. Layers.Select(l => new GeneratedFile($"{l.Module}.v", l.Text)),
        .. Target.AdderOperands == 3 ? new[] { new GeneratedFile("hls4net_ternary_add.v", TernaryAdder) } : [],
        new GeneratedFile($"{Name}.v", Top),
    ];

    /// <summary>The adder of three operands.</summary>
    public static string TernaryAdder { get; } = ReadTernaryAdder();

    /// <summary>Lowers, schedules and prints a network.</summary>
    /// <exception cref="ModelException">A layer cannot be lowered.</exception>
    public static RtlDesign Build(string name, TypedModel model, Target target)
    {
        FirmwareNames names = new(name, model, model.Storage);
        DelayModel delays = new(target.Family);
        TopEmitter top = new(name, model, names);
        ImmutableArray<RtlLayer>.Builder layers = ImmutableArray.CreateBuilder<RtlLayer>();
        foreach (Layer layer in model.Layers)
        {
            IntegerProgram program = LayerLowering.Lower(layer, target.AdderOperands);
            Schedule schedule = new(program, delays, target.ClockPeriodNs, top.PhaseOf(layer));
            int cycle = top.Add(layer, schedule);
            string module = $"{name}_{names.Of(layer)}";
            // A reshaped value may have a narrower type than the wires that it is.
            Port[] inputs = [.. layer.Inputs.Select((v, i) => TopEmitter.Port(layer.Inputs.Length == 1 ? "x" : $"x{i}", model.Storage(v)))];
            string title = $"{layer.Name}: {layer.Operation.Kind}, {string.Join(", ", layer.Inputs.Select(v => $"{v.Shape} {v.Type}"))} -> {layer.Output.Shape} {layer.Output.Type}";
            string text = ModuleEmitter.Emit(module, CommentText.Of(title), program, schedule, target, inputs, TopEmitter.Port("y", layer.Output));
            layers.Add(new RtlLayer(layer, module, program, text, schedule.Latency, cycle, schedule.RegisterBits, schedule.LongestPathNs, RtlWork.Of(program, schedule)));
        }
        return new RtlDesign(name, model, target, layers.ToImmutable(), top);
    }

    private static string ReadTernaryAdder()
    {
        using Stream stream = typeof(RtlDesign).Assembly.GetManifestResourceStream("Hls4Net.Rtl.ternary_add.v")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
