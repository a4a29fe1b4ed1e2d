using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>The FIFO depths of a streaming design and how long it takes.</summary>
/// <param name="Depths">Items that each FIFO holds: as few as leave the schedule as fast as FIFOs without limits; with
/// one fewer in any, it slows or stops.</param>
/// <param name="LatencyCycles">Cycles from the first input of a sample to its last output.</param>
/// <param name="Interval">Cycles from one sample to the next.</param>
public sealed record StreamSchedule(IReadOnlyDictionary<StreamFifo, int> Depths, int LatencyCycles, int Interval)
{
    // Later than anything that needs no sample.
    private const int Never = 1 << 28;

    /// <summary>
    /// Cycles after which all is done that needs no sample, as padding in front of an image; latency is that of a
    /// sample that comes then. 0 where nothing is, or all begins with the first sample.
    /// </summary>
    public int HeadStart { get; init; }

    public static StreamSchedule Of(TypedModel model, StreamPlan plan, double clockPeriodNs) =>
        Of(StreamProcess.All(model, plan, clockPeriodNs));

    /// <summary>
    /// Of processes that all begin at once, their first sample with them or, with a head start, when there is no more
    /// to do without it.
    /// </summary>
    internal static StreamSchedule Of(IEnumerable<StreamProcess> processes, bool headStart = false)
    {
        StreamProcess[] all = [.. processes];
        int begin = headStart ? new ScheduleSimulation(all) { Begin = Never }.Run([]).Ahead : 0;
        ScheduleSimulation simulation = new(all) { Begin = begin };
        ScheduleResult unlimited = simulation.Run([]);
        if (unlimited.Deadlock)
            throw new InvalidOperationException("the streams deadlock whatever their depths");
        int[] depths = [.. unlimited.Occupancy.Select(o => Math.Max(o, 1))];
        if (!simulation.Run(depths).IsAsFastAs(unlimited))
            throw new InvalidOperationException("FIFOs that hold every item slow the schedule");
        for (int f = 0; f < depths.Length; f++)
            Shorten(simulation, unlimited, depths, f);
        int[] completed = unlimited.Completed;
        // Work that waits for a place in a FIFO is done later.
        if (begin > 0 && new ScheduleSimulation(all) { Begin = Never }.Run(depths).Ahead is int late && late > begin)
        {
            begin = late;
            completed = new ScheduleSimulation(all) { Begin = begin }.Run(depths).Completed;
        }
        return new StreamSchedule(
            simulation.Fifos.Zip(depths).ToDictionary(f => f.First, f => f.Second), completed[0] + 1 - begin,
                completed[^1] - completed[^2])
        { HeadStart = begin };
    }

    // The smallest depth of one FIFO that changes no sample's time: depths below slow it all the more, so halving the
    // interval finds it.
    private static void Shorten(ScheduleSimulation simulation, ScheduleResult unlimited, int[] depths, int f)
    {
        (int low, int high) = (1, depths[f]);
        for (int step = 1; low < high; step *= 2)
        {
            // Small ones are tried first: most FIFOs need one or two places.
            int middle = Math.Min(low + step - 1, low + ((high - low) / 2));
            depths[f] = middle;
            if (simulation.Run(depths).IsAsFastAs(unlimited))
                high = middle;
            else
                low = middle + 1;
        }
        depths[f] = high;
    }
}
