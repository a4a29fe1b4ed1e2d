using System.Collections.Immutable;
using System.Diagnostics;
using Hls4Net.Data;
using Hls4Net.Devices;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Mapping;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Programs.ShiftAdd;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>Shift-add networks against the matrix product itself.</summary>
public sealed class MatrixOptimizerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Random_matrices_at_interval_ends_and_random_vectors(int operands, bool narrow)
    {
        int tables = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            long[,] weights = RandomMatrix(random, narrow ? 20 : 10);
            Interval[] inputs = [.. Enumerable.Range(0, weights.GetLength(0))
                .Select(_ => narrow && random.Next(8) > 0 ? NarrowInterval(random) : RandomInterval(random))];
            long[] bias = [.. Enumerable.Range(0, weights.GetLength(1))
                .Select(_ => random.Next(3) == 0 ? 0 : random.NextInt64(-5000, 5000))];
            IntegerProgram program = Build(weights, bias, inputs, new Fabric(operands, narrow));
            Assert.All(program.Values, v => Assert.True(v.Operation is not IntegerOperation.Sum sum
                || sum.Terms.Length <= operands || sum.Concatenated(program) is not null));
            tables += program.Values.Count(v => v.Operation is IntegerOperation.Table);
            ProgramEvaluator evaluator = new(program);
            long[] y = new long[bias.Length];
            foreach (long[] x in Vectors(random, inputs, weights))
            {
                evaluator.Run(x, y);
                for (int o = 0; o < y.Length; o++)
                {
                    long expected = bias[o];
                    for (int i = 0; i < x.Length; i++)
                        expected += x[i] * weights[i, o];
                    Assert.True(expected == y[o], $"seed {seed}, output {o}: {y[o]}, not {expected}");
                }
                for (int n = 0; n < program.Values.Length; n++)
                {
                    IntegerValue v = program.Values[n];
                    bool kept = v.Range.Contains(new Interval(evaluator.Values[n], evaluator.Values[n]))
                        && (evaluator.Values[n] & ((Int128.One << v.Zeros) - 1)) == 0;
                    Assert.True(kept, $"seed {seed}: value {n} is {evaluator.Values[n]}, beyond {v}");
                }
            }
        }
        Assert.Equal(narrow, tables > 1000);
    }

    /// <summary>Ours without tables takes 82 LUTs, trees of 6:3 compressors take 63.</summary>
    [Fact]
    public void Sixty_four_bits_are_counted_in_54_luts()
    {
        long[,] ones = new long[64, 1];
        for (int i = 0; i < 64; i++)
            ones[i, 0] = 1;
        SumNetwork count = MatrixOptimizer.Optimize(ones, [], [.. Enumerable.Repeat(new Interval(0, 1), 64)],
            Fabric.Of(Family.UltraScalePlus));
        Assert.Equal(13, count.Tables.Length);
        Assert.InRange(count.Cost, 1, 54);
    }

    // Numbers that are -1 or 1, as binary activations are, are a bit and a constant each: they cost what bits cost.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public void Signs_cost_what_bits_cost(int largest)
    {
        Random random = new(largest);
        long[,] weights = new long[16, 8];
        for (int i = 0; i < weights.Length; i++)
            weights[i / 8, i % 8] = random.NextInt64(-largest, largest + 1);
        Fabric fabric = Fabric.Of(Family.UltraScalePlus);
        ProgramBuilder builder = new(16, fabric);
        IntegerProgram signs = builder.Finish(
            builder.Matrix([.. Enumerable.Range(0, 16).Select(i => builder.Input(i, new(-1, 1), 2))], weights, []));
        // They are 1 - 2 · bit.
        IntegerProgram bits = Build(Doubled(weights),
            [.. Enumerable.Range(0, 8).Select(o => Enumerable.Range(0, 16).Sum(i => weights[i, o]))],
            [.. Enumerable.Repeat(new Interval(0, 1), 16)], fabric);
        Assert.Equal(Cost(bits), Cost(signs));
        Assert.DoesNotContain(signs.Values, v => v.Operation is IntegerOperation.AtLeast);
        Assert.All(signs.Values, v => Assert.True(v.Operation is not IntegerOperation.Sum
            || !v.Operation.Operands.Any(o => signs.Values[o].Operation is IntegerOperation.Input)));
        ProgramEvaluator evaluator = new(signs);
        long[] y = new long[8];
        for (int n = 0; n < 100; n++)
        {
            long[] x = [.. Enumerable.Range(0, 16).Select(_ => (2L * random.Next(2)) - 1)];
            evaluator.Run(x, y);
            for (int o = 0; o < 8; o++)
                Assert.Equal(Enumerable.Range(0, 16).Sum(i => x[i] * weights[i, o]), y[o]);
        }

        static long[,] Doubled(long[,] weights)
        {
            long[,] doubled = new long[16, 8];
            for (int i = 0; i < doubled.Length; i++)
                doubled[i / 8, i % 8] = -2 * weights[i / 8, i % 8];
            return doubled;
        }

        static ModuleCost Cost(IntegerProgram program) =>
            ProgramLogic.CostOf(program, new Schedule(program, new DelayModel(Family.UltraScalePlus), 1e6, 0),
                Family.UltraScalePlus);
    }

    // What is wider than what it is made from is not taken for it.
    [Fact]
    public void A_difference_that_is_narrower_than_its_operand_stays_the_input()
    {
        ProgramBuilder builder = new(1, Fabric.Of(Family.UltraScalePlus));
        int x = builder.Input(0, new(1000, 1003), 1),
            narrow = builder.Terms(new SumTerm(x, 0, false), new SumTerm(builder.Constant(-1000), 0, false));
        IntegerProgram program = builder.Finish(builder.Matrix([narrow], new long[,] { { 3, 5 } }, []));
        Assert.Equal([new Interval(0, 9), new Interval(0, 15)], program.Outputs.Select(o => program.Values[o].Range));
        Assert.DoesNotContain(program.Values, v => v.Operation is IntegerOperation.Sum && v.Range.Max > 1003);
    }

    [Fact]
    public void Tables_are_their_shapes()
    {
        Random random = new(8);
        for (int n = 0; n < 500; n++)
        {
            int bits = random.Next(1, 7), width = random.Next(1, 9),
                count = random.Next((1 << bits >> 1) + 1, (1 << bits) + 1);
            long first = random.Next(-count, 3);
            IntegerOperation.Table table = new(0, first,
                [.. Enumerable.Range(0, count)
                    .Select(i => random.Next(3) == 0 ? i & 3 : random.NextInt64(1L << width))]);
            TableShape shape = TableShape.Of(table, width);
            for (int i = 0; i < count; i++)
            {
                int address = (int)((first + i) & ((1 << table.AddressBits) - 1));
                long entry = 0;
                foreach ((TableBit bit, int place) in shape.Bits.Select((b, p) => (b, p)))
                {
                    bool set = bit.Lookup is int lookup ? (shape.Lookups[lookup] >> address & 1) != 0
                        : (bit.Address is int a && (address >> a & 1) != 0) != bit.Inverted;
                    entry |= (set ? 1L : 0) << place;
                }
                Assert.Equal(table.Entries[i] & ((1L << width) - 1), entry);
            }
            Assert.Equal(shape.Lookups.Length, shape.Lookups.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Output_ranges_are_reached(bool narrow)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            Random random = new(seed);
            long[,] weights = RandomMatrix(random);
            Interval[] inputs = [.. Enumerable.Range(0, weights.GetLength(0))
                .Select(_ => narrow ? NarrowInterval(random) : RandomInterval(random))];
            IntegerProgram program = Build(weights, [], inputs, new Fabric(3, narrow));
            for (int o = 0; o < weights.GetLength(1); o++)
            {
                Interval exact = new(0, 0);
                for (int i = 0; i < inputs.Length; i++)
                    exact += inputs[i] * weights[i, o];
                Assert.Equal(exact, program.Values[program.Outputs[o]].Range);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Depth_keeps_its_bound(int operands)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            long[,] weights = RandomMatrix(random);
            ImmutableArray<Interval> inputs = [.. Enumerable.Range(0, weights.GetLength(0))
                .Select(_ => new Interval(-128, 127))];
            int digits = Enumerable.Range(0, weights.GetLength(1))
                .Max(o => Enumerable.Range(0, inputs.Length).Sum(i => SignedDigits.Count(weights[i, o])));
            int least = 0;
            while (Math.Pow(operands, least) < digits)
                least++;
            // A result that has to be negated is one adder more.
            AdderNetwork network = MatrixOptimizer.Optimize(weights, [], inputs, new Fabric(operands)).Adders;
            Assert.InRange(network.Depth, 0, least + new Fabric(operands).ExtraDepth + 1);
        }
    }

    [Fact]
    public void Equal_and_opposite_and_doubled_columns_cost_nothing_more()
    {
        Random random = new(3);
        long[,] one = new long[8, 1], four = new long[8, 4];
        for (int i = 0; i < 8; i++)
        {
            one[i, 0] = random.Next(-50, 50);
            (four[i, 0], four[i, 1], four[i, 2], four[i, 3]) = (one[i, 0], one[i, 0], 2 * one[i, 0], 4 * one[i, 0]);
        }
        ImmutableArray<Interval> inputs = [.. Enumerable.Repeat(new Interval(-128, 127), 8)];
        Assert.Equal(Run(four, inputs).Adders, Run(one, inputs).Adders, 2.0);

        static AdderNetwork Run(long[,] weights, ImmutableArray<Interval> inputs) =>
            MatrixOptimizer.Optimize(weights, [], inputs, new Fabric(3)).Adders;
    }

    [Fact]
    public void Canonical_digits_are_few_and_give_the_value()
    {
        for (long value = -5000; value <= 5000; value++)
        {
            (int Position, bool Negative)[] digits = [.. SignedDigits.Of(value)];
            Assert.Equal(value, digits.Sum(d => d.Negative ? -(1L << d.Position) : 1L << d.Position));
            Assert.Equal(digits.Length, SignedDigits.Count(value));
            Assert.All(digits.Zip(digits.Skip(1)), p => Assert.True(p.Second.Position > p.First.Position + 1));
        }
    }

    /// <summary>
    /// The reference's costs, which its synthesized LUTs follow within a percent, are from the README beside the
    /// matrices.
    /// </summary>
    [SkippableFact]
    public void Shared_matrices_need_two_fifths_fewer_luts_than_the_reference()
    {
        string folder = SharedData.Require("vectors", "cmvm");
        List<double> ratios = [];
        foreach (string line in File.ReadLines(Path.Combine(folder, "README.md")))
        {
            string[] cells = [.. line.Split('|').Select(c => c.Trim().Replace(",", "", StringComparison.Ordinal))];
            if (cells.Length < 10 || !int.TryParse(cells[3], out _))
                continue;
            Tensor tensor = NpyReader.Read(File.ReadAllBytes(Path.Combine(folder, $"{cells[1]}.npy")));
            long[,] weights = new long[tensor.Shape[0], tensor.Shape[1]];
            for (int i = 0; i < tensor.Values.Length; i++)
                weights[i / tensor.Shape[1], i % tensor.Shape[1]] = (long)tensor.Values[i];
            Stopwatch watch = Stopwatch.StartNew();
            AdderNetwork three = MatrixOptimizer.Optimize(weights, [],
                [.. Enumerable.Repeat(new Interval(-128, 127), tensor.Shape[0])], new Fabric(3)).Adders;
            double ratio = three.Cost / double.Parse(cells[6], System.Globalization.CultureInfo.InvariantCulture);
            output.WriteLine(
                $"{cells[1]}: {three.Adders} adders, {three.Cost} LUTs, {ratio:F3} of the reference, depth "
                + $"{three.Depth}, {watch.Elapsed.TotalSeconds:F2} s");
            ratios.Add(ratio);
        }
        ratios.Sort();
        Assert.Equal(12, ratios.Count);
        Assert.True(ratios[ratios.Count / 2] <= 0.6, $"median {ratios[ratios.Count / 2]}");
        Assert.True(ratios[^1] <= 0.65, $"worst {ratios[^1]}");
    }

    private static IntegerProgram Build(long[,] weights, long[] bias, Interval[] inputs, Fabric fabric)
    {
        ProgramBuilder builder = new(inputs.Length, fabric);
        int[] x = [.. inputs.Select((r, i) => builder.Input(i, r, 1))];
        return builder.Finish(builder.Matrix(x, weights, bias));
    }

    private static long[,] RandomMatrix(Random random, int most = 10)
    {
        int rows = random.Next(1, most), columns = random.Next(1, 10), bits = random.Next(1, 14);
        double density = random.NextDouble();
        long[,] weights = new long[rows, columns];
        for (int i = 0; i < weights.Length; i++)
            weights[i / columns, i % columns] = random.NextDouble() < density
                ? random.NextInt64(-(1L << bits), 1L << bits) : 0;
        return weights;
    }

    private static Interval NarrowInterval(Random random) => random.Next(7) switch
    {
        0 => new(-1, 0),
        1 => new(-1, 1),
        2 => new(-2, 1),
        3 => new(0, 3),
        4 => new(2, 3),
        _ => new(0, 1),
    };

    private static Interval RandomInterval(Random random) => random.Next(6) switch
    {
        0 => new(0, random.Next(0, 300)),
        1 => new(random.Next(-300, 0), 0),
        2 => new(random.Next(1, 50), random.Next(50, 1000)),
        3 => new(7, 7),
        _ => new(-(1 << random.Next(0, 12)), (1 << random.Next(0, 12)) - 1),
    };

    // Each output's largest and smallest value, each input's ends, and random ones.
    private static IEnumerable<long[]> Vectors(Random random, Interval[] inputs, long[,] weights)
    {
        for (int o = 0; o < weights.GetLength(1); o++)
        {
            yield return [.. inputs.Select((r, i) => (long)(weights[i, o] > 0 ? r.Max : r.Min))];
            yield return [.. inputs.Select((r, i) => (long)(weights[i, o] > 0 ? r.Min : r.Max))];
        }
        yield return [.. inputs.Select(r => (long)r.Min)];
        yield return [.. inputs.Select(r => (long)r.Max)];
        for (int n = 0; n < 20; n++)
            yield return [.. inputs.Select(r => random.Next(4) == 0 ? (long)(random.Next(2) == 0 ? r.Min : r.Max)
                : random.NextInt64((long)r.Min, (long)r.Max + 1))];
    }
}
