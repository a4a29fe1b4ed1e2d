using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Hls.Emitters;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Scheduling;

namespace Hls4Net.Hls;

/// <summary>A layer and what it contributes to the sources.</summary>
/// <param name="Index">Its place in the trace.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Source">What was printed: of the layer, or in io_stream of the layer on one item.</param>
internal sealed record PrintedLayer(int Index, Layer Layer, LayerSource Source);

/// <summary>A model being printed: its names, its layers' sources, and its streams where it has some.</summary>
internal sealed class Firmware
{
    private readonly Dictionary<(Value, int), string> _readers = [];

    /// <param name="options">The model's options.</param>
    /// <param name="model">The model.</param>
    /// <param name="streams">Its streams; null in io_parallel.</param>
    /// <param name="names">The names of its ports and layers.</param>
    /// <param name="design">Its ports.</param>
    /// <param name="dialect">How it is spelt.</param>
    public Firmware(ModelOptions options, TypedModel model, StreamDesign? streams, FirmwareNames names,
        DesignInterface design, Dialect dialect)
    {
        Options = options;
        Interface = design;
        Model = model;
        Dialect = dialect;
        Streams = streams?.Plan;
        Schedule = streams?.Schedule;
        Names = names;
        foreach (Value value in Streams?.Streams ?? [])
            NameReaders(value, Streams!.Readers(value));
        Layers = [.. model.Layers.Select(Print).OfType<PrintedLayer>()];
    }

    public ModelOptions Options { get; }

    public TypedModel Model { get; }

    public Dialect Dialect { get; }

    /// <summary>Null in io_parallel.</summary>
    public StreamPlan? Streams { get; }

    /// <summary>Null in io_parallel.</summary>
    public StreamSchedule? Schedule { get; }

    public FirmwareNames Names { get; }

    /// <summary>The layers that have a function.</summary>
    public ImmutableArray<PrintedLayer> Layers { get; }

    /// <summary>The ports of the top function.</summary>
    public DesignInterface Interface { get; }

    /// <summary>The ports behind which the weights of layers are.</summary>
    public IEnumerable<ExternalMemory> Memories => Layers.SelectMany(l => l.Source.Memories);

    /// <summary>
    /// What the declaration of a local array begins with: the large ones of the C simulation do not go on a thread's
    /// stack.
    /// </summary>
    public static string Local(int elements) => elements > 2048 ? "HLS4NET_LOCAL " : "";

    /// <summary>The top function's head.</summary>
    public string Signature
    {
        get
        {
            IEnumerable<string> ports = Streams is null
                ? Interface.Ports.Select(p =>
                    $"{(p.Direction == PortDirection.Input ? "const " : "")}{Names.Type(p.Value)} "
                    + $"{p.Identifier}[{p.Size}]")
                : Interface.Ports.Select(p => $"{Dialect.Stream(Names.Pack(p.Value))}& {p.Identifier}");
            return $"void {Options.ModelName}({string.Join(", ", ports.Concat(Memories.Select(m => m.Parameter)))})";
        }
    }

    /// <summary>The struct of the items that a layer reads of an operand.</summary>
    public string OperandPack(Layer layer, int operand) =>
        Streams!.IsAdapted(layer, operand) ? Names.Pack(layer.Inputs[operand], layer.Parallelism)
            : Names.Pack(layer.Inputs[operand]);

    /// <summary>The stream that reader <paramref name="reader"/> of a value reads.</summary>
    public string Reader(Value value, int reader) => _readers[(Streams!.Stream(value), reader)];

    // A port, or the value's own stream where there is one reader, or a copy.
    private void NameReaders(Value value, ImmutableArray<StreamUse> readers)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            _readers[(value, i)] = readers[i].Layer is null ? Names.Outputs[readers[i].Operand]
                : readers.Length == 1 ? Names.Array(value) : Names.Copy(value, i);
        }
    }

    private PrintedLayer? Print(Layer layer, int index)
    {
        if (Streams?.Form(layer) is StreamForm.AtPort)
            return null;
        Layer printed = Streams?.Form(layer).OfStep(layer) ?? layer;
        LayerSource source = new(printed, Names.Of(layer), suffix => Names.Of(layer, suffix),
            [.. layer.Inputs.Select(Names.Type)], Names.Type(layer.Output), Dialect)
        {
            Copies = Streams?.Form(layer) is StreamForm.Lines { Buffer.Outputs: int outputs } ? outputs : 1,
        };
        if (Streams?.Form(layer) is StreamForm.Accumulate accumulate)
            AccumulateEmitter.Emit(source, accumulate.Items, Streams.Operand(layer, 0), OperandPack(layer, 0),
                Names.Pack(layer.Output));
        else if (Streams?.Form(layer) is StreamForm.Reduced { Reduction: ItemReduction reduction })
            ItemReductionEmitter.Emit(source, (Graph.Operations.Reduce)layer.Operation, reduction,
                OperandPack(layer, 0), Names.Pack(layer.Output));
        else if (Streams?.Form(layer) is not StreamForm.Scheduled { Schedule.Moves: true })
            LayerEmitter.Emit(source);
        return new PrintedLayer(index, layer, source);
    }
}
