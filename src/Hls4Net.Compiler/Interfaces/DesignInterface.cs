using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Scheduling;

namespace Hls4Net.Interfaces;

/// <summary>Which way a port's elements go.</summary>
internal enum PortDirection
{
    /// <summary>Into the design.</summary>
    Input,

    /// <summary>Out of the design.</summary>
    Output,
}

/// <summary>
/// A port of a design: what a caller has to know of it, and how its elements lie on the wire. A sample of a port is
/// <see cref="Items"/> transfers of
/// <see cref="ItemElements"/> elements each; element k of a transfer lies in the bits from k times the width of
/// <see cref="WireType"/> on.
/// </summary>
internal sealed record DesignPort
{
    /// <summary>The name that the model gives it.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in the sources: a C identifier that no other port or layer has.</summary>
    public required string Identifier { get; init; }

    public required PortDirection Direction { get; init; }

    /// <summary>The value of the typed network that it carries.</summary>
    public required Value Value { get; init; }

    /// <summary>
    /// The type of its elements where they travel; wider than <see cref="Type"/> where a reshape knows more of its
    /// operand's range.
    /// </summary>
    public required FixedPointType WireType { get; init; }

    /// <summary>The place of its first element among those of all ports of its direction.</summary>
    public required int Start { get; init; }

    /// <summary>
    /// The items of a sample in io_stream; null in io_parallel, where all elements are there at once.
    /// </summary>
    public required StreamLayout? Stream { get; init; }

    /// <summary>
    /// The channels of an image that callers have plane by plane and the stream pixel by pixel; null where elements
    /// travel in the caller's order.
    /// </summary>
    public required int? PlanarChannels { get; init; }

    /// <summary>What its numbers, counted from 0, stand for; empty for numbers that are meant.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The shape as callers have it, in row-major order.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>The type of its elements.</summary>
    public FixedPointType Type => Value.Type;

    /// <summary>
    /// The types that elements along the last axis are rounded to before they are held in <see cref="Type"/>; empty
    /// where that is all.
    /// </summary>
    public ImmutableArray<FixedPointType> ElementTypes => Value.Typing!.Elements;

    /// <summary>Elements of a sample.</summary>
    public int Size => Shape.Size;

    /// <summary>Transfers of a sample.</summary>
    public int Items => Stream?.Items ?? 1;

    /// <summary>Elements of a transfer.</summary>
    public int ItemElements => Stream?.Pack ?? Size;

    /// <summary>Pixels of a transfer of a stream.</summary>
    public int Pixels => Stream?.Pixels ?? 1;

    /// <summary>Bits of a transfer.</summary>
    public int ItemBits => ItemElements * WireType.Width;

    /// <summary>
    /// Where the caller has the element that is the <paramref name="place"/>th on the wire, counted from 0 through all
    /// transfers.
    /// </summary>
    public int ElementAt(int place) =>
        PlanarChannels is int channels ? (place % channels * (Size / channels)) + (place / channels) : place;
}

/// <summary>Weights that are outside a design, a word read a step.</summary>
/// <param name="Layer">The layer that reads them.</param>
/// <param name="Memory">Its size.</param>
/// <param name="Fraction">Fraction bits of the mantissas in it; 0 for signs.</param>
/// <param name="Start">The place of its first element among those of all such memories.</param>
internal sealed record DesignMemory(string Layer, WeightMemory Memory, int Fraction, int Start)
{
    /// <summary>Elements of all its words.</summary>
    public int Size => Memory.Words * Memory.Elements;
}

/// <summary>The ports of a design, which C++, Verilog, test benches and the C# class are written from.</summary>
/// <param name="Inputs">The inputs, in the order of the network's.</param>
/// <param name="Outputs">The outputs, in the order of the network's.</param>
/// <param name="Memories">Weights behind ports, in the order of the layers.</param>
internal sealed record DesignInterface(
    ImmutableArray<DesignPort> Inputs, ImmutableArray<DesignPort> Outputs, ImmutableArray<DesignMemory> Memories)
{
    /// <summary>The inputs, then the outputs: the order of the top function's parameters.</summary>
    public IEnumerable<DesignPort> Ports => Inputs.Concat(Outputs);

    /// <summary>Elements of a sample's inputs.</summary>
    public int InputSize => Inputs.Sum(p => p.Size);

    /// <summary>Elements of a sample's outputs.</summary>
    public int OutputSize => Outputs.Sum(p => p.Size);

    /// <summary>The interface of a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="plan">Its streams; null in io_parallel.</param>
    /// <param name="names">The names in its sources.</param>
    public static DesignInterface Of(TypedModel model, StreamPlan? plan, FirmwareNames names)
    {
        Network network = model.Network;
        return new DesignInterface(
            Started(network.Inputs.Select(v => Port(v.Name, names.Array(v), PortDirection.Input, v))),
            Started(network.Outputs.Select((o, i) =>
                Port(o.Name, names.Outputs[i], PortDirection.Output, o.Value) with { Labels = o.Labels })),
            MemoriesOf(model));

        DesignPort Port(string name, string identifier, PortDirection direction, Value value) => new()
        {
            Name = name,
            Identifier = identifier,
            Direction = direction,
            Value = value,
            WireType = (plan is null ? model.Storage(value) : plan.Stream(value)).Type,
            Start = 0,
            Stream = plan?.Layout(value),
            PlanarChannels = plan?.PlanarChannels(value),
        };
    }

    private static ImmutableArray<DesignPort> Started(IEnumerable<DesignPort> ports)
    {
        int start = 0;
        ImmutableArray<DesignPort>.Builder started = ImmutableArray.CreateBuilder<DesignPort>();
        foreach (DesignPort port in ports)
        {
            started.Add(port with { Start = start });
            start += port.Size;
        }
        return started.ToImmutable();
    }

    private static ImmutableArray<DesignMemory> MemoriesOf(TypedModel model)
    {
        int start = 0;
        ImmutableArray<DesignMemory>.Builder memories = ImmutableArray.CreateBuilder<DesignMemory>();
        foreach (Layer layer in model.Layers.Where(l => l.Memory is { Storage: WeightStorage.External }))
        {
            int fraction = layer.Memory!.Signs ? 0 : layer.Operation.Matrix!.Weights.Fraction;
            memories.Add(new DesignMemory(layer.Name, layer.Memory, fraction, start));
            start += memories[^1].Size;
        }
        return memories.ToImmutable();
    }
}
