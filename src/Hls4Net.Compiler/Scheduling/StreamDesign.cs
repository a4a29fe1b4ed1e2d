using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>A model in io_stream: what its streams carry, and when.</summary>
public sealed record StreamDesign(StreamPlan Plan, StreamSchedule Schedule)
{
    /// <summary>The streams of a plan, and their schedule at the clock of the options.</summary>
    public static StreamDesign Of(ModelOptions options, TypedModel model, StreamPlan plan) =>
        new(plan, StreamSchedule.Of(model, plan, Estimator.Clock(options)));

    /// <summary>Bits of an item of a FIFO.</summary>
    public int Width(StreamFifo fifo) => (fifo.Pixels is int pixels ? Plan.Layout(fifo.Value).With(pixels)
        : Plan.Layout(fifo.Value)).Pack * fifo.Value.Type.Width;

    /// <summary>Bits of all FIFOs.</summary>
    public long FifoBits => Schedule.Depths.Sum(f => (long)f.Value * Width(f.Key));
}
