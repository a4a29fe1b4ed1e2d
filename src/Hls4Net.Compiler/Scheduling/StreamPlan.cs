using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>
/// Who reads a stream: operand <paramref name="Operand"/> of a layer, or, without one, an output of the network.
/// </summary>
public readonly record struct StreamUse(Layer? Layer, int Operand);

/// <summary>
/// How a typed model works on streams: what every value's stream carries, who reads it, and the form of every layer.
/// </summary>
public sealed class StreamPlan
{
    private readonly TypedModel _model;
    // By result, not by layer: a layer that is given a memory or pixels later is another record, and the same process.
    private readonly Dictionary<Value, StreamForm> _forms = [];
    private readonly Dictionary<Value, Layer> _layers;
    private readonly Dictionary<Value, Value> _source = [];
    private readonly Dictionary<Value, StreamLayout> _layouts = [];
    private readonly Dictionary<Value, ImmutableArray<StreamUse>> _readers = [];

    /// <summary>Plans the streams of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="before">A plan of other layers on the same network: a layer that is as it was, and whose operands
    /// come as they came, keeps its form.</param>
    public StreamPlan(TypedModel model, StreamPlan? before = null)
    {
        _model = model;
        _layers = model.Layers.ToDictionary(l => l.Output);
        if (before?._model.Network != model.Network)
            before = null;
        Dissolve();
        foreach (Value input in model.Network.Inputs)
            _layouts[input] = (PixelsOf(input) is Layer pixels ? StreamLayout.Natural(pixels.Output.Shape)
                : OfInput(input)).With(
                model.Layers.FirstOrDefault(l => !_forms.ContainsKey(l.Output)
                    && l.Inputs.Any(i => Stream(i) == input))?.Parallelism ?? 1);
        foreach (Layer layer in model.Layers.Where(l => !_forms.ContainsKey(l.Output)))
        {
            _forms[layer.Output] = Kept(layer, before) ?? FormOf(layer);
            _layouts[layer.Output] = Result(layer, _forms[layer.Output]);
        }
        foreach (Value value in Streams)
            _readers[value] = [];
        foreach (Layer layer in model.Layers.Where(l => _forms[l.Output] is not StreamForm.AtPort))
        {
            for (int i = 0; i < layer.Inputs.Length; i++)
                _readers[Stream(layer.Inputs[i])] = _readers[Stream(layer.Inputs[i])].Add(new StreamUse(layer, i));
        }
        for (int k = 0; k < model.Network.Outputs.Length; k++)
            _readers[Stream(model.Network.Outputs[k].Value)] = _readers[Stream(model.Network.Outputs[k].Value)]
                .Add(new StreamUse(null, k));
    }

    /// <summary>The values that have a stream of their own: inputs, then layers' results, in order.</summary>
    public IEnumerable<Value> Streams => _model.Network.Inputs.Concat(
        _model.Layers.Where(l => _forms[l.Output] is not StreamForm.AtPort).Select(l => l.Output));

    /// <summary>
    /// The value whose stream carries a value's elements: itself, but for reshapes and for transpositions at ports.
    /// </summary>
    public Value Stream(Value value)
    {
        value = _model.Storage(value);
        while (_source.TryGetValue(value, out Value? source))
            value = _model.Storage(source);
        return value;
    }

    public StreamLayout Layout(Value value) => _layouts[Stream(value)];

    /// <summary>
    /// What a layer reads of an operand: as many pixels a pack as it takes at a time, whatever the stream has.
    /// </summary>
    public StreamLayout Operand(Layer layer, int index) => Layout(layer.Inputs[index]).With(layer.Parallelism);

    /// <summary>True if an operand's packs are made to a layer's between the stream and the layer.</summary>
    public bool IsAdapted(Layer layer, int index) => Layout(layer.Inputs[index]).Pixels != layer.Parallelism;

    /// <summary>The pixels of packs that some reader's stream of a value has, and its own has not.</summary>
    public IEnumerable<int> Adapted(Value value) =>
        Readers(value).Where(r => r.Layer is not null && IsAdapted(r.Layer, r.Operand))
            .Select(r => r.Layer!.Parallelism).Distinct();

    /// <summary>What a layer of some form writes.</summary>
    public StreamLayout Result(Layer layer, StreamForm form)
    {
        switch (form)
        {
            case StreamForm.EachItem { Layer: Layer item }:
                return new StreamLayout(Operand(layer, 0).Items, item.Output.Shape.Size, layer.Parallelism);
            case StreamForm.Scheduled { Schedule: ItemSchedule schedule }:
                return schedule.Output;
            case StreamForm.Lines { Buffer: LineBuffer buffer }:
                int pixel = buffer.Layer.Output.Shape.Size;
                return new StreamLayout(layer.Output.Shape.Size / pixel, pixel).With(buffer.ResultPixels);
            case StreamForm.Whole:
                StreamLayout pixels = new(layer.Output.Shape.Size / Pack(layer.Output), Pack(layer.Output));
                return pixels.Items % layer.Parallelism == 0 ? pixels.With(layer.Parallelism) : pixels;
            default:
                return StreamLayout.Natural(layer.Output.Shape);
        }
    }

    public StreamForm Form(Layer layer) => _forms[layer.Output];

    /// <summary>Who reads the stream of a value, layers in their order before outputs.</summary>
    public ImmutableArray<StreamUse> Readers(Value value) => _readers[Stream(value)];

    /// <summary>
    /// The channels of a port that is channels-first outside and a stream of pixels inside; null for any other.
    /// </summary>
    public int? PlanarChannels(Value port) =>
        PixelsOf(port) is Layer input ? input.Output.Shape[input.Output.Shape.Rank - 1] : PlanesOf(port) is Layer output
            ? output.Output.Shape[1] : null;

