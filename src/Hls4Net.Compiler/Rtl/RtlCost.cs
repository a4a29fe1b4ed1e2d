using System.Collections.Immutable;
using Hls4Net.Circuits.Mapping;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Programs.Mapping;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl;

/// <summary>
/// What a design is expected to cost: cycles and registers are counted, look-up tables cover its logic.
/// </summary>
internal static class RtlCost
{
    /// <summary>The cost of every layer of the model, in its order, and of the design.</summary>
    public static DesignCost Of(RtlDesign design)
    {
        // A transposition at a port is a layer of the model, and no module.
        Dictionary<Value, RtlLayer> modules = design.Layers.ToDictionary(l => l.Layer.Output);
        ImmutableArray<Cost> layers =
        [
            .. design.Model.Layers.Select(l => modules.TryGetValue(l.Output, out RtlLayer? module)
                ? Of(module, design.Target.Family) : new Cost(0, 1, 0, 0, 0, 0)),
        ];
        ModuleCost all = design.Links.Aggregate(new ModuleCost(Ff: design.RegisterBits),
            (sum, link) => sum + CircuitLogic.CostOf(link.Hardware, design.Target.Family));
        return new DesignCost(layers, new Cost(
            design.Latency, design.Interval, layers.Sum(c => c.Dsp), layers.Sum(c => c.Lut) + all.Lut,
                layers.Sum(c => c.Ff) + all.Ff, layers.Sum(c => c.Bram18) + all.Bram18));
    }

    /// <summary>The cost of a layer.</summary>
    public static Cost Of(RtlLayer layer, Family family)
    {
        ModuleCost cost = CircuitLogic.CostOf(layer.Hardware, family);
        return new Cost(layer.Latency, layer.Datapath.Interval, cost.Dsp, cost.Lut, cost.Ff, cost.Bram18);
    }
}
