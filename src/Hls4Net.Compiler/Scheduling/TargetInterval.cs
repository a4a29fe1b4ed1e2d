using Hls4Net.Configuration;
using Hls4Net.Graph.Operations;
using Hls4Net.Transforms;

namespace Hls4Net.Scheduling;

/// <summary>
/// Chooses the reuse factor of every layer that multiplies from the interval between samples that is wanted: the largest with which the layer
/// takes no longer, so that none is faster, and larger, than needed. A layer that cannot be so fast gets 1.
/// </summary>
internal static class TargetInterval
{
    /// <param name="options">The interval, and how values travel.</param>
    /// <param name="model">The layers.</param>
    /// <param name="fixedLayers">Layers whose reuse factor was set; it is kept.</param>
    public static TypedModel Apply(ModelOptions options, TypedModel model, IReadOnlySet<string> fixedLayers)
    {
        if (options.TargetInterval is not int target)
            return model;
        StreamPlan? plan = options.IOType == IOType.IoStream ? new StreamPlan(model) : null;
        return model with { Layers = [.. model.Layers.Select(l => fixedLayers.Contains(l.Name) ? l : Chosen(l, plan, target, options.ClockPeriod))] };
    }

    private static Layer Chosen(Layer layer, StreamPlan? plan, int target, double clockPeriodNs)
    {
        if (layer.Operation.Matrix is not Dense matrix || layer.Strategy == Strategy.DistributedArithmetic)
            return layer;
        int work = matrix.Columns * matrix.Units;
        for (int factor = Math.Min(work, target); factor > 1; factor--)
        {
            if (work % factor != 0)
                continue;
            Layer shared = layer with { ReuseFactor = factor };
            if (plan is null || Period(shared, plan.FormOf(shared), plan, clockPeriodNs) is int period && period <= target)
                return shared;
        }
        return layer;
    }

    // Cycles that the process of a layer takes for a sample; null where the reuse factor would change how it works.
    private static int? Period(Layer layer, StreamForm form, StreamPlan plan, double clockPeriodNs)
    {
        StreamProcess process = StreamProcess.Of(form, layer, plan, clockPeriodNs);
        long period = process.Latency + 1;
        for (int step = 0; step < process.Steps - 1; step++)
            period += process.Interval(step);
        return period <= int.MaxValue ? (int)period : null;
    }
}
