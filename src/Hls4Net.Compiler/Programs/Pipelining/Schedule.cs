namespace Hls4Net.Programs.Pipelining;

/// <summary>
/// In which clock cycle each value of a layer is there, counted from the one in which its inputs are. An operation that
/// does not fit into what is left of a cycle starts with the next. Every result is wanted in the cycle of the latest.
/// </summary>
internal sealed class Schedule
{
    // Phases are rounded up to so many parts of a cycle: a small change of one layer then leaves the modules behind it
    // as they are.
    private const int PhaseSteps = 32;

    private readonly IntegerProgram _program;
    private readonly double[] _delays;
    private readonly double _usable;
    private readonly int[] _cycles;
    private readonly double[] _phases;

    /// <param name="program">The layer.</param>
    /// <param name="delays">How long operations take.</param>
    /// <param name="clockPeriodNs">The clock's period.</param>
    /// <param name="phase">How far into their cycle the inputs come, in parts of the usable time; 0 behind
    /// registers.</param>
    public Schedule(IntegerProgram program, DelayModel delays, double clockPeriodNs, int phase)
    {
        _program = program;
        _delays = [.. program.Values.Select(v => delays.Of(program, v))];
        _usable = Math.Max(clockPeriodNs - delays.RegisterOverhead, 0);
        _cycles = new int[_delays.Length];
        _phases = new double[_delays.Length];
        Early(phase * _usable / PhaseSteps, delays.HasFourWayTables);
        Latency = program.Outputs.Max(o => _cycles[o]);
        double latest = program.Outputs.Where(o => _cycles[o] == Latency).Max(o => _phases[o]);
        Phase = (int)Math.Ceiling(latest / Math.Max(_usable, 1e-9) * PhaseSteps - 1e-6);
        if (Phase > PhaseSteps)
            Phase = PhaseSteps;
        Sink();
        LongestPathNs = _phases.DefaultIfEmpty(0).Max() + delays.RegisterOverhead;
    }

    /// <summary>Cycles from the inputs to the outputs.</summary>
    public int Latency { get; }

    /// <summary>How far into their cycle the outputs come, as the constructor's phase.</summary>
    public int Phase { get; }

    /// <summary>Cycles from the inputs' cycle to the outputs, parts of the last one counted as such.</summary>
    public double Cycles => Latency + ((double)Phase / PhaseSteps);

    /// <summary>
    /// The longest path between registers, an estimate; longer than the clock's period where one operation is.
    /// </summary>
    public double LongestPathNs { get; }

    /// <summary>The cycle of a value.</summary>
    public int this[int value] => _cycles[value];

    /// <summary>True for values that are there in every cycle.</summary>
    public bool IsConstant(int value) => _program.Values[value].Operation is IntegerOperation.Constant;

    /// <summary>For each value, up to which cycle it is read.</summary>
    public int[] LastUses()
    {
        int[] last = [.. _cycles];
        for (int n = 0; n < last.Length; n++)
        {
            foreach (int o in _program.Values[n].Operation.Operands)
                last[o] = Math.Max(last[o], _cycles[n]);
        }
        foreach (int o in _program.Outputs)
            last[o] = Math.Max(last[o], Latency);
        return last;
    }

    /// <summary>Bits of all pipeline registers.</summary>
    public long RegisterBits => LastUses()
        .Select((last, n) => IsConstant(n) ? 0L : (long)(last - _cycles[n]) * _program.Values[n].Width).Sum();

    private void Early(double phase, bool hasFourWayTables)
    {
        for (int n = 0; n < _cycles.Length; n++)
        {
            IntegerOperation operation = _program.Values[n].Operation;
            (_cycles[n], _phases[n]) = Done(n, operation.Operands, operation is IntegerOperation.Input ? phase : 0);
            if (hasFourWayTables && FourWay(operation) is { } read)
            {
                (int cycle, double done) = Done(n, read, 0);
                if (cycle < _cycles[n] || (cycle == _cycles[n] && done < _phases[n]))
                    (_cycles[n], _phases[n]) = (cycle, done);
            }
        }
    }

