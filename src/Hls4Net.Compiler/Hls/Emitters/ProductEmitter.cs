using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// A constant matrix on rows of values, as Dense has them, or on windows of a convolution. Latency: everything
/// unrolled, one multiplier for ReuseFactor products of a sample. Resource: ReuseFactor steps, each with a block of
/// multipliers and one word of the weight memory. Distributed arithmetic: a network of shifts and additions, the same
/// that Verilog is printed from.
/// </summary>
internal sealed class ProductEmitter
{
    private readonly LayerSource _source;
    private readonly Dense _matrix;
    private readonly bool _binary, _packed;
    private readonly int _groups, _groupChannels, _steps;
    private readonly FixedPointType _accumulator;
    private readonly string _accumType, _weightType;
    private readonly ConstantArray _weights = null!;
    private readonly ConstantArray? _bias;
    private readonly IntegerProgram? _network;

    /// <summary>Declares types and constants; writes the pragmas that belong at the head of the function.</summary>
    /// <param name="source">The layer.</param>
    /// <param name="matrix">[taps · channels of a group, units].</param>
    /// <param name="binary">True where all factors are -1 or +1.</param>
    /// <param name="groups">Groups of units that see only channels of their own.</param>
    /// <param name="groupChannels">Channels of a group at each tap of a window; all columns where there is one
    /// group.</param>
    /// <param name="items">Into how many items of a stream a row falls.</param>
    /// <param name="rows">Rows, or windows, that are multiplied side by side.</param>
    public ProductEmitter(LayerSource source, Dense matrix, bool binary, int groups, int groupChannels, int items = 1,
        int rows = 1)
    {
        _network = source.Layer.Strategy == Strategy.DistributedArithmetic ? ProgramEmitter.Kernel(source.Layer) : null;
        binary &= _network is null;
        (_source, _matrix, _binary, _groups, _groupChannels) = (source, matrix, binary, groups, groupChannels);
        Dialect dialect = source.Dialect;
        _accumulator = binary ? IntegerWidth.Covering(0, matrix.Columns) : source.Layer.AccumulatorType!.Value;
        _accumType = source.Typedef(
            "accum_t", _accumulator,
            binary ? "counts the products that are -1" : matrix.Accumulator is null
                ? "holds the bias and every partial sum exactly" : "pinned: every product and sum is converted to it");
        if (_network is not null)
        {
            (_weightType, _steps) = ("", 1);
            return;
        }
        bool resource = items > 1 || source.Layer.IsLoop;
        _packed = binary && groups == 1 && !resource;
        _weightType = _packed ? dialect.Integer(WordBits, false) : binary ? dialect.Integer(1, false)
            : source.Typedef("weight_t", matrix.Weights.Type!.Value, "");
        _steps = items > 1 ? items : resource ? source.Layer.ReuseFactor : 1;
        (int wordCount, int word) = resource ? (_steps, matrix.Columns * matrix.Units / _steps)
            : (matrix.Columns, matrix.Units);
        WeightMemory? memory = source.Layer.Memory;
        bool external = memory is { Storage: WeightStorage.External };
        if (binary && !external)
            source.Constants.Line(
                $"// The signs of the weights: 1 stands for "
                + $"-1{(_packed ? $"; {WordBits} inputs a word, the first one lowest" : "")}.");
        _weights = _packed ? source.WordArray("weights", _weightType, Signs(matrix), Words(matrix), matrix.Units)
            : external ? source.External("weights", _weightType, binary ? SignBits(matrix) : matrix.Weights.Mantissas,
                memory!)
            : binary ? source.IntegerArray("weights", _weightType, SignBits(matrix), wordCount, word)
            : source.Array("weights", _weightType, matrix.Weights, wordCount, word);
        _bias = matrix.Bias is null ? null
            : source.Array("bias", source.Typedef("bias_t", matrix.Bias.Type!.Value, ""), matrix.Bias, matrix.Units);

        if (!external)
            source.Body.Pragmas(resource ? dialect.WeightMemory(_weights.Name, memory!.Storage)
                : [dialect.Partition(_weights.Name)]);
        if (_bias is not null)
            source.Body.Pragmas(dialect.Partition(_bias.Name));
        if ((!resource || items > 1) && source.Layer.ReuseFactor > 1)
            source.Body.Pragmas(
                dialect.LimitMultipliers(((matrix.Multiplications * rows * source.Copies)
                    + ((long)items * source.Layer.ReuseFactor) - 1) / ((long)items * source.Layer.ReuseFactor)));
    }

