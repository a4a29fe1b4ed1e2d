using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Programs.Mapping;
using Hls4Net.Programs.Pipelining;

namespace Hls4Net.Estimation;

/// <summary>
/// The cost of a layer that no formula is for: that of its integer program, placed between registers and covered with look-up tables of UltraScale+.
/// </summary>
internal static class ProgramEstimate
{
    // The logic of so many elements is covered in a tenth of a second; that of more grows with their number.
    private const int MostElements = 1024;

    /// <summary>The cost of groups of elements that are compared with one another, each lowered alike.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="hardmax">Its operation.</param>
    /// <param name="clockPeriodNs">The clock period of UltraScale+.</param>
    public static Cost Of(Layer layer, Hardmax hardmax, double clockPeriodNs)
    {
        if (layer.Output.Shape.Size == 0)
            return new Cost(0, 1, 0, 0, 0, 0);
        int count = Math.Min(hardmax.Count, MostElements);
        Value input = Elements(layer.Input, count), output = Elements(layer.Output, count);
        Layer group = layer with { Main = layer.Main with { Operation = new Hardmax(count, 1), Inputs = [input], Output = output }, Rounding = null };
        Cost cost = Of(LayerLowering.Lower(group, Fabric.Of(Family.UltraScalePlus)), clockPeriodNs);
        return cost.Times(layer.Output.Shape.Size / count);
    }

    /// <summary>The cost of a program.</summary>
    public static Cost Of(IntegerProgram program, double clockPeriodNs)
    {
        Schedule schedule = new(program, new DelayModel(Family.UltraScalePlus), clockPeriodNs, phase: 0);
        ModuleCost cost = ProgramLogic.CostOf(program, schedule, Family.UltraScalePlus);
        // A cycle that is begun is a cycle of the function.
        return new Cost(schedule.Latency + (schedule.Phase > 0 ? 1 : 0), 1, cost.Dsp, cost.Lut, cost.Ff, cost.Bram18);
    }

    // Without the lowest bits of what is too wide to be lowered: an estimate refuses nothing.
    private static Value Elements(Value value, int count)
    {
        int excess = Math.Max(0, value.Type.Width - LayerLowering.MaxWidth);
        Interval hull = value.Typing!.Hull;
        FixedPointType type = value.Type with { Width = value.Type.Width - excess };
        return new Value(value.Name, new Shape(count), new Typing(type, Intervals.Repeat([new Interval(hull.Min >> excess, hull.Max >> excess)], count)));
    }
}
