using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>What each layer and the whole design are expected to cost.</summary>
public sealed record DesignCost(ImmutableArray<Cost> Layers, Cost Total)
{
    public static DesignCost Of(ModelOptions options, TypedModel model, StreamDesign? streams)
    {
        if (streams is null)
        {
            ImmutableArray<Cost> parallel = [.. model.Layers.Select(l => Estimator.For(l, Estimator.Clock(options)))];
            return new DesignCost(parallel, Estimator.Total(parallel));
        }
        ImmutableArray<Cost> layers = [.. model.Layers.Select(l => OfLayer(l, streams.Plan, Estimator.Clock(options)))];
        Cost sum = Estimator.Total(
            layers.Concat(streams.Schedule.Depths.Select(f => Estimator.Memory(f.Value, streams.Width(f.Key)))));
        return new DesignCost(layers,
            sum with { LatencyCycles = streams.Schedule.LatencyCycles, Interval = streams.Schedule.Interval });
    }

    // The hardware for one step; latency and interval are those of a sample whose items come one a cycle.
    private static Cost OfLayer(Layer layer, StreamPlan plan, double clockPeriodNs)
    {
        switch (plan.Form(layer))
        {
            case StreamForm.AtPort:
                return new Cost(0, 1, 0, 0, 0, 0);
            case StreamForm.EachItem { Layer: Layer item }:
                return OfSteps(Estimator.For(item, clockPeriodNs), plan.Layout(layer.Output).Items, layer.ReuseFactor);
            case StreamForm.Accumulate { Items: int terms }:
                return OfSteps(OfTerms(layer, terms, clockPeriodNs), plan.Operand(layer, 0).Items, layer.ReuseFactor);
            case StreamForm.Lines { Buffer: LineBuffer buffer }:
                Cost window = OfSteps(Estimator.For(buffer.Layer, clockPeriodNs).Times(buffer.Outputs), buffer.Steps,
                    layer.ReuseFactor);
                int bits = buffer.Parallelism * buffer.Channels * layer.Input.Type.Width;
                long registers = (long)buffer.Row.Extent * buffer.Columns * buffer.Channels * layer.Input.Type.Width;
                return (window with { Ff = window.Ff + registers })
                    .With(Estimator.Memory(buffer.Pitch, bits), buffer.Row.Extent - 1);
            case StreamForm.Reduced { Reduction: ItemReduction reduction }:
                int accumulator = layer.AccumulatorType?.Width ?? layer.Input.Type.Width;
                long joined = (long)plan.Layout(layer.Input).Pack * accumulator;
                Cost sums = Estimator.Memory(reduction.Accumulators, reduction.Output.Pack * accumulator);
                return OfSteps(sums with { LatencyCycles = 1, Lut = sums.Lut + (joined * 3 / 2) }, reduction.Steps, 1);
            case StreamForm.Scheduled { Schedule: ItemSchedule schedule }:
                Cost step = schedule.Moves ? new Cost(0, 1, 0, 0, 0, 0) : Estimator.For(schedule.Layer, clockPeriodNs);
                IEnumerable<Cost> kept = schedule.Operands.Select((o, k) =>
                    Estimator.Memory(o.Kept, o.Items.Pack * layer.Inputs[k].Type.Width));
                return kept.Aggregate(OfSteps(step, schedule.Steps, 1), (all, memory) => all.With(memory));
            default:
                Cost whole = Estimator.For(layer, clockPeriodNs);
                int reading = layer.Inputs.Select((_, i) => plan.Operand(layer, i).Items).DefaultIfEmpty(0).Max(),
                    writing = plan.Layout(layer.Output).Items;
                return whole with
                {
                    LatencyCycles = reading + whole.LatencyCycles + writing,
                    Interval = reading + whole.LatencyCycles + writing
                };
        }
    }

    /// <summary>
    /// The hardware for one item of those that add up to a row; its latency is that from the last item to the sum.
    /// </summary>
    public static Cost OfTerms(Layer layer, int items, double clockPeriodNs)
    {
        int share = layer.ReuseFactor * items;
        if (layer.Operation is Pool)
        {
            // One comparison or addition for each channel.
            long bits = (long)layer.Parallelism * layer.Output.Shape.Size * (layer.AccumulatorType?.Width
                ?? layer.Input.Type.Width);
            return Estimator.For(layer, clockPeriodNs) with { LatencyCycles = 2, Lut = bits * 3 / 2, Ff = bits };
        }
        // Shared by the items as by a reuse factor, the weights in memory, a word for each item.
        Cost shared = Estimator.For(layer with { Strategy = Strategy.Resource, ReuseFactor = share }, clockPeriodNs);
        return shared with { LatencyCycles = shared.LatencyCycles - share + 1 };
    }

    private static Cost OfSteps(Cost step, int steps, int reuseFactor) =>
        step with
        {
            LatencyCycles = ((steps - 1) * reuseFactor) + step.LatencyCycles + 1,
            Interval = steps * reuseFactor
        };
}