    // When a value is there that is computed of others.
    private (int Cycle, double Phase) Done(int n, IEnumerable<int> operands, double ready)
    {
        int cycle = 0;
        foreach (int o in operands)
        {
            if (!IsConstant(o) && (_cycles[o] > cycle || (_cycles[o] == cycle && _phases[o] > ready)))
                (cycle, ready) = (_cycles[o], _phases[o]);
        }
        return ready > 0 && ready + _delays[n] > _usable ? (cycle + 1, _delays[n]) : (cycle, ready + _delays[n]);
    }

    // What a choice of four by two bits reads: one look-up table of six inputs for each bit.
    private int[]? FourWay(IntegerOperation operation) => operation is IntegerOperation.Select outer
        && _program.Values[outer.IfSet].Operation is IntegerOperation.Select a
        && _program.Values[outer.IfClear].Operation is IntegerOperation.Select b && a.Condition == b.Condition
        ? [outer.Condition, a.Condition, a.IfSet, a.IfClear, b.IfSet, b.IfClear] : null;

    // From the results back, each operation moves to the cycle in which it and its operands keep the fewest bits in
    // registers.
    private void Sink()
    {
        List<int>[] readers = [.. _cycles.Select(_ => new List<int>())];
        for (int n = 0; n < _cycles.Length; n++)
        {
            foreach (int o in _program.Values[n].Operation.Operands.Distinct())
                readers[o].Add(n);
        }
        HashSet<int> outputs = [.. _program.Outputs];
        double[] due = new double[_cycles.Length];
        for (int n = _cycles.Length - 1; n >= 0; n--)
        {
            IntegerOperation operation = _program.Values[n].Operation;
            if (operation is IntegerOperation.Constant)
                continue;
            (int latest, double phase) = (int.MaxValue, _usable);
            if (outputs.Contains(n))
                (latest, phase) = (Latency, Math.Min(_usable, Phase * _usable / PhaseSteps));
            int lastUse = outputs.Contains(n) ? Latency : 0;
            foreach (int r in readers[n])
            {
                lastUse = Math.Max(lastUse, _cycles[r]);
                double start = due[r] - _delays[r];
                if (_cycles[r] < latest || (_cycles[r] == latest && start < phase))
                    (latest, phase) = (_cycles[r], start);
            }
            // What does not fit before its reader's start ends with the cycle before.
            if (phase < _delays[n] && latest > _cycles[n])
                (latest, phase) = (latest - 1, _usable);
            if (operation is IntegerOperation.Input || latest <= _cycles[n])
            {
                due[n] = latest == _cycles[n] ? Math.Max(phase, _phases[n]) : Math.Max(_usable, _phases[n]);
                continue;
            }
            int best = _cycles[n];
            long least = long.MaxValue;
            for (int cycle = latest; cycle >= _cycles[n]; cycle--)
            {
                long bits = (long)_program.Values[n].Width * (lastUse - cycle);
                foreach (int o in operation.Operands.Distinct())
                {
                    if (!IsConstant(o))
                        bits += (long)_program.Values[o].Width * Math.Max(0, cycle - LastUseBut(o, n));
                }
                if (bits < least)
                    (best, least) = (cycle, bits);
            }
            due[n] = Math.Max(best == latest ? phase : _usable, _delays[n]);
            _cycles[n] = best;
        }
        Phases();

        int LastUseBut(int value, int reader)
        {
            int last = outputs.Contains(value) ? Latency : _cycles[value];
            foreach (int r in readers[value])
                last = r == reader ? last : Math.Max(last, _cycles[r]);
            return last;
        }
    }

    private void Phases()
    {
        for (int n = 0; n < _cycles.Length; n++)
        {
            double ready = _program.Values[n].Operation is IntegerOperation.Input ? _phases[n] : 0;
            foreach (int o in _program.Values[n].Operation.Operands)
            {
                if (!IsConstant(o) && _cycles[o] == _cycles[n])
                    ready = Math.Max(ready, _phases[o]);
                if (!IsConstant(o) && _cycles[o] > _cycles[n])
                    throw new InvalidOperationException($"value {n} is read before it is there");
            }
            _phases[n] = ready + (_program.Values[n].Operation is IntegerOperation.Input ? 0 : _delays[n]);
        }
    }
}
