using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Programs.Pipelining;

namespace Hls4Net.Circuits.Sequential;

/// <summary>
/// A sequential program as a circuit that starts on an item when told to, with its three pipelines: counters choose
/// operands and a word of the weight memory, a pipeline makes terms of them, accumulators take the terms, and a
/// pipeline makes results of sums.
/// </summary>
internal sealed class SequentialCircuit
{
    private readonly SequentialProgram _program;
    private readonly ProgramModule _terms, _sums, _result;
    private readonly Port _x, _y;
    private readonly CircuitBuilder _c;

    private SequentialCircuit(string module, string title, SequentialProgram program, Target target, DelayModel delays,
        Port x, Port y)
    {
        (_program, _x, _y) = (program, x, y);
        int operandCount = program.Operands[0].Length, wordCount = program.Words[0].Length,
            sums = program.Accumulate.Outputs.Length, terms = program.Terms.Outputs.Length;
        Port operand = new("x", operandCount, x.ElementWidth, x.Signed),
            word = new("w", Math.Max(wordCount, 1), program.WordBits, true),
            term = new("t", terms, program.TermBits, true),
            accumulators = new("a", sums, program.AccumulatorBits, true),
            results = new("y", sums, y.ElementWidth, y.Signed);
        _terms = new ProgramModule($"{module}__terms",
            [$"terms of a step, {operandCount} operands{(wordCount > 0 ? $" with {wordCount} weights" : "")}"],
            program.Terms, new Schedule(program.Terms, delays, target.ClockPeriodNs, 0),
            wordCount > 0 ? [operand, word] : [operand], term);
        // In one cycle, however long that takes: each sum is wanted by the next.
        _sums = new ProgramModule($"{module}__sums", ["accumulators with the terms of a step"], program.Accumulate,
            new Schedule(program.Accumulate, delays, double.MaxValue, 0),
            [new Port("first", 1, 1, false), accumulators, term], new Port("y", sums, program.AccumulatorBits, true));
        _result = new ProgramModule($"{module}__result", ["results of sums"], program.Result,
            new Schedule(program.Result, delays, target.ClockPeriodNs, 0), [accumulators], results);
        _c = new CircuitBuilder(module, title, $"{Steps(program)}; {program.Words.Length} "
            + $"word{(program.Words.Length == 1 ? "" : "s")} of {wordCount} weights. The result comes {Latency} cycles "
            + "after the last item's start.");
    }

    /// <summary>The module, as what computes a layer.</summary>
    /// <param name="module">The module's name; its pipelines' begin with it.</param>
    /// <param name="title">What it computes, for the comment above it.</param>
    /// <param name="program">The program.</param>
    /// <param name="target">The device and clock.</param>
    /// <param name="delays">How long operations take.</param>
    /// <param name="x">The port of an item.</param>
    /// <param name="y">The port of results.</param>
    public static Datapath Of(string module, string title, SequentialProgram program, Target target, DelayModel delays,
        Port x, Port y)
    {
        SequentialCircuit made = new(module, title, program, target, delays, x, y);
        return new Datapath(made.Build(), y, made.Latency, program.Steps, IsSequential: true,
            made._result.Schedule.Phase,
            new[] { made._terms, made._sums, made._result }.Max(p => p.Schedule.LongestPathNs),
            [program.Terms, program.Accumulate, program.Result]);
    }

    // From an item's start: to its register, through its steps, and through three registers between the pipelines.
    private int Latency => (_program.Steps > 1 ? _program.Steps : 0) + _terms.Schedule.Latency
        + _result.Schedule.Latency + 3;

