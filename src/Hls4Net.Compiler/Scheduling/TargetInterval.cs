using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>
/// Chooses from the interval between samples that is wanted how many pixels each layer of a streaming design takes at a
/// time, the fewest with which it is fast enough, and then the reuse factor of every layer that multiplies, the largest
/// with which it still is: none is faster, and larger, than needed. Where a layer cannot be so fast, it is as fast as
/// it can be, and the others as fast as that one.
/// </summary>
internal static class TargetInterval
{
    /// <param name="options">The interval, and how values travel.</param>
    /// <param name="model">The layers.</param>
    /// <param name="plan">
    /// Its streams; null in io_parallel. They carry the same pixels whatever the number that travels at a time, so that
    /// this plan tells what each choice comes to.
    /// </param>
    /// <param name="point">Pixels and reuse factors that are decided; they are kept.</param>
    public static TypedModel Apply(ModelOptions options, TypedModel model, StreamPlan? plan, DesignPoint point)
    {
        if (options.TargetInterval is not int target)
            return model;
        double clock = Estimator.Clock(options);
        Layer[] layers = [.. model.Layers];
        if (plan is not null)
        {
            (Layer Layer, long Period)[] widest = AllWidest();
            if (widest.Select(l => l.Period).DefaultIfEmpty(1).Max() is long slowest && slowest > target)
            {
                target = (int)Math.Min(slowest, int.MaxValue);
                widest = AllWidest();
            }
            layers = [.. widest.Select(l => l.Layer)];
        }
        return model with
        {
            Layers = [.. layers.Select(l => point.For(l.Main).ReuseFactor is null ? Chosen(l, plan, target, clock)
                : l)],
        };

        (Layer Layer, long Period)[] AllWidest() => [.. layers.Select(l =>
            plan!.Form(l) is StreamForm.AtPort ? (l, 1)
            : point.For(l.Main).Pixels is not null ? (l, Period(l, plan.Form(l), plan, clock))
            : Widest(l, plan, target, clock))];
    }

    /// <summary>
    /// The numbers of pixels that a layer can take at a time without working in another way, ascending.
    /// </summary>
    public static IEnumerable<int> Parallelisms(Layer layer, StreamPlan plan)
    {
        StreamForm one = plan.FormOf(layer with { Parallelism = 1 });
        // The loop within a step of a Resource product would be gone through pixel by pixel.
        int most = layer.Inputs.IsEmpty || layer.IsLoop ? 1 : layer.Inputs.Min(i => plan.Layout(i).With(1).Items);
        return Enumerable.Range(1, most).Where(p => p == 1
            || (layer.Inputs.All(i => plan.Layout(i).With(1).Items % p == 0)
                && plan.FormOf(layer with { Parallelism = p }).GetType() == one.GetType()));
    }

    // The fewest pixels at a time with which a layer takes no longer; where there are none, those with which it takes
    // least.
    private static (Layer Layer, long Period) Widest(Layer layer, StreamPlan plan, int target, double clockPeriodNs)
    {
        (Layer Layer, long Period) best = (layer, long.MaxValue);
        foreach (int pixels in Parallelisms(layer, plan))
        {
            Layer wider = layer with { Parallelism = pixels };
            long period = Period(wider, plan.FormOf(wider), plan, clockPeriodNs);
            if (period < best.Period)
                best = (wider, period);
            if (period <= target)
                break;
        }
        return best;
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
            if (plan is null || ((layer.Parallelism == 1 || !shared.IsLoop)
                && Period(shared, plan.FormOf(shared), plan, clockPeriodNs) <= target))
                return shared;
        }
        return layer;
    }

    /// <summary>Cycles that the process of a layer takes for a sample.</summary>
    public static long Period(Layer layer, StreamForm form, StreamPlan plan, double clockPeriodNs)
    {
        StreamProcess process = StreamProcess.Of(form, layer, plan, clockPeriodNs);
        // The next sample starts when the last step's result is out, and no sooner than another step could.
        long period = Math.Max(process.Latency + 1, process.Interval(process.Steps - 1));
        for (int step = 0; step < process.Steps - 1; step++)
            period += process.Interval(step);
        return period;
    }
}
