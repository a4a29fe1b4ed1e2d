namespace Hls4Net.Scheduling;

/// <summary>
/// The cycles at which processes joined by FIFOs of given depths do their steps, for a few samples one after another. A
/// step starts as soon as its items have arrived and every FIFO it writes to will have room; an item can be read the
/// cycle after it was written, and its place taken again the cycle after it was read. A step whose room depends on a
/// step that depends on it is a deadlock, however the pipelines in between might buffer: what runs here runs in any
/// implementation whose steps do no more at a time.
/// </summary>
internal sealed class ScheduleSimulation
{
    /// <summary>Samples that are run: the first gives the latency, the last two the interval.</summary>
    public const int Samples = 3;

    private readonly Node[] _nodes;
    private readonly Track[] _tracks;
    private readonly Dictionary<StreamFifo, int> _fifos = [];
    private readonly (int Writer, int Reader)[] _ends;

    public ScheduleSimulation(IEnumerable<StreamProcess> processes)
    {
        StreamProcess[] all = [.. processes];
        foreach (StreamFifo fifo in all.SelectMany(p => p.Outputs).OfType<StreamFifo>())
            _fifos.Add(fifo, _fifos.Count);
        _nodes = [.. all.Select(p => new Node(p, [.. p.Inputs.Select(Index)], [.. p.Outputs.Select(Index)]))];
        _ends = [.. Enumerable.Range(0, _fifos.Count).Select(f =>
            (Array.FindIndex(_nodes, n => n.Outputs.Contains(f)), Array.FindIndex(_nodes, n => n.Inputs.Contains(f))))];
        _tracks = [.. _ends.Select((e, f) =>
            new Track(_nodes[e.Writer].Written, e.Reader < 0 ? 0 : _nodes[e.Reader].Read(f)))];

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
        foreach (Track track in _tracks)
            track.Clear();
        int[] completed = new int[Samples];
        Queue<int> ready = new(Enumerable.Range(0, _nodes.Length));
        bool[] queued = [.. _nodes.Select(_ => true)];
        while (ready.TryDequeue(out int at))
        {
            queued[at] = false;
            if (!Advance(_nodes[at], states[at], depths, completed))
                continue;
            foreach (int f in _nodes[at].Inputs.Where(f => f >= 0))
                Wake(_ends[f].Writer);
            foreach (int f in _nodes[at].Outputs.Where(f => f >= 0))
                Wake(_ends[f].Reader);
        }
        bool deadlock = states.Any(s => s.Sample < Samples);
        // Asked for without limits only.
        int[] occupancy = deadlock || !depths.IsEmpty ? [] : [.. _tracks.Select(Occupancy)];
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
    private bool Advance(Node node, State state, ReadOnlySpan<int> depths, int[] completed)
    {
        (int latency, bool early, int begin) = (node.Process.Latency, node.Process.TakesPlaceAtStart, Begin);
        bool any = false;
        while (state.Sample < Samples)
        {
            int start = state.Next;
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                int f = node.Inputs[i];
                if (!node.Reads[i][state.Step])
                    continue;
                if (f < 0)
                {
                    start = Math.Max(start, begin);
                    continue;
                }
                Track track = _tracks[f];
                if (track.ReadCount >= track.WriteCount)
                    return any;
                start = Math.Max(start, track.Writes[track.ReadCount] + 1);
            }
            bool result = node.Writes[state.Step];
            foreach (int f in node.Outputs)
            {
                if (f < 0 || !result || depths.IsEmpty || _tracks[f].WriteCount < depths[f])
                    continue;
                Track track = _tracks[f];
                int freed = track.WriteCount - depths[f];
                if (freed >= track.ReadCount)
                    return any;
                start = Math.Max(start, track.Reads[freed] + 1 - (early ? 0 : latency));
            }
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (node.Inputs[i] >= 0 && node.Reads[i][state.Step])
                    _tracks[node.Inputs[i]].Reading(start);
            }
            foreach (int f in node.Outputs)
            {
                if (!result)
                    continue;
                if (f >= 0)
                {
                    _tracks[f].Writing(start, latency);
                }
                else
                {
                    completed[state.Sample] = Math.Max(completed[state.Sample], start + latency);
                }
            }
            any = true;
            if (start < begin)
                state.Ahead = Math.Max(state.Ahead, start + Math.Max(latency, node.Intervals[state.Step]) + 1);
            state.Next = start + node.Intervals[state.Step];
            if (++state.Step < node.Intervals.Length)
                continue;
            // A process starts on the next sample when its pipeline has run empty.
            if (!early)
                state.Next = Math.Max(state.Next, start + latency + 1);
            state.Step = 0;
            state.Sample++;
        }
        return any;
    }

    // The most places of a FIFO that are taken at a time, each from the start of the step that fills it: with so many,
    // whatever a step waits for was earlier without limits, too. Counted from the writing alone, a step may wait for a
    // place that is freed only because of it. Both lists ascend.
    private static int Occupancy(Track track)
    {
        int most = 0, read = 0;
        for (int n = 0; n < track.WriteCount; n++)
        {
            while (track.Reads[read] < track.Takes[n])
                read++;
            most = Math.Max(most, n + 1 - read);
        }
        return most;
    }

    // What a process does at each of its steps, asked for once: every depth that is tried goes through all steps again.
    private sealed class Node(StreamProcess process, int[] inputs, int[] outputs)
    {
        public StreamProcess Process => process;

        public int[] Inputs => inputs;

        public int[] Outputs => outputs;

        public bool[][] Reads { get; } = [.. inputs.Select((_, i) => Enumerable.Range(0, process.Steps)
            .Select(step => process.Reads(step, i)).ToArray())];

        public bool[] Writes { get; } = [.. Enumerable.Range(0, process.Steps).Select(step => process.Writes(step))];

        public int[] Intervals { get; } = [.. Enumerable.Range(0, process.Steps)
            .Select(step => process.Interval(step))];

        /// <summary>Items that all samples write to each output.</summary>
        public int Written => Samples * Writes.Count(w => w);

        /// <summary>Items that all samples read of a FIFO.</summary>
        public int Read(int fifo) => Samples * inputs.Select((f, i) => f == fifo ? Reads[i].Count(r => r) : 0).Sum();
    }

    // The cycles at which the items of a FIFO were written, read, and their places taken, in order.
    private sealed class Track(int written, int read)
    {
        public readonly int[] Writes = new int[written], Takes = new int[written], Reads = new int[read];

        public int WriteCount { get; private set; }

        public int ReadCount { get; private set; }

        public void Writing(int start, int latency)
        {
            Takes[WriteCount] = start;
            Writes[WriteCount++] = start + latency;
        }

        public void Reading(int start) => Reads[ReadCount++] = start;

        public void Clear() => (WriteCount, ReadCount) = (0, 0);
    }

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
