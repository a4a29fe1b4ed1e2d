using System.Collections.Immutable;
using Hls4Net.Estimation;
using Hls4Net.Rtl.Mapping;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl;

/// <summary>What a design is expected to cost: cycles and registers are counted, look-up tables cover its logic.</summary>
internal static class RtlCost
{
    /// <summary>The cost of every layer and of the design.</summary>
    public static DesignCost Of(RtlDesign design)
    {
        ImmutableArray<Cost> layers = [.. design.Layers.Select(Of)];
        return new DesignCost(layers, new Cost(
            design.Latency, design.Interval, layers.Sum(c => c.Dsp), layers.Sum(c => c.Lut), layers.Sum(c => c.Ff) + design.RegisterBits + design.Links.Sum(s => s.RegisterBits),
            layers.Sum(c => c.Bram18)));
    }

    /// <summary>The cost of a layer: of the registers around what computes it all, of memories of rows none, of queues as if they were registers.</summary>
    public static Cost Of(RtlLayer layer)
    {
        Datapath datapath = layer.Datapath;
        ModuleCost computes = datapath.Cost.Value;
        return new Cost(layer.Latency, datapath.Interval, computes.Dsp, computes.Lut, computes.Ff + layer.RegisterBits - datapath.RegisterBits, computes.Bram18);
    }
}
