using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Sequential;

/// <summary>
/// A constant matrix on rows or windows with a multiplier for so many products of a sample as the reuse factor says.
/// Slices are as many as divide both the reuse factor and the inputs, and groups of units make up the rest: that always
/// fits, for the reuse factor divides inputs times units.
/// </summary>
internal sealed class SharedProduct
{
    private readonly Layer _layer;
    private readonly Dense _dense;
    private readonly int[][][] _lanes;
    private readonly ImmutableArray<JoinedAxis> _axes;
    private readonly int _channelGroups, _items;
    private readonly Fabric _fabric;
    private readonly Typing _input;
    private readonly int _columns, _groups, _slices, _units, _inputs;

    // What each operand is at each step, and the operand's number.
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<int[]> _sources = [];

    /// <param name="layer">The layer.</param>
    /// <param name="dense">Its matrix: [inputs of all items, units].</param>
    /// <param name="lanes">Rows or windows, computed side by side: for each group of channels the elements of an item
    /// that its columns are, -1 for zero.</param>
    /// <param name="channelGroups">Groups of channels.</param>
    /// <param name="axes">The axis of items that are added up; none where there is one item.</param>
    /// <param name="input">The elements of an item.</param>
    /// <param name="fabric">What sums are made of.</param>
    public SharedProduct(Layer layer, Dense dense, int[][][] lanes, int channelGroups,
        ImmutableArray<JoinedAxis> axes, Typing input, Fabric fabric)
    {
        (_layer, _dense, _lanes, _channelGroups, _axes, _input, _fabric) = (layer, dense, lanes, channelGroups, axes,
            input, fabric);
        _items = ItemReduction.Count(axes);
        _columns = dense.Columns / _items;
        _slices = (int)System.Numerics.BigInteger.GreatestCommonDivisor(layer.ReuseFactor, _columns);
        _groups = layer.ReuseFactor / _slices;
        _units = dense.Units / _groups;
        _inputs = _columns / _slices;
    }

    // A pinned accumulator that wraps may add in any order; any other adds one product after another.
    private bool Chains => _dense.Accumulator is { } pinned
        && !(pinned.Overflow == Overflow.Wrap && pinned.SaturationBits == 0);

    private int Sums => _lanes.Length * _units;

    // The bias of several groups comes with their weights.
    private bool BiasInWords => _groups > 1 && _dense.Bias is not null;

    public SequentialProgram Program()
    {
        ImmutableArray<long[]> words = [.. from item in Enumerable.Range(0, _items)
            from step in Enumerable.Range(0, _groups * _slices) select Word(item, step)];
        IntegerProgram terms = Terms(words);
        (IntegerProgram accumulate, Interval[] accumulators) = Accumulate(terms);
        int bits = words.SelectMany(w => w).Select(v => IntegerValue.BitsOf(new(v, v)) + (v < 0 ? 0 : 1))
            .DefaultIfEmpty(1).Max();
        ImmutableArray<int[]> operands = [.. Enumerable.Range(0, _groups * _slices)
            .Select(step => _sources.Select(s => s[step]).ToArray())];
        ImmutableArray<int> places = [.. from g in Enumerable.Range(0, _groups)
            from lane in Enumerable.Range(0, _lanes.Length) from j in Enumerable.Range(0, _units)
            select (lane * _dense.Units) + (g * _units) + j];
        return new SequentialProgram(_axes, _groups, _slices, operands, words, bits, terms, accumulate,
            Result(accumulators, places), places)
        { Storage = _layer.Memory?.Asked };
    }

    private int Unit(int group, int j) => (group * _units) + j;

    private int[] Columns(int lane, int unit) => _lanes[lane][unit / (_dense.Units / _channelGroups)];

    private long Weight(int item, int step, int p, int j) =>
        _dense.Weights.Mantissas[(((item * _columns) + (step % _slices * _inputs) + p) * _dense.Units)
            + Unit(step / _slices, j)];

    // A unit's bias as it is when terms are added to it.
    private Int128 Bias(int unit)
    {
        if (_dense.Bias is not Constant bias)
            return 0;
        return _dense.Accumulator is FixedPointType pinned
            ? FixedPoint.Convert(bias.Mantissas[unit], bias.Fraction, pinned, out _)
            : Interval.Shift(bias.Mantissas[unit], _dense.SumFraction(_layer.Input.Type) - bias.Fraction);
    }

    private long[] Word(int item, int step) =>
    [
        .. from p in Enumerable.Range(0, _inputs) from j in Enumerable.Range(0, _units) select Weight(item, step, p, j),
        .. from j in Enumerable.Range(0, BiasInWords ? _units : 0) select Chains
            || (item == 0 && step % _slices == 0) ? checked((long)Bias(Unit(step / _slices, j))) : 0,
    ];

    // Operands that are the same element at every step are one.
    private int Operand(int lane, int p, int j)
    {
        int[] sources = [.. Enumerable.Range(0, _groups * _slices)
            .Select(step => Columns(lane, Unit(step / _slices, j))[(step % _slices * _inputs) + p])];
        string key = string.Join(' ', sources);
        if (_numbers.TryAdd(key, _sources.Count))
            _sources.Add(sources);
        return _numbers[key];
    }

