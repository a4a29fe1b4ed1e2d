using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Transforms;

namespace Hls4Net.Scheduling;

/// <summary>
/// Chooses from the interval between samples that is wanted how many pixels each layer of a streaming design takes at a time, the fewest with which it is
/// fast enough, and then the reuse factor of every layer that multiplies, the largest with which it still is: none is faster, and larger, than
/// needed. A layer that cannot be so fast is as fast as it can be.
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
        // A stream's pixels are the same whatever the number that travels at a time, so that one plan says what all choices come to.
        StreamPlan? plan = options.IOType == IOType.IoStream ? new StreamPlan(model) : null;
        Dictionary<Value, int> pixels = [];
        return model with
        {
            Layers = [.. model.Layers.Select(l =>
            {
                Layer layer = plan is null ? l : Widened(l, plan, pixels, target, Estimator.Clock(options));
                return fixedLayers.Contains(l.Name) ? layer : Chosen(layer, plan, target, Estimator.Clock(options));
            })],
        };
    }

    /// <summary>The numbers of pixels that a layer can take at a time without working in another way, ascending.</summary>
    public static IEnumerable<int> Parallelisms(Layer layer, StreamPlan plan)
    {
        StreamForm one = plan.FormOf(layer with { Parallelism = 1 });
        // The loop within a step of a Resource product would be gone through pixel by pixel.
        int most = layer.Inputs.IsEmpty || layer.IsLoop ? 1 : layer.Inputs.Min(i => plan.Layout(i).With(1).Items);
        return Enumerable.Range(1, most).Where(p => p == 1
            || (layer.Inputs.All(i => plan.Layout(i).With(1).Items % p == 0) && plan.FormOf(layer with { Parallelism = p }).GetType() == one.GetType()));
    }

    private static Layer Widened(Layer layer, StreamPlan plan, Dictionary<Value, int> pixels, int target, double clockPeriodNs)
    {
        if (plan.Form(layer) is StreamForm.AtPort)
            return layer;
        Value[] streams = [.. layer.Inputs.Select(plan.Stream)];
        (Layer Layer, long Period) best = (layer, long.MaxValue);
        foreach (int p in Parallelisms(layer, plan))
        {
            // Between numbers of which neither divides the other there is no process that joins or parts packs.
            if (streams.Any(s => pixels.TryGetValue(s, out int own) && own % p != 0 && p % own != 0))
                continue;
            Layer wider = layer with { Parallelism = p };
            long period = Period(wider, plan.FormOf(wider), plan, clockPeriodNs);
            if (period < best.Period)
                best = (wider, period);
            if (period <= target)
                break;
        }
        foreach (Value stream in streams)
            pixels.TryAdd(stream, best.Layer.Parallelism);
        pixels[plan.Stream(layer.Output)] = plan.Result(best.Layer, plan.FormOf(best.Layer)).Pixels;
        return best.Layer;
    }

    private static Layer Chosen(Layer layer, StreamPlan? plan, int target, double clockPeriodNs)
    {
        if (layer.Operation.Matrix is not Dense matrix)
            return layer;
        int work = matrix.Columns * matrix.Units;
        for (int factor = Math.Min(work, target); factor > 1; factor--)
        {
            if (work % factor != 0)
                continue;
            Layer shared = layer with { ReuseFactor = factor };
            if (plan is null || ((layer.Parallelism == 1 || !shared.IsLoop) && Period(shared, plan.FormOf(shared), plan, clockPeriodNs) <= target))
                return shared;
        }
        return layer;
    }

    /// <summary>Cycles that the process of a layer takes for a sample.</summary>
    public static long Period(Layer layer, StreamForm form, StreamPlan plan, double clockPeriodNs)
    {
        StreamProcess process = StreamProcess.Of(form, layer, plan, clockPeriodNs);
        long period = process.Latency + 1;
        for (int step = 0; step < process.Steps - 1; step++)
            period += process.Interval(step);
        return period;
    }
}
