using Hls4Net.Transforms;

namespace Hls4Net.Scheduling;

/// <summary>The FIFO depths of a streaming design and how long it takes.</summary>
/// <param name="Depths">Items that each FIFO holds: as few as leave the schedule as fast as FIFOs without limits; with one fewer in any, it slows or stops.</param>
/// <param name="LatencyCycles">Cycles from the first input of a sample to its last output.</param>
/// <param name="Interval">Cycles from one sample to the next.</param>
public sealed record StreamSchedule(IReadOnlyDictionary<StreamFifo, int> Depths, int LatencyCycles, int Interval)
{
    public static StreamSchedule Of(TypedModel model, StreamPlan plan, double clockPeriodNs) => Of(StreamProcess.All(model, plan, clockPeriodNs));

    internal static StreamSchedule Of(IEnumerable<StreamProcess> processes)
    {
        ScheduleSimulation simulation = new(processes);
        ScheduleResult unlimited = simulation.Run([]);
        if (unlimited.Deadlock)
            throw new InvalidOperationException("the streams deadlock whatever their depths");
        int[] depths = [.. unlimited.Occupancy.Select(o => Math.Max(o, 1))];
        if (!simulation.Run(depths).IsAsFastAs(unlimited))
            throw new InvalidOperationException("FIFOs that hold every item slow the schedule");
        for (int f = 0; f < depths.Length; f++)
            Shorten(simulation, unlimited, depths, f);
        int[] completed = unlimited.Completed;
        return new StreamSchedule(
            simulation.Fifos.Zip(depths).ToDictionary(f => f.First, f => f.Second), completed[0] + 1, completed[^1] - completed[^2]);
    }

    // The smallest depth of one FIFO that changes no sample's time: depths below slow it all the more, so halving the interval finds it.
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