    /// <summary>True where a row takes a loop of several steps.</summary>
    public bool IsSequential => _steps > 1;

    /// <summary>The sums of one row.</summary>
    /// <param name="x">The expression of an element of the row, or of a window with the channels of all groups, by its
    /// index.</param>
    /// <param name="y">The expression of a result by its unit.</param>
    public void Row(Func<string, string> x, Func<string, string> y)
    {
        CppWriter body = _source.Body;
        Dialect dialect = _source.Dialect;
        if (_network is not null)
        {
            body.Line($"{_accumType} acc[{_matrix.Units}];");
            body.Pragmas(dialect.Partition("acc"));
            body.Line(
                $"// {_matrix.Multiplications} multiplications by constants in "
                + $"{_network.Values.Count(v => v.Operation is IntegerOperation.Sum { Terms.Length: > 1 })} additions "
                + "of two or three terms.");
            if (!_network.Values.Any(v => v.Operation is IntegerOperation.Input))
                body.Line($"(void){x("0")}; // nothing depends on it");
            ProgramEmitter.Print(_source, _network, i => x(i.ToString(CultureInfo.InvariantCulture)), (j, sum) =>
                $"hls4net::set_bits(acc[{j}], {ProgramEmitter.Type(_accumulator.Width, _accumulator.Signed)}({sum}));");
            Finish(y);
            return;
        }
        if (_packed)
        {
            body.Line($"{_weightType} signs[{Words(_matrix)}];");
            body.Pragmas(dialect.Partition("signs"));
            string first = x("0");
            body.Line(
                $"hls4net::pack_signs<{_matrix.Columns}>({(first.EndsWith("[0]", StringComparison.Ordinal) ? first[..^3] : $"&{first}")}, signs);");
        }
        Start();
        if (IsSequential)
        {
            using (body.Loop("Reuse", "step", _steps, dialect.PipelineLoop()))
                Step(x);
        }
        else if (_packed)
        {
            using (body.Loop("Product", "i", Words(_matrix), dialect.Unroll()))
            using (body.Loop(null, "j", _matrix.Units, dialect.Unroll()))
                body.Line($"hls4net::accumulate(acc[j], hls4net::count_ones(signs[i] ^ {_weights["i", "j"]}));");
        }
        else if (_groups == 1)
        {
            using (body.Loop("Product", "i", _matrix.Columns, dialect.Unroll()))
            using (body.Loop(null, "j", _matrix.Units, dialect.Unroll()))
                Accumulate("acc[j]", _weights["i", "j"], x("i"));
        }
        else
        {
            Grouped(x);
        }
        Finish(y);
    }

    /// <summary>The sums of one row whose items come one after another.</summary>
    /// <param name="pipeline">The pragma of the loop over items.</param>
    /// <param name="item">Writes what begins the work on an item, and returns the expression of an element of it by its
    /// index.</param>
    /// <param name="y">The expression of a result by its unit.</param>
    public void Items(IEnumerable<string> pipeline, Func<Func<string, string>> item, Func<string, string> y)
    {
        CppWriter body = _source.Body;
        Dialect dialect = _source.Dialect;
        Start();
        using (body.Loop("Item", "item", _steps, pipeline))
        {
            Func<string, string> x = item();
            using (body.Loop(null, "i", _matrix.Columns / _steps, dialect.Unroll()))
            using (body.Loop(null, "j", _matrix.Units, dialect.Unroll()))
                Accumulate("acc[j]", _weights["item", $"i * {_matrix.Units} + j"], x("i"));
        }
        Finish(y);
    }

    private void Start()
    {
        CppWriter body = _source.Body;
        body.Line($"{_accumType} acc[{_matrix.Units}];");
        body.Pragmas(_source.Dialect.Partition("acc"));
        using (body.Loop("Bias", "j", _matrix.Units, _source.Dialect.Unroll()))
            body.Line(_bias is null ? "acc[j] = 0;" : $"acc[j] = {_bias["j"]};");
    }

