using System.Collections.Immutable;
using Hls4Net.Estimation;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl;

/// <summary>What a design is expected to cost: cycles and registers are counted, look-up tables follow from the widths of its operations.</summary>
internal static class RtlCost
{
    /// <summary>The cost of every layer and of the design.</summary>
    public static DesignCost Of(RtlDesign design)
    {
        ImmutableArray<Cost> layers = [.. design.Layers.Select(Of)];
        return new DesignCost(layers, new Cost(
            design.Latency, design.Interval, layers.Sum(c => c.Dsp), layers.Sum(c => c.Lut), layers.Sum(c => c.Ff) + design.RegisterBits + design.Splits.Sum(s => s.RegisterBits),
            layers.Sum(c => c.Bram18)));
    }

    private static Cost Of(RtlLayer layer) => new(
        layer.Latency, layer.Datapath.Interval, layer.Datapath.Programs.Sum(p => p.Values.Count(v => v.Operation is IntegerOperation.Product)),
        layer.Datapath.Programs.Sum(p => p.Values.Sum(v => Luts(p, v))), layer.RegisterBits, 0);

    private static long Luts(IntegerProgram program, IntegerValue value) => value.Operation switch
    {
        IntegerOperation.Sum { Terms.Length: > 1 } or IntegerOperation.Select => value.Width,
        IntegerOperation.AtLeast compare => program.Values[compare.A].Width / 2,
        IntegerOperation.Table table => value.Width * (long)Math.Max(1, table.Entries.Length / 64),
        _ => 0,
    };
}