    private Circuit Build()
    {
        Net start = _c.Input("start", 1), x = _c.Input("x", _x.Width), done = _c.Output("done", 1),
            y = _c.Output("y", _y.Width), busy = new("busy", 1), source = x;
        Expression active = start;
        if (_program.Steps > 1)
            (active, source) = (busy, _c.Register("held", x, start));
        Counter slice = _c.Counter("slice", _program.Slices, active),
            group = _c.Counter("group", _program.Groups, active & slice.IsLast);
        Expression finished = _c.Named("finished", slice.IsLast & group.IsLast);
        if (_program.Steps > 1)
            _c.Register(busy, start | (busy & ~finished), clear: Circuit.Reset);
        ItemCounters items = _c.Items(_program.Axes, active & finished);
        Expression? place = items.Place ?? (_program.Items > 1 ? group.Net : null);
        Net operands = _c.Register("operands", Operands(source, slice, group));
        Expression? weights = _program.Words[0].Length > 0 ? Weights(active) : null;

        // Flags travel beside the terms, whose last registers are before the accumulators.
        int depth = _terms.Schedule.Latency + 2, behind = depth + 1 + _result.Schedule.Latency;
        Expression arrives = _c.Delayed(active, depth, "arrives"),
            begins = _c.Delayed((slice.Net?.Is(0) ?? Expression.True) & items.IsFirst, depth, "begins"),
            completes = _c.Delayed(active & slice.IsLast & items.IsLast, behind, "completes"),
            ends = _program.Groups > 1 ? _c.Delayed(active & finished & items.IsLast, behind, "ends") : completes;

        Net made = _c.Wire("made", _terms.Output.Width);
        _c.Instance(_terms, "u_terms", weights is null ? [("x", operands)] : [("x", operands), ("w", weights)],
            [("t", made)]);
        Net terms = _c.Register("terms", made), next = _c.Wire("next", _sums.Output.Width),
            sums = _c.Register("sums", next, arrives);
        Expression partial = place is null ? sums : Partial(place, sums, next, depth, arrives);
        _c.Instance(_sums, "u_sums", [("first", begins), ("a", partial), ("t", terms)], [("y", next)]);
        Net results = _c.Wire("results", _result.Output.Width);
        _c.Instance(_result, "u_result", [("a", sums)], [("y", results)]);
        _c.Assign(done, ends);
        Net all = results;
        if (_program.Groups > 1)
        {
            Net collected = _c.Shift("collected", results, _program.Groups - 1, completes);
            all = _c.Wire("all", collected.Width + results.Width, Expression.Side(collected, results));
        }
        for (int i = 0; i < _program.Places.Length; i++)
            _c.Assign(y, all.Slice(i * _y.ElementWidth, _y.ElementWidth), _program.Places[i] * _y.ElementWidth);
        return _c.Build();
    }

    // The accumulators of several places, in a memory that is read a cycle before their terms arrive; what that cycle's
    // terms make of the same place passes by.
    private Net Partial(Expression place, Net sums, Net next, int depth, Expression arrives)
    {
        Net places = _c.Shift("places", place, depth);
        Expression now = places.Slice(0, place.Width), coming = places.Slice(place.Width, place.Width);
        MemoryNet partial = _c.Memory(new MemoryNet("partial", sums.Width, 1 << place.Width), arrives, now, next);
        Net read = _c.Register("read", new Expression.Word(partial, coming)),
            passes = _c.Register("passes", arrives & new Expression.Equal(now, coming));
        return _c.Wire("accumulated", sums.Width, passes.Then(sums, read));
    }

    private static string Steps(SequentialProgram program) => string.Join(", ",
        new[] { (program.Items, "items", ""), (program.Groups, "groups", " of units"),
            (program.Slices, "slices", " of inputs") }.Where(p => p.Item1 > 1)
            .Select(p => $"{p.Item1} {p.Item2}{p.Item3}").DefaultIfEmpty("one step"));

    // The operands of a step.
    private Expression Operands(Net source, Counter slice, Counter group)
    {
        bool slicesAlone = _program.SlicesAloneChoose;
        int cases = slicesAlone ? _program.Slices : _program.Steps;
        if (cases == 1)
            return Joined(_program.Operands[0], source);
        Expression by = slicesAlone || group.Net is null ? slice.Net! : slice.Net is null ? group.Net
            : Expression.Side(slice.Net, group.Net);
        int below = slicesAlone ? 0 : slice.Net?.Width ?? 0;
        return new Expression.Case(by, [.. Enumerable.Range(0, cases).Select(step => (below == 0 ? step
            : ((long)(step / _program.Slices) << below) + (step % _program.Slices),
            Joined(_program.Operands[step], source)))]);
    }

    // Elements of an item side by side, the first lowest; neighbours are one slice.
    private Expression Joined(int[] elements, Net source)
    {
        List<Expression> parts = [];
        for (int i = 0; i < elements.Length;)
        {
            int count = 1;
            while (i + count < elements.Length
                && (elements[i] < 0 ? elements[i + count] < 0 : elements[i + count] == elements[i] + count))
                count++;
            int width = count * _x.ElementWidth;
            parts.Add(elements[i] < 0 ? Expression.Zeros(width) : source.Slice(elements[i] * _x.ElementWidth, width));
            i += count;
        }
        return Expression.Side(parts);
    }

    // The word of a step.
    private Expression Weights(Expression active)
    {
        ImmutableArray<long[]> words = _program.Words;
        if (words.Length == 1)
            return new Expression.Numbers([.. words[0]], _program.WordBits);
        Counter step = _c.Counter("step", words.Length, active);
        MemoryNet memory = new("memory", words[0].Length * _program.WordBits, words.Length);
        _c.Add(new CircuitItem.Constants(memory, words, _program.WordBits, _program.Storage));
        return _c.Register("weights", new Expression.Word(memory, step.Net!));
    }
}
