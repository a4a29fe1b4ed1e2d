namespace Hls4Net.Scheduling;

/// <summary>
/// The cycles at which processes joined by FIFOs of given depths do their steps, for a few samples one after another. A step starts as soon as
/// its items have arrived and every FIFO it writes to will have room; an item can be read the cycle after it was written, and its place
/// taken again the cycle after it was read. A step whose room depends on a step that depends on it is a deadlock, however the pipelines in
/// between might buffer: what runs here runs in any implementation whose steps do no more at a time.
/// </summary>
internal sealed class ScheduleSimulation
{
    /// <summary>Samples that are run: the first gives the latency, the last two the interval.</summary>
    public const int Samples = 3;

    private readonly Node[] _nodes;
    private readonly Dictionary<StreamFifo, int> _fifos = [];
    private readonly (int Writer, int Reader)[] _ends;

    public ScheduleSimulation(IEnumerable<StreamProcess> processes)
    {
        StreamProcess[] all = [.. processes];
        foreach (StreamFifo fifo in all.SelectMany(p => p.Outputs).OfType<StreamFifo>())
            _fifos.Add(fifo, _fifos.Count);
        _nodes = [.. all.Select(p => new Node(p, [.. p.Inputs.Select(Index)], [.. p.Outputs.Select(Index)]))];
        _ends = [.. Enumerable.Range(0, _fifos.Count).Select(f => (Array.FindIndex(_nodes, n => n.Outputs.Contains(f)), Array.FindIndex(_nodes, n => n.Inputs.Contains(f))))];

        int Index(StreamFifo? fifo) => fifo is null ? -1 : _fifos[fifo];
    }

    /// <summary>The cycle from which on the network's inputs have items; steps that need none go before.</summary>
    public int Begin { get; init; }

    /// <summary>The FIFOs; depths are in this order.</summary>
    public IReadOnlyCollection<StreamFifo> Fifos => _fifos.Keys;

    /// <summary>Runs all samples.</summary>
    /// <param name="depths">Items that each FIFO holds; null for no limits.</param>
    public ScheduleResult Run(ReadOnlySpan<int> depths)
    {
        State[] states = [.. _nodes.Select(n => new State())];
        List<int>[] writes = [.. _ends.Select(_ => new List<int>())], reads = [.. _ends.Select(_ => new List<int>())], takes = [.. _ends.Select(_ => new List<int>())];
        int[] completed = new int[Samples];
        Queue<int> ready = new(Enumerable.Range(0, _nodes.Length));
        bool[] queued = [.. _nodes.Select(_ => true)];
        while (ready.TryDequeue(out int at))
        {
            queued[at] = false;
            if (!Advance(_nodes[at], states[at], writes, reads, takes, depths, completed, Begin))
                continue;
            foreach (int f in _nodes[at].Inputs.Where(f => f >= 0))
                Wake(_ends[f].Writer);
            foreach (int f in _nodes[at].Outputs.Where(f => f >= 0))
                Wake(_ends[f].Reader);
        }
        bool deadlock = states.Any(s => s.Sample < Samples);
        int[] occupancy = deadlock ? [] : [.. takes.Zip(reads, Occupancy)];
        return new ScheduleResult(deadlock, completed, occupancy, states.Max(s => s.Ahead));

        void Wake(int node)
        {
            if (queued[node])
                return;
            queued[node] = true;
            ready.Enqueue(node);
        }
    }

    // As many steps as can be timed; true if there was one.
    private static bool Advance(Node node, State state, List<int>[] writes, List<int>[] reads, List<int>[] takes, ReadOnlySpan<int> depths, int[] completed, int begin)
    {
        StreamProcess process = node.Process;
        bool any = false;
        while (state.Sample < Samples)
        {
            int start = state.Next;
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                int f = node.Inputs[i];
                if (!process.Reads(state.Step, i))
                    continue;
                if (f < 0)
                {
                    start = Math.Max(start, begin);
                    continue;
                }
                if (reads[f].Count >= writes[f].Count)
                    return any;
                start = Math.Max(start, writes[f][reads[f].Count] + 1);
            }
            bool result = process.Writes(state.Step);
            foreach (int f in node.Outputs)
            {
                if (f < 0 || !result || depths.IsEmpty || writes[f].Count < depths[f])
                    continue;
                int freed = writes[f].Count - depths[f];
                if (freed >= reads[f].Count)
                    return any;
                start = Math.Max(start, reads[f][freed] + 1 - (process.TakesPlaceAtStart ? 0 : process.Latency));
            }
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (node.Inputs[i] >= 0 && process.Reads(state.Step, i))
                    reads[node.Inputs[i]].Add(start);
            }
            foreach (int f in node.Outputs)
            {
                if (!result)
                    continue;
                if (f >= 0)
                {
                    writes[f].Add(start + process.Latency);
                    takes[f].Add(start);
                }
                else
                {
                    completed[state.Sample] = Math.Max(completed[state.Sample], start + process.Latency);
                }
            }
            any = true;
            if (start < begin)
                state.Ahead = Math.Max(state.Ahead, start + Math.Max(process.Latency, process.Interval(state.Step)) + 1);
            state.Next = start + process.Interval(state.Step);
            if (++state.Step < process.Steps)
                continue;
            // A process starts on the next sample when its pipeline has run empty.
            if (!process.TakesPlaceAtStart)
                state.Next = Math.Max(state.Next, start + process.Latency + 1);
            state.Step = 0;
            state.Sample++;
        }
        return any;
    }

    // The most places of a FIFO that are taken at a time, each from the start of the step that fills it: with so many, whatever a step waits for was earlier without
    // limits, too. Counted from the writing alone, a step may wait for a place that is freed only because of it. Both lists ascend.
    private static int Occupancy(List<int> takes, List<int> reads)
    {
        int most = 0, read = 0;
        for (int n = 0; n < takes.Count; n++)
        {
            while (reads[read] < takes[n])
                read++;
            most = Math.Max(most, n + 1 - read);
        }
        return most;
    }

    private sealed record Node(StreamProcess Process, int[] Inputs, int[] Outputs);

    private sealed class State
    {
        public int Sample, Step, Next, Ahead;
    }
}

/// <summary>What running a schedule gave.</summary>
/// <param name="Deadlock">True if not every sample came out.</param>
/// <param name="Completed">The cycle in which each sample's last output was written.</param>
/// <param name="Occupancy">The most items that each FIFO held or was promised.</param>
/// <param name="Ahead">Cycles until all that went before the inputs' first items was done; 0 where nothing did.</param>
internal sealed record ScheduleResult(bool Deadlock, int[] Completed, int[] Occupancy, int Ahead)
{
    public bool IsAsFastAs(ScheduleResult other) => !Deadlock && Completed.AsSpan().SequenceEqual(other.Completed);
}
