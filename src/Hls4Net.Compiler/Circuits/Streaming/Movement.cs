using Hls4Net.Devices;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Streaming;

/// <summary>
/// One item of a result whose elements are moved there: from the operands in their places, converted to the result's
/// type, and bits that say of which operand a step uses an item.
/// </summary>
internal static class Movement
{
    /// <summary>Lowers a step of a schedule.</summary>
    /// <param name="layer">The layer, with one item as its output.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="fabric">What sums are made of.</param>
    /// <exception cref="LoweringLimitException">A value is too wide.</exception>
    public static IntegerProgram Lower(Layer layer, ItemSchedule schedule, Fabric fabric)
    {
        LayerLowering.CheckWidths(layer);
        int pack = schedule.Output.Pack, count = schedule.Operands.Length;
        int[] chosen = schedule.Chosen;
        ProgramBuilder b = new((count * pack) + chosen.Length, fabric);
        int[] has = [.. chosen.Select((_, i) => b.Input((count * pack) + i, new Interval(0, 1), 1))];
        int fraction = layer.Main.Output.Type.Fraction;
        return b.Finish(Enumerable.Range(0, pack).Select(i =>
        {
            int y = b.Constant(schedule.Outside);
            for (int k = count - 1; k >= 0; k--)
            {
                if (schedule.Operands[k].Elements[i] < 0)
                {
                    y = Chosen(k, b.Constant(schedule.Outside), y);
                    continue;
                }
                Graph.Typing typing = layer.Inputs[k].Typing!;
                int x = b.Scale(b.Input((k * pack) + i, typing.Hull, 1), fraction - typing.Type.Fraction);
                if (layer.Rounding?.Operation is Graph.Operations.Quantize quantize)
                    x = Conversion.Convert(b, x, fraction, quantize.To);
                y = Chosen(k, x, y);
            }
            return b.Bounded(y, layer.Output.Typing!.Range[i]);
        }));

        int Chosen(int k, int x, int otherwise) => Array.IndexOf(chosen, k) is >= 0 and int at
            ? b.Select(has[at], x, otherwise) : x;
    }
}