    // The items that one row of a result is made of; null where items are more than terms of it.
    private static int? Accumulated(Layer layer, StreamLayout input)
    {
        // A network of additions needs the whole row.
        bool whole = layer.IsLoop || layer.Strategy == Strategy.DistributedArithmetic;
        return layer.Operation switch
        {
            Dense dense when !whole && dense.Columns % input.Pack == 0
                && input.Pack * dense.Units % layer.ReuseFactor == 0 => dense.Columns / input.Pack,
            // The window is the whole image.
            Pool pool when input.With(1) == StreamLayout.Natural(layer.Input.Shape) && pool.Window.IsInside
                && layer.Input.Shape[0] == 1
                && pool.Window.Axes.Select((a, i) => a.Size == layer.Input.Shape[i + 1] && a.Dilation == 1)
                    .All(whole => whole) => input.Items,
            _ => null,
        };
    }

    private StreamForm? Kept(Layer layer, StreamPlan? before) =>
        before is not null && ReferenceEquals(before._layers[layer.Output], layer)
            && Enumerable.Range(0, layer.Inputs.Length).All(i => before.Operand(layer, i) == Operand(layer, i))
            ? before._forms[layer.Output]
            : null;

    /// <summary>The form that a layer takes whose operands come in the streams of this plan.</summary>
    public StreamForm FormOf(Layer layer)
    {
        ImmutableArray<StreamLayout> inputs = [.. layer.Inputs.Select((_, i) => Operand(layer, i))];
        if (!inputs.IsEmpty && inputs.All(i => i.Items == inputs[0].Items)
            && LayerPart.OfItem(layer, inputs[0].Items, inputs[0].Pixels) is Layer item)
            return new StreamForm.EachItem(item);
        if (layer.Inputs.Length == 1 && Accumulated(layer, inputs[0]) is int items)
            return new StreamForm.Accumulate(items);
        if (layer.Inputs.Length == 1 && LineBuffer.Of(layer, inputs[0], Pack(layer.Output)) is LineBuffer buffer)
            return new StreamForm.Lines(buffer);
        if (layer.Inputs.Length == 1 && ItemReduction.Of(layer, inputs[0]) is ItemReduction reduction)
            return new StreamForm.Reduced(reduction);
        if (ItemSchedule.Of(layer, inputs, Pack(layer.Output)) is ItemSchedule schedule)
            return new StreamForm.Scheduled(schedule);
        return new StreamForm.Whole();
    }

    // An image of one channel is channels-last as it is; its items are pixels where those who read it say so, not rows.
    private StreamLayout OfInput(Value input)
    {
        StreamLayout natural = StreamLayout.Natural(input.Shape);
        return Pack(input) is int pack && pack < natural.Pack
            && natural.Pack % pack == 0 ? new StreamLayout(input.Shape.Size / pack, pack) : natural;
    }

    // The elements of an item as those have them who read a value: under a shape that they give it, be it behind
    // element-wise operations, where all agree.
    private int Pack(Value value)
    {
        int own = StreamLayout.Natural(value.Shape).Pack;
        int[] packs = [.. _model.Network.Nodes.Where(n => n.Inputs.Contains(value)).Select(n => n.Operation switch
        {
            Reshape reshape => StreamLayout.Natural(reshape.To).Pack,
            { IsElementwise: true } when n.Inputs.Length == 1 && n.Output.Shape == value.Shape => Pack(n.Output),
            _ => own,
        }).Distinct()];
        return packs is [int pack] ? pack : own;
    }

    // The transposition to channels-last right behind an input.
    private Layer? PixelsOf(Value input) =>
        _model.Layers.FirstOrDefault(l => _forms.GetValueOrDefault(l.Output) is StreamForm.AtPort && l.Input == input);

    // The transposition to channels-first right before an output.
    private Layer? PlanesOf(Value output) =>
        _model.Layers.FirstOrDefault(l => _forms.GetValueOrDefault(l.Output) is StreamForm.AtPort
            && l.Output == _model.Storage(output) && !_model.Network.Inputs.Contains(l.Input));

    private void Dissolve()
    {
        ILookup<Value, Layer?> readers = _model.Layers.SelectMany(l =>
            l.Inputs.Select(i => (Layer: (Layer?)l, Value: _model.Storage(i))))
            .Concat(_model.Network.Outputs.Select(o => (Layer: (Layer?)null, Value: _model.Storage(o.Value))))
            .ToLookup(r => r.Value, r => r.Layer);
        foreach (Layer layer in _model.Layers)
        {
            if (layer.Operation is not Transpose transpose || layer.Input.Shape.Rank < 3)
                continue;
            int rank = layer.Input.Shape.Rank;
            ImmutableArray<int> toPixels = [0, .. Enumerable.Range(2, rank - 2), 1],
                toPlanes = [0, rank - 1, .. Enumerable.Range(1, rank - 2)];
            bool input = layer.Input.Shape[0] == 1 && transpose.Permutation.SequenceEqual(toPixels)
                && _model.Network.Inputs.Contains(layer.Input) && readers[layer.Input].Count() == 1;
            bool output = layer.Input.Shape[0] == 1 && transpose.Permutation.SequenceEqual(toPlanes)
                && !_model.Network.Inputs.Contains(_model.Storage(layer.Input))
                && readers[layer.Output].All(r => r is null);
            if (!input && !output)
                continue;
            _forms[layer.Output] = new StreamForm.AtPort();
            _source[layer.Output] = layer.Input;
        }
    }
}
