using Hls4Net.Scheduling;

namespace Hls4Net.Tests.Streams;

/// <summary>
/// Processes and FIFOs cycle by cycle, as hardware has them: a pipeline starts a step when its items are there, and
/// stands still while a result finds no room. Beside the schedule, which computes times from one another, this knows
/// only the present.
/// </summary>
internal sealed class CycleMachine(IReadOnlyList<StreamProcess> processes, IReadOnlyDictionary<StreamFifo, int> depths)
{
    private readonly State[] _states = [.. processes.Select(_ => new State())];
    private readonly Dictionary<StreamFifo, int> _held = depths.ToDictionary(d => d.Key, _ => 0);

    /// <summary>The cycles in which samples were complete; null where nothing moves any more.</summary>
    public int[]? Run(int samples)
    {
        int[] completed = new int[samples];
        int idle = 0;
        for (int cycle = 0; _states.Any(s => s.Sample < samples || s.InFlight.Count > 0); cycle++)
        {
            Dictionary<StreamFifo, int> before = new(_held);
            bool moved = false;
            for (int p = 0; p < processes.Count; p++)
                moved |= Cycle(processes[p], _states[p], cycle, before, completed, samples);
            idle = moved ? 0 : idle + 1;
            if (idle > 10_000)
                return null;
        }
        return completed;
    }

    private bool Cycle(StreamProcess process, State state, int cycle, Dictionary<StreamFifo, int> before,
        int[] completed, int samples)
    {
        bool moved = false;
        if (state.InFlight.TryPeek(out (int Due, int Sample) result) && result.Due + state.Stalled <= cycle)
        {
            if (process.Outputs.Any(f => f is not null && before[f] >= depths[f]))
            {
                state.Stalled++;
                return false;
            }
            state.InFlight.Dequeue();
            foreach (StreamFifo? fifo in process.Outputs)
            {
                if (fifo is null)
                    completed[result.Sample] = cycle;
                else
                    _held[fifo]++;
            }
            moved = true;
        }
        if (state.Sample == samples || cycle < state.Next + state.Stalled)
            return moved;
        // The next sample waits until the pipeline is empty.
        if (state.Step == 0 && (state.InFlight.Count > 0 || cycle < state.Drained + state.Stalled))
            return moved;
        int step = state.Step;
        StreamFifo[] read = [.. process.Inputs.Where((f, i) => f is not null && process.Reads(step, i))!];
        if (read.Any(f => before[f] == 0))
            return moved;
        foreach (StreamFifo fifo in read)
            _held[fifo]--;
        if (process.Writes(step))
            state.InFlight.Enqueue((cycle - state.Stalled + process.Latency, state.Sample));
        state.Next = cycle - state.Stalled + process.Interval(step);
        if (++state.Step == process.Steps)
        {
            (state.Step, state.Drained) = (0, cycle - state.Stalled + process.Latency + 1);
            state.Sample++;
        }
        return true;
    }

    // Times are on the pipeline's own clock, which stands still while it is stalled.
    private sealed class State
    {
        public Queue<(int Due, int Sample)> InFlight { get; } = new();

        public int Step, Sample, Next, Drained, Stalled;
    }
}
