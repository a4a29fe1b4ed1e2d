using System.Collections.Immutable;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>
/// A FIFO between two processes: a value's own stream, or the copy of its reader number <paramref name="Reader"/>, or
/// what that reads in packs of so many
/// <paramref name="Pixels"/>.
/// </summary>
public sealed record StreamFifo(Value Value, int? Reader, int? Pixels = null);

/// <summary>
/// What a process does step by step, the same for every sample: which FIFOs it reads and writes at a step, an item
/// each, and how many cycles a step and its result take.
/// </summary>
/// <param name="Steps">Steps of a sample.</param>
/// <param name="Latency">Cycles from the start of a step to its writing.</param>
/// <param name="Interval">Cycles from the start of a step to that of the next.</param>
/// <param name="Reads">Whether a step reads an input.</param>
/// <param name="Writes">Whether a step writes, to all outputs.</param>
/// <param name="Inputs">The FIFOs read; null for an input of the network, which always has items.</param>
/// <param name="Outputs">The FIFOs written; null for an output of the network, which always has room.</param>
internal sealed record StreamProcess(
    int Steps, int Latency, Func<int, int> Interval, Func<int, int, bool> Reads, Func<int, bool> Writes,
        ImmutableArray<StreamFifo?> Inputs, ImmutableArray<StreamFifo?> Outputs)
{
    /// <summary>
    /// True where a step starts only when there is a place for its result, which it takes, and samples follow one
    /// another without a pause: a pipeline that never stands still, as our own Verilog has them. Else the place must be
    /// there when the result comes.
    /// </summary>
    public bool TakesPlaceAtStart { get; init; }

    /// <summary>The processes of a design, each before those that read what it writes.</summary>
    public static IEnumerable<StreamProcess> All(TypedModel model, StreamPlan plan, double clockPeriodNs) =>
        All(model, plan, layer => Of(plan.Form(layer), layer, plan, clockPeriodNs), linkLatency: 1);

    /// <summary>
    /// The same for layers whose processes, not yet joined, are known, and for how many cycles what lies between layers
    /// takes; outputs of the network can have FIFOs, too.
    /// </summary>
    public static IEnumerable<StreamProcess> All(TypedModel model, StreamPlan plan, Func<Layer, StreamProcess> process,
        int linkLatency, bool portFifos = false)
    {
        foreach (Value input in model.Network.Inputs)
        {
            if (Split(plan, input, null, linkLatency, portFifos) is StreamProcess split)
                yield return split;
        }
        foreach (Layer layer in model.Layers.Where(l => plan.Form(l) is not StreamForm.AtPort))
        {
            ImmutableArray<StreamUse> readers = plan.Readers(layer.Output);
            StreamFifo? own = readers is [{ Layer: null }] && !portFifos ? null : new StreamFifo(layer.Output, null);
            StreamFifo?[] inputs =
                [.. layer.Inputs.Select((value, i) => Source(model, plan, value, new StreamUse(layer, i)))];
            for (int i = 0; i < inputs.Length; i++)
            {
                if (!plan.IsAdapted(layer, i))
                    continue;
                StreamFifo adapted = Adapted(plan, layer, i);
                yield return Adapter(plan.Layout(layer.Inputs[i]).Items, plan.Operand(layer, i).Items,
                    linkLatency) with
                { Inputs = [inputs[i]], Outputs = [adapted] };
                inputs[i] = adapted;
            }
            yield return process(layer) with
            {
                Inputs = [.. inputs],
                Outputs = [own],
            };
            if (readers.Length > 1)
                yield return Split(plan, layer.Output, own, linkLatency, portFifos)!;
        }
    }

    /// <summary>What a layer reads of an operand whose packs are made to its own.</summary>
    public static StreamFifo Adapted(StreamPlan plan, Layer layer, int operand)
    {
        Value stream = plan.Stream(layer.Inputs[operand]);
        return new StreamFifo(stream, plan.Readers(stream).IndexOf(new StreamUse(layer, operand)), layer.Parallelism);
    }

    // Joins packs, or parts them: a step for each of the smaller ones, so many of either for a sample.
    private static StreamProcess Adapter(int read, int written, int latency) => written > read
        ? new StreamProcess(written, latency, _ => 1,
            (step, _) => Parts(step, read, written) > Parts(step - 1, read, written), _ => true, [], [])
        : new StreamProcess(read, latency, _ => 1, (_, _) => true,
            step => (long)(step + 1) * written / read > (long)step * written / read, [], []);

    // Packs that have to be read up to a step.
    private static long Parts(int step, int read, int written) => (((step + 1L) * read) + written - 1) / written;

    private static StreamFifo? Source(TypedModel model, StreamPlan plan, Value value, StreamUse use)
    {
        Value stream = plan.Stream(value);
        ImmutableArray<StreamUse> readers = plan.Readers(stream);
        return readers.Length > 1 ? new StreamFifo(stream, readers.IndexOf(use)) : model.Network.Inputs.Contains(stream)
            ? null : new StreamFifo(stream, null);
    }

    // Copies for several readers; for none, the items are dropped.
    private static StreamProcess? Split(StreamPlan plan, Value value, StreamFifo? from, int latency, bool portFifos)
    {
        ImmutableArray<StreamUse> readers = plan.Readers(value);
        if (readers.Length == 1 && (from is not null || readers[0].Layer is not null))
            return null;
        IEnumerable<StreamFifo?> outputs = readers.Select((reader, i) => reader.Layer is null
            && !portFifos ? null : new StreamFifo(value, i));
        return new StreamProcess(plan.Layout(value).Items, latency, _ => 1, (_, _) => true, _ => true, [from],
            [.. outputs]);
    }

    /// <summary>What a layer of some form does, not yet joined to FIFOs, in C++.</summary>
    public static StreamProcess Of(StreamForm form, Layer layer, StreamPlan plan, double clockPeriodNs)
    {
        int latency = form switch
        {
            StreamForm.Accumulate { Items: int terms } =>
                1 + DesignCost.OfTerms(layer, terms, clockPeriodNs).LatencyCycles,
            StreamForm.Scheduled { Schedule.Moves: true } => 1,
            StreamForm.Reduced or StreamForm.Lines => 2,
            _ => 1,
        };
        if (form is StreamForm.EachItem or StreamForm.Lines or StreamForm.Whole
            or StreamForm.Scheduled { Schedule.Moves: false })
            latency += Estimator.For(form.OfStep(layer), clockPeriodNs).LatencyCycles;
        StreamSteps steps = StreamSteps.Of(form, layer, plan);
        if (form is StreamForm.Whole)
            return Of(steps, 1, step => steps.Computes(step) ? latency : 1);
        if (form is StreamForm.Scheduled or StreamForm.Reduced)
            return Of(steps, latency, _ => 1);
        // A Resource product is a loop of its own within a step; else steps overlap in a pipeline.
        return Of(steps, latency, !layer.IsLoop ? _ => layer.ReuseFactor : step => steps.Computes(step) ? latency + 1
            : 3);
    }

    /// <summary>Steps with their cycles, not yet joined to FIFOs.</summary>
    public static StreamProcess Of(StreamSteps steps, int latency, Func<int, int> interval) =>
        new(steps.Count, latency, interval, steps.Reads, steps.Writes, [], []);
}