    private IntegerProgram Terms(ImmutableArray<long[]> words)
    {
        int[,,] operands = new int[_lanes.Length, _inputs, _units];
        for (int lane = 0; lane < _lanes.Length; lane++)
        {
            for (int p = 0; p < _inputs; p++)
            {
                // Units of one group of channels see the same elements.
                for (int j = 0; j < _units; j++)
                    operands[lane, p, j] = j > 0 && _channelGroups == 1 ? operands[lane, p, 0] : Operand(lane, p, j);
            }
        }
        ProgramBuilder b = new(_sources.Count + words[0].Length, _fabric);
        int[] x =
            [.. _sources.Select((sources, k) =>
                b.Input(k, sources.Select(s => s < 0 ? new Interval(0, 0) : _input.Range[s]).Aggregate(Interval.Hull),
                    sources.Contains(-1) || sources.Length > 1 ? 1 : _input.Steps[sources[0]]))];
        int[] w = [.. Enumerable.Range(0, words[0].Length).Select(f =>
        {
            long min = words.Min(word => word[f]), max = words.Max(word => word[f]);
            return b.Input(_sources.Count + f, new(min, max),
                words.All(word => word[f] == min || word[f] == max) ? max - min : 1);
        })];
        int sum = _dense.SumFraction(_layer.Input.Type), product = _layer.Input.Type.Fraction + _dense.Weights.Fraction;
        List<int> terms = [];
        for (int lane = 0; lane < _lanes.Length; lane++)
        {
            for (int j = 0; j < _units; j++)
            {
                int[] products = [.. Enumerable.Range(0, _inputs)
                    .Select(p => b.Product(x[operands[lane, p, j]], w[(p * _units) + j]))];
                int? bias = BiasInWords ? w[(_inputs * _units) + j] : null;
                if (_dense.Accumulator is FixedPointType pinned)
                    products = [.. products.Select(p => Conversion.Convert(b, p, product, pinned))];
                if (Chains)
                    terms.AddRange([.. products, .. bias is int start ? new[] { start } : []]);
                else if (_dense.Accumulator is FixedPointType wrapping)
                    terms.Add(b.LowBits(Reductions.Sum(b, [.. products, .. bias is int one ? new[] { one } : []]),
                        wrapping.Width, wrapping.Signed));
                else
                    terms.Add(Reductions.Sum(b, [b.Scale(Reductions.Sum(b, products), sum - product),
                        .. bias is int one ? new[] { one } : []]));
            }
        }
        return b.Finish(terms);
    }

    private (IntegerProgram Program, Interval[] Accumulators) Accumulate(IntegerProgram terms)
    {
        Interval[] accumulators = Ranges(envelope: true);
        ProgramBuilder b = new(1 + Sums + terms.Outputs.Length, _fabric);
        int first = b.Input(0, new Interval(0, 1), 1), perSum = terms.Outputs.Length / Sums;
        int[] next = new int[Sums];
        for (int a = 0; a < Sums; a++)
        {
            int[] own = [.. Enumerable.Range(a * perSum, perSum)
                .Select(t => b.Input(1 + Sums + t, terms.Values[terms.Outputs[t]].Range, 1))];
            int before = b.Input(1 + a, accumulators[a], 1);
            int start = BiasInWords ? Chains ? own[^1] : b.Constant(0)
                : b.Constant(_groups == 1 ? Bias(a % _units) : 0);
            int sum = b.Select(first, start, before);
            if (Chains)
            {
                FixedPointType pinned = _dense.Accumulator!.Value;
                foreach (int term in own.AsSpan(0, _inputs))
                    sum = Conversion.Convert(b, b.Sum(sum, term), pinned.Fraction, pinned);
            }
            else
            {
                sum = b.Sum(sum, own[0]);
                if (_dense.Accumulator is FixedPointType wrapping)
                    sum = b.LowBits(sum, wrapping.Width, wrapping.Signed);
            }
            next[a] = b.Bounded(sum, accumulators[a]);
        }
        return (b.Finish(next), accumulators);
    }

    private IntegerProgram Result(Interval[] accumulators, ImmutableArray<int> places)
    {
        ProgramBuilder b = new(Sums, _fabric);
        Interval[] final = Ranges(envelope: false);
        return b.Finish(Enumerable.Range(0, Sums).Select(a =>
            LayerLowering.Rounded(b, _layer, b.Bounded(b.Input(a, accumulators[a], 1), final[a]),
                [.. Enumerable.Range(0, _groups).Select(g => places[(g * Sums) + a])])));
    }

    // For each accumulator the interval of its sums, whatever the group; the envelope holds partial sums, too.
    private Interval[] Ranges(bool envelope)
    {
        if (_dense.Accumulator is FixedPointType pinned)
            return [.. Enumerable.Repeat(new Interval(pinned.MinMantissa, pinned.MaxMantissa), Sums)];
        int groupUnits = _dense.Units / _channelGroups;
        Interval[] ranges = new Interval[Sums], units = new Interval[_dense.Units];
        for (int lane = 0; lane < _lanes.Length; lane++)
        {
            for (int group = 0; group < _channelGroups; group++)
            {
                int[] columns = _lanes[lane][group];
                Interval[] x = [.. Enumerable.Range(0, _dense.Columns)
                    .Select(i => columns[i % _columns] is >= 0 and int s ? _input.Range[s] : new Interval(0, 0))];
                _dense.RowIntervals(x, _layer.Input.Type, group * groupUnits,
                    units.AsSpan(group * groupUnits, groupUnits), envelope);
            }
            for (int j = 0; j < units.Length; j++)
            {
                int a = (lane * _units) + (j % _units);
                ranges[a] = j < _units ? units[j] : Interval.Hull(ranges[a], units[j]);
            }
        }
        return ranges;
    }
}
