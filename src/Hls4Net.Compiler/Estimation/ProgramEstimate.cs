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
/// The cost of a layer that no formula is for: that of the integer program of its smallest part, placed between
/// registers and covered with look-up tables of UltraScale+, as often as there are parts.
/// </summary>
internal static class ProgramEstimate
{
    // The logic of so many elements is covered in a tenth of a second; that of more grows with their number.
    private const int MostElements = 1024;

    /// <summary>A layer's cost.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="clockPeriodNs">The clock period of UltraScale+.</param>
    public static Cost Of(Layer layer, double clockPeriodNs)
    {
        if (layer.Output.Shape.Size == 0)
            return new Cost(0, 1, 0, 0, 0, 0);
        (Layer part, int count) = LayerPart.Smallest(layer);
        if (layer.Operation is Hardmax hardmax)
            (part, count) = Group(layer, Math.Min(hardmax.Count, MostElements));
        return Of(LayerLowering.Lower(Narrowed(part), Fabric.Of(Family.UltraScalePlus)), clockPeriodNs).Times(count);
    }

    /// <summary>The cost of a program.</summary>
    public static Cost Of(IntegerProgram program, double clockPeriodNs)
    {
        Schedule schedule = new(program, new DelayModel(Family.UltraScalePlus), clockPeriodNs, phase: 0);
        ModuleCost cost = ProgramLogic.CostOf(program, schedule, Family.UltraScalePlus);
        // Logic that crosses no register is part of the cycle around it; behind one, a cycle that is begun is a cycle
        // of the function.
        int latency = schedule.Latency == 0 ? 0 : schedule.Latency + (schedule.Phase > 0 ? 1 : 0);
        return new Cost(latency, 1, cost.Dsp, cost.Lut, cost.Ff, cost.Bram18);
    }

    // Elements that are compared with one another, and how many such groups there are.
    private static (Layer Part, int Count) Group(Layer layer, int count) =>
        (LayerPart.Of(layer, new Hardmax(count, 1), [LayerPart.Item(layer.Input, [count])],
            LayerPart.Item(layer.Output, [count])), layer.Output.Shape.Size / count);

    // Without the lowest bits of what is too wide to be lowered: an estimate refuses nothing.
    private static Layer Narrowed(Layer part)
    {
        int excess = part.Inputs.Append(part.Main.Output).Append(part.Output)
            .Max(v => v.Type.Width) - LayerLowering.MaxWidth;
        if (excess <= 0)
            return part;
        Value main = Narrowed(part.Main.Output), output = part.Rounding is null ? main : Narrowed(part.Output);
        return part with
        {
            Main = part.Main with { Inputs = [.. part.Inputs.Select(Narrowed)], Output = main },
            Rounding = part.Rounding is null ? null
                : part.Rounding with { Operation = new Quantize(output.Type), Inputs = [main], Output = output },
        };

        Value Narrowed(Value value)
        {
            int cut = Math.Min(excess, value.Type.Width - 1);
            FixedPointType type = value.Type with { Width = value.Type.Width - cut };
            return new Value(value.Name, value.Shape,
                new Typing(type, value.Typing!.Range.Map(r => new Interval(r.Min >> cut, r.Max >> cut))));
        }
    }
}