    private void Finish(Func<string, string> y)
    {
        Dialect dialect = _source.Dialect;
        using (_source.Body.Loop("Result", "j", _matrix.Units, dialect.Unroll()))
            _source.Body.Line(
                $"{y("j")} = {(_binary ? $"{_matrix.Columns} - 2 * {dialect.Integer(_accumulator.Width + 1, true)}(acc[j])" : "acc[j]")};");
    }

    // Signs are packed where all products of a sample are formed at once: a word's XNOR is one gate a bit, and a CPU
    // counts its ones at once.
    private const int WordBits = 64;

    private static long[] SignBits(Dense matrix) => [.. matrix.Weights.Mantissas.Select(w => w < 0 ? 1L : 0)];

    private static int Words(Dense matrix) => (matrix.Columns + WordBits - 1) / WordBits;

    // Word by word, in each word's row a word for each unit.
    private static IEnumerable<ulong> Signs(Dense matrix)
    {
        for (int word = 0; word < Words(matrix); word++)
        {
            for (int j = 0; j < matrix.Units; j++)
            {
                ulong signs = 0;
                for (int i = word * WordBits; i < Math.Min((word + 1) * WordBits, matrix.Columns); i++)
                    signs |= matrix.Weights.Mantissas[(i * matrix.Units) + j] < 0 ? 1UL << (i % WordBits) : 0;
                yield return signs;
            }
        }
    }

    private int GroupUnits => _matrix.Units / _groups;

    // Groups of one unit are a loop over units, which vectorises.
    private void Grouped(Func<string, string> x)
    {
        CppWriter body = _source.Body;
        string unroll = _source.Dialect.Unroll();
        int taps = _matrix.Columns / _groupChannels, channels = _groups * _groupChannels;
        using (body.Loop("Product", "tap", taps, unroll))
        {
            if (_groupChannels == 1 && GroupUnits == 1)
            {
                using (body.Loop(null, "j", _matrix.Units, unroll))
                    Accumulate("acc[j]", _weights["tap", "j"], x($"tap * {channels} + j"));
                return;
            }
            using (body.Loop(null, "group", _groups, unroll))
            using (body.Loop(null, "i", _groupChannels, unroll))
            using (body.Loop(null, "j", GroupUnits, unroll))
                Accumulate($"acc[group * {GroupUnits} + j]", _weights[$"tap * {_groupChannels} + i",
                    $"group * {GroupUnits} + j"], x($"tap * {channels} + group * {_groupChannels} + i"));
        }
    }

    // Weights are input-major, so a step covers whole inputs, a part of one input's outputs, or in general a run of
    // both.
    private void Step(Func<string, string> x)
    {
        CppWriter body = _source.Body;
        string unroll = _source.Dialect.Unroll();
        int block = _matrix.Columns * _matrix.Units / _steps;
        if (_groups == 1 && _matrix.Columns % _steps == 0)
        {
            int inputs = _matrix.Columns / _steps;
            using (body.Loop(null, "i", inputs, unroll))
            using (body.Loop(null, "j", _matrix.Units, unroll))
                Accumulate("acc[j]", _weights["step", $"i * {_matrix.Units} + j"], x($"(step * {inputs} + i)"));
        }
        else if (_groups == 1 && _steps % _matrix.Columns == 0)
        {
            int parts = _steps / _matrix.Columns;
            using (body.Loop(null, "j", block, unroll))
                Accumulate($"acc[step % {parts} * {block} + j]", _weights["step", "j"], x($"(step / {parts})"));
        }
        else
        {
            using (body.Loop(null, "k", block, unroll))
            {
                string unit = $"(step * {block} + k) % {_matrix.Units}",
                    row = $"((step * {block} + k) / {_matrix.Units})";
                string index = _groups == 1 ? row
                    : $"({row} / {_groupChannels} * {_groups * _groupChannels} + {unit} / {GroupUnits} * "
                        + $"{_groupChannels} + {row} % {_groupChannels})";
                Accumulate($"acc[{unit}]", _weights["step", "k"], x(index));
            }
        }
    }

    private void Accumulate(string acc, string weight, string x) => _source.Body.Line(
        _binary ? $"hls4net::accumulate({acc}, {_weightType}({x} < 0) ^ {weight});"
        : _matrix.Accumulator is null ? $"hls4net::accumulate({acc}, {weight} * {x});"
            : $"{acc} += {_accumType}({weight} * {x});");
}
